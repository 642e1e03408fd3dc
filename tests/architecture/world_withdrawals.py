"""Contracts of the two towns, and what people declared about them."""

from dataclasses import dataclass

from marketplace.reservations.domain import links
from shops.models import Offer, Shop
from tests import tills
from tests.reservations import withdrawing


@dataclass
class Declared:
    """As placeholders of doors: the secret link of the contract, the shop's row about it, and the
    link of its receipt."""

    contract: str
    withdrawal: str
    receipt: str


def declared(offer: Offer, times: int = 1) -> Declared:
    """Ordered to be paid online, and withdrawn from that often."""
    if Shop.objects.filter(pk=offer.branch.shop_id, pay_open_since=None).exists():
        tills.open_till(offer.branch.shop)
    reservation = tills.ordered(offer, email=f"w{offer.pk}@example.de")
    for _ in range(times):
        row = withdrawing.declared(reservation.pk)
    assert row.reservation_id == reservation.pk
    return Declared(
        contract=links.token(reservation.checkout),
        withdrawal=str(row.pk),
        receipt=links.receipt_token(row.declaration),
    )


def unknown(offer: Offer) -> str:
    """Somebody withdrew from nobody knows what, in the city of that offer."""
    row = withdrawing.unlinked(offer.branch.shop.city, "a thing", email="nobody@example.de")
    return str(row.pk)
