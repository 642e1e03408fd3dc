"""A branch's day as a strip: when it is open, when goods can be collected, where now is. Pure.

Numbers are minutes on one axis for all shops of a town, whole ones, so that a drawing needs no
arithmetic: `<svg viewBox="0 0 720 16">` for an axis from 8 to 20.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shops.domain import calendar as calendars
from shops.domain.calendar import Calendar

#: Hours of the axis. Openings that begin earlier or end later are cut and get a small arrow.
FIRST, LAST = 8, 20
LENGTH = (LAST - FIRST) * 60


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the strip, in minutes from the beginning of the axis."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Band:
    """Today's strip of one branch; nothing is drawn where no hours are known."""

    open: list[Span]
    #: The part of the opening in which goods can be collected.
    collect: list[Span]
    #: None before and after the axis.
    now: int | None
    is_cut_before: bool
    is_cut_after: bool
    length: int = LENGTH
    first: int = FIRST
    last: int = LAST


def band(calendar: Calendar, now: datetime, *, collect_from: datetime | None = None) -> Band | None:
    """Today's strip; `collect_from` is the earliest collection, today or later."""
    if not calendar.weekly:
        return None
    day = calendar.local(now).date()
    begin = _at(calendar, day)
    openings = calendars.intervals(calendar, day)
    spans = [(opening.opens, opening.closes) for opening in openings]
    collect = []
    if collect_from is not None:
        collect = [(max(opens, collect_from), closes) for opens, closes in spans]
    position = round((now - begin) / calendars.MINUTE)
    return Band(
        open=_cut(spans, begin),
        collect=_cut(collect, begin),
        now=position if 0 <= position <= LENGTH else None,
        is_cut_before=any(opens < begin for opens, _closes in spans),
        is_cut_after=any(closes > begin + timedelta(minutes=LENGTH) for _opens, closes in spans),
    )


def _at(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(FIRST), ZoneInfo(calendar.zone))


def _cut(spans: list[tuple[datetime, datetime]], begin: datetime) -> list[Span]:
    """The spans as far as they lie on the axis."""
    found = []
    for opens, closes in spans:
        start = max(round((opens - begin) / calendars.MINUTE), 0)
        end = min(round((closes - begin) / calendars.MINUTE), LENGTH)
        if start < end:
            found.append(Span(start, end - start))
    return found
