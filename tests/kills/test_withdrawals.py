"""The power is cut at every point of a withdrawal: what was declared and answered is never lost.

A life sends one form; where it dies the shopper sends the same form again. Whatever was answered
before the cut is there after it, with the mail of its receipt, exactly once.
"""

import signal
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import override_settings

from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.payments.domain import operations
from marketplace.reservations.domain import tick
from marketplace.reservations.domain.withdrawal import answer
from marketplace.reservations.domain.withdrawal.answer import Back
from marketplace.reservations.enums import WithdrawalState
from marketplace.reservations.models import Line, Withdrawal, WithdrawalDeclaration
from shops.models import Offer
from tests import money
from tests.factories import NOW
from tests.kills.lives import leave, live
from tests.races.crowd import FULL
from tests.reservations import withdrawing

pytestmark = [pytest.mark.timeout(600), pytest.mark.law("A9")]
MINUTE = timedelta(minutes=1)
KILLS = 40 if FULL else 8


@pytest.fixture
def desk(own_database, tmp_path):
    dummy = {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
    with override_settings(TASKS={"default": dummy}):
        made = money.desk(tmp_path, count=1_000)
        made.shop.city.max_open = 1_000
        made.shop.city.save(update_fields=["max_open"])
        yield made
        leave()


def sending(pk: int, nonce: uuid.UUID, goods: dict[int, int] | None):
    def act(say) -> None:
        withdrawing.declared(pk, nonce=nonce, goods=goods)
        say(f"answered:{nonce}")

    return act


def answering(desk: money.Desk, withdrawal: int, line: int):
    def act(say) -> None:
        answer.accept(
            withdrawal_id=withdrawal,
            back={line: Back(units=1, shelved=1)},
            reason="",
            by=desk.clerk,
            now=NOW,
        )
        say("answered")

    return act


def settle(desk: money.Desk) -> None:
    tick.run(now=NOW + MINUTE)
    while operations.run_due(now=NOW + MINUTE, gateway=desk.gateway) != operations.Ran():
        pass


@pytest.mark.parametrize(
    "point",
    ["withdrawal.stored", "withdrawal.received", "withdrawal.matched", "withdrawal.released"],
)
def test_a_declaration_is_there_with_its_receipt_wherever_the_power_was_cut(
    desk, monkeypatch, point
):
    pk, nonce = desk.paid(3), uuid.uuid4()
    goods = {money.line(pk).pk: 1}
    monkeypatch.setenv("FAULT_AT", point)
    ended, said = live(sending(pk, nonce, goods))
    monkeypatch.delenv("FAULT_AT")
    assert (ended, said) == (signal.SIGKILL, []), point
    assert audit.run(now=NOW).violations == []
    committed = WithdrawalDeclaration.objects.count()
    assert committed == (point != "withdrawal.stored")
    if committed:
        # Nobody sends it again: the caretaker deals with it.
        settle(desk)
        assert Withdrawal.objects.get().state == WithdrawalState.REFUNDED

    assert live(sending(pk, nonce, goods)) == (0, [f"answered:{nonce}"])

    settle(desk)
    assert WithdrawalDeclaration.objects.count() == 1
    assert Withdrawal.objects.get().state == WithdrawalState.REFUNDED
    assert Notice.objects.filter(kind="reservations.withdrawal_received").count() == 1
    assert money.line(pk).given_up == 1
    assert audit.run(now=NOW).violations == []


def test_goods_given_back_come_back_once(desk, monkeypatch):
    pk = withdrawing.collected(desk, 2)
    line = money.line(pk).pk
    act = answering(desk, withdrawing.declared(pk, goods={line: 1}).pk, line)
    monkeypatch.setenv("FAULT_AT", "withdrawal.back")
    assert live(act) == (signal.SIGKILL, [])
    monkeypatch.delenv("FAULT_AT")
    assert audit.run(now=NOW).violations == []
    assert Offer.objects.get(pk=desk.offer.pk).on_hand == 998

    assert live(act) == (0, ["answered"])

    settle(desk)
    assert Offer.objects.get(pk=desk.offer.pk).on_hand == 999
    assert Line.objects.get(pk=line).withdrawn == 1
    assert Withdrawal.objects.get().state == WithdrawalState.REFUNDED
    assert audit.run(now=NOW).violations == []


def test_cut_at_random_nothing_answered_is_lost(desk, monkeypatch):
    answered: set[str] = set()
    killed = turn = 0
    while killed < KILLS:
        assert turn < 12 * KILLS, "lives are no longer cut"
        pk, nonce = desk.paid(3), uuid.uuid4()
        goods = {money.line(pk).pk: 1 + turn % 2} if turn % 3 else None
        monkeypatch.setenv("FAULT_RANDOM", f"0.12:{turn}")
        ended, said = live(sending(pk, nonce, goods))
        monkeypatch.delenv("FAULT_RANDOM")
        killed += ended == signal.SIGKILL
        answered |= {word.partition(":")[2] for word in said}
        if ended and turn % 2:
            live(sending(pk, nonce, goods))
            answered.add(str(nonce))
        turn += 1
    settle(desk)

    kept = {str(each) for each in WithdrawalDeclaration.objects.values_list("nonce", flat=True)}
    assert answered <= kept
    receipts = Notice.objects.filter(kind="reservations.withdrawal_received").count()
    assert receipts == len(kept)
    states = set(Withdrawal.objects.values_list("state", flat=True))
    assert states == {WithdrawalState.REFUNDED}
    assert audit.run(now=NOW).violations == []


@pytest.mark.parametrize("point", ["withdrawal.released", "withdrawal.back"])
def test_control_without_the_transaction_the_audit_finds_what_was_cut(desk, monkeypatch, point):
    if point == "withdrawal.released":
        pk = desk.paid(3)
        act = sending(pk, uuid.uuid4(), {money.line(pk).pk: 1})
    else:
        pk = withdrawing.collected(desk, 1)
        act = answering(desk, withdrawing.declared(pk).pk, money.line(pk).pk)
    monkeypatch.setenv("FAULT_AT", point)

    def bare(say) -> None:
        transaction.Atomic.__enter__ = lambda self: None
        transaction.Atomic.__exit__ = lambda self, *error: None
        connection.ensure_connection()
        connection.in_atomic_block = True
        act(say)

    assert live(bare)[0] == signal.SIGKILL
    monkeypatch.delenv("FAULT_AT")
    assert audit.run(now=NOW).violations
