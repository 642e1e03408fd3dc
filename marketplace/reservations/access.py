"""Who may see which baskets, checkouts and reservations; the only place that answers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.reservations.domain import links
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import (
    Basket,
    Checkout,
    Complaint,
    Receipt,
    Reservation,
    Withdrawal,
    WithdrawalDeclaration,
)
from shops.models import Branch, City, Shop

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from marketplace.reservations.models.complaint import ComplaintQuerySet
    from marketplace.reservations.models.reservation import ReservationQuerySet
    from marketplace.reservations.models.withdrawal import WithdrawalQuerySet


def basket_of(key: str | None, city: City) -> Basket | None:
    """The basket whose key lies in the shopper's session, in this city."""
    try:
        wanted = UUID(str(key))
    except ValueError:
        return None
    return Basket.objects.filter(key=wanted, city=city).first()


def checkouts_by_token(token: str, city: City) -> "QuerySet[Checkout]":
    """The one checkout a secret link opens, in its own city; empty for any other text.

    SECURITY: the nonce is compared as well, so that changing it revokes every older link.
    """
    found = links.read(token)
    if found is None:
        return Checkout.objects.none()
    pk, nonce = found
    return Checkout.objects.filter(pk=pk, link_nonce=nonce, city=city)


def paid_by_token(token: str, city: City) -> "ReservationQuerySet":
    """The contract a secret link leads to: the paid part of its checkout; empty for anything else,
    and where nothing is paid online there is no contract to withdraw from."""
    found = checkouts_by_token(token, city)
    return Reservation.objects.filter(checkout__in=found, mode=Mode.PAY)


def declarations_by_token(token: str, city: City) -> "QuerySet[WithdrawalDeclaration]":
    """The one declaration whose receipt a secret link shows, in its own city."""
    found = links.read_receipt(token)
    if found is None:
        return WithdrawalDeclaration.objects.none()
    pk, nonce = found
    return WithdrawalDeclaration.objects.filter(pk=pk, nonce=nonce, city=city)


def branch_withdrawals(branches: "Iterable[Branch] | QuerySet[Branch]") -> "WithdrawalQuerySet":
    """Withdrawals from orders at these branches. SECURITY: one that is assigned to no order is no
    shop's; the city's desk sees it."""
    return Withdrawal.objects.at(branches)


def city_withdrawals(city: City) -> "WithdrawalQuerySet":
    """All withdrawals of a city, for its desk; those of another do not exist here."""
    return Withdrawal.objects.filter(city=city)


def checkout_receipts(checkout: Checkout) -> "QuerySet[Receipt]":
    """Documents about the reservations of a checkout whose link was opened."""
    return Receipt.objects.filter(reservation__checkout=checkout)


def shop_receipts(shops: "Iterable[Shop]") -> "QuerySet[Receipt]":
    """Documents of shops whose owner has been let in (`shops.access.owned_shops`)."""
    return Receipt.objects.filter(shop__in=shops)


def branch_reservations(branches: "Iterable[Branch] | QuerySet[Branch]") -> "ReservationQuerySet":
    """Reservations at branches their member has been let into (`shops.access.member_branches`),
    once they are the shop's business: not while they wait for their payment."""
    return Reservation.objects.all().told().filter(branch__in=branches)


def shop_complaints(shops: "Iterable[Shop] | QuerySet[Shop]") -> "ComplaintQuerySet":
    """Complaints to shops their member has been let into (`shops.access.member_shops`)."""
    return Complaint.objects.filter(shop__in=shops)
