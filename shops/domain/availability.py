"""Is it there, now, and when can it be collected? Computed, never stored (design 3 and 7)."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from shops.domain import calendar as calendars
from shops.domain import holding, windows
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


@dataclass(frozen=True)
class Times:
    """When goods of one branch can be collected: the same for all its offers, so computed once."""

    calendar: Calendar
    lead_minutes: int
    answer_minutes: int
    now: datetime

    @cached_property
    def there(self) -> tuple[datetime | None, datetime | None]:
        """From when until when what is there."""
        return self._span(self.now)

    @cached_property
    def answer_by(self) -> datetime | None:
        return calendars.add_opening_minutes(self.calendar.under(""), self.now, self.answer_minutes)

    @cached_property
    def asked(self) -> tuple[datetime | None, datetime | None]:
        """The same for what the shop has to be asked for."""
        never = self.there[0] is None or self.answer_by is None
        return self.there if never else self._span(self.answer_by or self.now)

    def _span(self, begin: datetime) -> tuple[datetime | None, datetime | None]:
        start = calendars.ready_from(self.calendar, begin, self.lead_minutes)
        until = calendars.closes_at(self.calendar.collecting, start) if start else None
        return start, until


def of(
    offer: Offer,
    *,
    calendar: Calendar,
    answer_minutes: int,
    now: datetime,
    quantity: int = 1,
    times: Times | None = None,
) -> Availability:
    """The availability of `quantity` units. Needs `offer.branch` and the offer's category, or
    `times` of its branch (under the rule of its category) where the caller has them: then no
    queries for one unit."""
    if times is None:
        under = calendar.under(windows.rule_of(offer))
        times = Times(under, offer.branch.ready_minutes, answer_minutes, now)
    code = _code(offer, calendar, quantity, now)
    is_asked = code in (Code.PROBABLY, Code.ASK)
    start, until = times.asked if is_asked else times.there
    return Availability(
        code=code,
        units=None if offer.free is None else max(offer.free, 0),
        counted_at=offer.counted_at,
        collect_from=start,
        collect_until=until,
        answer_by=times.answer_by if is_asked else None,
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
