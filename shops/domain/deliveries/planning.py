"""What becomes of each row of a delivery: the rules of `counts`, for very many offers at once.

Most rows of a till change nothing but the time of the count. Offers that are alike (as many left,
selling as quickly) then have the same moments, so each such sum is done once. Reads only.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from shops.domain import brake, confidence
from shops.domain.calendar import Ahead, Calendar, opening_minutes_between
from shops.domain.counts import AHEAD
from shops.domain.deliveries.reading import Row
from shops.domain.deliveries.shelf import Handed, Known, Shelf
from shops.domain.holding import DOUBT

_NOTHING: tuple[Handed, ...] = ()


class Fate(StrEnum):
    """The heaps of a receipt; every row lies on exactly one. Names are columns of a Delivery."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    HELD = "held"
    REFUSED = "refused"


class Count(NamedTuple):
    """An offer's new numbers after a count. `delta` is None where nothing but time has passed."""

    on_hand: int
    as_of: datetime
    is_unsure: bool
    sold_units: int
    observed_minutes: int
    moments: confidence.Moments
    delta: int | None


class Outcome(NamedTuple):
    """One row's fate. `offer`, `counted` and `price` as far as it has them; `code` says why not."""

    row: Row
    fate: Fate
    code: str = ""
    offer: int = 0
    #: When its numbers were true, of a row that is taken or held.
    as_of: datetime | None = None
    counted: Count | None = None
    price: Decimal | None = None


def match(rows: Sequence[Row], shelf: Shelf) -> list[int | str]:
    """For each row the offer it means, else a code; an offer named twice counts where it is
    first."""
    seen: set[int] = set()
    places: list[int | str] = []
    for row in rows:
        place = row.trouble or shelf.find(row)
        if isinstance(place, int):
            if place in seen:
                place = "repeated"
            else:
                seen.add(place)
        places.append(place)
    return places


def holds_zeros(rows: Sequence[Row], places: Iterable[int | str], shelf: Shelf) -> bool:
    """Whether so many rows say "none left" that somebody must be asked (`brake`)."""
    emptied = sum(
        1
        for row, place in zip(rows, places, strict=True)
        if row.quantity == 0 and isinstance(place, int) and shelf.offers[place].on_hand
    )
    return brake.empties_shelf(emptied=emptied, in_stock=shelf.in_stock)


class Planner:
    """Decides rows against the shelf as it is now."""

    def __init__(
        self,
        shelf: Shelf,
        calendar: Calendar,
        *,
        as_of: datetime,
        now: datetime,
        holds_zeros: bool,
        brakes: bool = True,
    ) -> None:
        """`brakes` False: somebody has looked at these rows and wants them."""
        self.shelf = shelf
        self.calendar = calendar
        self.as_of = as_of
        self.latest = now + AHEAD
        self.holds_zeros = holds_zeros
        self.brakes = brakes
        self._minutes: dict[tuple[datetime, datetime], float] = {}
        #: The span asked for last: mostly it is the same again, and times are slow keys.
        self._span: tuple[datetime, datetime] = (as_of, as_of)
        self._in_span = 0.0
        self._moments: dict[tuple[object, ...], confidence.Moments] = {}
        self._ahead: dict[datetime, Ahead] = {}

    def outcome(self, row: Row, place: int | str) -> Outcome:
        """What this row changes. `place` as `match` found it."""
        if isinstance(place, str):
            return Outcome(row, Fate.REFUSED if place else Fate.UNKNOWN, place)
        known = self.shelf.offers[place]
        as_of = row.as_of or self.as_of
        if as_of > self.latest:
            return Outcome(row, Fate.REFUSED, "count_in_future", place)
        is_older = known.counted_at is not None and as_of < known.counted_at
        if is_older and row.quantity is not None:  # a price is no count
            return Outcome(row, Fate.REFUSED, "older_count", place)
        code = self._suspicion(row, known) if self.brakes else ""
        if code:
            return Outcome(row, Fate.HELD, code, place, as_of)
        counted = None if row.quantity is None else self._count(known, row.quantity, as_of)
        price = None if row.price is None or row.price == known.price else row.price
        changes = price is not None or (counted is not None and counted.on_hand != known.on_hand)
        fate = Fate.ACCEPTED if changes else Fate.UNCHANGED
        return Outcome(row, fate, "", place, as_of, counted, price)

    def _suspicion(self, row: Row, known: Known) -> str:
        if row.price is not None and row.price != known.price:
            code = brake.price(old=known.price, new=row.price)
            if code:
                return code
        if row.quantity == 0:
            return brake.EMPTIED if self.holds_zeros and known.on_hand else ""
        return "" if row.quantity is None else brake.quantity(old=known.on_hand, new=row.quantity)

    def _count(self, known: Known, counted: int, as_of: datetime) -> Count:
        """As `counts.count` has it (truth 3), from numbers that have been read already."""
        handed = self.shelf.handed.get(known.pk, _NOTHING)
        on_hand, is_unsure = counted, False
        if handed:
            on_hand = max(counted - _consumed(handed, after=as_of), 0)
            is_unsure = any(
                not each.is_undo and as_of - DOUBT <= each.at <= as_of + DOUBT for each in handed
            )
        turnover = self._turnover(known, handed, counted, as_of)
        free = on_hand - known.reserved - known.buffer
        delta = on_hand - (known.on_hand or 0)
        # A time of its own is told by a movement of its own; the others have the delivery's.
        is_news = on_hand != known.on_hand or as_of != self.as_of
        return Count(
            on_hand,
            as_of,
            is_unsure,
            *turnover,
            self._until(free, as_of, is_unsure, turnover, known.per_hour),
            delta if is_news else None,
        )

    def _turnover(
        self, known: Known, handed: Sequence[Handed], counted: int, as_of: datetime
    ) -> confidence.Turnover:
        before = confidence.Turnover(known.sold_units, known.observed_minutes)
        if known.on_hand is None or known.counted_at is None:
            return before
        span = (known.counted_at, as_of)
        if span != self._span:
            if span not in self._minutes:
                self._minutes[span] = opening_minutes_between(self.calendar, *span)
            self._span, self._in_span = span, self._minutes[span]
        return confidence.observe(
            before,
            previous=known.on_hand + _consumed(handed, after=known.counted_at),
            handed_over=_consumed(handed, after=known.counted_at, until=as_of),
            counted=counted,
            minutes=self._in_span,
        )

    def _until(
        self,
        free: int,
        as_of: datetime,
        is_unsure: bool,
        turnover: confidence.Turnover,
        per_hour: float,
    ) -> confidence.Moments:
        alike: tuple[object, ...] = (free, turnover, per_hour)
        if is_unsure or as_of is not self.as_of:
            alike = (*alike, is_unsure, as_of)
        found = self._moments.get(alike)
        if found is None:
            ahead = self._ahead.get(as_of)
            if ahead is None:
                ahead = self._ahead[as_of] = Ahead(self.calendar, as_of)
            rate = confidence.rate(*turnover, per_hour / 60)
            found = confidence.moments_ahead(ahead, free=free, rate=rate, unsure=is_unsure)
            self._moments[alike] = found
        return found


def _consumed(handed: Sequence[Handed], *, after: datetime, until: datetime | None = None) -> int:
    """Units handed over in the span, less those taken back."""
    if not handed:
        return 0
    return -sum(
        each.units for each in handed if each.at > after and (until is None or each.at <= until)
    )
