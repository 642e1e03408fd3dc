"""The only code that knows when a branch is open (design 6).

Pure: no database, no system clock. Days are local dates of the branch; instants are aware in any
zone and come back in UTC, where comparing and subtracting are safe whatever the clocks do.

Four rules carry everything else:

* An opening is half-open: at `opens` the branch is open, at `closes` it is not.
* An opening belongs to the local day on which it begins, even where it runs past midnight. A
  closure takes away the openings of its days, not the last hours of the evening before.
* A time on the door means the first instant at which the clock on the wall shows it *or later*:
  02:30 is 03:00 in the night that skips it, the first of the two in the night that repeats it.
* What holds on a day is the first that says something: a closure; a Sunday the city has opened and
  the shop takes part in; the rest the law asks for; hours of that one day; the season's week; the
  ordinary one, in which a public holiday is a Sunday. Whatever it is, the law ends it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from shops.domain import restdays, week
from shops.domain.week import Calendar, Closed, Season, Special, Weekly, Why
from shops.enums import Trade

__all__ = ["Calendar", "Closed", "Season", "Special", "Weekly", "Why"]

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
HORIZON = 53 * WEEK
"""How far ahead we look. A branch that does not open for a year "never opens"."""

_MOST_MINUTES = HORIZON / MINUTE
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)  # weeks are numbered from here


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from `opens` until just before `closes`; aware, UTC."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on one local day, by the clock on the wall."""

    day: date
    spans: tuple[tuple[time, time], ...]
    why: Why = Why.WEEK
    reason: str = ""
    #: The law has cut it: 24 and 31 December.
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Week:
    """The openings of seven days by UTC, cut to them, in order, no instant twice."""

    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    #: Opening time of the week before each of them, and of all.
    before: tuple[timedelta, ...]
    total: timedelta

    def until(self, at: datetime) -> timedelta:
        """How much of its opening time lies before `at`."""
        number = bisect_right(self.closes, at)
        if number == len(self.opens):
            return self.total
        return self.before[number] + max(at - self.opens[number], timedelta())

    def after(self, passed: timedelta) -> datetime:
        """The first instant at which so much of it has passed; more than none, at most all."""
        number = bisect_left(self.before, passed) - 1
        return self.opens[number] + (passed - self.before[number])


def closure_on(calendar: Calendar, day: date) -> Closed | None:
    """The closure that covers the local day, to show its reason."""
    for closure in calendar.closures:
        if closure.first <= day <= closure.last:
            return closure
    return None


def on(calendar: Calendar, day: date) -> Day:
    """What holds on the local day, and why. Spans are in order, as they were entered."""
    closure = closure_on(calendar, day)
    if closure is not None:
        return Day(day, (), Why.CLOSURE, closure.reason)
    if calendar.rule and not restdays.may_hand_over(calendar.rule, day):
        return Day(day, (), Why.RULE)
    why, special = calendar.by_day.get(day, (Why.WEEK, None))
    if why == Why.SUNDAY and special is not None:
        return Day(day, special.spans, why, special.reason)
    is_bound = bool(calendar.land) and calendar.trade != Trade.FREE
    name = restdays.holiday(calendar.land, day)
    if is_bound and (name or day.weekday() == 6) and Trade(calendar.trade).rests:
        return Day(day, (), Why.HOLIDAY if name else Why.WEEK, name)
    if special is not None:
        found = Day(day, special.spans, why, special.reason)
    else:
        found = _ordinary(calendar, day, name)
    return _cut(calendar, found) if is_bound else found


@lru_cache(maxsize=16384)  # pure; all pages of a town ask for the same days
def intervals(calendar: Calendar, day: date) -> tuple[Interval, ...]:
    """The openings that begin on the local day, in order; those that overlap or touch are one."""
    merged: list[Interval] = []
    for start, end in on(calendar, day).spans:
        opens = _instant(day, start, calendar.zone)
        last_day = day if end > start else day + DAY
        closes = _instant(last_day, end, calendar.zone)
        if merged and opens <= merged[-1].closes:
            before = merged.pop()
            opens, closes = before.opens, max(before.closes, closes)
        if opens < closes:  # else it lies in the hour that spring skips
            merged.append(Interval(opens, closes))
    return tuple(merged)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the door is open at that instant (a pause does not close it)."""
    at = _utc(at)
    week_ = _week(calendar, _number(at))
    number = bisect_right(week_.closes, at)
    return number < len(week_.opens) and week_.opens[number] <= at


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The first open instant from `at` on: `at` itself if open; None if none within `HORIZON`."""
    at = _utc(at)
    for week_ in _weeks(calendar, at):
        number = bisect_right(week_.closes, at)
        if number < len(week_.opens):
            opens = max(week_.opens[number], at)
            return opens if opens < at + HORIZON else None
    return None


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
    start, end = _utc(start), _utc(end)
    if start >= end:
        return 0.0
    first, last = _number(start), _number(end)
    total = _week(calendar, last).until(end) - _week(calendar, first).until(start)
    for number in range(first, last):
        total += _week(calendar, number).total
    return total / MINUTE


def add_opening_minutes(calendar: Calendar, start: datetime, minutes: float) -> datetime | None:
    """The first instant at which so many opening minutes have passed since `start`.

    It may be a closing time. `start` itself for none or fewer; None if `HORIZON` has too few.
    """
    return Ahead(calendar, start).add(minutes)


