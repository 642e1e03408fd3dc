"""Hours as OpenStreetMap writes them (`opening_hours`): read, brought in, written.

The library evaluates, we compare: only hours that our calendar and the library see alike on every
day of a year become structure. Everything else stays words, which are never open.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

import opening_hours as library
from django.db import transaction

from marketplace.core.domain.history import Actor
from shops.domain import calendar as calendars
from shops.domain import hours, restdays, timetable
from shops.domain.calendar import Calendar, Closed, Special, Weekly
from shops.domain.timetable import Closing
from shops.enums import Trade
from shops.models import Branch, Closure

DAY = timedelta(days=1)
#: So many days are compared, today included.
HORIZON = 365
#: More exceptions than this within a year are a rhythm that no calendar of ours has.
MOST_CLOSURES, MOST_SPECIALS = 30, 60
#: OpenStreetMap's own limit is 255; whoever pastes more has pasted something else.
LONGEST = 1000
#: Closures brought in from here are found again by this.
MARK = "osm:"

Spans = tuple[tuple[time, time], ...]
Wall = tuple[datetime, datetime]

_MIDNIGHT = time()
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ITEM = rf"(?:PH|(?:{'|'.join(_WEEKDAYS)})(?:\s*-\s*(?:{'|'.join(_WEEKDAYS)}))?)"
_DAYS = re.compile(rf"(?P<days>{_ITEM}(?:\s*,\s*{_ITEM})*)(?![-\w\[])\s*:?\s*(?P<rest>.*)")
_NAMED = re.compile(r"\b(?:PH|SH)\b")
#: Without a place the library takes 7 to 19 o'clock for daylight.
_SUN = re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b")
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Found:
    """What a value says. Either hours, checked for a year, or only its `text`."""

    weekly: tuple[Weekly, ...] = ()
    closures: tuple[Closed, ...] = ()
    specials: tuple[Special, ...] = ()
    #: The value as it was given.
    text: str = ""

    @property
    def is_structure(self) -> bool:
        return bool(self.weekly)

    def calendar(self, land: str = "") -> Calendar:
        """The hours as a calendar that no law shortens."""
        return Calendar(
            weekly=self.weekly, closures=self.closures, specials=self.specials, land=land
        )


def read(text: str, land: str, today: date) -> Found:
    """The hours in that value; only its words where they cannot be shown to be the same."""
    words = " ".join(text.split())
    openings = _evaluated(words, land, today)
    if openings is None:
        return Found(text=words)
    days = _by_day(openings)
    wanted = {day: days.get(day, ()) for day in _horizon(today)}
    weekly = _weekly(wanted, land)
    plain = Calendar(weekly=weekly, land=land)
    if not _NAMED.search(words):
        wanted = _rested(wanted, plain)
    differing = {day for day, spans in wanted.items() if calendars.on(plain, day).spans != spans}
    closures = _closures(wanted, differing)
    specials = tuple(Special(day, wanted[day]) for day in sorted(differing) if wanted[day])
    found = Found(weekly, closures, specials, words)
    if not weekly or len(closures) > MOST_CLOSURES or len(specials) > MOST_SPECIALS:
        return Found(text=words)
    ours = {day: calendars.on(found.calendar(land), day).spans for day in wanted}
    return found if _walls(ours) == _walls(wanted) else Found(text=words)


@transaction.atomic
def bring_in(*, branch: Branch, found: Found, by: Actor, now: datetime) -> None:
    """These hours for the branch; the same value again changes nothing more.

    Closures from an earlier value go. What the law keeps closed is left out (`allowed`).
    """
    if not found.is_structure:
        timetable.set_words(branch=branch, words=found.text, by=by, now=now)
        return
    kept = allowed(found, branch)
    timetable.set_week(branch=branch, weekly=kept.weekly, by=by, now=now)
    wanted = {f"{MARK}{each.first}:{each.last}": each for each in kept.closures}
    known = dict(
        Closure.objects.filter(branch=branch, uid__startswith=MARK).values_list("uid", "pk")
    )
    timetable.change_closures(
        branch=branch,
        add=[
            Closing(first=each.first, last=each.last, uid=uid)
            for uid, each in sorted(wanted.items())
            if uid not in known
        ],
        move={},
        remove=[pk for uid, pk in known.items() if uid not in wanted],
        by=by,
        now=now,
    )
    for special in kept.specials:
        timetable.set_day(
            branch=branch, day=special.day, spans=special.spans, reason="", by=by, now=now
        )


def allowed(found: Found, branch: Branch) -> Found:
    """LAW: without the Sundays and holidays on which that branch may not open (F1)."""
    if not Trade(branch.trade).rests:
        return found
    land = branch.shop.city.land
    return replace(
        found,
        weekly=tuple(row for row in found.weekly if row.weekday != 6),
        specials=tuple(day for day in found.specials if not restdays.is_rest_day(land, day.day)),
    )


def write(calendar: Calendar, today: date) -> str:
    """The calendar as a value: ordinary week first, then each day of a year that differs.

    Empty where no hours are known.
    """
    if not (calendar.weekly or calendar.seasons or calendar.specials or calendar.sundays):
        return ""
    wanted = _pieces(calendar, today)
    # By what holds, not by what was entered: the law may close a Sunday.
    week = {row: _usual(wanted, calendar.land, row) for row in range(7)}
    rules = [*_week_rules(week), "PH off"]
    off = {
        day: spans
        for day, spans in wanted.items()
        if spans != (() if restdays.holiday(calendar.land, day) else week[day.weekday()])
        # PH is the reader's idea of a holiday; ours is said day by day.
        or restdays.holiday(calendar.land, day)
    }
    return "; ".join([*rules, *_dated_rules(off)])


# Reading ------------------------------------------------------------------------------------------


def _evaluated(words: str, land: str, today: date) -> list[Wall] | None:
    """When the library says it is open, by the clock on the wall; None where it cannot say."""
    expression = _with_holidays(words, land, today) if words and len(words) <= LONGEST else None
    if expression is None or _SUN.search(expression):
        return None
    start = datetime.combine(today - 7 * DAY, _MIDNIGHT)
    end = datetime.combine(today + (HORIZON + 2) * DAY, _MIDNIGHT)
    openings: list[Wall] = []
    try:
        parsed = library.OpeningHours(expression)
        if parsed.warnings:
            return None
        states = list(islice(parsed.intervals(start, end), 20 * HORIZON))
    except Exception:  # a parser's own errors, none of which we could explain better
        return None
    if not states or states[-1][1] < end:
        return None
    for opens, closes, state, comment in states:
        if state == library.State.UNKNOWN or (comment and state == library.State.OPEN):
            return None
        if state == library.State.OPEN:
            openings.append((opens, closes))
    return openings


def _with_holidays(words: str, land: str, today: date) -> str | None:
    """`PH` spelled out: the library knows national holidays only. None where we cannot."""
    if not _NAMED.search(_QUOTED.sub("", words)):
        return words
    if not land or '"' in words:
        return None
    rules = []
    for rule in (each.strip() for each in words.split(";")):
        if not _NAMED.search(rule):
            rules.append(rule)
            continue
        match = _DAYS.fullmatch(rule)
        if match is None or _NAMED.search(match["rest"]):
            return None
        items = [each.strip() for each in match["days"].split(",")]
        others = ",".join(each for each in items if each != "PH")
        if others:
            rules.append(f"{others} {match['rest']}")
        rules += [f"{_dated(day)} {match['rest']}" for day in _holidays(land, today)]
    return "; ".join(each for each in rules if each)


def _holidays(land: str, today: date) -> list[date]:
    days = (today + number * DAY for number in range(-7, HORIZON + 3))
    return [day for day in days if restdays.holiday(land, day)]


def _horizon(today: date) -> list[date]:
    return [today + number * DAY for number in range(HORIZON)]


def _by_day(openings: Iterable[Wall]) -> dict[date, Spans]:
    """Each opening at the day it begins on; those longer than a day are cut at midnight."""
    days: dict[date, list[tuple[time, time]]] = {}
    for opens, closes in openings:
        is_long = closes - opens > DAY
        while opens < closes:
            midnight = datetime.combine(opens.date() + DAY, _MIDNIGHT)
            end = min(closes, midnight) if is_long else closes
            days.setdefault(opens.date(), []).append((opens.time(), end.time()))
            opens = end
    return {day: tuple(spans) for day, spans in days.items()}


def _weekly(wanted: dict[date, Spans], land: str) -> tuple[Weekly, ...]:
    return tuple(
        Weekly(weekday, opens, closes)
        for weekday in range(7)
        for opens, closes in _usual(wanted, land, weekday)
    )


def _usual(wanted: dict[date, Spans], land: str, weekday: int) -> Spans:
    """What most of these weekdays have, holidays and the evenings before them apart."""
    seen = Counter(
        spans
        for day, spans in wanted.items()
        if day.weekday() == weekday
        and not restdays.holiday(land, day)
        and not restdays.holiday(land, day + DAY)
        and restdays.latest(day) is None
    )
    return seen.most_common(1)[0][0]


def _rested(wanted: dict[date, Spans], plain: Calendar) -> dict[date, Spans]:
    """Our convention where a value does not speak of holidays: they are Sundays.

    A day it names by its date stays as it says.
    """
    weeks = [tuple((row.opens, row.closes) for row in rows) for rows in plain.by_weekday]
    return {
        day: weeks[6]
        if restdays.holiday(plain.land, day) and spans == weeks[day.weekday()]
        else spans
        for day, spans in wanted.items()
    }


def _closures(wanted: dict[date, Spans], differing: set[date]) -> tuple[Closed, ...]:
    """Days that are closed against the week, in ranges; days closed anyway between them belong."""
    closures: list[Closed] = []
    for day in sorted(each for each in differing if not wanted[each]):
        if closures and _all(wanted, closures[-1].last, day, lambda spans: not spans):
            closures[-1] = replace(closures[-1], last=day)
        else:
            closures.append(Closed(day, day))
    return tuple(closures)


def _all(
    wanted: dict[date, Spans], first: date, last: date, holds: Callable[[Spans], bool]
) -> bool:
    return all(holds(wanted[first + number * DAY]) for number in range((last - first).days))


def _walls(days: dict[date, Spans]) -> list[Wall]:
    """Openings as the clock on the wall shows them; those that touch are one."""
    merged: list[Wall] = []
    for day in sorted(days):
        for start, end in days[day]:
            opens = datetime.combine(day, start)
            closes = datetime.combine(day if end > start else day + DAY, end)
            if merged and opens <= merged[-1][1]:
                opens, closes = merged[-1][0], max(merged.pop()[1], closes)
            merged.append((opens, closes))
    return merged


# Writing ------------------------------------------------------------------------------------------


def _pieces(calendar: Calendar, today: date) -> dict[date, Spans]:
    """Hours of each day, cut at midnight: readers differ on evenings that run into other rules."""
    days = [today - DAY, *_horizon(today)]
    walls = _walls({day: calendars.on(calendar, day).spans for day in days})
    cut = []
    for opens, closes in walls:
        while opens < closes:
            end = min(closes, datetime.combine(opens.date() + DAY, _MIDNIGHT))
            cut.append((opens, end))
            opens = end
    found = _by_day(cut)
    return {day: found.get(day, ()) for day in _horizon(today)}


def _week_rules(week: dict[int, Spans]) -> Iterable[str]:
    """Days of the same hours side by side: first to last, then their hours."""
    first = 0
    for weekday in range(1, 8):
        if weekday < 7 and week[weekday] == week[first]:
            continue
        last = weekday - 1
        days = _WEEKDAYS[first] + (f"-{_WEEKDAYS[last]}" if last > first else "")
        yield f"{days} {_times(week[first])}"
        first = weekday


def _dated_rules(days: dict[date, Spans]) -> Iterable[str]:
    """ "2026 Dec 24 09:30-14:00"; days of the same hours side by side in one rule."""
    run: list[date] = []
    for day in [*sorted(days), None]:
        if run and (day is None or day != run[-1] + DAY or days[day] != days[run[-1]]):
            last = f"-{_dated(run[-1])}" if len(run) > 1 else ""
            yield f"{_dated(run[0])}{last} {_times(days[run[0]])}"
            run = []
        if day is not None:
            run.append(day)


def _dated(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02d}"


def _times(spans: Spans) -> str:
    if not spans:
        return "off"
    return ",".join(f"{opens:%H:%M}-{_end(closes)}" for opens, closes in spans)


def _end(closes: time) -> str:
    return "24:00" if closes == _MIDNIGHT else f"{closes:%H:%M}"


def written(branch: Branch, today: date) -> str:
    """The value of a branch; its words where it has no other hours."""
    calendar = hours.calendar(branch)
    return write(calendar, today) or calendar.text
