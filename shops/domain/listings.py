"""Rows of a list: what each branch says about a variant, and goods with their branches below.

Building blocks of `queries`; each function asks a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db.models import F

from marketplace.core.models import Picture
from shops.domain import availability, hours, opening, paying, windows
from shops.domain.availability import Availability, Times
from shops.domain.dayband import Band
from shops.domain.opening import Opening
from shops.domain.prices import tag, tax
from shops.domain.prices.tag import Tag
from shops.enums import Code, Gate, MediaRating, Way
from shops.models import Branch, City, Facts, Offer, Product, ProductPicture, Shop, Variant

if TYPE_CHECKING:
    from shops.models.offer import OfferQuerySet

#: Branches of a product that a list of goods shows; the rest is on the product's own page.
SHOWN = 3

#: How welcome a word is.
RANK = {Code.THERE: 0, Code.PROBABLY: 1, Code.ASK: 2, Code.GONE: 3}
#: Where it stands: what may be there before what one asks for before what is gone.
PART = {Code.THERE: 0, Code.PROBABLY: 0, Code.ASK: 1, Code.GONE: 2}
#: Ratings of media that are shown without a picture.
ADULT = (MediaRating.R18, MediaRating.UNRATED)
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Online:
    """A shop's own web shop, or its page about these goods: linked, never copied.

    Pages link to it through our own door (`shops.domain.outward`), by `way` and `pk`.
    """

    url: str
    host: str
    way: Way
    #: Of the offer or the shop whose link it is.
    pk: int

    @property
    def to_goods(self) -> bool:
        return self.way == Way.OFFER


@dataclass(frozen=True, slots=True)
class Row:
    """One branch's word on a variant."""

    offer: Offer
    branch: Branch
    shop: Shop
    availability: Availability
    opening: Opening
    online: Online | None
    tag: Tag
    #: Most units one may reserve or ask for; 0 where only a call helps.
    most: int
    #: The shop can be paid online, and the goods tell what the law wants for that.
    can_pay: bool = False
    #: The branch's day; on the product's own page only.
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A product in a list, the branches that offer it below, best first."""

    product: Product
    picture: Picture | None
    rows: list[Row]
    #: In how many kinds it is offered.
    variants: int

    @property
    def shown(self) -> list[Row]:
        return self.rows[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.rows) - len(self.shown)

    @property
    def more_from(self) -> Decimal | None:
        """The lowest price of those not shown."""
        return min((row.offer.price for row in self.rows[SHOWN:]), default=None)

    @property
    def best(self) -> Row | None:
        return self.rows[0] if self.rows else None

    @property
    def sold_online(self) -> Row | None:
        """The first row with a page of its own in the shop's web shop."""
        return next((row for row in self.rows if row.online and row.offer.online_url), None)

    @property
    def cheapest(self) -> Row | None:
        return min(self.rows, key=lambda row: row.offer.price, default=None)

    @property
    def lowest(self) -> Decimal | None:
        return self.cheapest.offer.price if self.cheapest else None

    @property
    def has_one_price(self) -> bool:
        return len({row.offer.price for row in self.rows}) == 1


def rows(
    offers: "OfferQuerySet",
    city: City,
    now: datetime,
    *,
    branches: Mapping[int, Branch] | None = None,
    ruled: Mapping[int, str] | None = None,
) -> list[Row]:
    """What branches say, best first: may be there, how soon, how sure, how dear.

    `branches`: with their shops, of all concerned, where the caller has loaded them already.
    `ruled`: as `windows.ruled` says.
    """
    ruled = windows.ruled() if ruled is None else ruled
    wanted = offers.select_related("variant")
    if ruled:
        wanted = wanted.annotate(category_id=F("variant__product__category"))
    loaded = list(wanted.order_by())
    if branches is None:  # once each, not once for each of its offers
        ids = {offer.branch_id for offer in loaded}
        branches = Branch.objects.select_related("shop").in_bulk(ids) if ids else {}
    places: dict[tuple[int, str], _Place] = {}
    found = []
    for offer in loaded:
        if offer.branch_id not in branches:  # RACE: a branch may appear while a page is read
            continue
        offer.branch = branches[offer.branch_id]
        key = (offer.branch_id, ruled.get(getattr(offer, "category_id", None) or 0, ""))
        if key not in places:
            places[key] = _Place(
                hours.calendar(offer.branch).under(key[1]),
                offer.branch.ready_minutes,
                city.answer_minutes,
                now,
            )
        found.append(_row(offer, places[key], city))
    return sorted(found, key=_order)


