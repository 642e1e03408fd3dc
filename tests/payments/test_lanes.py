"""The lanes run side by side: none waits for another, each call is made once, an end is an end."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.operations.domain import health, lanes
from marketplace.operations.management.commands.payments import LONGEST, SLOWEST, Loop
from marketplace.operations.models import Heartbeat
from marketplace.payments import gateway
from marketplace.payments.domain import operations, payments
from marketplace.payments.domain.operations import Ran
from marketplace.payments.enums import Lane, PaymentState, WorkState
from marketplace.payments.models import Operation, Payment
from tests import databases
from tests.factories import NOW
from tests.kills.lives import leave
from tests.payments.conftest import AMOUNT, BY
from tests.payments.fake import FakeGateway
from tests.races.crowd import rush
from tests.workbench.processes import eventually

SECONDS = 20


class Slow(FakeGateway):
    """Does not answer a capture before it is let go."""

    def __init__(self, folder) -> None:
        super().__init__(folder)
        self.asked_for, self.let_go = threading.Event(), threading.Event()

    def capture(self, *args, **rest):
        self.asked_for.set()
        assert self.let_go.wait(60)
        return super().capture(*args, **rest)


@pytest.fixture(autouse=True)
def _then(monkeypatch) -> None:
    """Loops read the clock; everything of this test happens from `NOW` on."""
    began = time.monotonic()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(seconds=time.monotonic() - began))


@pytest.fixture
def stop():
    event = threading.Event()
    yield event
    event.set()


def waiting(till) -> Payment:
    """A payment whose money is about to be taken, in the MONEY lane."""
    payment = till.authorised()
    payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    return payment


def state(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).state


def test_a_slow_call_for_money_does_not_hold_up_a_shopper(till, tmp_path, stop):
    slow = Slow(tmp_path)
    taken, asked = waiting(till), till.begin()
    loops = [Loop(lane, slow, stop) for lane in (Lane.MONEY, Lane.SHOPPER)]
    for loop in loops:
        loop.start()

    assert slow.asked_for.wait(SECONDS)
    eventually(lambda: state(asked) == PaymentState.OPEN, seconds=SECONDS)
    later = till.begin()
    eventually(lambda: state(later) == PaymentState.OPEN, seconds=SECONDS)

    assert state(taken) == PaymentState.AUTHORISED, "nothing was slow"
    slow.let_go.set()
    eventually(lambda: state(taken) == PaymentState.CAPTURED, seconds=SECONDS)
    stop.set()
    for loop in loops:
        loop.join(SECONDS)
        assert not loop.is_alive()


def test_control_in_one_lane_the_shopper_waits(till, tmp_path):
    slow = Slow(tmp_path)
    waiting(till)
    asked = till.begin()
    alone = threading.Thread(target=lambda: (_all(slow), leave()))
    alone.start()

    assert slow.asked_for.wait(SECONDS)
    time.sleep(0.5)
    assert state(asked) == PaymentState.BEGUN
    slow.let_go.set()
    alone.join(SECONDS)


def _all(provider) -> None:
    operations.run_due(now=timezone.now(), gateway=provider)


def test_two_processes_make_each_call_once(till, monkeypatch):
    made = [till.begin() for _ in range(12)]
    monkeypatch.setattr(gateway, "configured", lambda: till.gateway)

    def act(number: int) -> str:
        call_command("payments", once=True)
        return "ended"

    assert rush(act, tries=4, processes=2, threads=2) == {"ended": 4}
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.OPEN}
    assert till.gateway.asked("open") == len(made)
    assert set(Operation.objects.values_list("state", "attempts")) == {(WorkState.DONE, 1)}


def test_once_does_all_that_is_due_and_ends(till, monkeypatch):
    monkeypatch.setattr(gateway, "configured", lambda: till.gateway)
    payment = till.begin()
    call_command("payments", once=True, lane=["MONEY"])
    assert state(payment) == PaymentState.BEGUN, "of another lane"
    call_command("payments", once=True)
    assert state(payment) == PaymentState.OPEN
    assert till.gateway.asked("events") == 1, "the list was read"
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {
        health.lane(name) for name in lanes.LANES
    }


def test_the_list_is_read_by_one_of_many_and_again_after_a_while(till):
    def ask(now) -> int:
        lanes.step(lane=lanes.LIST, now=now, gateway=till.gateway)
        return till.gateway.asked("events")

    assert [ask(NOW), ask(NOW), ask(NOW + lanes.LIST_EVERY)] == [1, 1, 2]
    assert ask(NOW + lanes.LIST_EVERY + timedelta(seconds=1)) == 2


def test_a_lane_outlives_a_database_that_is_gone(till, monkeypatch, stop):
    loop = Loop(Lane.SHOPPER, till.gateway, stop)
    with monkeypatch.context() as broken:
        broken.setattr(lanes, "step", lambda **given: 1 / 0)
        assert loop.round() is None
        assert loop.pause(None) > 0
    till.begin()
    assert loop.round() == Ran(done=1)


def test_pauses_grow_while_idle_and_while_the_provider_is_dark(stop):
    loop = Loop(Lane.SHOPPER, None, stop)
    idle = [loop.pause(Ran()) for _ in range(8)]
    assert max(idle) <= LONGEST[Lane.SHOPPER] * 1.3
    assert idle[0] < idle[-1]
    assert loop.pause(Ran(done=1)) == 0
    dark = [loop.pause(Ran(again=1)) for _ in range(12)]
    assert max(dark[:2]) < LONGEST[Lane.SHOPPER] * 1.3
    assert SLOWEST * 0.7 <= dark[-1] <= SLOWEST * 1.3
    assert loop.pause(Ran(done=1, again=1)) == 0, "it is back"


@pytest.mark.both
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_seconds_even_in_a_call(till, own_database, number):
    """The provider takes the connection and never answers."""
    till.begin(Decimal("9.90"))
    Operation.objects.update(due_at=datetime.now(UTC) - timedelta(minutes=1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        leave()
        process = subprocess.Popen(
            [sys.executable, "manage.py", "payments"],
            cwd=databases.ROOT,
            env={
                **own_database.env,
                "LOG_LEVEL": "INFO",
                "STRIPE_SECRET_KEY": "sk_test_silent",
                "STRIPE_API_BASE": f"http://127.0.0.1:{silent.getsockname()[1]}",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(60)
        connection, _address = silent.accept()
        started = time.monotonic()
        process.send_signal(number)
        _out, said = process.communicate(timeout=60)
        connection.close()
    assert process.returncode == 0, said
    assert time.monotonic() - started < 15
    assert '"event": "payments_end"' in said
    operation = Operation.objects.get()
    assert (operation.state, operation.attempts) == (WorkState.DUE, 1)
    assert operation.lease_until is not None, "the next one comes when it runs out"


@pytest.mark.django_db
def test_without_a_provider_it_says_so_and_ends(capsys):
    assert "STRIPE_SECRET_KEY" not in os.environ
    call_command("payments")
    assert capsys.readouterr().out == "No payment provider is configured (STRIPE_SECRET_KEY).\n"
