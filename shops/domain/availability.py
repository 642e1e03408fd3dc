"""Is it there, now, and when can it be collected? Computed, never stored (design 3 and 7)."""

from dataclasses import dataclass
from datetime import datetime

from shops.domain import calendar as calendars
from shops.domain import holding
from shops.domain.calendar import Calendar
from shops.domain.confidence import Level
from shops.enums import Code
from shops.models import Offer


@dataclass(frozen=True, slots=True)
class Availability:
    """What a page may say about an offer. Words come from the template."""

    code: Code
    #: Free units; None when nobody counted.
    units: int | None
    counted_at: datetime | None
    #: Earliest collection; None while the branch takes no reservations.
    collect_from: datetime | None
    #: Closing time of that opening.
    collect_until: datetime | None
    #: Until when the shop answers, where it has to be asked.
    answer_by: datetime | None
    #: Why it cannot be reserved although it may be there: "", "paused", "never_open".
    reason: str

    def permits(self, quantity: int) -> bool:
        """Whether that many can be reserved or asked for. Never on unknown stock (design 7)."""
        return self.collect_from is not None and self.units is not None and self.units >= quantity

    @property
    def can_reserve(self) -> bool:
        return self.permits(1)

    @property
    def is_sure(self) -> bool:
        return self.code == Code.THERE


def of(
    offer: Offer, *, calendar: Calendar, answer_minutes: int, now: datetime, quantity: int = 1
) -> Availability:
    """The availability of `quantity` units. Needs `offer.branch`; for more than one unit also the
    offer's category. No queries for one unit."""
    code = _code(offer, calendar, quantity, now)
    start = calendars.ready_from(calendar, now, offer.branch.lead_minutes)
    asked = code in (Code.PROBABLY, Code.ASK)
    answer_by = calendars.add_opening_minutes(calendar, now, answer_minutes) if asked else None
    if start is not None and answer_by is not None:
        start = calendars.ready_from(calendar, answer_by, offer.branch.lead_minutes)
    return Availability(
        code=code,
        units=None if offer.free is None else max(offer.free, 0),
        counted_at=offer.counted_at,
        collect_from=start,
        collect_until=calendars.closes_at(calendar, start) if start else None,
        answer_by=answer_by,
        reason=_reason(calendar, now, start),
    )


def _code(offer: Offer, calendar: Calendar, quantity: int, now: datetime) -> Code:
    if offer.free is None:
        return Code.ASK
    if offer.free < quantity:
        return Code.GONE
    if quantity > 1:
        level = holding.level(offer, calendar, free=offer.free, quantity=quantity, now=now)
        return {Level.THERE: Code.THERE, Level.PROBABLY: Code.PROBABLY, Level.ASK: Code.ASK}[level]
    if offer.sure_until and now < offer.sure_until:
        return Code.THERE
    if offer.likely_until and now < offer.likely_until:
        return Code.PROBABLY
    return Code.ASK


def _reason(calendar: Calendar, now: datetime, start: datetime | None) -> str:
    if start is None:
        return "never_open"
    if calendar.paused_until is not None and now < calendar.paused_until:
        return "paused"
    return ""
