"""When a branch is open, as people ask: now, until when, and on which days. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shops.domain import calendar as calendars
from shops.domain import restdays, week
from shops.domain.calendar import DAY, Calendar, Why

#: Days further away that are different are not told yet.
AHEAD = timedelta(days=28)
#: So long before closing time one hears that it comes.
SOON = timedelta(hours=1)

Spans = tuple[tuple[time, time], ...]


class Door(StrEnum):
    """What one finds at the door."""

    OPEN = "open"
    #: Open, but closing within the hour, or earlier than one is used to.
    CLOSING = "closing"
    #: Closed for an hour or two; opens again today.
    BREAK = "break"
    CLOSED = "closed"
    #: Closed because of a public holiday.
    HOLIDAY = "holiday"
    #: The hours are known in words only.
    WORDS = "words"
    #: No opening hours are known.
    UNKNOWN = "unknown"


OPEN = frozenset({Door.OPEN, Door.CLOSING})


@dataclass(frozen=True, slots=True)
class Opening:
    """The door at one instant."""

    door: Door
    #: Open: closing time, None where it never closes. Else the next opening, None if there is none.
    changes_at: datetime | None = None
    #: Why it is closed today, where somebody said so; the hours in words.
    reason: str = ""
    #: It closes earlier today than in an ordinary week.
    is_early: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the ordinary week, with opening and closing times by the clock on the wall."""

    name: object
    spans: list[tuple[time, time]]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Different:
    """Days in a row that are not as in the week, alike and for the same reason."""

    first: date
    last: date
    spans: Spans
    reason: str
    why: Why


def is_known(calendar: Calendar) -> bool:
    """Whether there are any hours but in words."""
    return bool(calendar.weekly or calendar.seasons or calendar.specials or calendar.sundays)


def line(calendar: Calendar, now: datetime) -> Opening:
    """What to say beside an address."""
    if not is_known(calendar):
        return Opening(Door.WORDS, reason=calendar.text) if calendar.text else Opening(Door.UNKNOWN)
    if calendars.is_open(calendar, now):
        return _open(calendar, now)
    upcoming = calendars.next_opening(calendar, now)
    today = calendar.local(now).date()
    was_open = any(interval.closes <= now for interval in calendars.intervals(calendar, today))
    if upcoming and was_open and calendar.local(upcoming).date() == today:
        return Opening(Door.BREAK, upcoming)
    found = calendars.on(calendar, today)
    reason = reason_of(calendar, found)
    door = Door.HOLIDAY if found.why == Why.HOLIDAY else Door.CLOSED
    # A season or special hours are a reason to be open, not to be closed.
    told = reason if found.why in (Why.HOLIDAY, Why.CLOSURE) else ""
    return Opening(door, upcoming, told)


def week_of(calendar: Calendar, now: datetime) -> list[Day]:
    """The week of this season from Monday; empty where no hours are known."""
    rows = _rows(calendar, calendar.local(now).date())
    if not any(rows):
        return []
    today = calendar.local(now).weekday()
    return [
        Day(
            name=WEEKDAYS[number],
            spans=[(row.opens, row.closes) for row in each],
            is_today=number == today,
        )
        for number, each in enumerate(rows)
    ]


def different(
    calendar: Calendar, now: datetime, ahead: timedelta = AHEAD, *, by_season: bool = True
) -> list[Different]:
    """Days from today on that are not as in the ordinary week.

    `by_season`: as in the week of their season, whose beginning is told; else (for machines, which
    know one week only) as in today's.
    """
    if not is_known(calendar):
        return []
    found: list[Different] = []
    today = calendar.local(now).date()
    season = _season(calendar, today)
    for number in range(ahead.days + 1):
        day = calendars.on(calendar, today + number * DAY)
        if by_season and _season(calendar, day.day) != season:
            season = _season(calendar, day.day)
            name = season.name if season else ""
            found.append(Different(day.day, day.day, (), name, Why.SEASON))
        if not is_different(calendar, day, week_of=day.day if by_season else today):
            continue
        new = Different(day.day, day.day, day.spans, reason_of(calendar, day), day.why)
        last = found[-1] if found else None
        if last and last.last + DAY >= new.first and _alike(last, new):
            found[-1] = Different(last.first, new.last, new.spans, new.reason, new.why)
        else:
            found.append(new)
    return found


def is_different(calendar: Calendar, day: calendars.Day, *, week_of: date | None = None) -> bool:
    """Whether somebody who knows the week (of its season, or of that day) would be surprised."""
    if day.why == Why.CLOSURE:
        return True
    rows = _rows(calendar, week_of or day.day)[day.day.weekday()]
    return day.spans != tuple((row.opens, row.closes) for row in rows)


def reason_of(calendar: Calendar, day: calendars.Day) -> str:
    """Why the day is as it is, in the reader's language where we know the words."""
    if day.why == Why.HOLIDAY:
        return restdays.holiday(calendar.land, day.day, get_language() or "de")
    if day.is_cut and not day.reason:
        return _("by law until 2 p.m.")
    return "" if day.why == Why.SEASON else day.reason


def _open(calendar: Calendar, now: datetime) -> Opening:
    closes = calendars.closes_at(calendar, now)
    if closes is None:
        return Opening(Door.OPEN)
    today = calendar.local(now).date()
    rows = _rows(calendar, today)[today.weekday()]
    wall = calendar.local(closes)
    # Only where the week would go on at that time of the same day: a break is none.
    is_early = (
        wall.date() == today
        and not any(opening.opens >= closes for opening in calendars.intervals(calendar, today))
        and any(row.closes > wall.time() or row.closes <= row.opens for row in rows)
    )
    door = Door.CLOSING if is_early or closes - now <= SOON else Door.OPEN
    return Opening(door, closes, is_early=is_early)


def _rows(calendar: Calendar, day: date) -> tuple[tuple[week.Weekly, ...], ...]:
    """The week that holds around that day."""
    season = _season(calendar, day)
    return week.by_weekday(season.weekly) if season else calendar.by_weekday


def _season(calendar: Calendar, day: date) -> week.Season | None:
    return next((each for each in calendar.seasons if each.holds_on(day)), None)


def _alike(one: Different, other: Different) -> bool:
    return (one.spans, one.reason, one.why) == (other.spans, other.reason, other.why)
