"""Rows of a list: what each branch says about a variant, and goods with their branches below.

Building blocks of `queries`; each function asks a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db.models import F

from marketplace.core.models import Picture
from shops.domain import availability, hours, opening
from shops.domain.availability import Availability
from shops.domain.calendar import Calendar
from shops.domain.dayband import Band
from shops.domain.opening import Opening
from shops.enums import Code
from shops.models import Branch, City, Offer, Product, ProductPicture, Shop, Variant

if TYPE_CHECKING:
    from shops.models.offer import OfferQuerySet

#: Branches of a product that a list of goods shows; the rest is on the product's own page.
SHOWN = 3

#: How welcome a word is.
RANK = {Code.THERE: 0, Code.PROBABLY: 1, Code.ASK: 2, Code.GONE: 3}
#: Where it stands: what may be there before what one asks for before what is gone.
PART = {Code.THERE: 0, Code.PROBABLY: 0, Code.ASK: 1, Code.GONE: 2}
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Online:
    """A shop's own web shop, or its page about these goods: linked, never copied."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Row:
    """One branch's word on a variant."""

    offer: Offer
    branch: Branch
    shop: Shop
    availability: Availability
    opening: Opening
    online: Online | None
    #: Most units one may reserve or ask for; 0 where only a call helps.
    most: int
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
    def lowest(self) -> Decimal | None:
        return min((row.offer.price for row in self.rows), default=None)

    @property
    def has_one_price(self) -> bool:
        return len({row.offer.price for row in self.rows}) == 1


def rows(
    offers: "OfferQuerySet",
    city: City,
    now: datetime,
    *,
    calendars: dict[int, Calendar] | None = None,
) -> list[Row]:
    """What branches say, best first: may be there, how soon, how sure, how dear.

    `calendars` of all branches concerned, where the caller has loaded them already.
    """
    loaded = list(
        offers.select_related("branch__shop", "variant").order_by("branch__shop__sort_name", "pk")
    )
    if calendars is None:
        calendars = hours.calendars(offer.branch_id for offer in loaded)
    here = {offer.branch_id for offer in loaded} & calendars.keys()
    doors = {pk: opening.line(calendars[pk], now) for pk in here}
    found = [
        _row(offer, calendars[offer.branch_id], doors[offer.branch_id], city, now)
        for offer in loaded
        if offer.branch_id in doors  # RACE: a branch may appear while a page is read
    ]
    return sorted(found, key=_order)


def groups(
    products: Iterable[Product],
    offers: "OfferQuerySet",
    city: City,
    now: datetime,
    *,
    calendars: dict[int, Calendar] | None = None,
) -> list[Group]:
    """Products in the given order, each with the best offer of each branch among `offers`."""
    listed = list(products)
    ids = [each.pk for each in listed]
    found = rows(offers.filter(variant__product__in=ids), city, now, calendars=calendars)
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
    """Those of the variant, then those of the product itself; else all there are."""
    known = list(product.pictures.select_related("picture").order_by("position", "pk"))
    chosen = variant.pk if variant else None
    fitting = [each for each in known if each.variant_id and each.variant_id == chosen]
    fitting += [each for each in known if each.variant_id is None]
    return list({each.picture_id: each.picture for each in fitting or known}.values())


def online(url: str) -> Online | None:
    """A link out with its host named; only of a kind that a browser opens safely."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return Online(url=url, host=parts.hostname.removeprefix("www."))


def _row(offer: Offer, calendar: Calendar, door: Opening, city: City, now: datetime) -> Row:
    found = availability.of(offer, calendar=calendar, answer_minutes=city.answer_minutes, now=now)
    shop = offer.branch.shop
    return Row(
        offer=offer,
        branch=offer.branch,
        shop=shop,
        availability=found,
        opening=door,
        online=online(offer.online_url or shop.online_shop),
        most=min(found.units or 0, city.max_quantity) if found.can_reserve else 0,
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
    shown = ProductPicture.objects.filter(product_id__in=product_ids).select_related("picture")
    first: dict[int, Picture] = {}
    for row in shown.order_by(F("variant_id").asc(nulls_first=True), "position", "pk"):
        first.setdefault(row.product_id, row.picture)
    return first
