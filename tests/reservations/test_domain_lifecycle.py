"""The life of a reservation, verb by verb, with what each does to the stock."""

import uuid
from datetime import timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry, Notice
from marketplace.reservations.domain import counter, lifecycle, tick
from marketplace.reservations.domain.checkout import LineGone
from marketplace.reservations.enums import Choice, EndReason, LineState, Mode, State
from marketplace.reservations.models import Checkout, Reservation
from shops.domain import counts
from shops.models import Movement, Offer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city(), auto_accept=True))


@pytest.fixture
def clerk(branch):
    return Actor.member(factories.member(branch.shop))


def numbers(offer: Offer) -> tuple[int | None, int, int]:
    offer.refresh_from_db()
    return offer.on_hand, offer.reserved, offer.set_aside


def test_sure_stock_is_confirmed_at_once_with_one_mail(branch):
    offer = factories.offer(branch, count=5)

    reservation = factories.reservation((offer, 2))

    assert reservation.state == State.CONFIRMED
    assert reservation.mode == Mode.RESERVE
    assert reservation.ready_by == NOW + timedelta(minutes=30)
    assert numbers(offer) == (5, 2, 0)
    kinds = Notice.objects.order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["reservations.placed", "reservations.shop_new"]


def test_doubtful_stock_asks_the_shop_and_the_clock_declines(branch):
    offer = factories.offer(branch, count=1, counted=timedelta(days=20))

    reservation = factories.reservation((offer, 1))

    assert reservation.state == State.REQUESTED
    assert reservation.answer_by == NOW + timedelta(minutes=60)
    assert tick.run(now=NOW + timedelta(minutes=59)).declined == 0
    assert tick.run(now=NOW + timedelta(minutes=60)).declined == 1
    reservation.refresh_from_db()
    assert (reservation.state, reservation.reason) == (State.DECLINED, EndReason.SILENT)
    assert numbers(offer) == (1, 0, 0)


def test_unknown_stock_is_never_claimed(branch):
    offer = factories.offer(branch, count=None)

    with pytest.raises(LineGone):
        factories.reservation((offer, 1))

    assert not Checkout.objects.exists()
    assert numbers(offer) == (None, 0, 0)


def test_all_or_nothing_over_two_branches(branch):
    there = factories.offer(branch, count=5)
    gone = factories.offer(factories.branch(branch.shop), count=1)
    factories.reservation((gone, 1), email="andere@example.de")

    with pytest.raises(LineGone):
        factories.placed((there, 1), (gone, 1))

    assert numbers(there) == (5, 0, 0)
    assert Reservation.objects.count() == 1


def test_ready_and_handed_over(branch, clerk):
    offer = factories.offer(branch, count=5)
    reservation = factories.reservation((offer, 2))

    lifecycle.mark_ready(reservation_id=reservation.pk, shelf="12", by=clerk, now=NOW)
    assert numbers(offer) == (5, 2, 2)
    lifecycle.hand_over(reservation_id=reservation.pk, by=clerk, now=NOW + timedelta(hours=1))

    reservation.refresh_from_db()
    assert reservation.state == State.COLLECTED
    assert numbers(offer) == (3, 0, 0)
    line = reservation.lines.get()
    assert (line.state, line.consumed, line.held) == (LineState.CONSUMED, 2, 0)
    verbs = LogEntry.objects.filter(subject=f"reservation:{reservation.pk}").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "reservation.place",
        "reservation.accept",
        "reservation.mark_ready",
        "reservation.hand_over",
    ]


def test_partial_hand_over_puts_the_rest_back(branch, clerk):
    offer = factories.offer(branch, count=5)
    reservation = factories.reservation((offer, 3))
    lifecycle.mark_ready(reservation_id=reservation.pk, by=clerk, now=NOW)
    line = reservation.lines.get()

    lifecycle.hand_over(reservation_id=reservation.pk, taken={line.pk: 1}, by=clerk, now=NOW)

    assert numbers(offer) == (4, 2, 2)
    lifecycle.shelve(reservation_id=reservation.pk, by=clerk, now=NOW)
    assert numbers(offer) == (4, 0, 0)
    line.refresh_from_db()
    assert (line.state, line.consumed) == (LineState.CONSUMED, 1)
    with pytest.raises(Stale):
        lifecycle.shelve(reservation_id=reservation.pk, by=clerk, now=NOW)


