"""The hours that hold for one reservation: its branch's, on days on which its goods may go."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.reservations.models import Line, Reservation
from shops.domain import calendar as calendars
from shops.domain import hours, windows
from shops.domain.calendar import Calendar
from shops.models import Branch, Offer


def calendar_of(reservation: Reservation) -> Calendar:
    """Needs the reservation's branch. One query, for the rules of its goods."""
    rule = "offer__variant__product__category__window_rule"
    rules = Line.objects.filter(reservation=reservation, **{f"{rule}__gt": ""})
    found = windows.combined(rules.values_list(rule, flat=True))
    return hours.calendar(reservation.branch).under(found)


def calendar_for(branch: Branch, offers: Iterable[Offer]) -> Calendar:
    """The same for goods that are not reserved yet. Needs the offers' categories."""
    rule = windows.combined(windows.rule_of(offer) for offer in offers)
    return hours.calendar(branch).under(rule)


def ready_from(reservation: Reservation, calendar: Calendar, begin: datetime) -> datetime | None:
    """When it can be collected if its shop begins at `begin`, in its window where it has one."""
    ready = calendars.ready_from(calendar, begin, reservation.branch.ready_minutes)
    if ready is None or reservation.slot is None:
        return ready
    return max(ready, reservation.slot.starts)
