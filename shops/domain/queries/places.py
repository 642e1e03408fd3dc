"""Shops: the list from A to Z with its filters, and each shop's own page."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch

from shops import access
from shops.domain import calendar as calendars_
from shops.domain import categories, dayband, hours, listings, locator, opening
from shops.domain.calendar import Calendar
from shops.domain.categories import CategoryLink
from shops.domain.dayband import Band
from shops.domain.listings import Group, Online
from shops.domain.locator import Map
from shops.domain.opening import Day, Different, Opening
from shops.models import Branch, Category, City, Shop

if TYPE_CHECKING:
    from django.core.paginator import Page

    from shops.models import Product
    from shops.models.branch import BranchQuerySet
    from shops.models.offer import OfferQuerySet

PER_PAGE = 24
#: Goods of a shop shown with a link to its own web shop.
ONLINE = 8
#: Shops up to which a list needs no letters.
LONG = 40
#: Shops nearby on a drawing without streets.
NEIGHBOURS = 12


@dataclass(frozen=True)
class BranchView:
    """A branch with its hours, each computed when a page shows it: most show few of a town's."""

    branch: Branch
    calendar: Calendar
    now: datetime
    #: Where it is; on its shop's own page only.
    map: Map | None = None

    @cached_property
    def opening(self) -> Opening:
        return opening.line(self.calendar, self.now)

    @property
    def is_open(self) -> bool:
        return self.opening.door in opening.OPEN

    @cached_property
    def week(self) -> list[Day]:
        return opening.week_of(self.calendar, self.now)

    @cached_property
    def different(self) -> list[Different]:
        return opening.different(self.calendar, self.now)

    @cached_property
    def band(self) -> Band | None:
        return dayband.band(self.calendar, self.now, collect_from=self._ready)

    @property
    def collect_from(self) -> datetime | None:
        """Earliest collection of what is there; None where it is not today."""
        ready, day = self._ready, self.calendar.local(self.now).date()
        return ready if ready and self.calendar.local(ready).date() == day else None

    @cached_property
    def _ready(self) -> datetime | None:
        return calendars_.ready_from(self.calendar, self.now, self.branch.ready_minutes)


@dataclass(frozen=True, slots=True)
class ShopView:
    """A shop in the list, or on its own page, with its branches."""

    shop: Shop
    branches: list[BranchView]
    online: Online | None

    @property
    def is_open(self) -> bool:
        """Whether one of its branches is."""
        return any(each.is_open for each in self.branches)


@dataclass(frozen=True, slots=True)
class Letter:
    """Shops under one letter of the list."""

    letter: str
    shops: list[ShopView]


@dataclass(frozen=True, slots=True)
class Sought:
    """What the list of shops is asked for."""

    open: bool = False
    trade: str = ""
    quarter: str = ""

    @property
    def filters(self) -> int:
        return self.open + bool(self.trade) + bool(self.quarter)


@dataclass(frozen=True, slots=True)
class Place:
    """A quarter and its living numbers."""

    name: str
    shops: int
    open: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Trade:
    """A branch of trade with shops in it."""

    category: Category
    shops: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """All filters of the list, with the number of shops each leaves."""

    open: int
    is_open: bool
    trades: list[Trade]
    places: list[Place]


