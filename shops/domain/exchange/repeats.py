"""On which days an event repeats (RFC 5545, RRULE). Pure; work is counted, never unbounded.

Whole days only, and only rules that people click together: every so many days, weeks, months or
years, on certain weekdays, days of the month, months. Others are not understood, and say so.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

DAY = timedelta(days=1)
#: SECURITY: days looked at for all rules of a file together, and for one that counts from its
#: first day on. A file of 2,000 endless rules costs a second, not an afternoon.
BUDGET, COUNTED = 300_000, 20_000
#: No shop closes by a rule older than that; nearer to year 1 arithmetic of dates overflows.
EARLIEST = 1900
LONGEST_STEP = 1000

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(rf"(?P<number>[+-]?\d{{1,2}})?(?P<day>{'|'.join(_WEEKDAYS)})")
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"})


class Exhausted(Exception):
    """More days would have to be looked at than we are ready to."""


@dataclass(slots=True)
class Budget:
    """How many more days may be looked at."""

    left: int = BUDGET

    def spend(self, days: int) -> None:
        """Raises `Exhausted` where nothing is left."""
        self.left -= days
        if self.left < 0:
            raise Exhausted


@dataclass(frozen=True, slots=True)
class Rule:
    """A rhythm. `weekdays` are (number, weekday): (-1, 6) is the last Sunday, (0, 6) each."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    week_start: int = 0


def understood(parts: Mapping[str, Sequence[Any]], zone: tzinfo) -> Rule | None:
    """The rule in these parts; None where we would get it wrong."""
    said = {str(name).upper(): list(values) for name, values in parts.items()}
    freq = str(said.get("FREQ", [""])[0]).upper()
    if set(said) - _PARTS or freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        return None
    weekdays = [_WEEKDAY.fullmatch(str(each).upper()) for each in said.get("BYDAY", [])]
    if not all(weekdays):
        return None
    try:
        rule = Rule(
            freq=freq,
            interval=int(said.get("INTERVAL", [1])[0]),
            count=int(said["COUNT"][0]) if "COUNT" in said else None,
            until=_day(said["UNTIL"][0], zone) if "UNTIL" in said else None,
            months=tuple(int(each) for each in said.get("BYMONTH", [])),
            month_days=tuple(int(each) for each in said.get("BYMONTHDAY", [])),
            weekdays=tuple(
                (int(each["number"] or 0), _WEEKDAYS.index(each["day"]))
                for each in weekdays
                if each
            ),
            week_start=_WEEKDAYS.index(str(said.get("WKST", ["MO"])[0]).upper()),
        )
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return rule if _is_sound(rule) else None


def occurrences(
    rule: Rule, start: date, first: date, last: date, *, most: int, budget: Budget
) -> list[date]:
    """Days of the rule from `first` to `last`, both included; at most one more than `most`.

    `start` is the event's own first day, from which the rhythm counts.
    """
    if start.year < EARLIEST:
        raise Exhausted
    end = min(last, rule.until) if rule.until else last
    own = Budget(min(COUNTED, budget.left)) if rule.count is not None else Budget(budget.left)
    granted, found = own.left, []
    try:
        days = _walk(rule, start, max(first, start), end, own)
        found = list(islice((day for day in islice(days, rule.count) if day >= first), most + 1))
    finally:
        budget.left -= granted - own.left
    return found


# Inside -------------------------------------------------------------------------------------------


def _day(moment: date, zone: tzinfo) -> date:
    if isinstance(moment, datetime):
        return (moment.astimezone(zone) if moment.tzinfo else moment).date()
    return moment


def _is_sound(rule: Rule) -> bool:
    """Within what the RFC allows; numbered weekdays and days of the month only where they fit."""
    numbered = any(number for number, _weekday in rule.weekdays)
    return (
        1 <= rule.interval <= LONGEST_STEP
        and (rule.count is None or rule.count >= 1)
        and all(1 <= month <= 12 for month in rule.months)
        and all(1 <= abs(day) <= 31 for day in rule.month_days)
        and all(abs(number) <= 53 for number, _weekday in rule.weekdays)
        and not (numbered and rule.freq in ("DAILY", "WEEKLY"))
        and not (numbered and rule.freq == "YEARLY" and rule.month_days and not rule.months)
        and not (rule.month_days and rule.freq == "WEEKLY")
        and len(rule.months) <= 12
        and len(rule.month_days) <= 62
        and len(rule.weekdays) <= 53
    )


def _walk(rule: Rule, start: date, first: date, last: date, budget: Budget) -> Iterator[date]:
    """The rule's days in order; those before `first` only where they are counted."""
    begin = start if rule.count is not None else first
    for period in _periods(rule, start, begin, last):
        budget.spend(len(period) + 1)
        for day in period:
            if day > last:
                return
            if day >= start and _fits(rule, start, day):
                yield day


def _periods(rule: Rule, start: date, begin: date, last: date) -> Iterator[list[date]]:
    """Days of each day, week, month or year of the rhythm, from the one around `begin` on."""
    step = rule.interval
    if rule.freq in ("DAILY", "WEEKLY"):
        length = 1 if rule.freq == "DAILY" else 7
        base = start - (start.weekday() - rule.week_start) % 7 * DAY if length == 7 else start
        stride = length * step * DAY
        origin = base + max((begin - base) // stride, 0) * stride
        while origin <= last:
            yield [origin + each * DAY for each in range(length)]
            origin += stride
        return
    size = 1 if rule.freq == "MONTHLY" else 12
    base_month = start.year * 12 + (start.month - 1 if size == 1 else 0)
    wanted = begin.year * 12 + begin.month - 1
    month = base_month + max((wanted - base_month) // (size * step), 0) * size * step
    while month <= last.year * 12 + last.month - 1:
        yield [day for each in range(size) for day in _month(rule, start, month + each)]
        month += size * step


def _month(rule: Rule, start: date, number: int) -> list[date]:
    """Days of a month, none where the rule speaks of other months."""
    year, month = number // 12, number % 12 + 1
    months = rule.months
    if rule.freq == "YEARLY" and not (months or rule.month_days or rule.weekdays):
        months = (start.month,)
    if months and month not in months:
        return []
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _fits(rule: Rule, start: date, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    days, weekdays = rule.month_days, rule.weekdays
    if not days and not weekdays:
        if rule.freq in ("MONTHLY", "YEARLY"):
            days = (start.day,)
        elif rule.freq == "WEEKLY":
            weekdays = ((0, start.weekday()),)
    weekday = day.weekday()
    if weekdays and not any(each == weekday for _number, each in weekdays):
        return False
    place, size = day.day, monthrange(day.year, day.month)[1]
    if days and place not in days and place - size - 1 not in days:
        return False
    if rule.freq == "YEARLY" and not rule.months:
        place, size = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    numbers = (0, (place - 1) // 7 + 1, -((size - place) // 7 + 1))
    return not weekdays or any(each == weekday and number in numbers for number, each in weekdays)
