"""The lists of a branch's own goods: all of them, those of a filter, what to count next.

Constantly many queries on a shelf of any length; the order of each list is that of an index.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import F, Q

from marketplace.core.models import Picture
from marketplace.reservations.enums import OPEN
from marketplace.reservations.models import Line, Reservation
from marketplace.retail.domain import cards
from shops import access as shop_access
from shops.domain import availability, hours, recount, search
from shops.domain.availability import Availability
from shops.domain.recount import Why
from shops.enums import Gate
from shops.models import Branch, Offer, Variant

if TYPE_CHECKING:
    from shops.models.offer import OfferQuerySet

#: Goods per page: more would be slow on a phone, fewer would tire the thumb.
SHOWN = 50
_WHICH = {
    "recount": Q(unsure_since__isnull=False),
    "short": Q(reserved__gt=F("on_hand")),
    "low": recount.LOW,
    "sold-out": Q(on_hand__lte=F("reserved") + F("buffer")),
    "unknown": Q(on_hand__isnull=True),
    "untold": ~Q(variant__gate=Gate.OPEN),
}
#: So many are counted; whoever has more has enough to do.
_COUNTED = 100


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One offer as its shop sees it."""

    offer: Offer
    picture: Picture | None
    availability: Availability
    #: Why it wants a recount, if it does.
    why: Why | None = None
    #: Open reservations of a short one, the youngest last.
    reservations: Sequence[Reservation] = ()

    @property
    def is_short(self) -> bool:
        return self.offer.on_hand is not None and self.offer.reserved > self.offer.on_hand

    @property
    def runs_low(self) -> bool:
        return recount.runs_low(free=self.offer.free, pace=self.offer.pace)


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """One page of a list, and how many the whole has."""

    page: "Page[int]"
    rows: Sequence[GoodsRow]
    total: int
    #: Offers that are held back, and that cannot be paid online yet; counted up to a hundred.
    closed: int = 0
    unpaid: int = 0


@dataclass(frozen=True, slots=True)
class RecountPage:
    """What to count next: what cannot be filled, then where a count gains most."""

    short: Sequence[GoodsRow] = field(default_factory=list)
    rows: Sequence[GoodsRow] = field(default_factory=list)
    page: "Page[int] | None" = None


def goods(
    *,
    branch: Branch,
    text: str = "",
    show: str = "",
    number: str = "",
    keep: Sequence[int] = (),
    now: datetime,
) -> GoodsPage:
    """The branch's offers in the order of their titles. A page beyond the end is the last one.

    `text` finds titles, variants, brands and numbers; `show` is a key of the filters, else all.
    `keep`: these offers of the branch instead of the page's, in this order.
    """
    offers = _here(branch).filter(_WHICH.get(show, Q()))
    for word in search.words(text):
        offers = offers.filter(
            Q(variant__product__document__text__contains=word) | Q(sku__icontains=word)
        )
    paginator = Paginator(offers.order_by("sort_title", "pk").values_list("pk", flat=True), SHOWN)
    page = paginator.get_page(number or 1)
    rows = _rows(branch, list(keep[:SHOWN]) or list(page.object_list), now)
    untold = _untold(branch)
    return GoodsPage(
        page=page,
        rows=rows,
        total=paginator.count,
        closed=untold[Gate.CLOSED],
        unpaid=untold[Gate.RESERVE_ONLY],
    )


def _untold(branch: Branch) -> Counter[str]:
    """How many offers wait for particulars, by what the gate makes of them."""
    held = shop_access.branch_offers([branch]).exclude(variant__gate=Gate.OPEN)
    return Counter(held.values_list("variant__gate", flat=True)[:_COUNTED])


def _here(branch: Branch) -> "OfferQuerySet":
    """The branch's offers; what gave way to another offer of the same goods is history."""
    # Very few variants ever became another, and an index names them: no join over the whole shelf.
    gone = Variant.objects.filter(became__isnull=False)
    return shop_access.branch_offers([branch]).exclude(variant__in=gone)


def recounts(*, branch: Branch, number: str = "", now: datetime) -> RecountPage:
    """Where a recount gains most (`shops.domain.recount`), with the reservations of short goods."""
    mine = _here(branch)
    page = Paginator(recount.Queue(mine, now=now), SHOWN).get_page(number or 1)
    waiting: dict[int, list[Reservation]] = {}
    if page.number == 1:
        waiting = _short(branch)
    rows = _rows(branch, [*waiting, *page.object_list], now, waiting)
    return RecountPage(
        short=[row for row in rows if row.offer.pk in waiting],
        rows=[row for row in rows if row.offer.pk not in waiting],
        page=page,
    )


def _short(branch: Branch) -> dict[int, list[Reservation]]:
    """Short offers with their open reservations, found from the reservations: these are few."""
    lines = (
        Line.objects.filter(
            reservation__branch=branch,
            reservation__state__in=OPEN,
            offer__reserved__gt=F("offer__on_hand"),
        )
        .select_related("reservation__checkout__contact")
        .order_by("reservation__placed_at", "pk")
    )
    found: dict[int, list[Reservation]] = {}
    for line in lines:
        found.setdefault(line.offer_id, []).append(line.reservation)
    return found


def _rows(
    branch: Branch,
    ids: Iterable[int],
    now: datetime,
    waiting: dict[int, list[Reservation]] | None = None,
) -> list[GoodsRow]:
    """These offers in this order, each with its picture and what shoppers are told of it."""
    wanted = list(ids)
    offers = shop_access.branch_offers([branch]).filter(pk__in=wanted)
    by_id = {each.pk: each for each in offers.select_related("variant__product__category")}
    pictures = cards.pictures_of_variants(
        {offer.variant_id: offer.variant.product_id for offer in by_id.values()}
    )
    opening = hours.calendar_of(branch.pk)
    minutes = branch.shop.city.answer_minutes
    shown = []
    for offer in (by_id[pk] for pk in wanted if pk in by_id):
        offer.branch = branch
        found = availability.of(offer, calendar=opening, answer_minutes=minutes, now=now)
        gain = recount.of(offer, now=now)
        shown.append(
            GoodsRow(
                offer,
                pictures.get(offer.variant_id),
                found,
                gain.why if gain else None,
                (waiting or {}).get(offer.pk, ()),
            )
        )
    return shown
