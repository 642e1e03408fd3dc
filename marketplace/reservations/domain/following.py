"""Running reservations follow their branch's calendar (design 5: `collect_by` moves when a shop
closes at short notice). A change never takes time away from a shopper; it only gives some."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.reservations.domain import lifecycle, times
from marketplace.reservations.enums import OPEN, State
from marketplace.reservations.models import Reservation
from shops.domain import calendar as calendars
from shops.domain.calendar import Calendar

#: Further opening days tried until a reservation is kept no shorter than before.
EXTRA = 14


def follow(*, branch_ids: Iterable[int], by: Actor, now: datetime) -> int:
    """Move the times of all open reservations of these branches; how many have moved.

    Call it after the calendar was published, in the same transaction. Twice does no harm.
    """
    rows = Reservation.objects.filter(branch__in=list(branch_ids), state__in=sorted(OPEN))
    moved = 0
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        try:
            moved += lifecycle.follow(
                reservation_id=pk, moved=lambda each: _moved(each, now), by=by, now=now
            )
        except Stale:  # RACE: it has ended meanwhile
            continue
    return moved


def _moved(reservation: Reservation, now: datetime) -> dict[str, datetime]:
    """Times that are later now than they were."""
    calendar = times.calendar_of(reservation)
    found = {
        "answer_by": _answer_by(reservation, calendar),
        "ready_by": _ready_by(reservation, calendar, now),
        "collect_by": _collect_by(reservation, calendar, now),
    }
    return {
        name: moment
        for name, moment in found.items()
        if moment is not None and moment > getattr(reservation, name)
    }


def _answer_by(reservation: Reservation, calendar: Calendar) -> datetime | None:
    if reservation.state != State.REQUESTED or reservation.answer_by is None:
        return None
    minutes = reservation.checkout.city.answer_minutes
    return calendars.add_opening_minutes(calendar.under(""), reservation.placed_at, minutes)


def _ready_by(reservation: Reservation, calendar: Calendar, now: datetime) -> datetime | None:
    if reservation.state != State.CONFIRMED or reservation.ready_by is None:
        return None
    if reservation.ready_by <= now:  # late already: that is the shop's, not the calendar's
        return None
    return calendars.next_opening(calendar.collecting, reservation.ready_by)


def _collect_by(reservation: Reservation, calendar: Calendar, now: datetime) -> datetime | None:
    """The first closing time that is no earlier than the promised one."""
    promised = reservation.collect_by
    since = reservation.ready_at or _ready_by(reservation, calendar, now) or reservation.ready_by
    if promised is None or since is None:
        return None
    days = reservation.checkout.city.hold_days
    for extra in range(EXTRA):
        due = calendars.collect_by(calendar, since, days + extra)
        if due is None or due >= promised:
            return due
    return None
