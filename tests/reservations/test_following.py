"""A shop closes at short notice: running reservations move, nobody loses time, people are told."""

import uuid
from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail as outbox

from marketplace.core.domain import notices as core_notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.reservations.domain import counter, following, lifecycle
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import Reservation
from shops.domain import hours, slots, timetable
from shops.enums import WindowRule
from shops.models import Slot
from tests import factories
from tests.factories import NOW
from tests.shops.walk import berlin

pytestmark = pytest.mark.django_db

#: Friday and Saturday; NOW is Thursday, 14:05.
FRIDAY, SATURDAY = date(2026, 12, 4), date(2026, 12, 5)


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


@pytest.fixture
def clerk(branch) -> Actor:
    return Actor.member(factories.member(branch.shop))


def held(branch, clerk: Actor, *, state: State = State.READY) -> Reservation:
    made = factories.reservation((factories.offer(branch, count=5), 1))
    if state != State.REQUESTED:
        lifecycle.accept(reservation_id=made.pk, by=clerk, now=NOW)
    if state == State.READY:
        lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    made.refresh_from_db()
    return made


def follow(branch, clerk: Actor, now: datetime = NOW) -> int:
    return following.follow(branch_ids=[branch.pk], by=clerk, now=now)


def close(branch, clerk: Actor, first: date, last: date) -> None:
    timetable.close(branch=branch, first=first, last=last, reason="krank", by=clerk, now=NOW)


def test_a_closed_day_does_not_count(branch, clerk):
    reservation = held(branch, clerk)
    assert reservation.collect_by == berlin("2026-12-05T19:00")
    close(branch, clerk, FRIDAY, SATURDAY)
    assert follow(branch, clerk) == 1
    reservation.refresh_from_db()
    assert reservation.collect_by == berlin("2026-12-08T19:00")
    assert reservation.state == State.READY
    notice = Notice.objects.get(kind="reservations.moved")
    core_notices.send_one(notice_id=notice.pk, now=NOW + timedelta(days=1))
    assert "19:00" in outbox.outbox[-1].body
    assert audit.run(now=NOW).violations == []


def test_twice_moves_and_tells_once(branch, clerk):
    held(branch, clerk)
    close(branch, clerk, FRIDAY, FRIDAY)
    assert [follow(branch, clerk), follow(branch, clerk)] == [1, 0]
    assert Notice.objects.filter(kind="reservations.moved").count() == 1


def test_closing_earlier_on_the_last_day_gives_another_day(branch, clerk):
    reservation = held(branch, clerk)
    noon = [(time(9), time(12))]
    timetable.set_day(branch=branch, day=SATURDAY, spans=noon, reason="", by=clerk, now=NOW)
    follow(branch, clerk)
    reservation.refresh_from_db()
    assert reservation.collect_by == berlin("2026-12-07T19:00"), "Sunday is closed"


def test_opening_again_takes_nothing_back(branch, clerk):
    reservation = held(branch, clerk)
    close(branch, clerk, FRIDAY, FRIDAY)
    follow(branch, clerk)
    reservation.refresh_from_db()
    promised = reservation.collect_by
    timetable.reopen(branch=branch, closure_id=branch.closures.get().pk, by=clerk, now=NOW)
    assert follow(branch, clerk) == 0
    reservation.refresh_from_db()
    assert reservation.collect_by == promised


def test_what_is_promised_for_a_closed_hour_is_ready_later(branch, clerk):
    reservation = held(branch, clerk, state=State.CONFIRMED)
    assert reservation.ready_by == berlin("2026-12-03T14:35")
    close(branch, clerk, NOW.date(), NOW.date())
    follow(branch, clerk)
    reservation.refresh_from_db()
    assert reservation.ready_by == berlin("2026-12-04T09:00")
    assert reservation.collect_by >= berlin("2026-12-05T19:00")


def test_the_answer_clock_rests_while_the_shop_is_closed(branch, clerk):
    reservation = held(branch, clerk, state=State.REQUESTED)
    assert reservation.answer_by == berlin("2026-12-03T15:05")
    close(branch, clerk, NOW.date(), NOW.date())
    follow(branch, clerk)
    reservation.refresh_from_db()
    assert reservation.answer_by == berlin("2026-12-04T10:00")
    assert not Notice.objects.filter(kind="reservations.moved").exists(), "nothing was promised"


def test_ended_reservations_stay_as_they_are(branch, clerk):
    reservation = held(branch, clerk)
    lifecycle.cancel(reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=clerk, now=NOW)
    close(branch, clerk, FRIDAY, SATURDAY)
    assert follow(branch, clerk) == 0


def test_fireworks_wait_for_their_days():
    branch = factories.branch(factories.shop(factories.city()))
    clerk = Actor.member(factories.member(branch.shop))
    category = factories.category("Feuerwerk", window_rule=WindowRule.FIREWORKS_F2)
    product = factories.product(branch.shop.city, "Rakete", category=category)
    made = factories.reservation((factories.offer(branch, product=product, count=5), 1))
    lifecycle.accept(reservation_id=made.pk, by=clerk, now=NOW)
    made.refresh_from_db()
    assert made.ready_by == berlin("2026-12-29T09:00")
    assert made.collect_by == berlin("2026-12-30T19:00")


# Windows ------------------------------------------------------------------------------------------


@pytest.fixture
def windowed():
    return factories.branch(factories.shop(factories.city()), slot_minutes=60, slot_capacity=1)


def windows(branch) -> list[slots.Window]:
    ready = NOW + timedelta(minutes=30)
    return slots.windows(branch=branch, calendar=hours.calendar(branch), ready=ready, now=NOW)


@pytest.mark.law("A13")
def test_windows_begin_when_it_is_ready_and_lie_in_opening_hours(windowed):
    found = windows(windowed)
    assert found[0].starts == berlin("2026-12-03T15:00")
    assert found[3].ends == berlin("2026-12-03T19:00")
    assert found[4].starts == berlin("2026-12-04T09:00")
    assert len(found) == 4 + 10 + 10


def test_a_place_is_taken_promised_and_given_back(windowed):
    clerk = Actor.member(factories.member(windowed.shop))
    starts = windows(windowed)[5].starts
    offer = factories.offer(windowed, count=5)
    reservation = factories.placed((offer, 1), windows={windowed.pk: starts}).reservations.get()
    assert starts not in [window.starts for window in windows(windowed)]
    lifecycle.accept(reservation_id=reservation.pk, by=clerk, now=NOW)
    reservation.refresh_from_db()
    assert reservation.ready_by == starts
    lifecycle.cancel(reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=clerk, now=NOW)
    assert Slot.objects.get().taken == 0
    assert starts in [window.starts for window in windows(windowed)]


def test_undoing_an_end_takes_the_place_again(windowed):
    member = factories.member(windowed.shop)
    offer = factories.offer(windowed, count=5)
    reservation = factories.placed((offer, 1)).reservations.get()
    counter.decline(
        reservation_id=reservation.pk,
        reason=EndReason.CLOSED,
        client_id=uuid.uuid4(),
        by=Actor.member(member),
        now=NOW,
    )
    assert Slot.objects.get().taken == 0
    counter.undo(reservation_id=reservation.pk, by=Actor.member(member), now=NOW)
    assert Slot.objects.get().taken == 1
