"""Goods that may go on certain days only, or not at all any more, at the counter."""

import uuid
from datetime import timedelta

import pytest
import time_machine

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import counter, lifecycle
from marketplace.reservations.models import Line, Reservation
from shops.domain import calendar, hours, slots
from shops.domain.gate import refresh, review, ruled
from shops.enums import Review, WindowRule
from shops.models import Offer, Product
from tests import factories, tills
from tests.factories import NOW
from tests.shops.walk import berlin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def branch():
    made = factories.branch(factories.shop(factories.city(), auto_accept=True))
    tills.open_till(made.shop)
    return made


@pytest.fixture
def clerk(branch):
    return Actor.member(factories.member(branch.shop))


@pytest.fixture
def rockets(branch):
    category = factories.category("Feuerwerk", window_rule=WindowRule.FIREWORKS_F2)
    product = factories.product(branch.shop.city, "Rakete", category=category)
    return factories.offer(branch, product=product)


def hand_over(row, clerk, now=NOW, **named):
    return counter.hand_over(
        reservation_id=row.pk, client_id=uuid.uuid4(), by=clerk, now=now, **named
    )


def forbid(offer: Offer) -> None:
    """The city no longer wants such goods here."""
    category = factories.category("Klingen")
    Product.objects.filter(pk=offer.variant.product_id).update(category=category)
    ruled.set_rules(category=category, blocked="WaffG § 42a", by=Actor.system(), now=NOW)


# Fireworks ----------------------------------------------------------------------------------------


@pytest.mark.law("E3")
@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-12-03T15:00", False),
        ("2026-12-28T15:00", False),
        ("2026-12-29T09:00", True),
        ("2026-12-30T18:00", True),
        ("2026-12-31T13:55", True),
        ("2027-01-02T10:00", False),
        ("2028-12-28T10:00", True),
        ("2028-12-27T10:00", False),
    ],
)
def test_e3_fireworks_go_over_the_counter_on_their_days_only(rockets, clerk, clock, moment, may):
    row = factories.reservation((rockets, 1))
    lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)
    now = berlin(moment)
    if may:
        assert hand_over(row, clerk, now).state == "COLLECTED"
        return
    with pytest.raises(Refused) as refusal:
        hand_over(row, clerk, now)
    assert refusal.value.code == "wrong_day"
    assert "29 to 31 December" in str(refusal.value)
    assert Reservation.objects.get(pk=row.pk).state == "READY"


@pytest.mark.law("E3")
@pytest.mark.parametrize(
    ("now", "days", "last"),
    [
        ("2026-12-03T15:00", [29, 30, 31], "2026-12-31T14:00"),
        # Sunday, 31 December 2028: shops are closed, so the 28th is there instead.
        ("2028-12-04T15:00", [28, 29, 30], "2028-12-30T19:00"),
    ],
)
def test_e3_windows_lie_on_these_days_and_end_at_14_on_the_last(now, days, last):
    branch = factories.branch(factories.shop(factories.city()), slot_minutes=60, slot_capacity=3)
    moment = berlin(now)
    opening = hours.calendar(branch).under(WindowRule.FIREWORKS_F2)
    ready = calendar.ready_from(opening, moment, 30)
    assert ready is not None
    found = slots.windows(branch=branch, calendar=opening, ready=ready, now=moment)
    assert sorted({opening.local(each.starts).day for each in found}) == days
    assert max(each.ends for each in found) == berlin(last)


def test_what_else_was_reserved_goes_without_the_rocket(rockets, branch, clerk):
    glass = factories.offer(branch)
    row = factories.reservation((rockets, 1), (glass, 1))
    lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)
    with pytest.raises(Refused):
        hand_over(row, clerk)
    rocket = Line.objects.get(reservation=row, offer=rockets)
    assert hand_over(row, clerk, taken={rocket.pk: 0}).state == "COLLECTED"


# Forbidden since ----------------------------------------------------------------------------------


@pytest.mark.law("E4")
def test_e4_goods_that_were_forbidden_since_are_not_handed_over(branch, clerk):
    knife, glass = factories.offer(branch), factories.offer(branch)
    row = factories.reservation((knife, 1), (glass, 1))
    lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)
    forbid(knife)
    with pytest.raises(Refused) as refusal:
        hand_over(row, clerk)
    assert refusal.value.code == "forbidden"
    line = Line.objects.get(reservation=row, offer=knife)
    done = hand_over(row, clerk, taken={line.pk: 0})
    assert done.state == "COLLECTED"
    line.refresh_from_db()
    assert (line.state, line.consumed) == ("PUT_BACK", 0)


@pytest.mark.law("E4")
def test_e4_what_was_paid_for_them_goes_back(branch, clerk):
    knife = factories.offer(branch, price="30.00")
    row = tills.authorised(knife, 2)
    lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)
    tills.say(row, PaymentState.CAPTURED)
    forbid(knife)
    with pytest.raises(Refused):
        hand_over(row, clerk)
    counter.cancel(
        reservation_id=row.pk, reason="CLOSED", client_id=uuid.uuid4(), by=clerk, now=NOW
    )
    assert str(tills.payment_of(row).owed_back) == "60.00"


@pytest.mark.law("E4")
def test_e4_forbidden_goods_are_not_set_aside_and_not_charged(branch, clerk):
    knife = factories.offer(branch)
    row = tills.authorised(knife)
    forbid(knife)
    with pytest.raises(Refused) as refusal:
        lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)
    assert refusal.value.code == "forbidden"
    assert tills.payment_of(row).capture_asked is None


def test_goods_the_city_refused_stay_as_well(branch, clerk):
    toy = factories.offer(branch)
    row = factories.reservation((toy, 1))
    lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)
    Product.objects.filter(pk=toy.variant.product_id).update(review=Review.WAITING)
    refresh.refresh(products=[toy.variant.product_id], now=NOW)
    assert hand_over(row, clerk).state == "COLLECTED", "nobody has decided yet"
    counter.undo(reservation_id=row.pk, by=clerk, now=NOW + timedelta(seconds=9))
    review.refuse(product_id=toy.variant.product_id, reason="Hazard", by=Actor.system(), now=NOW)
    with pytest.raises(Refused):
        hand_over(row, clerk)
