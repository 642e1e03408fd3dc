"""When a branch is open, as people ask: now, until when, and on which days. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils.dates import WEEKDAYS

from shops.domain import calendar as calendars
from shops.domain.calendar import Calendar, Closed

#: Closures further away than this are not told yet.
AHEAD = timedelta(days=28)


class Door(StrEnum):
    """What one finds at the door."""

    OPEN = "open"
    #: Closed for an hour or two; opens again today.
    BREAK = "break"
    CLOSED = "closed"
    #: No opening hours are known.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Opening:
    """The door at one instant."""

    door: Door
    #: OPEN: closing time, None where it never closes. Else the next opening, None if there is none.
    changes_at: datetime | None = None
    #: Why it is closed today, where somebody said so.
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the ordinary week, with opening and closing times by the clock on the wall."""

    name: object
    spans: list[tuple[time, time]]
    is_today: bool


def line(calendar: Calendar, now: datetime) -> Opening:
    """What to say beside an address."""
    if not calendar.weekly:
        return Opening(Door.UNKNOWN)
    if calendars.is_open(calendar, now):
        return Opening(Door.OPEN, calendars.closes_at(calendar, now))
    upcoming = calendars.next_opening(calendar, now)
    today = calendar.local(now).date()
    was_open = any(interval.closes <= now for interval in calendars.intervals(calendar, today))
    if upcoming and was_open and calendar.local(upcoming).date() == today:
        return Opening(Door.BREAK, upcoming)
    closure = calendars.closure_on(calendar, today)
    return Opening(Door.CLOSED, upcoming, closure.reason if closure else "")


def week(calendar: Calendar, now: datetime) -> list[Day]:
    """The ordinary week from Monday; empty where no hours are known."""
    if not calendar.weekly:
        return []
    today = calendar.local(now).weekday()
    return [
        Day(
            name=WEEKDAYS[number],
            spans=[(row.opens, row.closes) for row in rows],
            is_today=number == today,
        )
        for number, rows in enumerate(calendar.by_weekday)
    ]


def closures(calendar: Calendar, now: datetime) -> list[Closed]:
    """Closures that last or begin within four weeks."""
    today: date = calendar.local(now).date()
    return [
        closure
        for closure in calendar.closures
        if closure.last >= today and closure.first <= today + AHEAD
    ]