class Ahead:
    """The opening time from one instant on: who asks for many lengths adds its weeks up once."""

    def __init__(self, calendar: Calendar, start: datetime) -> None:
        self.calendar = calendar
        self.start = _utc(start)
        self._coming = _weeks(calendar, self.start)
        self._weeks: list[_Week] = []
        #: Opening time up to the end of each of them, from the beginning of the first.
        self._sums: list[timedelta] = []

    @cached_property
    def opens(self) -> bool:
        """Whether the branch opens at all from here on."""
        return next_opening(self.calendar, self.start) is not None

    def add(self, minutes: float) -> datetime | None:
        """As `add_opening_minutes`."""
        if minutes > _MOST_MINUTES:
            return None
        left = max(minutes, 0) * MINUTE
        if not left:
            return self.start
        left += self._passed
        while not self._sums or self._sums[-1] < left:
            week_ = next(self._coming, None)
            if week_ is None:
                return None
            self._sums.append((self._sums[-1] if self._sums else timedelta()) + week_.total)
            self._weeks.append(week_)
        number = bisect_left(self._sums, left)
        found = self._weeks[number].after(
            left - (self._sums[number - 1] if number else timedelta())
        )
        return found if found <= self._last else None

    @cached_property
    def _passed(self) -> timedelta:
        return _week(self.calendar, _number(self.start)).until(self.start)

    @cached_property
    def _last(self) -> datetime:
        return self.start + HORIZON


def ready_from(calendar: Calendar, now: datetime, lead_minutes: float) -> datetime | None:
    """The earliest instant at which goods asked for `now` can be collected; it is an open one.

    Preparing takes `lead_minutes` of opening time and begins no sooner than a pause ends, after
    the cut-off the next day. Collecting has hours of its own where the shop says so. What people
    read is a minute, so the one that is running counts as just begun: all who ask within it are
    told the same.
    """
    pause, begin = calendar.paused_until, minute(now)
    begin = max(begin, _utc(pause)) if pause else begin
    if calendar.cutoff is not None and calendar.local(begin).time() >= calendar.cutoff:
        begin = end_of_day(calendar, begin)
    # Goods of certain days can be prepared on any other.
    ready = add_opening_minutes(calendar.under(""), begin, lead_minutes)
    return next_opening(calendar.collecting, ready) if ready else None


def minute(at: datetime) -> datetime:
    """The beginning of the minute around `at`. No opening begins or ends within one."""
    return _utc(at).replace(second=0, microsecond=0)


def end_of_day(calendar: Calendar, at: datetime) -> datetime:
    """The midnight, by the branch's wall, that ends the day around `at`."""
    return _instant(calendar.local(at).date() + DAY, time(), calendar.zone)


def collect_by(calendar: Calendar, ready_at: datetime, opening_days: int) -> datetime | None:
    """The closing time that leaves people `opening_days` whole opening days after `ready_at`.

    A day counts if it opens at or after `ready_at`: not one already running, never a closed one.
    Ready on Monday at 11 with 1 day: Tuesday's last closing time. With 0 days: the last closing
    time of the running day or, when that is over, of the next. Where a rule allows so few days
    that they run out, the last of them. None if `HORIZON` has none.
    """
    ready_at, calendar, last = _utc(ready_at), calendar.collecting, None
    for day in _days(calendar, ready_at, ready_at + HORIZON):
        openings = intervals(calendar, day)
        if not openings or openings[-1].closes <= ready_at:
            continue
        if last is not None and calendar.rule and openings[0].opens - last > WEEK:
            return last  # next year's days are not meant
        last = openings[-1].closes
        if openings[0].opens >= ready_at:
            opening_days -= 1
        if opening_days <= 0:
            return last
    return None


def _ordinary(calendar: Calendar, day: date, holiday: str) -> Day:
    """By the week; a public holiday is a Sunday (and its name the reason)."""
    season = next((each for each in calendar.seasons if each.holds_on(day)), None)
    weeks = calendar.by_weekday if season is None else week.by_weekday(season.weekly)
    spans = tuple((row.opens, row.closes) for row in weeks[6 if holiday else day.weekday()])
    why = Why.HOLIDAY if holiday else Why.SEASON if season else Why.WEEK
    return Day(day, spans, why, holiday or (season.name if season else ""))


def _cut(calendar: Calendar, found: Day) -> Day:
    """LAW: 24 and 31 December end at 14:00, and no evening runs into a Sunday or a holiday."""
    latest = restdays.latest(found.day)
    rests = restdays.is_rest_day(calendar.land, found.day + DAY)
    spans = []
    for opens, closes in found.spans:
        if latest is not None:
            if opens >= latest:
                continue
            closes = latest if closes > latest or closes <= opens else closes
        elif rests and closes <= opens:
            closes = time()
        spans.append((opens, closes))
    is_cut = latest is not None and tuple(spans) != found.spans
    return replace(found, spans=tuple(spans), is_cut=is_cut)


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


def _weeks(calendar: Calendar, at: datetime) -> Iterator[_Week]:
    """The weeks that touch [at, at + HORIZON], from the one around `at`; none if nothing opens."""
    if calendar.weekly or calendar.seasons or calendar.specials or calendar.sundays:
        number = _number(at)
        for ahead in range(HORIZON // WEEK + 1):
            yield _week(calendar, number + ahead)


def _number(at: datetime) -> int:
    return (at - _MONDAY) // WEEK


@lru_cache(maxsize=8192)  # pure; pages ask for this week of each branch again and again
def _week(calendar: Calendar, number: int) -> _Week:
    start = _MONDAY + number * WEEK
    openings = tuple(_openings(calendar, start, start + WEEK))
    passed, sums = timedelta(), []
    for opening in openings:
        sums.append(passed)
        passed += opening.closes - opening.opens
    return _Week(
        opens=tuple(opening.opens for opening in openings),
        closes=tuple(opening.closes for opening in openings),
        before=tuple(sums),
        total=passed,
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
