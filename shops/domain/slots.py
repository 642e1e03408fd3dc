"""Windows for hand-over with a capacity: how many are left, taking one, giving it back.

A row of `Slot` exists only for a window somebody has asked for; all others follow from the
calendar. Reads show what is left; `take` decides.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain import calendar as calendars
from shops.domain.calendar import DAY, Calendar
from shops.models import Branch, Slot

#: Opening days whose windows are offered, the first with a free one included.
DAYS = 3
#: How far ahead we look for them.
AHEAD = 21


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a branch; aware, UTC."""

    starts: datetime
    ends: datetime
    left: int


def windows(
    *, branch: Branch, calendar: Calendar, ready: datetime | None, now: datetime
) -> list[Window]:
    """Windows that begin when goods can be ready and have room. One query; none without slots."""
    if not branch.slot_minutes or ready is None:
        return []
    taken = {
        row.starts: row.capacity - row.taken
        for row in Slot.objects.filter(branch=branch, starts__gte=now)
    }
    found: list[Window] = []
    days = 0
    first = calendar.local(ready).date()
    for number in range(AHEAD):
        fitting = [
            Window(starts, ends, taken.get(starts, branch.slot_capacity))
            for starts, ends in _of_day(branch, calendar, first + number * DAY)
            if starts >= ready
        ]
        free = [window for window in fitting if window.left > 0]
        days += bool(free)
        found += free
        if days == DAYS:
            break
    return found


def take(*, branch: Branch, calendar: Calendar, starts: datetime, now: datetime) -> Slot:
    """One place in the window that begins at `starts`. Inside the caller's transaction.

    `Refused` for a window that is full, over, or none of the branch's.
    """
    day = calendar.local(starts).date()
    span = next((each for each in _of_day(branch, calendar, day) if each[0] == starts), None)
    if span is None or starts < now:
        raise Refused(
            _("This window is no longer offered. Please choose another one."), code="slot_gone"
        )
    slot = Slot.objects.filter(branch=branch, starts=starts).first()
    if slot is None:
        slot = _made(branch, *span)
    again(slot_id=slot.pk)
    return slot


def again(*, slot_id: int) -> None:
    """RACE: whether there is room is part of the UPDATE; of two for the last place one is told."""
    if not Slot.objects.filter(pk=slot_id, taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise Refused(
            _("This window has just been filled. Please choose another one."), code="slot_full"
        )


def give_back(*, slot_id: int) -> None:
    """The place is free for somebody else."""
    Slot.objects.filter(pk=slot_id, taken__gt=0).update(taken=F("taken") - 1)


def resize(*, branch: Branch, capacity: int, now: datetime) -> None:
    """Another capacity for windows to come; nobody who has a place loses it."""
    coming = Slot.objects.filter(branch=branch, starts__gte=now)
    coming.update(capacity=Greatest(F("taken"), capacity))


def _made(branch: Branch, starts: datetime, ends: datetime) -> Slot:
    try:
        with transaction.atomic():
            return Slot.objects.create(
                branch=branch, starts=starts, ends=ends, capacity=branch.slot_capacity
            )
    except IntegrityError:  # RACE: somebody else has asked for the same window just now
        return Slot.objects.get(branch=branch, starts=starts)


def _of_day(branch: Branch, calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The whole windows that fit into the hours of hand-over of that day."""
    length = timedelta(minutes=branch.slot_minutes)
    if not length:
        return []
    found = []
    for opening in calendars.intervals(calendar.collecting, day):
        starts = opening.opens
        while starts + length <= opening.closes:
            found.append((starts, starts + length))
            starts += length
    return found
