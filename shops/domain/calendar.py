"""The only code that knows when a branch is open (design 6).

Pure: no database, no system clock. Days are local dates of the branch; instants are aware in any
zone and come back in UTC, where comparing and subtracting are safe whatever the clocks do.

Three rules carry everything else:

* An opening is half-open: at `opens` the branch is open, at `closes` it is not.
* An opening belongs to the local day on which it begins, even where it runs past midnight. A
  closure takes away the openings of its days, not the last hours of the evening before.
* A time on the door means the first instant at which the clock on the wall shows it *or later*:
  02:30 is 03:00 in the night that skips it, the first of the two in the night that repeats it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
HORIZON = 53 * WEEK
"""How far ahead we look. A branch that does not open for a year "never opens"."""

_ORDINARY = datetime(2025, 1, 15, tzinfo=UTC)  # a week from here: no clock changes


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from `opens` until just before `closes`; aware, UTC."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Weekly:
    """Each `weekday` (0 = Monday). `closes <= opens`: past midnight; equal: for 24 hours."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed on all days from `first` to `last`, both included."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True)
class Calendar:
    """All facts about one branch's time. A pause stops preparing, never the hours for hand-over."""

    weekly: tuple[Weekly, ...] = ()
    closures: tuple[Closed, ...] = ()
    paused_until: datetime | None = None
    zone: str = "Europe/Berlin"

    def local(self, at: datetime) -> datetime:
        """What calendar and clock on the branch's wall show at that instant."""
        return at.astimezone(ZoneInfo(self.zone))

    @cached_property
    def by_weekday(self) -> tuple[tuple[Weekly, ...], ...]:
        """The openings of Mondays, of Tuesdays, ..., each in order."""
        rows = sorted(self.weekly, key=lambda row: row.opens)
        return tuple(tuple(row for row in rows if row.weekday == day) for day in range(7))

    @cached_property
    def ordinary_week(self) -> timedelta:
        """How long any seven days are open that meet no closure and no clock change."""
        return _walk(Calendar(self.weekly, zone=self.zone), _ORDINARY, _ORDINARY + WEEK)


def closure_on(calendar: Calendar, day: date) -> Closed | None:
    """The closure that covers the local day, to show its reason."""
    for closure in calendar.closures:
        if closure.first <= day <= closure.last:
            return closure
    return None


def intervals(calendar: Calendar, day: date) -> tuple[Interval, ...]:
    """The openings that begin on the local day, in order; those that overlap or touch are one."""
    rows = calendar.by_weekday[day.weekday()]
    if not rows or closure_on(calendar, day):
        return ()
    merged: list[Interval] = []
    for row in rows:
        opens = _instant(day, row.opens, calendar.zone)
        last_day = day if row.closes > row.opens else day + DAY
        closes = _instant(last_day, row.closes, calendar.zone)
        if merged and opens <= merged[-1].closes:
            before = merged.pop()
            opens, closes = before.opens, max(before.closes, closes)
        if opens < closes:  # else it lies in the hour that spring skips
            merged.append(Interval(opens, closes))
    return tuple(merged)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the door is open at that instant (a pause does not close it)."""
    return any(_openings(calendar, _utc(at), _utc(at) + timedelta.resolution))


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The first open instant from `at` on: `at` itself if open; None if none within `HORIZON`."""
    at = _utc(at)
    return next((opening.opens for opening in _openings(calendar, at, at + HORIZON)), None)


def closes_at(calendar: Calendar, at: datetime) -> datetime | None:
    """When the opening around `at` ends, midnights run through; None if closed or never closing."""
    end = at = _utc(at)
    for opening in _openings(calendar, at, at + HORIZON):
        if opening.opens > end:
            break
        end = opening.closes
    return end if at < end < at + HORIZON else None


def opening_minutes_between(calendar: Calendar, start: datetime, end: datetime) -> float:
    """How long the branch is open in [start, end), in minutes; 0 if `end` is not after `start`."""
    start, end, total = _utc(start), _utc(end), timedelta()
    while start < end:
        stop = min(start + WEEK, end)
        total += _open_time(calendar, start, stop)
        start = stop
    return total / MINUTE


