"""Closures as calendar files (RFC 5545): read, brought in, written.

Whole days become closures; nothing else does. The same file twice changes nothing: an event is
found again by its UID, an occurrence of one that repeats by UID and day.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import icalendar
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import calendar as calendars
from shops.domain import hours, moments, plausible, timetable
from shops.domain.calendar import Calendar, Closed
from shops.domain.exchange import osm, repeats
from shops.domain.exchange.vevents import (
    DAY,
    MAX_BYTES,
    MAX_REASON,
    ZONE,
    Unreadable,
    VEvent,
    events,
    plain,
)
from shops.domain.timetable import Closing
from shops.models import Branch, Closure

__all__ = ["MAX_BYTES", "Event", "Receipt", "bring_in", "plan", "read", "write"]

#: What repeats is entered for so many days ahead.
AHEAD = timedelta(days=400)
#: What repeats more often is a rhythm and belongs into the week.
MOST_TIMES = 60
#: SECURITY: each closure lies on the branch's every page; more of them are no holidays.
MOST_CLOSURES = 500
#: Shorter events with a time of the day close nothing.
SHORTEST = timedelta(hours=12)
#: Reasons that say nothing: what we write where there is none, in each language.
_WORDLESS = frozenset({"closed", "geschlossen"})

#: The day at the end of an occurrence's UID.
_SERIES = re.compile(r"#\d{8}\Z")

_PASSED = _("is over already")
_TOO_LONG = _("lasts longer than a year")
_TOO_SHORT = _("lasts less than 12 hours: only whole days become closures")
_TOO_FAR = _("is more than two years ahead")
_UNREADABLE = _("the dates cannot be read")
_NO_DAY = _("has no day within the next 400 days")
_TOO_OFTEN = _("comes more than 60 times within 400 days: this belongs into your week")
_RHYTHM = _("repeats in a way we do not understand")
_COVERS_NO_DAY = _("covers no whole opening day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One closure that a file asks for, or takes back, or why it is left out."""

    #: Empty where nobody can say which closures are meant.
    uid: str = ""
    #: Both included. `date.min` where they cannot be read.
    first: date = date.min
    last: date = date.min
    reason: str = ""
    #: Where it has a time of the day: closed are only days whose opening it covers.
    starts: datetime | None = None
    ends: datetime | None = None
    #: UID of all events of which it is one: closures of it that the file no longer has go.
    series: str = ""
    is_cancelled: bool = False
    #: A sentence, where it cannot become a closure.
    left_out: Any = ""

    @property
    def closes(self) -> bool:
        return not (self.left_out or self.is_cancelled)

    @property
    def what(self) -> str:
        """What to call it."""
        days = [] if self.first == date.min else [date_format(self.first, "DATE_FORMAT")]
        if self.last != self.first:
            days.append(date_format(self.last, "DATE_FORMAT"))
        return ", ".join(each for each in (self.reason, " – ".join(days)) if each) or "–"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a file has changed, or would change."""

    created: list[Closed] = field(default_factory=list)
    updated: list[Closed] = field(default_factory=list)
    unchanged: list[Closed] = field(default_factory=list)
    removed: list[Closed] = field(default_factory=list)
    #: (which event, why)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.updated or self.removed)

    def as_dict(self) -> dict[str, list[dict[str, str]]]:
        """For machines."""
        kinds = ("created", "updated", "unchanged", "removed")
        rows = {kind: [_as_dict(each) for each in getattr(self, kind)] for kind in kinds}
        left_out = [{"event": what, "reason": reason} for what, reason in self.left_out]
        return rows | {"left_out": left_out}


def read(data: bytes, today: date) -> list[Event]:
    """What the events of that file ask for; Refused where it is no sound calendar."""
    raw = events(data)
    known = _newest(each for each in raw if isinstance(each, VEvent))
    moved: dict[str, set[date]] = {}
    for each in known:
        if each.instead_of:
            moved.setdefault(each.uid, set()).add(each.instead_of)
    budget = repeats.Budget()
    found = [
        Event(reason=each.reason, left_out=_UNREADABLE)
        for each in raw
        if isinstance(each, Unreadable)
    ]
    closed = 0
    for each in known:
        asked = list(_asked(each, today, moved.get(each.uid, set()), budget))
        found += asked
        closed += sum(event.closes for event in asked)
        if closed > MOST_CLOSURES:
            raise Refused(
                _("This calendar would close your shop more than 500 times. Is it the right one?"),
                code="too_many_closures",
            )
    return found


def plan(branch: Branch, events: Sequence[Event], now: datetime) -> Receipt:
    """What `bring_in` would do. Writes nothing."""
    return _changes(branch, events, now).receipt


@transaction.atomic
def bring_in(branch: Branch, events: Sequence[Event], by: Actor, now: datetime) -> Receipt:
    """These closures for the branch, published once; the same events again change nothing."""
    changes = _changes(branch, events, now)
    if not changes.receipt.has_changes:
        return changes.receipt
    # RACE: the first write keeps others out; what they have written meanwhile counts.
    moments.spoil([branch.pk], now=now)
    changes = _changes(branch, events, now)
    timetable.change_closures(
        branch=branch, add=changes.add, move=changes.move, remove=changes.remove, by=by, now=now
    )
    return changes.receipt


def write(branch: Branch, closures: Iterable[Closure], now: datetime) -> bytes:
    """A calendar file of closures: whole days, the end not included, UIDs that stay the same."""
    made = icalendar.Calendar()
    made.add("version", "2.0")
    made.add("prodid", "-//Stadtregal//Closures//EN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", plain(f"{branch.shop.name}, {branch.name}"))
    for closure in closures:
        event = icalendar.Event()
        event.add("uid", _key(branch, closure))
        event.add("dtstamp", now)
        event.add("dtstart", closure.first_date)
        event.add("dtend", closure.last_date + DAY)
        reason = plain(closure.reason)
        event.add("summary", reason or pgettext("summary of a calendar event", "Closed"))
        made.add_component(event)
    return bytes(made.to_ical())


def _as_dict(row: Closed) -> dict[str, str]:
    return {"first": f"{row.first}", "last": f"{row.last}", "reason": row.reason}


# Reading ------------------------------------------------------------------------------------------


def _newest(found: Iterable[VEvent]) -> list[VEvent]:
    """Each event once, in its latest version; of two alike the later line holds."""
    newest: dict[tuple[str, date | None], VEvent] = {}
    for each in found:
        key = (each.uid, each.instead_of)
        if key not in newest or each.sequence >= newest[key].sequence:
            newest[key] = each
    return list(newest.values())


def _asked(raw: VEvent, today: date, moved: set[date], budget: repeats.Budget) -> Iterator[Event]:
    """The closures that one event asks for."""
    uid = _occurrence(raw.uid, raw.instead_of) if raw.instead_of else raw.uid
    event = Event(
        uid=uid,
        first=raw.first,
        last=raw.last,
        reason="" if raw.reason.casefold() in _WORDLESS else raw.reason,
        starts=raw.starts,
        ends=raw.ends,
        series="" if raw.instead_of else raw.uid,
        is_cancelled=raw.is_cancelled,
    )
    if raw.is_cancelled:
        yield event
    elif raw.last - raw.first > plausible.LONGEST:
        yield replace(event, left_out=_TOO_LONG)
    elif raw.starts and raw.ends and raw.ends - raw.starts < SHORTEST:
        yield replace(event, left_out=_TOO_SHORT)
    elif raw.repeats and not raw.instead_of:
        yield from _repeated(raw, event, today, moved, budget)
    elif raw.last < today:
        yield replace(event, left_out=_PASSED)
    elif raw.last > today + plausible.FURTHEST:
        yield replace(event, left_out=_TOO_FAR)
    else:
        yield event


def _repeated(
    raw: VEvent, event: Event, today: date, moved: set[date], budget: repeats.Budget
) -> Iterator[Event]:
    first, last = today - (raw.last - raw.first), today + AHEAD
    days = {day for day in (raw.first, *raw.also) if first <= day <= last}
    for parts in raw.rules:
        rule = repeats.understood(parts, ZONE)
        try:
            # SECURITY: counted while they are found, never after.
            days |= set(
                repeats.occurrences(rule, raw.first, first, last, most=MOST_TIMES, budget=budget)
                if rule
                else ()
            )
        except repeats.Exhausted:
            rule = None
        if rule is None:
            yield replace(event, left_out=_RHYTHM, uid="", series="")
            return
    if len(days) > MOST_TIMES:
        yield replace(event, left_out=_TOO_OFTEN, uid="", series="")
        return
    days -= raw.never | moved
    if not days:
        # Days that have others in their place are no reason to say something.
        yield replace(event, is_cancelled=True, left_out="" if moved else _NO_DAY)
    for day in sorted(days):
        yield _on(event, day)


def _on(event: Event, day: date) -> Event:
    """The occurrence that begins on that day, at the same time by the clock on the wall."""
    shift = day - event.first
    return replace(
        event,
        uid=_occurrence(event.uid, day),
        first=day,
        last=event.last + shift,
        starts=event.starts + shift if event.starts else None,
        ends=event.ends + shift if event.ends else None,
    )


def _occurrence(uid: str, day: date) -> str:
    return f"{uid}#{day:%Y%m%d}"


# Bringing in --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Changes:
    receipt: Receipt = field(default_factory=Receipt)
    add: list[Closing] = field(default_factory=list)
    move: dict[int, Closing] = field(default_factory=dict)
    remove: list[int] = field(default_factory=list)


def _changes(branch: Branch, events: Sequence[Event], now: datetime) -> _Changes:
    """What differs between the events and the closures there are."""
    calendar = replace(hours.calendar_of(branch.pk), closures=())
    today = calendar.local(now).date()
    rows = Closure.objects.filter(branch=branch).order_by("pk")
    known = {_key(branch, closure): closure for closure in rows}
    changes, wanted, gone = _Changes(), dict[str, Closing](), set[str]()
    for event in events:
        gone |= {event.uid, event.series} - {""}
        closing = _closing(event, calendar) if event.closes else None
        why = event.left_out
        if closing is None:
            why = why or ("" if event.is_cancelled else _COVERS_NO_DAY)
        elif closing.last < today:
            why = _PASSED
        else:
            wanted[event.uid] = closing
        if why:
            changes.receipt.left_out.append((event.what, str(why)))
    by_hand = {(row.first_date, row.last_date) for row in rows if not row.uid}
    for uid, closing in wanted.items():
        is_there = (closing.first, closing.last) in by_hand
        _compare(changes, known.get(uid), closing, is_there=is_there)
    for uid, closure in known.items():
        is_named = uid in gone or _SERIES.sub("", uid) in gone
        if is_named and uid not in wanted and closure.last_date >= today:
            changes.remove.append(closure.pk)
            changes.receipt.removed.append(_row(closure))
    return changes


def _compare(
    changes: _Changes, closure: Closure | None, closing: Closing, *, is_there: bool
) -> None:
    """`is_there`: those days are closed by hand already, and the event takes that closure over."""
    asked = Closed(closing.first, closing.last, closing.reason)
    if closure is None:
        changes.add.append(closing)
        (changes.receipt.updated if is_there else changes.receipt.created).append(asked)
    elif _row(closure) == asked:
        changes.receipt.unchanged.append(asked)
    else:
        changes.move[closure.pk] = closing
        changes.receipt.updated.append(asked)


def _row(closure: Closure) -> Closed:
    return Closed(closure.first_date, closure.last_date, plain(closure.reason)[:MAX_REASON])


def _closing(event: Event, calendar: Calendar) -> Closing | None:
    """Its days; of an event with a time only those on which nothing is open outside of it."""
    first, last = event.first, event.last
    while first <= last and not _covers(event, calendar, first):
        first += DAY
    while first <= last and not _covers(event, calendar, last):
        last -= DAY
    if last < first:
        return None
    return Closing(first=first, last=last, reason=event.reason, uid=event.uid)


def _covers(event: Event, calendar: Calendar, day: date) -> bool:
    if event.starts is None or event.ends is None:
        return True
    openings = calendars.intervals(calendar, day)
    return all(event.starts <= each.opens and each.closes <= event.ends for each in openings)


def _key(branch: Branch, closure: Closure) -> str:
    """The UID of a closure: its event's, else one of ours."""
    if closure.uid and not closure.uid.startswith(osm.MARK):
        return closure.uid
    host = urlsplit(branch.shop.city.base_url).hostname or "localhost"
    return f"closure-{closure.pk}@{host}"
