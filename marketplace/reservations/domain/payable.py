"""Whether a shop can be paid online now, and for which goods. Where none can, nothing is said of
paying anywhere."""

from shops.domain import paying
from shops.enums import Gate
from shops.models import Offer, Shop


def open_at(shop: Shop) -> bool:
    """`shop` comes with its city. Payments tells it since when (`shops.domain.paying`); the city's
    word holds at once."""
    return paying.is_open(shop=shop, city=shop.city)


def may_be_paid(offer: Offer) -> bool:
    """LAW: goods that do not tell all that a distance sale wants are reserved only (law, 4)."""
    return offer.variant.gate == Gate.OPEN
