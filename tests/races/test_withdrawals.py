"""Withdrawals at one instant, on both databases: one unit is given back once, and a hand-over and a
withdrawal never both have it."""

import uuid
from datetime import timedelta

import pytest

from marketplace.core.errors import Refused, Stale
from marketplace.reservations.domain import counter
from marketplace.reservations.domain.withdrawal import answer, match
from marketplace.reservations.domain.withdrawal.answer import Back
from marketplace.reservations.enums import State, WithdrawalState
from marketplace.reservations.models import (
    Line,
    Reservation,
    Withdrawal,
    WithdrawalDeclaration,
    WithdrawalLine,
)
from shops.models import Offer
from tests import money
from tests.factories import NOW
from tests.races.crowd import rush
from tests.reservations import withdrawing

pytestmark = [pytest.mark.timeout(600), pytest.mark.law("A9")]
#: On a busy machine a row may be held for longer than PostgreSQL waits: nothing was done.
TRIES = 24


@pytest.fixture
def desk(own_database, tmp_path):
    return money.desk(tmp_path, count=500)


def told(act, *args, **kwargs) -> str:
    try:
        act(*args, **kwargs)
    except (Refused, Stale) as no:
        return type(no).__name__
    return "done"


def test_the_same_form_sent_many_times_is_one_declaration(desk):
    pk, nonce = withdrawing.collected(desk, 4), uuid.uuid4()

    heard = rush(lambda number: told(withdrawing.declared, pk, nonce=nonce), tries=TRIES)

    assert heard == {"done": TRIES}
    assert WithdrawalDeclaration.objects.count() == 1
    assert WithdrawalLine.objects.get().units == 4
    money.in_order()


def test_many_declarations_of_the_same_goods_share_them(desk):
    pk = withdrawing.collected(desk, 4)
    goods = {money.line(pk).pk: 1}

    heard = rush(lambda number: told(withdrawing.declared, pk, goods=goods), tries=TRIES)

    assert heard == {"done": TRIES}
    assert WithdrawalDeclaration.objects.count() == TRIES
    # Nothing may be refused: who met somebody at this moment is assigned with the next round.
    desk.time(timedelta(minutes=1))
    assert set(Withdrawal.objects.values_list("state", flat=True)) == {WithdrawalState.MATCHED}
    assert sum(WithdrawalLine.objects.values_list("units", flat=True)) == 4
    money.in_order()


def test_many_declarations_before_the_hand_over_give_each_unit_back_once(desk):
    pk = withdrawing.ready(desk, 6)
    goods = {money.line(pk).pk: 1}

    rush(lambda number: told(withdrawing.declared, pk, goods=goods), tries=TRIES)
    desk.time(timedelta(minutes=1))

    assert desk.see(pk).state == State.CANCELLED
    assert money.line(pk).given_up == 6
    payment = money.payment_of(pk)
    assert (payment.kept, payment.refunded) == (0, payment.captured)
    assert set(Withdrawal.objects.values_list("state", flat=True)) == {WithdrawalState.REFUNDED}
    money.in_order()


@pytest.mark.parametrize("part", [False, True])
def test_a_withdrawal_and_a_hand_over_never_both_have_a_unit(desk, part):
    pks = [withdrawing.ready(desk, 2) for _ in range(8)]

    def act(number: int) -> str:
        pk = pks[number // 2]
        if number % 2:
            goods = {Line.objects.get(reservation=pk).pk: 1} if part else None
            return told(withdrawing.declared, pk, goods=goods)
        client_id = uuid.uuid4()
        return told(
            counter.hand_over, reservation_id=pk, client_id=client_id, by=desk.clerk, now=NOW
        )

    heard = rush(act, tries=2 * len(pks))

    assert set(heard) <= {"done", "Stale", "Refused"}
    desk.time(timedelta(minutes=1))
    for row in Reservation.objects.filter(pk__in=pks):
        line = row.lines.get()
        withdrawal = Withdrawal.objects.get(reservation=row)
        if row.state == State.CANCELLED:
            assert withdrawal.state == WithdrawalState.REFUNDED
            assert line.consumed == 0
        elif line.given_up:
            assert part
            assert line.consumed in (0, 1)
        else:
            assert (line.consumed, withdrawal.state) == (2, WithdrawalState.MATCHED)
        kept = money.payment_of(row.pk).kept
        goods = line.consumed if row.state == State.COLLECTED else line.owed
        assert kept == (0 if row.state == State.CANCELLED else line.price * goods)
    money.in_order()


def test_fifty_taps_on_one_return_take_the_goods_back_once(desk):
    pk = withdrawing.collected(desk, 2)
    withdrawal = withdrawing.declared(pk)
    line, hand = money.line(pk).pk, Offer.objects.get(pk=desk.offer.pk).on_hand
    back = {line: Back(units=2, shelved=2)}

    heard = rush(
        lambda number: told(
            answer.accept,
            withdrawal_id=withdrawal.pk,
            back=back,
            reason="",
            by=desk.clerk,
            now=NOW,
        ),
        tries=50,
    )

    assert heard == {"done": 1, "Stale": 49}
    desk.work()
    assert Offer.objects.get(pk=desk.offer.pk).on_hand == hand + 2
    assert money.payment_of(pk).refunded == money.payment_of(pk).captured
    money.in_order()


def test_control_without_looking_at_what_waits_goods_are_declared_twice(desk, monkeypatch):
    pk = withdrawing.collected(desk, 1)
    monkeypatch.setattr(match, "_left", lambda line, waiting: line.consumed - line.withdrawn)

    rush(lambda number: told(withdrawing.declared, pk), tries=4)
    desk.time(timedelta(minutes=1))

    assert sum(WithdrawalLine.objects.values_list("units", flat=True)) == 4
