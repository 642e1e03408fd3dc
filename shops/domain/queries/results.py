"""Lists of goods: by words and category, filtered, in order, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, Value

from shops import access
from shops.domain import categories, facets, listings, promises
from shops.domain import search as searching
from shops.domain.calendar import Calendar
from shops.domain.categories import CategoryLink
from shops.domain.facets import Facets, Fact, Wanted
from shops.domain.listings import Group
from shops.domain.promises import Promises
from shops.enums import Code
from shops.models import Category, City, SearchDocument

if TYPE_CHECKING:
    from django.core.paginator import Page

    from shops.models.catalogue import ProductQuerySet
    from shops.models.offer import OfferQuerySet

PER_PAGE = 24
#: Goods up to which a list is put in order of collection and its filters are counted. Longer ones
#: stand from A to Z: nobody reads them to the end, and they must cost no more than short ones.
COUNTED = 400
#: Words proposed where nothing was found.
NEAR = 4
#: Hours by which one may want to have it today.
CLOCKS = (10, 12, 14, 16, 18, 20)
_NEVER = datetime.max.replace(tzinfo=UTC)
_IN_TEXT = 2


class Part(StrEnum):
    """Where goods stand in a list: those that may be there never mix with those one asks for."""

    THERE = "there"
    ASK = "ask"
    GONE = "gone"


_PARTS = (Part.THERE, Part.ASK, Part.GONE)


class Order(StrEnum):
    """What a list is sorted by."""

    COLLECTION = "collection"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The goods of one part on this page."""

    part: Part
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of goods."""

    wanted: Wanted
    category: Category | None
    categories: list[CategoryLink]
    page: "Page[int]"
    shelves: list[Shelf]
    facets: Facets
    order: Order
    #: Goods that fit; what one may ask for besides is not among them.
    found: int
    #: Goods before filtering, None where there are too many to count twice.
    unfiltered: int | None
    near: list[str]


class _Name(NamedTuple):
    """A product as far as its name matters for its place in a list."""

    product_id: int
    #: 0 and 1: the title holds the first word; 2: only the text does.
    match: int
    sort_title: str


def search(*, city: City, wanted: Wanted, now: datetime) -> Results:
    """Goods that match words, category and filters. At most eleven queries at any size."""
    offers = access.public_offers(city)
    offered = access.public_products(city).filter(_is_among(offers))
    tree = list(Category.objects.order_by("sort_name", "pk"))
    chosen = next((each for each in tree if each.slug == wanted.category), None)
    matching = (
        searching.find(offered, text=wanted.text) if searching.words(wanted.text) else offered
    )
    base = matching
    if chosen is not None:
        base = base.filter(category_id__in=categories.below(tree, chosen.pk))
    promised = promises.load(
        access.public_branches(city), answer_minutes=city.answer_minutes, now=now
    )
    quarters = _quarters(promised)
    clocks = _clocks(promised, wanted)
    few = _few(base, is_ranked=bool(searching.words(wanted.text)))
    if len(few) <= COUNTED:
        known = facets.facts(
            offers.filter(variant__product__in=[n.product_id for n in few]), promised
        )
        filters = facets.count(known, wanted, quarters, clocks)
        fits = facets.fitting(known, wanted)
        places = _places(few, fits, _besides(known, wanted))
        page = Paginator(list(places), PER_PAGE).get_page(wanted.page)
        found, unfiltered, order = facets.goods(fits), len(few), Order.COLLECTION
    else:
        filters = facets.uncounted(wanted, quarters, clocks)
        narrowed = base
        if wanted.filters:
            narrowed = base.filter(_is_among(facets.narrow(offers, wanted, promised)))
        ordered = (
            narrowed if searching.words(wanted.text) else narrowed.order_by("sort_title", "pk")
        )
        page = Paginator(ordered.values_list("pk", flat=True), PER_PAGE).get_page(wanted.page)
        found, unfiltered, order, places = page.paginator.count, None, Order.NAME, {}
    return Results(
        wanted=wanted,
        category=chosen,
        categories=categories.links(tree, matching, chosen),
        page=page,
        shelves=_shelves(city, list(page.object_list), places, wanted, promised),
        facets=filters,
        order=order,
        found=found,
        unfiltered=unfiltered,
        near=[] if page.paginator.count else near(city=city, text=wanted.text),
    )


def near(*, city: City, text: str) -> list[str]:
    """Words of this city's goods that look like those of `text`."""
    wanted = searching.words(text)
    titles = SearchDocument.objects.filter(city=city, product__is_live=True)
    return searching.near(titles, words=wanted, at_most=NEAR) if wanted else []


