"""Operations: at least once, under one key, seen once."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from marketplace.payments.domain import calls, operations, outcomes, payments, queries, refunds
from marketplace.payments.enums import OperationKind, PaymentState, RefundState, WorkState
from marketplace.payments.gateway.port import InTransactionError
from marketplace.payments.models import Case, Operation, Payment, Refund
from tests.factories import NOW
from tests.payments.conftest import AMOUNT, BY

SOON = timedelta(minutes=2)


def operation(kind: OperationKind) -> Operation:
    return Operation.objects.filter(kind=kind).latest("pk")


def test_from_nothing_to_refunded(till):
    payment = till.captured()
    refunds.refund(
        payment_id=payment.pk, amount=Decimal("10.10"), nonce=uuid.uuid4(), by=BY, now=NOW
    )
    payment.refresh_from_db()
    assert (payment.kept, payment.owed_back) == (Decimal("20.20"), Decimal("10.10"))
    till.run()

    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert (payment.kept, payment.refunded, payment.owed_back) == (
        Decimal("20.20"),
        Decimal("10.10"),
        Decimal("0.00"),
    )
    assert till.kinds() == ["OPENED", "AUTHORISED", "CAPTURED", "REFUNDED"]
    assert till.heard[-1].amount == Decimal("10.10")
    assert queries.dead() == 0
    assert not Case.objects.exists()


@pytest.mark.parametrize("name", ["opened", "authorised"])
def test_a_stored_failure_does_not_keep_a_payment_from_being_closed(till, name):
    """Its page stays open or its money blocked for as long as the same key is asked with."""
    payment = getattr(till, name)()
    payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
    till.gateway.fails("", "stored")  # found, and then a failure that is told again

    for later in (0, 1, 2):
        till.run(later * SOON)

    ended = PaymentState.EXPIRED if name == "opened" else PaymentState.CANCELLED
    assert till.gateway.now(payment.session_ref).state == ended
    payment.refresh_from_db()
    assert payment.state == ended


@pytest.mark.parametrize("fault", ["lost", "down", "busy", "stored"])
@pytest.mark.parametrize("name", ["open", "capture", "refund"])
def test_a_call_that_ends_badly_has_one_effect(till, name, fault):
    if name == "open":
        payment = till.begin()
    elif name == "capture":
        payment = till.authorised()
        payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    else:
        payment = till.captured()
        refunds.refund(payment_id=payment.pk, amount=AMOUNT, nonce=uuid.uuid4(), by=BY, now=NOW)
    till.gateway.fails(fault)

    assert operations.run_due(now=NOW, gateway=till.gateway).again == 1
    assert operations.run_due(now=NOW, gateway=till.gateway) == operations.Ran()
    till.run(SOON)
    till.run(2 * SOON)

    payment.refresh_from_db()
    report = till.gateway.now(payment.session_ref)
    with till.gateway.books() as books:
        assert len(books.payments) == 1
    assert (payment.captured, payment.refunded) == (
        report.captured,
        sum(one.amount for one in report.refunds),
    )
    assert len(report.refunds) == (name == "refund")
    assert not Operation.objects.filter(state=WorkState.DUE).exists()


def test_after_a_day_it_is_looked_up_and_not_sent_again(till):
    """The provider has forgotten the key: asking again would refund twice."""
    payment = till.captured(Decimal("40.00"))
    refunds.refund(
        payment_id=payment.pk, amount=Decimal("10.00"), nonce=uuid.uuid4(), by=BY, now=NOW
    )
    till.gateway.fails("lost")
    till.run()
    till.gateway.forgets_keys = True

    till.run(timedelta(hours=23))

    payment.refresh_from_db()
    assert payment.refunded == Decimal("10.00")
    assert len(till.gateway.now(payment.session_ref).refunds) == 1
    assert till.gateway.asked("refund") == 1


def test_control_without_the_look_up_it_would_be_refunded_twice(till, monkeypatch):
    monkeypatch.setattr(operations, "KEY_LIVES", timedelta(days=9))
    payment = till.captured(Decimal("40.00"))
    refunds.refund(
        payment_id=payment.pk, amount=Decimal("10.00"), nonce=uuid.uuid4(), by=BY, now=NOW
    )
    till.gateway.fails("lost")
    till.run()
    till.gateway.forgets_keys = True

    till.run(timedelta(hours=23))

    assert len(till.gateway.now(payment.session_ref).refunds) == 2


def test_what_had_no_effect_gets_a_new_key_after_the_look_up(till):
    payment = till.authorised()
    payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    till.gateway.fails("down")
    till.run()

    till.run(timedelta(hours=24))

    payment.refresh_from_db()
    assert payment.state == PaymentState.CAPTURED
    assert operation(OperationKind.CAPTURE).generation == 2
    assert till.gateway.asked("capture") == 2


def test_a_payment_page_that_never_answered_is_given_up_with_its_time(till):
    payment = till.begin()
    till.gateway.fails("lost")
    till.run()

    till.run(timedelta(hours=24))

    payment.refresh_from_db()
    assert payment.state == PaymentState.FAILED
    assert till.kinds() == ["CLOSED"]
    assert till.gateway.asked("open") == 1


def test_a_provider_dark_for_two_hours_then_everything_drains(till):
    made = [till.begin() for _ in range(5)]
    till.gateway.fails(*["down"] * 500)
    for minutes in range(0, 120, 10):
        operations.run_due(now=NOW + timedelta(minutes=minutes), gateway=till.gateway)
    assert queries.lag(now=NOW + timedelta(hours=3)) > timedelta(0)
    till.gateway.fails()

    till.run(timedelta(hours=3))

    states = set(Payment.objects.filter(pk__in=[one.pk for one in made]).values_list("state"))
    assert states == {(PaymentState.OPEN,)}
    assert queries.lag(now=NOW + timedelta(hours=4)) == timedelta(0)


def test_given_up_is_counted_and_can_be_revived(till, monkeypatch):
    monkeypatch.setattr(operations, "MOST_ATTEMPTS", 2)
    payment = till.authorised()
    payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    till.gateway.fails("down", "lost")
    till.run()
    till.run(SOON)
    assert queries.dead() == queries.open_cases() == 1
    assert operation(OperationKind.CAPTURE).error == "timeout"

    ids = [operation(OperationKind.CAPTURE).pk]
    assert operations.revive(ids=ids, now=NOW) == 1
    till.run(2 * SOON)

    payment.refresh_from_db()
    assert (payment.captured, queries.dead()) == (AMOUNT, 0)
    assert till.gateway.asked("capture") == 2


def test_an_answer_that_cannot_be_written_holds_up_nobody(till, monkeypatch):
    first, second = till.begin(), till.begin()
    hear = till.heard.append

    def stumbles(outcome):
        return 1 / 0 if outcome.payment_id == first.pk else hear(outcome)

    monkeypatch.setattr(outcomes, "_listeners", [stumbles])
    ran = operations.run_due(now=NOW, gateway=till.gateway)
    assert (ran.done, ran.again) == (1, 1)
    states = Payment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [PaymentState.BEGUN, PaymentState.OPEN]

    monkeypatch.setattr(outcomes, "_listeners", [hear])
    till.run(SOON)
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.OPEN}
    with till.gateway.books() as books:
        assert len(books.payments) == 2
    assert second.pk in {outcome.payment_id for outcome in till.heard}


def test_a_worker_that_wakes_up_late_ends_nothing(till):
    """Its lease has run out, another has done the work; its own answer is a report like others."""
    payment = till.authorised()
    payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    pk = operation(OperationKind.CAPTURE).pk
    assert operations._lease(pk, NOW)
    asleep = Operation.objects.select_related("payment", "account").get(pk=pk)
    answer = calls.ask(asleep, till.gateway)

    assert operations.run_one(operation_id=pk, now=NOW, gateway=till.gateway) is None
    till.run(operations.LEASE)
    ended = operation(OperationKind.CAPTURE)
    operations._write(asleep, answer, NOW + timedelta(hours=1))

    again = operation(OperationKind.CAPTURE)
    assert (again.done_at, again.attempts) == (ended.done_at, 2)
    assert till.kinds().count("CAPTURED") == 1


def test_operations_of_one_payment_wait_for_each_other(till):
    payment = till.captured()
    for _ in range(2):
        refunds.refund(
            payment_id=payment.pk, amount=Decimal("5.00"), nonce=uuid.uuid4(), by=BY, now=NOW
        )

    assert operations.run_due(now=NOW, gateway=till.gateway).done == 1
    assert operations.run_due(now=NOW, gateway=till.gateway).done == 1
    rows = Refund.objects.order_by("pk")
    assert [row.state for row in rows] == [RefundState.DONE] * 2
    assert [row.provider_id[-1] for row in rows] == ["1", "2"]


def test_lanes_do_not_wait_for_each_other(till):
    till.begin()
    assert operations.run_due(now=NOW, gateway=till.gateway, lane="MONEY") == operations.Ran()
    assert operations.run_due(now=NOW, gateway=till.gateway, lane="SHOPPER").done == 1


def test_no_call_inside_a_transaction(till):
    payment = till.begin()
    pk = operation(OperationKind.OPEN_CHECKOUT).pk
    with transaction.atomic():
        with pytest.raises(InTransactionError):
            operations.run_due(now=NOW, gateway=till.gateway)
        with pytest.raises(InTransactionError):
            operations.run_one(operation_id=pk, now=NOW, gateway=till.gateway)
    with till.gateway.books() as books:
        assert books.asked == []
    # The control: outside it goes.
    operations.run_one(operation_id=pk, now=NOW, gateway=till.gateway)
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN


def test_an_operation_is_what_was_intended(till):
    till.begin()
    row = operation(OperationKind.OPEN_CHECKOUT)
    row.payload = {**row.payload, "amount": "1.00"}
    with pytest.raises(Exception, match="never change"), transaction.atomic():
        row.save()
