"""Which shops can be paid online now. Where none can, nothing is said of paying anywhere."""

from collections.abc import Iterable

from marketplace.payments import gateway
from marketplace.payments.domain import queries
from shops.models import Shop


def among(shops: Iterable[Shop]) -> frozenset[int]:
    """Ids of those among `shops`; one query, none where nobody provides payments here."""
    ids = {shop.pk for shop in shops}
    if not ids or gateway.configured() is None:
        return frozenset()
    return queries.shops_open(ids)


def open_at(shop: Shop) -> bool:
    """Whether this one can."""
    return shop.pk in among([shop])
