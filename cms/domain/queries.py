"""What the front page reads, with a constant number of queries. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Exists, F, OuterRef

from shops import access
from shops.domain import listings, queries
from shops.domain.listings import Group
from shops.domain.queries import ShopView
from shops.models import City, ProductPicture

#: Goods on the front page.
GOODS = 8
#: Offers looked at to choose them, so that a large town costs no more than a small one.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Front:
    """The front page's living part."""

    shops: list[ShopView]
    goods: list[Group]


def front(*, city: City, now: datetime) -> Front:
    """All shops, and a few goods that are probably there, of as many shops as possible."""
    offers = access.public_offers(city)
    with_picture = ProductPicture.objects.filter(product=OuterRef("variant__product"))
    fresh = (
        offers.filter(
            Exists(with_picture),
            likely_until__gt=now,
            on_hand__gt=F("reserved") + F("buffer"),
        )
        .order_by("-counted_at", "pk")
        .values_list("branch__shop_id", "variant__product_id")[:LOOKED_AT]
    )
    chosen = list(islice(_in_turns(fresh), GOODS))
    products = access.public_products(city).in_bulk(chosen)
    listed = [products[pk] for pk in chosen if pk in products]
    letters = queries.shops(city=city, now=now)
    return Front(
        shops=[view for letter in letters for view in letter.shops],
        goods=listings.groups(listed, offers, city, now),
    )


def _in_turns(pairs: Iterable[tuple[int, int]]) -> Iterable[int]:
    """Product ids, one of each shop after the other, none twice."""
    by_shop: dict[int, list[int]] = defaultdict(list)
    for shop, product in pairs:
        if product not in by_shop[shop]:
            by_shop[shop].append(product)
    seen: set[int] = set()
    for turn in range(max(map(len, by_shop.values()), default=0)):
        for products in by_shop.values():
            if turn < len(products) and products[turn] not in seen:
                seen.add(products[turn])
                yield products[turn]
