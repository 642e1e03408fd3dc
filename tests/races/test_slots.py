"""Windows for hand-over are never overbooked, whoever comes at the same moment."""

from datetime import timedelta

import pytest

from marketplace.core.errors import Refused
from marketplace.operations.domain import audit
from marketplace.reservations.models import Reservation
from shops.domain import hours, slots
from shops.models import Slot
from tests import factories
from tests.factories import NOW
from tests.races.crowd import barrier, rush

pytestmark = pytest.mark.timeout(1200)

CAPACITY = 3


def _branch(city):
    return factories.branch(factories.shop(city), slot_minutes=30, slot_capacity=CAPACITY)


def _first(branch):
    calendar = hours.calendar(branch)
    ready = NOW + timedelta(hours=1)
    return slots.windows(branch=branch, calendar=calendar, ready=ready, now=NOW)[0].starts


def test_a_window_has_no_more_places_than_it_has(town):
    _engine, city = town
    branch = _branch(city)
    offer, starts = factories.offer(branch, count=500), _first(branch)

    def reserve(number: int) -> str:
        try:
            factories.placed(
                (offer, 1), email=f"shopper{number}@example.de", windows={branch.pk: starts}
            )
        except Refused as refusal:
            return refusal.code
        return "placed"

    told = rush(reserve, tries=40, processes=4, threads=10)

    assert told == {"placed": CAPACITY, "slot_full": 40 - CAPACITY}
    assert Slot.objects.get().taken == CAPACITY == Reservation.objects.count()
    offer.refresh_from_db()
    assert offer.reserved == CAPACITY, "who got no window has claimed nothing"
    assert audit.run(now=NOW).violations == []


def test_control_who_looks_first_and_writes_later_overbooks(town, monkeypatch):
    """Without the condition in the UPDATE everybody writes what follows from what they saw."""
    _engine, city = town
    branch = _branch(city)
    offer, starts = factories.offer(branch, count=500), _first(branch)
    slot = Slot.objects.create(
        branch=branch, starts=starts, ends=starts + timedelta(minutes=30), capacity=CAPACITY
    )
    gathered = barrier(8)
    seen = slot.taken

    def naive(*, slot_id):
        Slot.objects.filter(pk=slot_id).update(taken=seen + 1)

    monkeypatch.setattr(slots, "again", naive)

    def reserve(number: int) -> str:
        gathered.wait(timeout=30)  # all have seen the free window before anybody takes a place
        factories.placed(
            (offer, 1), email=f"shopper{number}@example.de", windows={branch.pk: starts}
        )
        return "placed"

    told = rush(reserve, tries=8, processes=4, threads=2)

    assert told == {"placed": 8}
    slot.refresh_from_db()
    assert Reservation.objects.filter(slot=slot).count() == 8 > CAPACITY
    assert slot.taken == 1, "and the window believes that it has room"