def add_opening_minutes(calendar: Calendar, start: datetime, minutes: float) -> datetime | None:
    """The first instant at which so many opening minutes have passed since `start`.

    It may be a closing time. `start` itself for none or fewer; None if `HORIZON` has too few.
    """
    start = _utc(start)
    if minutes > HORIZON / MINUTE:
        return None
    left = max(minutes, 0) * MINUTE
    if not left:
        return start
    for weeks in range(HORIZON // WEEK):
        begin = start + weeks * WEEK
        week = _open_time(calendar, begin, begin + WEEK)
        if left > week:
            left -= week
            continue
        for opening in _openings(calendar, begin, begin + WEEK):
            span = opening.closes - opening.opens
            if left <= span:
                return opening.opens + left
            left -= span
    return None


def ready_from(calendar: Calendar, now: datetime, lead_minutes: float) -> datetime | None:
    """The earliest instant at which goods asked for `now` can be collected; it is an open one.

    Preparing takes `lead_minutes` of opening time and begins no sooner than a pause ends.
    """
    pause = calendar.paused_until
    begin = max(_utc(now), _utc(pause)) if pause else now
    ready = add_opening_minutes(calendar, begin, lead_minutes)
    return next_opening(calendar, ready) if ready else None


def collect_by(calendar: Calendar, ready_at: datetime, opening_days: int) -> datetime | None:
    """The closing time that leaves people `opening_days` whole opening days after `ready_at`.

    A day counts if it opens at or after `ready_at`: not one already running, never a closed one.
    Ready on Monday at 11 with 1 day: Tuesday's last closing time. With 0 days: the last closing
    time of the running day or, when that is over, of the next. None if `HORIZON` has too few.
    """
    ready_at = _utc(ready_at)
    for day in _days(calendar, ready_at, ready_at + HORIZON):
        openings = intervals(calendar, day)
        if not openings or openings[-1].closes <= ready_at:
            continue
        if openings[0].opens >= ready_at:
            opening_days -= 1
        if opening_days <= 0:
            return openings[-1].closes
    return None


def _openings(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Interval]:
    """What lies open in [start, end), cut to it, in order, no instant twice; two may touch."""
    for day in _days(calendar, start, end):
        for opening in intervals(calendar, day):
            opens, closes = max(opening.opens, start), min(opening.closes, end)
            if opens < closes:
                yield Interval(opens, closes)
                start = closes


def _days(calendar: Calendar, start: datetime, end: datetime) -> Iterator[date]:
    """The local days whose openings can touch [start, end], from the evening before."""
    day, last = calendar.local(start).date() - DAY, calendar.local(end).date()
    while day <= last:
        yield day
        day += DAY


def _open_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How long [start, end) is open; at once for an ordinary week, which most weeks are."""
    if end - start == WEEK and _is_ordinary(calendar, start, end):
        return calendar.ordinary_week
    return _walk(calendar, start, end)


def _walk(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    spans = (opening.closes - opening.opens for opening in _openings(calendar, start, end))
    return sum(spans, timedelta())


def _is_ordinary(calendar: Calendar, start: datetime, end: datetime) -> bool:
    """No closure and no clock change comes near: in this span or on the evening before it."""
    before, after = calendar.local(start - 2 * DAY), calendar.local(end)
    first, last = before.date(), after.date()
    return before.utcoffset() == after.utcoffset() and not any(
        closure.first <= last and first <= closure.last for closure in calendar.closures
    )


@lru_cache(maxsize=8192)  # pure; the shops of a town share their opening times
def _instant(day: date, clock: time, zone: str) -> datetime:
    """The first instant at which the wall shows `clock` of `day` or later, in UTC."""
    wall = datetime.combine(day, clock, ZoneInfo(zone))
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first
    jump = second.replace(second=0, microsecond=0)  # a skipped time: look for where the clock jumps
    while jump.astimezone(wall.tzinfo).replace(tzinfo=None) < wall.replace(tzinfo=None):
        jump += MINUTE
    return jump


def _utc(at: datetime) -> datetime:
    """`at` in UTC; elsewhere instants of one zone are compared by the wall, not by time."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC)
