"""Whether a shop can be paid online now. Where none can, nothing is said of paying anywhere."""

from marketplace.payments import gateway
from shops.models import Shop


def open_at(shop: Shop) -> bool:
    """`shop` comes with its city. Payments tells it since when (`shops.domain.paying`); the city's
    word holds at once."""
    return (
        shop.pay_open_since is not None and shop.city.pay_open and gateway.configured() is not None
    )
