"""What the city's pages show of shops and goods. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from wagtail.documents.models import Document
from wagtail.models import Page, PageViewRestriction

from cms.models import CampaignIndex, CampaignPage, HomePage, SignPage
from cms.models.sign import FILMS
from shops import access
from shops.domain import listings, queries, windows
from shops.domain.listings import Group
from shops.domain.promises import Promises, Terms
from shops.domain.queries import Place, ShopView
from shops.models import Branch, Category, City, ProductPicture

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


@dataclass(frozen=True)
class Town:
    """What every living page knows of its city, read once."""

    city: City
    now: datetime
    views: list[ShopView]
    #: With their shops, by id.
    branches: dict[int, Branch]
    promised: Promises

    @cached_property
    def tree(self) -> list[Category]:
        """All categories; one query for pages with rules."""
        return list(Category.objects.order_by("sort_name", "pk"))

    @cached_property
    def ruled(self) -> dict[int, str]:
        """Categories with rules for handing over; one query for all shelves of a page."""
        return windows.ruled()

    @cached_property
    def shops(self) -> dict[int, ShopView]:
        return {view.shop.pk: view for view in self.views}


def town(*, city: City, now: datetime) -> Town:
    """The shops of a city with their calendars and promises. Four queries."""
    views = queries.all_views(city=city, now=now)
    branches = {each.branch.pk: each.branch for view in views for each in view.branches}
    promised = Promises(
        {pk: Terms.of(branch) for pk, branch in branches.items()},
        answer_minutes=city.answer_minutes,
        now=now,
    )
    return Town(city, now, views, branches, promised)


def front(*, town: Town) -> Front:
    """A few goods that can still be collected today, of as many shops as possible; open shops."""
    city, now, views, promised = town.city, town.now, town.views, town.promised
    offers = access.public_offers(city)
    shown = offers.filter(promised.today()) if promised.has_today else offers
    with_picture = ProductPicture.objects.filter(product=OuterRef("variant__product"))
    fresh = (
        shown.filter(Exists(with_picture), promised.there() | promised.probably())
        .order_by("-counted_at", "pk")
        .values_list("branch__shop_id", "variant__product_id")[:LOOKED_AT]
    )
    chosen = list(islice(in_turns(fresh), GOODS))
    products = access.public_products(city).select_related("category").in_bulk(chosen)
    groups = listings.groups(
        [products[pk] for pk in chosen if pk in products],
        shown,
        city,
        now,
        branches=town.branches,
        ruled=town.ruled,
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


def in_turns(pairs: Iterable[tuple[int, int]]) -> Iterable[int]:
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


@dataclass(frozen=True, slots=True)
class Campaigns:
    """The campaigns of a city, in three parts."""

    running: list[CampaignPage]
    to_come: list[CampaignPage]
    over: list[CampaignPage]


def campaigns(*, page: CampaignIndex, today: date) -> Campaigns:
    """Live campaigns below the list: those that run, are to come, have been. One query."""
    rows = list(
        CampaignPage.objects.live().public().child_of(page).select_related("picture")
        .order_by("last_day", "path")
    )  # fmt: skip
    over = [each for each in rows if each.last_day and each.last_day < today]
    to_come = [each for each in rows if each.first_day and each.first_day > today]
    others = {*map(id, over), *map(id, to_come)}
    return Campaigns(
        running=[each for each in rows if id(each) not in others], to_come=to_come, over=over[::-1]
    )


def candles(*, today: date, last_day: date) -> int:
    """Candles that burn on the Advent wreath: of the last four Sundays up to `last_day`, those that
    have come. Up to 24 December these are the Sundays of Advent.
    """
    fourth = last_day - timedelta(days=last_day.isoweekday() % 7)
    first = fourth - timedelta(weeks=3)
    return max(0, min(4, (today - first).days // 7 + 1))


def running(*, home: HomePage, today: date) -> CampaignPage | None:
    """The campaign for the front page: of those that run, the one that ends first. One query."""
    # SECURITY: one behind a password, or below such a page, is not told of to everybody.
    guarding = PageViewRestriction.objects.annotate(
        below=ExpressionWrapper(OuterRef("path"), output_field=CharField())
    ).filter(below__startswith=F("page__path"))
    found: CampaignPage | None = (
        CampaignPage.objects.live().descendant_of(home).exclude(Exists(guarding))
        .filter(Q(first_day=None) | Q(first_day__lte=today), last_day__gte=today)
        .select_related("picture").order_by("last_day", "path").first()
    )  # fmt: skip
    return found


def homes(*, city: City) -> list[Page]:
    """The front pages of a city, one per language, in the order of their languages. One query."""
    front: Page = city.site.root_page
    rows = front.get_translations(inclusive=True).live().select_related("locale")
    return list(rows.order_by("path"))


def below(*, city: City) -> Q:
    """Pages of a city in every language, as a condition on their path. One query."""
    found = Q(pk__in=[])
    for home in homes(city=city):
        found |= Q(path__startswith=home.path)
    return found


def film(*, city: City, pk: int) -> Document | None:
    """A film that a published page of the city shows to everybody. SECURITY: no other document."""
    pages = SignPage.objects.live().public().filter(below(city=city), film=pk)
    page = pages.select_related("film").first()
    shown: Document | None = page.film if page else None
    return shown if shown and shown.file_extension.lower() in FILMS else None
