"""Who may see which baskets, checkouts and reservations; the only place that answers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.reservations.domain import links
from marketplace.reservations.models import Basket, Checkout, Reservation
from shops.models import Branch, City

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from marketplace.reservations.models.reservation import ReservationQuerySet


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


def branch_reservations(branches: "Iterable[Branch] | QuerySet[Branch]") -> "ReservationQuerySet":
    """Reservations at branches their member has been let into (`shops.access.member_branches`),
    once they are the shop's business: not while they wait for their payment."""
    return Reservation.objects.all().told().filter(branch__in=branches)
