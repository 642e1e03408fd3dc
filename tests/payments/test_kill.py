"""The power is cut at every named point of the money machine: nothing twice, nothing lost."""

import signal
import uuid
from decimal import Decimal

import pytest
from django.test import override_settings

from marketplace.core.faults import POINTS
from marketplace.payments.domain import inbox, operations, payments, refunds
from marketplace.payments.enums import PaymentState, WorkState
from marketplace.payments.gateway.port import EventFacts
from marketplace.payments.models import Operation, Payment, ProviderEvent
from tests.factories import NOW
from tests.kills.lives import leave, live
from tests.payments.conftest import AMOUNT, BY
from tests.races.crowd import FULL

POINTS_HERE = sorted(
    name for name in POINTS if name.startswith(("payment.", "operation.", "event."))
)
TEN = Decimal("10.10")
#: Cuts at random, beside those at every named point; `make long` makes 1,000.
KILLS = 50 if FULL else 10
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def _quiet_tasks():
    dummy = {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default", "mail"]}
    with override_settings(TASKS={"default": dummy}):
        yield
    leave()


def unfinished():
    return Payment.objects.exclude(refunded=TEN).order_by("pk")


def step(till) -> None:
    """What comes next for the payment that is not yet through: opened, paid, taken, refunded."""
    payment = unfinished().first()
    if payment is None:
        till.begin(subject=uuid.UUID(int=Payment.objects.count() + 1))
    elif payment.state == PaymentState.OPEN:
        if till.gateway.now(payment.session_ref).state == PaymentState.OPEN:
            till.gateway.authorise(payment.session_ref, AMOUNT)
        facts = EventFacts(
            provider_id=f"evt_{payment.pk}",
            kind="checkout.session.completed",
            account="acct_laufwerk",
            object_kind="checkout.session",
            object_ref=payment.session_ref,
            intent_ref="",
            livemode=False,
            made_at=NOW,
        )
        inbox.receive(facts=facts, livemode=False, now=NOW)
    elif payment.state == PaymentState.AUTHORISED:
        payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    elif payment.state == PaymentState.CAPTURED:
        nonce = uuid.uuid5(payment.subject, "refund")
        refunds.refund(payment_id=payment.pk, amount=TEN, nonce=nonce, by=BY, now=NOW)


def life(till, turn: int, steps: int = 2):
    def act(say) -> None:
        for _ in range(steps):
            step(till)
            now = NOW + turn * operations.LEASE
            operations.run_due(now=now, gateway=till.gateway)
            inbox.run_due(now=now, gateway=till.gateway)

    return act


def check(till, turns: int) -> None:
    """Everything is brought to its end; then the provider's books are ours, to the cent."""
    for turn in range(turns, turns + 12):
        if unfinished().exists():
            life(till, turn, 1)(lambda word: None)
    with till.gateway.books() as books:
        reports = books.payments
    assert len(reports) == Payment.objects.count() > 0
    for payment in Payment.objects.all():
        report = reports[payment.session_ref]
        assert (payment.captured, payment.refunded) == (report.captured, TEN) == (AMOUNT, TEN)
        assert [one.amount for one in report.refunds] == [TEN]
        assert payment.kept == AMOUNT - TEN
    assert not Operation.objects.filter(state=WorkState.DUE).exists()
    assert not ProviderEvent.objects.filter(state=WorkState.DUE).exists()


@pytest.mark.parametrize("point", POINTS_HERE)
def test_killed_each_time_it_comes_to_a_point(till, monkeypatch, point):
    monkeypatch.setenv("FAULT_AT", point)
    # The first lives die there; each later one comes as far as its predecessor's work lets it.
    ends = [live(life(till, turn))[0] for turn in range(5)]
    assert signal.SIGKILL in ends
    monkeypatch.delenv("FAULT_AT")

    life(till, 5)(lambda word: None)
    check(till, 6)


def killed_at_random(till, monkeypatch, kills: int) -> None:
    """Lives that are cut at any point, until so many were; then the books are compared."""
    killed, turn = 0, 0
    while killed < kills:
        assert turn < 10 * kills, "lives are no longer cut"
        monkeypatch.setenv("FAULT_RANDOM", f"0.2:{turn}")
        killed += live(life(till, turn, 4))[0] == signal.SIGKILL
        turn += 1
    monkeypatch.delenv("FAULT_RANDOM")
    check(till, turn)


def test_killed_at_random(till, monkeypatch):
    killed_at_random(till, monkeypatch, KILLS)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_killed_a_thousand_times(till, monkeypatch):
    killed_at_random(till, monkeypatch, 1_000)


def test_control_with_a_new_key_for_each_try_the_shopper_is_refunded_twice(till, monkeypatch):
    payment = till.captured(3 * TEN)
    refunds.refund(payment_id=payment.pk, amount=TEN, nonce=uuid.uuid4(), by=BY, now=NOW)
    monkeypatch.setattr(Operation, "sent_key", property(lambda one: str(uuid.uuid4())))
    monkeypatch.setenv("FAULT_AT", "operation.answered")

    ended, _said = live(lambda say: operations.run_due(now=NOW, gateway=till.gateway))

    assert ended == signal.SIGKILL
    monkeypatch.delenv("FAULT_AT")
    till.run(operations.LEASE)
    assert len(till.gateway.now(payment.session_ref).refunds) == 2
