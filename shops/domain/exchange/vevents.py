"""Events of a calendar file as they stand there (RFC 5545), from bytes that nobody vouches for.

SECURITY: the library sees one event at a time, and of it only the lines we need: no time zones
with rules of their own, no alarms, no attachments. Size, number and depth are checked before.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.exchange.osm import MARK
from shops.domain.week import Calendar

DAY = timedelta(days=1)
#: SECURITY: a town's calendar of many years is smaller; whoever sends more sends something else.
MAX_BYTES, MAX_EVENTS = 1_000_000, 2_000
MAX_LINE, MAX_DEPTH = 20_000, 8
#: Of 250 characters some are needed for the day of an occurrence.
MAX_UID, MAX_REASON = 200, 120
ZONE = ZoneInfo(Calendar.zone)

_WANTED = frozenset(
    {
        *("UID", "SUMMARY", "STATUS", "SEQUENCE", "DTSTART", "DTEND", "DURATION"),
        *("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"),
    }
)
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_LINE = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class VEvent:
    """One event: whole days, both included, and what repeats or replaces it."""

    uid: str
    reason: str
    first: date
    last: date
    #: Where it has a time of the day: aware, by the clock of the branch.
    starts: datetime | None = None
    ends: datetime | None = None
    rules: tuple[Mapping[str, Sequence[Any]], ...] = ()
    also: frozenset[date] = frozenset()
    never: frozenset[date] = frozenset()
    #: It takes the place of the occurrence of that day.
    instead_of: date | None = None
    is_cancelled: bool = False
    sequence: int = 0

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.also)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event whose dates cannot be read; what it is called."""

    reason: str


def events(data: bytes) -> list[VEvent | Unreadable]:
    """All events of the file, in its order. Refused where it is no sound calendar."""
    if len(data) > MAX_BYTES:
        raise Refused(_("This file is too large: at most 1 MB is possible."), code="too_large")
    return [_event(lines, is_cancelled) for lines, is_cancelled in _blocks(_text(data))]


def plain(text: object) -> str:
    """Words on one line, without signs that cannot be seen."""
    kept = (" " if each in "\r\n\t" else each for each in str(text))
    shown = (each for each in kept if unicodedata.category(each) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(shown).split())


def local(moment: datetime) -> datetime:
    """By the clock of the branch; a time without a zone is that already."""
    return moment.astimezone(ZONE) if moment.tzinfo else moment.replace(tzinfo=ZONE)


# Lines --------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    unfolded = _FOLD.sub(b"", data)  # before decoding: a fold may cut a letter in two
    try:
        return unfolded.decode("utf-8-sig")
    except UnicodeDecodeError:
        return unfolded.decode("cp1252", "replace")


def _blocks(text: str) -> list[tuple[list[str], bool]]:
    """The lines we need of each event, and whether its calendar cancels it."""
    found: list[tuple[list[str], bool]] = []
    stack: list[str] = []
    is_calendar = is_cancelled = False
    for line in _LINE.split(text):
        match = _NAME.match(line)
        name = match[0].upper() if match else ""
        value = line.partition(":")[2].strip().upper()
        if name == "BEGIN":
            stack.append(value)
            if len(stack) > MAX_DEPTH:
                raise _broken()
            if stack == ["VCALENDAR"]:
                is_calendar, is_cancelled = True, False
            if stack == ["VCALENDAR", "VEVENT"]:
                found.append(([], is_cancelled))
            if len(found) > MAX_EVENTS:
                raise Refused(
                    _("This calendar has more than 2,000 events. Please export a shorter time."),
                    code="too_many",
                )
        elif name == "END":
            if not stack or stack.pop() != value:
                raise _broken()
        elif stack == ["VCALENDAR"] and name == "METHOD":
            is_cancelled = value == "CANCEL"
        elif stack == ["VCALENDAR", "VEVENT"] and name in _WANTED:
            found[-1][0].append(line[:MAX_LINE])
    if not is_calendar:
        raise Refused(
            _("This is no calendar file. It should end in .ics and come from a calendar."),
            code="no_calendar",
        )
    if stack:
        raise _broken()
    return found


