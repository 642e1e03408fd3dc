"""What the city's pages show of shops and goods. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Exists, OuterRef

from shops import access
from shops.domain import listings, queries
from shops.domain.listings import Group
from shops.domain.promises import Promises
from shops.domain.queries import Place, ShopView
from shops.models import City, ProductPicture

#: Goods on each of the hero's two boards, and in the row "still today".
BOARD, ROW = 3, 5
GOODS = 2 * BOARD + ROW
#: Shops that are open now.
SHOPS = 6
#: Offers looked at to choose goods, so that a large town costs no more than a small one.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Front:
    """The front page's living part."""

    #: Goods standing in the hero; the second board may be empty.
    boards: list[list[Group]]
    #: More goods that can be collected today or, where nothing can any more, soon.
    row: list[Group]
    is_today: bool
    #: Shops open now, else the first ones.
    shops: list[ShopView]
    places: list[Place]
    shops_open: int
    shops_all: int
    goods_all: int

    @property
    def goods(self) -> list[Group]:
        """All goods on the page, each once."""
        shown = {group.product.pk: group for board in self.boards for group in board}
        return list((shown | {group.product.pk: group for group in self.row}).values())


def front(*, city: City, now: datetime) -> Front:
    """A few goods that can still be collected today, of as many shops as possible; open shops."""
    views = queries.all_views(city=city, now=now)
    branches = [each for view in views for each in view.branches]
    calendars = {each.branch.pk: each.calendar for each in branches}
    promised = Promises(
        [each.branch for each in branches],
        calendars,
        answer_minutes=city.answer_minutes,
        now=now,
    )
    offers = access.public_offers(city)
    shown = offers.filter(promised.today()) if promised.has_today else offers
    with_picture = ProductPicture.objects.filter(product=OuterRef("variant__product"))
    fresh = (
        shown.filter(Exists(with_picture), promised.there() | promised.probably())
        .order_by("-counted_at", "pk")
        .values_list("branch__shop_id", "variant__product_id")[:LOOKED_AT]
    )
    chosen = list(islice(_in_turns(fresh), GOODS))
    products = access.public_products(city).in_bulk(chosen)
    groups = listings.groups(
        [products[pk] for pk in chosen if pk in products], shown, city, now, calendars=calendars
    )
    on_boards = 2 * BOARD if len(groups) > BOARD + ROW else BOARD
    rest = groups[on_boards : on_boards + ROW]
    is_open = [view for view in views if view.is_open]
    return Front(
        boards=[
            groups[start : start + BOARD] for start in range(0, min(on_boards, len(groups)), BOARD)
        ],
        row=(rest or groups)[:ROW],
        is_today=promised.has_today,
        shops=(is_open or views)[:SHOPS],
        places=queries.places(views),
        shops_open=len(is_open),
        shops_all=len(views),
        goods_all=queries.count_goods(city=city),
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