@dataclass(frozen=True, slots=True)
class ShopList:
    """Shops from A to Z."""

    letters: list[Letter]
    filters: Filters
    sought: Sought
    #: Shops that fit, and all there are.
    found: int
    all: int

    @property
    def is_long(self) -> bool:
        """Whether one looks for a letter rather than at all of them."""
        return self.found > LONG


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A shop, a page of its goods, and those it sells in a web shop of its own."""

    view: ShopView
    page: "Page[Product]"
    groups: list[Group]
    categories: list[CategoryLink]
    category: Category | None
    #: All its goods, whatever category is chosen.
    goods: int
    online: list[Group] = field(default_factory=list)


def shops(*, city: City, now: datetime, sought: Sought | None = None) -> ShopList:
    """All shops of a city from A to Z that fit."""
    sought = sought or Sought()
    views = all_views(city=city, now=now)
    fits = [view for view in views if _fits(view, sought)]
    return ShopList(
        letters=[
            Letter(letter, list(few))
            for letter, few in groupby(fits, lambda view: _letter(view.shop.sort_name))
        ],
        filters=_filters(views, sought),
        sought=sought,
        found=len(fits),
        all=len(views),
    )


def all_views(*, city: City, now: datetime) -> list[ShopView]:
    """Every shop everybody may see here, in the order of the alphabet. Four queries."""
    branches = access.public_branches(city).order_by("name", "pk")
    found = access.public_shops(city).select_related("trade", "picture")
    listed = list(found.order_by("sort_name", "pk").prefetch_related(_with(branches)))
    return views_of(listed, now=now)


def places(views: Sequence[ShopView], *, chosen: str = "") -> list[Place]:
    """The quarters of these shops from A to Z, with how many there are and are open."""
    all_, open_ = Counter[str](), Counter[str]()
    for view in views:
        for name in {each.branch.quarter for each in view.branches if each.branch.quarter}:
            all_[name] += 1
            open_[name] += any(e.is_open for e in view.branches if e.branch.quarter == name)
    return [Place(name, all_[name], open_[name], name == chosen) for name in sorted(all_)]


def shop(*, city: City, slug: str, page: int, now: datetime, category: str = "") -> ShopPage | None:
    """A shop everybody may see here, its branches and a page of its goods."""
    branches = access.public_branches(city).order_by("name", "pk")
    visible = access.public_shops(city).select_related("trade", "picture", "legal")
    found = visible.filter(slug=slug).prefetch_related(_with(branches)).first()
    if found is None:
        return None
    offers = access.public_offers(city).filter(branch__shop=found)
    among = Exists(offers.filter(variant__product=OuterRef("pk")))
    goods = access.public_products(city).filter(among).select_related("category")
    tree = list(Category.objects.order_by("sort_name", "pk"))
    chosen = next((each for each in tree if each.slug == category), None)
    shown = goods
    if chosen is not None:
        shown = goods.filter(category_id__in=categories.below(tree, chosen.pk))
    listed = Paginator(shown.order_by("sort_title", "pk"), PER_PAGE).get_page(page)
    links = categories.links(tree, goods, chosen)
    on_page, online = (
        list(listed.object_list),
        list(goods.filter(_is_sold_online(offers)).order_by("sort_title", "pk")[:ONLINE]),
    )
    both = {each.pk: each for each in [*on_page, *online]}
    here = {branch.pk: branch for branch in _branches(found)}
    groups = {
        group.product.pk: group
        for group in listings.groups(both.values(), offers, city, now, branches=here)
    }
    view = views_of([found], now=now)[0]
    return ShopPage(
        view=replace(view, branches=[_on_map(each, city) for each in view.branches]),
        page=listed,
        groups=[groups[each.pk] for each in on_page],
        categories=links,
        category=chosen,
        goods=listed.paginator.count if chosen is None else goods.count(),
        online=[groups[each.pk] for each in online],
    )


def views_of(found: Sequence[Shop], *, now: datetime) -> list[ShopView]:
    """Shops loaded with their branches (`shown_branches`) as pages show them."""
    return [
        ShopView(
            shop=each,
            branches=[
                BranchView(branch, hours.calendar(branch), now) for branch in _branches(each)
            ],
            online=listings.online_of(None, each),
        )
        for each in found
    ]


# Inside ---------------------------------------------------------------------------------------


def _with(branches: "BranchQuerySet") -> "Prefetch[Any]":
    return Prefetch("branches", queryset=branches, to_attr="shown_branches")


def _is_sold_online(offers: "OfferQuerySet") -> Exists:
    return Exists(offers.filter(variant__product=OuterRef("pk")).exclude(online_url=""))


def _branches(shop: Shop) -> list[Branch]:
    """The branches that `_with` has loaded."""
    return getattr(shop, "shown_branches", [])


def _on_map(view: BranchView, city: City) -> BranchView:
    """With its drawing. Only a city without a sketch has its neighbours looked up."""
    branch = view.branch
    near: list[Branch] = []
    if branch.latitude is not None and branch.longitude is not None and not city.sketch:
        north, east = locator.reach()
        around = access.public_branches(city).filter(
            latitude__range=(branch.latitude - north, branch.latitude + north),
            longitude__range=(branch.longitude - east, branch.longitude + east),
        )
        near = list(around.select_related("shop").order_by("pk")[:NEIGHBOURS])
    return replace(view, map=locator.draw(branch, sketch=city.sketch, neighbours=near))


def _fits(view: ShopView, sought: Sought, *, but: str = "") -> bool:
    """One branch has to fit all that is asked of branches."""
    if (
        sought.trade
        and but != "trade"
        and not (view.shop.trade and view.shop.trade.slug == sought.trade)
    ):
        return False
    tests: list[Callable[[BranchView], bool]] = []
    if sought.open and but != "open":
        tests.append(lambda each: each.is_open)
    if sought.quarter and but != "quarter":
        tests.append(lambda each: each.branch.quarter == sought.quarter)
    return not tests or any(all(test(each) for test in tests) for each in view.branches)


def _filters(views: Sequence[ShopView], sought: Sought) -> Filters:
    by_trade = [view for view in views if _fits(view, sought, but="trade")]
    trades = {view.shop.trade for view in views if view.shop.trade}
    counts = Counter(view.shop.trade_id for view in by_trade)
    by_place = [view for view in views if _fits(view, sought, but="quarter")]
    names = places(views)
    left = {place.name: place for place in places(by_place)}
    return Filters(
        open=sum(view.is_open for view in views if _fits(view, sought, but="open")),
        is_open=sought.open,
        trades=[
            Trade(trade, counts[trade.pk], trade.slug == sought.trade)
            for trade in sorted(trades, key=lambda trade: trade.sort_name)
        ],
        places=[
            Place(
                name=place.name,
                shops=left[place.name].shops if place.name in left else 0,
                open=left[place.name].open if place.name in left else 0,
                is_chosen=place.name == sought.quarter,
            )
            for place in names
        ],
    )


def _letter(sort_name: str) -> str:
    first = sort_name[:1].upper()
    return first if "A" <= first <= "Z" else "0–9"