def _broken() -> Refused:
    return Refused(
        _("This calendar file is damaged or cut off. Please export it again."), code="broken"
    )


# One event ----------------------------------------------------------------------------------------


def _event(lines: list[str], is_cancelled: bool) -> VEvent | Unreadable:
    text = "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))
    try:
        return _sound(icalendar.Event.from_ical(text), is_cancelled)
    except Exception:  # a parser's own errors, none of which we could explain better
        names = (line.partition(":")[2] for line in lines if line.upper().startswith("SUMMARY"))
        return Unreadable(plain(next(names, ""))[:MAX_REASON])


def _sound(event: icalendar.Component, is_cancelled: bool) -> VEvent:
    """Raises whatever it likes where something is wrong."""
    if event.errors:
        raise ValueError(event.errors)
    is_cancelled = is_cancelled or plain(_only(event, "STATUS") or "").upper() == "CANCELLED"
    if is_cancelled and "DTSTART" not in event:  # a cancellation may come without (RFC 5546)
        event.add("DTSTART", date.min)
    starts, ends = _span(event)
    first, last = starts, ends - DAY
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        first, last = starts.date(), max(starts, ends - timedelta.resolution).date()
    reason = plain(_only(event, "SUMMARY", several=True) or "")[:MAX_REASON]
    instead_of = _only(event, "RECURRENCE-ID")
    return VEvent(
        uid=_uid(plain(_only(event, "UID") or "") or f"{first}:{last}"),
        reason=reason,
        first=first,
        last=last,
        starts=starts if isinstance(starts, datetime) else None,
        ends=ends if isinstance(ends, datetime) else None,
        rules=tuple(_all(event, "RRULE")),
        also=frozenset(_days(event, "RDATE")),
        never=frozenset(_days(event, "EXDATE")),
        instead_of=_day(instead_of.dt) if instead_of is not None else None,
        is_cancelled=is_cancelled,
        sequence=int(_only(event, "SEQUENCE") or 0),
    )


def _span(event: icalendar.Component) -> tuple[date, date]:
    """Begin and end, the end not included; both dates, or both times on the branch's clock."""
    starts, ends = _only(event, "DTSTART").dt, _only(event, "DTEND")
    length = _only(event, "DURATION")
    if isinstance(starts, datetime):
        begin = local(starts)
        if ends is not None:
            return begin, local(_moment(ends.dt))
        return begin, begin + length.dt if length else begin
    if ends is not None and isinstance(ends.dt, datetime):
        raise ValueError("a date and a time")
    if ends is not None:
        end = ends.dt + DAY if ends.dt == starts else ends.dt  # a habit of some programs
    else:
        end = starts + max(length.dt, DAY) if length else starts + DAY
    if end <= starts:
        raise ValueError("ends before it begins")
    return starts, end


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value


def _day(moment: date) -> date:
    return local(moment).date() if isinstance(moment, datetime) else moment


def _all(event: icalendar.Component, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _only(event: icalendar.Component, name: str, *, several: bool = False) -> Any:
    """The property's value or None; two of it mean that nobody knows which holds."""
    found = _all(event, name)
    if len(found) > 1 and not several:
        raise ValueError(name)
    return found[0] if found else None


def _days(event: icalendar.Component, name: str) -> Iterator[date]:
    for values in _all(event, name):
        for each in values.dts:
            moment = each.dt[0] if isinstance(each.dt, tuple) else each.dt  # a period: its begin
            if not isinstance(moment, date):
                raise TypeError(moment)
            yield _day(moment)


def _uid(text: str) -> str:
    """Short enough to be kept whole, and never one of those that another exchange keeps."""
    if len(text) <= MAX_UID and not text.startswith(MARK):
        return text
    return f"sha256:{sha256(text.encode()).hexdigest()}"