def test_not_found_corrects_the_stock_and_leaves_a_choice(branch, clerk):
    first, second = factories.offer(branch, count=2), factories.offer(branch, count=2)
    reservation = factories.reservation((first, 1), (second, 2))
    lost = reservation.lines.get(offer=second)

    lifecycle.mark_ready(reservation_id=reservation.pk, found={lost.pk: 0}, by=clerk, now=NOW)

    lost.refresh_from_db()
    assert (lost.state, lost.missing, lost.choice) == (LineState.NOT_FOUND, 2, Choice.OPEN)
    assert numbers(second) == (0, 0, 0)
    assert numbers(first) == (2, 1, 1)
    assert second.unsure_since == NOW


def test_nothing_found_cancels(branch, clerk):
    offer = factories.offer(branch, count=2)
    reservation = factories.reservation((offer, 2))
    line = reservation.lines.get()

    lifecycle.mark_ready(reservation_id=reservation.pk, found={line.pk: 0}, by=clerk, now=NOW)

    reservation.refresh_from_db()
    assert (reservation.state, reservation.reason) == (State.CANCELLED, EndReason.NOT_THERE)
    assert numbers(offer) == (0, 0, 0)
    branch.refresh_from_db()
    assert branch.preparing == 0


def test_expired_goods_wait_to_be_put_back_and_can_be_reinstated(branch, clerk):
    offer = factories.offer(branch, count=2)
    reservation = factories.reservation((offer, 1))
    lifecycle.mark_ready(reservation_id=reservation.pk, by=clerk, now=NOW)
    reservation.refresh_from_db()

    assert tick.run(now=reservation.collect_by).expired == 1
    assert numbers(offer) == (2, 1, 1)
    late = reservation.collect_by + timedelta(minutes=1)
    lifecycle.reinstate(reservation_id=reservation.pk, by=clerk, now=late)

    reservation.refresh_from_db()
    assert reservation.state == State.READY
    assert reservation.collect_by > late
    assert numbers(offer) == (2, 1, 1)


def test_the_same_form_gives_the_same_checkout(branch):
    offer = factories.offer(branch, count=5)
    nonce = uuid.uuid4()

    first = factories.placed((offer, 1), nonce=nonce)
    second = factories.placed((offer, 1), nonce=nonce)

    assert first == second
    assert numbers(offer) == (5, 1, 0)


@pytest.mark.parametrize("picked", [True, False])
def test_undo_of_a_hand_over(branch, clerk, picked):
    offer = factories.offer(branch, count=5)
    reservation = factories.reservation((offer, 2))
    if picked:
        lifecycle.mark_ready(reservation_id=reservation.pk, by=clerk, now=NOW)
    before = numbers(offer)
    line = reservation.lines.get()
    tap = uuid.uuid4()
    for _ in range(2):
        counter.hand_over(
            reservation_id=reservation.pk, taken={line.pk: 1}, client_id=tap, by=clerk, now=NOW
        )

    counter.undo(reservation_id=reservation.pk, by=clerk, now=NOW + timedelta(seconds=59))

    reservation.refresh_from_db()
    assert reservation.state == (State.READY if picked else State.CONFIRMED)
    assert numbers(offer) == before
    with pytest.raises(Refused):
        counter.undo(reservation_id=reservation.pk, by=clerk, now=NOW)
    assert sum(Movement.objects.values_list("delta", flat=True)) == 5


def test_undo_is_for_the_same_member_within_a_minute(branch, clerk):
    offer = factories.offer(branch, count=5)
    reservation = factories.reservation((offer, 2))
    counter.mark_ready(reservation_id=reservation.pk, client_id=uuid.uuid4(), by=clerk, now=NOW)
    other = Actor.member(factories.member(branch.shop))

    with pytest.raises(Refused):
        counter.undo(reservation_id=reservation.pk, by=other, now=NOW)
    with pytest.raises(Stale):
        counter.undo(reservation_id=reservation.pk, by=clerk, now=NOW + timedelta(seconds=61))
    counter.undo(reservation_id=reservation.pk, by=clerk, now=NOW)

    assert numbers(offer) == (5, 2, 0)
    ready = Notice.objects.get(kind="reservations.ready")
    assert ready.state == "VOID"


def test_a_count_before_and_after_a_hand_over_converge(branch, clerk):
    early, late = factories.offer(branch, count=5), factories.offer(branch, count=5)
    reservation = factories.reservation((early, 2), (late, 2))
    as_of = NOW + timedelta(hours=1)
    say = {"counted": 4, "as_of": as_of, "source": "FILE", "by": Actor.system()}

    counts.count(offer_id=early.pk, now=as_of, **say)
    lifecycle.hand_over(reservation_id=reservation.pk, by=clerk, now=NOW + timedelta(hours=2))
    counts.count(offer_id=late.pk, now=NOW + timedelta(hours=3), **say)

    assert numbers(early)[0] == numbers(late)[0] == 2