def groups(
    products: Iterable[Product],
    offers: "OfferQuerySet",
    city: City,
    now: datetime,
    *,
    branches: Mapping[int, Branch] | None = None,
    ruled: Mapping[int, str] | None = None,
) -> list[Group]:
    """Products in the given order, each with the best offer of each branch among `offers`."""
    listed = list(products)
    ids = [each.pk for each in listed]
    wanted = offers.filter(variant__product__in=ids)
    found = rows(wanted, city, now, branches=branches, ruled=ruled)
    by_product: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        by_product[row.offer.variant.product_id].append(row)
    first = _first_pictures(ids)
    return [
        Group(
            product=each,
            picture=first.get(each.pk),
            rows=_best_of_each_branch(by_product[each.pk]),
            variants=len({row.offer.variant_id for row in by_product[each.pk]}),
        )
        for each in listed
    ]


def pictures(product: Product, variant: Variant | None) -> list[Picture]:
    """Those of the variant, then those of the product itself; else all there are. None of media
    for adults: a drawing stands in (law E2)."""
    if getattr(getattr(product, "facts", None), "rating", "") in ADULT:
        return []
    known = list(product.pictures.select_related("picture").order_by("position", "pk"))
    chosen = variant.pk if variant else None
    fitting = [each for each in known if each.variant_id and each.variant_id == chosen]
    fitting += [each for each in known if each.variant_id is None]
    return list({each.picture_id: each.picture for each in fitting or known}.values())


def online_of(offer: Offer | None, shop: Shop) -> Online | None:
    """The way to these goods in the shop's own web shop, else to the web shop."""
    if offer is not None and offer.online_url:
        return online(offer.online_url, way=Way.OFFER, pk=offer.pk)
    return online(shop.online_shop, way=Way.SHOP, pk=shop.pk)


def online(url: str, *, way: Way, pk: int) -> Online | None:
    """A link out with its host named; only of a kind that a browser opens safely."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return Online(url=url, host=parts.hostname.removeprefix("www."), way=way, pk=pk)


class _Place(Times):
    """A branch at this instant, as all its offers share it."""

    @cached_property
    def today(self) -> date:
        return tax.day(self.now)

    @cached_property
    def door(self) -> Opening:
        return opening.line(self.calendar.under(""), self.now)


def _row(offer: Offer, place: _Place, city: City) -> Row:
    found = availability.of(
        offer,
        calendar=place.calendar,
        answer_minutes=place.answer_minutes,
        now=place.now,
        times=place,
    )
    shop = offer.branch.shop
    return Row(
        offer=offer,
        branch=offer.branch,
        shop=shop,
        availability=found,
        opening=place.door,
        tag=tag.of(offer, shop=shop, on=place.today),
        online=online_of(offer, shop),
        most=min(found.units or 0, city.max_quantity) if found.can_reserve else 0,
        can_pay=offer.variant.gate == Gate.OPEN and paying.is_open(shop=shop, city=city),
    )


def _order(row: Row) -> tuple[int, datetime, int, Decimal, str, int]:
    found = row.availability
    soonest = found.collect_from or _NEVER
    return (
        PART[found.code],
        soonest,
        RANK[found.code],
        row.offer.price,
        row.shop.sort_name,
        row.offer.pk,
    )


def _best_of_each_branch(ordered: Sequence[Row]) -> list[Row]:
    best: dict[int, Row] = {}
    for row in ordered:
        best.setdefault(row.branch.pk, row)
    return list(best.values())


def _first_pictures(product_ids: Sequence[int]) -> dict[int, Picture]:
    adult = Facts.objects.filter(product__in=product_ids, rating__in=ADULT).values("product")
    shown = ProductPicture.objects.filter(product_id__in=product_ids).select_related("picture")
    shown = shown.exclude(product_id__in=adult)
    first: dict[int, Picture] = {}
    for row in shown.order_by(F("variant_id").asc(nulls_first=True), "position", "pk"):
        first.setdefault(row.product_id, row.picture)
    return first