def _is_among(offers: "OfferQuerySet") -> Exists:
    return Exists(offers.filter(variant__product=OuterRef("pk")))


def _quarters(promised: Promises) -> list[str]:
    """Quarters with shops, in the order of the alphabet; none where all shops stand in one."""
    names = sorted({each.quarter for each in promised.terms.values()} - {""})
    return names if len(names) > 1 else []


def _clocks(promised: Promises, wanted: Wanted) -> list[time]:
    """Times of the rest of today by which one may want to have it; none when nothing opens."""
    now = Calendar().local(promised.now).time()
    clocks = [time(hour) for hour in CLOCKS if time(hour) > now] if promised.has_today else []
    if wanted.by is not None and wanted.by not in clocks:
        clocks = sorted([*clocks, wanted.by])
    return clocks


def _besides(known: Sequence[Fact], wanted: Wanted) -> list[Fact]:
    """What nobody has counted for long, offered below what can be collected today."""
    if not wanted.today or wanted.by is not None or wanted.sure:
        return []
    return [f for f in facets.fitting(known, wanted, but="today") if f.code == Code.ASK]


def _few(base: "ProductQuerySet", *, is_ranked: bool) -> list[_Name]:
    """The goods, or the first COUNTED + 1 in no order: enough to see that they are too many."""
    rank = F("match") if is_ranked else Value(0)
    rows = base.order_by().values_list("pk", rank, "sort_title")[: COUNTED + 1]
    return [_Name(*row) for row in rows]


def _places(
    names: Sequence[_Name], fits: Sequence[Fact], besides: Sequence[Fact]
) -> dict[int, Part]:
    """Product ids in order, each with its part.

    First what may be there, by title, earliest collection, how sure, how dear; then what one asks
    for; last what is gone. The page "How we rank" (`shops/ranking.html`) says the same in words.
    """
    by_product: dict[int, Fact] = {}
    for fact in [*fits, *besides]:
        known = by_product.get(fact.product_id)
        if known is None or _best(fact) < _best(known):
            by_product[fact.product_id] = fact
    listed = [
        (name, by_product[name.product_id]) for name in names if name.product_id in by_product
    ]
    listed.sort(
        key=lambda pair: (
            listings.PART[pair[1].code],
            pair[0].match == _IN_TEXT,
            *_best(pair[1]),
            pair[0].sort_title,
            pair[0].product_id,
        )
    )
    return {name.product_id: _PARTS[listings.PART[fact.code]] for name, fact in listed}


def _best(fact: Fact) -> tuple[int, datetime, int, Decimal]:
    return (
        listings.PART[fact.code],
        fact.collect_from or _NEVER,
        listings.RANK[fact.code],
        fact.price,
    )


def _shelves(
    city: City,
    ids: Sequence[int],
    places: Mapping[int, Part],
    wanted: Wanted,
    promised: Promises,
) -> list[Shelf]:
    """The goods of a page with those offers that fit, part by part."""
    offers = access.public_offers(city)
    fits = facets.condition(wanted, promised)
    besides = [pk for pk in ids if places.get(pk) == Part.ASK]
    if wanted.today and besides:
        also = facets.condition(replace(wanted, today=False), promised) & promised.ask()
        fits = fits | also & Q(variant__product__in=besides)
    by_id = access.public_products(city).select_related("category").in_bulk(ids)
    listed = [by_id[pk] for pk in ids if pk in by_id]
    groups = listings.groups(
        listed,
        offers.filter(fits),
        city,
        promised.now,
        ruled=promised.ruled,
    )
    return [
        Shelf(part, list(few))
        for part, few in groupby(groups, lambda group: places.get(group.product.pk, Part.THERE))
    ]
