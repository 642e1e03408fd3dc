"""Whether a shop can be paid online now. Where none can, nothing is said of paying anywhere."""

from shops.domain import paying
from shops.models import Shop


def open_at(shop: Shop) -> bool:
    """`shop` comes with its city. Payments tells it since when (`shops.domain.paying`); the city's
    word holds at once."""
    return paying.is_open(shop=shop, city=shop.city)
