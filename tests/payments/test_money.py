"""Beginning, capturing, cancelling, refunding: bounds, repeats, late money, disputes."""

import itertools
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.errors import Refused, Stale
from marketplace.payments.domain import booking, outcomes, payments, refunds
from marketplace.payments.enums import (
    CaseKind,
    DisputeState,
    OperationKind,
    PaymentState,
    RefundState,
)
from marketplace.payments.gateway.port import RefundSnapshot
from marketplace.payments.models import Case, Operation, Payment, Refund
from tests.factories import NOW
from tests.payments.conftest import AMOUNT, BY, Till, ready_account
from tests.payments.fake import FakeGateway

TEN = Decimal("10.00")


@pytest.fixture
def till(db, tmp_path, heard) -> Till:
    """Nobody is called here: reports are handed over, so a rolled-back database will do."""
    return Till(ready_account(), FakeGateway(tmp_path), heard)


def see(till: Till, payment: Payment, **changes) -> Payment:
    """The provider reports so."""
    return booking.apply(
        payment_id=payment.pk, seen=till.gateway.happens(payment.session_ref, **changes), now=NOW
    )


def opened(till: Till, amount: Decimal = AMOUNT) -> Payment:
    from marketplace.payments.domain import calls  # noqa: PLC0415 only here without the runner

    payment = till.begin(amount)
    operation = payment.operations.select_related("account").get()
    answer = calls.ask(operation, till.gateway)
    operation.state, operation.done_at, operation.attempts = "DONE", NOW, 1
    operation.save()
    return booking.apply(payment_id=payment.pk, seen=answer.value, now=NOW)


def authorised(till: Till, amount: Decimal = AMOUNT) -> Payment:
    payment = opened(till, amount)
    return booking.apply(
        payment_id=payment.pk, seen=till.gateway.authorise(payment.session_ref, amount), now=NOW
    )


def captured(till: Till, amount: Decimal = AMOUNT) -> Payment:
    payment = opened(till, amount)
    return booking.apply(
        payment_id=payment.pk, seen=till.gateway.pay(payment.session_ref, amount), now=NOW
    )


def give_back(payment: Payment, amount: Decimal, nonce: uuid.UUID | None = None) -> Refund:
    return refunds.refund(
        payment_id=payment.pk, amount=amount, nonce=nonce or uuid.uuid4(), by=BY, now=NOW
    )


# --- beginning ------------------------------------------------------------------------------------


def test_a_subject_has_one_payment_at_a_time(till):
    subject = uuid.uuid4()
    first = till.begin(subject=subject)
    assert till.begin(subject=subject).pk == first.pk
    assert Operation.objects.count() == 1
    with pytest.raises(Refused) as refused:
        till.begin(TEN, subject=subject)
    assert refused.value.code == "other_payment"

    payments.cancel(payment_id=first.pk, by=BY, now=NOW)
    assert till.begin(subject=subject).pk != first.pk


def test_what_is_paid_is_not_paid_again(till):
    payment = captured(till)
    with pytest.raises(Refused) as refused:
        till.begin(subject=payment.subject)
    assert refused.value.code == "paid"


def test_only_an_account_that_can_charge_takes_payments(till):
    till.account.state = "BLOCKED"
    till.account.save()
    with pytest.raises(Refused) as refused:
        till.begin()
    assert refused.value.code == "account"


def test_without_a_listener_nobody_pays(till, monkeypatch):
    monkeypatch.setattr(outcomes, "_listeners", [])
    with pytest.raises(LookupError):
        till.begin()
    assert not Payment.objects.exists()


def test_there_is_one_listener(monkeypatch):
    monkeypatch.setattr(outcomes, "_listeners", [])
    listener = print
    outcomes.register(listener)
    outcomes.register(listener)
    with pytest.raises(ValueError, match="already"):
        outcomes.register(repr)


def test_parts_of_a_cent_do_not_exist(till):
    with pytest.raises(ValueError, match="cents"):
        till.begin(Decimal("1.005"))


# --- capturing ------------------------------------------------------------------------------------


def test_captured_once_and_never_more_than_authorised(till):
    payment = authorised(till)
    with pytest.raises(Refused) as refused:
        payments.capture(payment_id=payment.pk, amount=AMOUNT + 1, by=BY, now=NOW)
    assert refused.value.code == "authorised"

    for _ in range(2):
        payments.capture(payment_id=payment.pk, amount=TEN, by=BY, now=NOW)
    with pytest.raises(Stale):
        payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)

    operation = Operation.objects.get(kind=OperationKind.CAPTURE)
    assert operation.payload == {"amount": "10.00", "fee": "0.50"}


def test_what_is_being_taken_is_not_cancelled(till):
    payment = authorised(till)
    payments.capture(payment_id=payment.pk, amount=TEN, by=BY, now=NOW)
    with pytest.raises(Stale):
        payments.cancel(payment_id=payment.pk, by=BY, now=NOW)


def test_what_is_cancelled_is_not_taken(till):
    payment = authorised(till)
    payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
    with pytest.raises(Stale):
        payments.capture(payment_id=payment.pk, amount=TEN, by=BY, now=NOW)


# --- cancelling and late money --------------------------------------------------------------------


def test_what_nobody_has_asked_for_yet_ends_at_once(till):
    payment = till.begin()
    payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
    payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert till.kinds() == ["CLOSED"]
    assert Operation.objects.count() == 1


def test_an_open_page_ends_only_when_the_provider_says_so(till):
    payment = opened(till)
    payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
    assert till.kinds() == ["OPENED"]
    see(till, payment, state=PaymentState.EXPIRED)
    assert till.kinds() == ["OPENED", "CLOSED"]


def test_money_that_comes_too_late_is_told_as_late(till):
    payment = opened(till)
    payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
    see(till, payment, state=PaymentState.CAPTURED, authorised=AMOUNT, captured=AMOUNT)
    last = till.heard[-1]
    assert (last.kind, last.amount, last.late) == ("CAPTURED", AMOUNT, True)


# --- refunding ------------------------------------------------------------------------------------


def test_never_more_than_is_kept(till):
    payment = captured(till)
    give_back(payment, Decimal("20.20"))
    with pytest.raises(Refused) as refused:
        give_back(payment, Decimal("10.11"))
    assert refused.value.code == "more_than_kept"
    give_back(payment, Decimal("10.10"))
    payment.refresh_from_db()
    assert (payment.kept, payment.owed_back) == (Decimal("0.00"), AMOUNT)


def test_the_same_click_is_the_same_refund(till):
    payment, nonce = captured(till), uuid.uuid4()
    assert give_back(payment, AMOUNT, nonce).pk == give_back(payment, AMOUNT, nonce).pk
    with pytest.raises(Refused) as refused:
        give_back(payment, TEN, nonce)
    assert refused.value.code == "nonce"
    assert Operation.objects.filter(kind=OperationKind.REFUND).count() == 1


def test_no_refund_before_the_money_is_there(till):
    with pytest.raises(Refused) as refused:
        give_back(authorised(till), TEN)
    assert refused.value.code == "not_captured"


def test_no_refund_while_a_dispute_is_open(till):
    payment = captured(till)
    for state, told in ((DisputeState.OPEN, "DISPUTED"), (DisputeState.WON, "DISPUTE_OVER")):
        report = till.gateway.dispute(payment.session_ref, AMOUNT, state)
        booking.apply(payment_id=payment.pk, seen=report, now=NOW)
        assert till.kinds()[-1] == told
        if state == DisputeState.OPEN:
            with pytest.raises(Refused) as refused:
                give_back(payment, TEN)
            assert refused.value.code == "disputed"
            assert Case.objects.get().kind == CaseKind.DISPUTE
    give_back(payment, TEN)


def refunded(number: int, state: RefundState, reference: str = "") -> RefundSnapshot:
    return RefundSnapshot(provider_id=f"re_{number}", amount=TEN, state=state, reference=reference)


def test_a_refund_that_comes_back_stays_owed_and_is_tried_again(till):
    payment = captured(till)
    first = give_back(payment, TEN)
    see(till, payment, refunds=(refunded(1, RefundState.DONE, str(first.nonce)),))
    payment = see(till, payment, refunds=(refunded(1, RefundState.FAILED, str(first.nonce)),))
    assert (payment.refunded, payment.owed_back) == (Decimal("0.00"), TEN)
    assert till.kinds()[-2:] == ["REFUNDED", "REFUND_FAILED"]
    assert Case.objects.get().kind == CaseKind.REFUND_FAILED

    nonce = uuid.uuid4()
    second = refunds.again(refund_id=first.pk, nonce=nonce, by=BY, now=NOW)
    assert refunds.again(refund_id=first.pk, nonce=nonce, by=BY, now=NOW).pk == second.pk
    with pytest.raises(Stale):
        refunds.again(refund_id=first.pk, nonce=uuid.uuid4(), by=BY, now=NOW)
    payment.refresh_from_db()
    assert (payment.kept, payment.owed_back) == (AMOUNT - TEN, TEN)


def test_what_the_shop_refunds_at_the_provider_is_booked(till):
    payment = captured(till)
    payment = see(till, payment, refunds=(refunded(1, RefundState.DONE),))
    assert (payment.kept, payment.refunded) == (AMOUNT - TEN, TEN)
    assert not Refund.objects.get().is_ours


def test_a_reference_of_another_payment_matches_nothing(till):
    """SECURITY: the shop can write what it likes on refunds of its own account."""
    mine, other = captured(till), captured(till)
    asked = give_back(other, TEN)
    see(till, mine, refunds=(refunded(1, RefundState.DONE, str(asked.nonce)),))
    asked.refresh_from_db()
    assert (asked.state, asked.provider_id) == (RefundState.ASKED, "")


# --- reports --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "change"),
    [
        ("account", {"account": "acct_other"}),
        ("livemode", {"livemode": True}),
        ("currency", {"currency": "usd"}),
        ("session", {"session_ref": "cs_other"}),
        ("amount", {"authorised": AMOUNT + 1}),
        ("captured", {"state": PaymentState.CAPTURED}),
    ],
)
def test_a_report_that_cannot_be_ours_opens_a_case(till, wrong, change):
    payment = opened(till)
    report = replace(till.gateway.now(payment.session_ref), **change)
    for _ in range(2):
        after = booking.apply(payment_id=payment.pk, seen=report, now=NOW)
    assert after.state == PaymentState.OPEN
    assert (Case.objects.get().kind, Case.objects.get().detail) == ("CONTRADICTION", wrong)


def test_reports_in_every_order_end_alike_and_are_told_once(till):
    payment = opened(till)
    reports = [
        till.gateway.authorise(payment.session_ref, AMOUNT),
        till.gateway.happens(payment.session_ref, state=PaymentState.CAPTURED, captured=TEN),
        till.gateway.happens(payment.session_ref, refunds=(refunded(1, RefundState.PENDING),)),
        till.gateway.happens(payment.session_ref, refunds=(refunded(1, RefundState.DONE),)),
    ]
    ends = set()
    for order in itertools.permutations([*reports]):
        till.heard.clear()
        with transaction.atomic():
            for report in [*order, *order]:
                after = booking.apply(payment_id=payment.pk, seen=report, now=NOW)
            ends.add((after.state, after.captured, after.kept, after.refunded, after.owed_back))
            assert till.kinds().count("CAPTURED") == till.kinds().count("REFUNDED") == 1
            transaction.set_rollback(True)
    assert ends == {(PaymentState.CAPTURED, TEN, Decimal("0.00"), TEN, Decimal("0.00"))}


# --- truth 6 is the database's --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("payments_captured_is_accounted_for", {"kept": Decimal("30.29")}),
        ("payments_captured_at_most_authorised", {"captured": Decimal("30.31")}),
        ("payments_refunded_at_most_captured", {"refunded": Decimal("30.31")}),
        ("payments_not_negative", {"owed_back": Decimal("-0.01")}),
        ("payments_authorised_at_most_amount", {"authorised": Decimal("30.31")}),
    ],
)
def test_truth_six_is_kept_by_the_database(till, constraint, change):
    payment = captured(till)
    with pytest.raises(IntegrityError, match=r"payments_"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)
    assert constraint in {one.name for one in Payment._meta.constraints}


def test_sums_that_binary_fractions_cannot_hold(till):
    """10.10 + 0.20 is not 10.30 in binary; it is in this database."""
    payment = captured(till, Decimal("10.30"))
    for amount in ("0.20", "0.10", "9.99"):
        give_back(payment, Decimal(amount))
    payment.refresh_from_db()
    assert (payment.kept, payment.owed_back) == (Decimal("0.01"), Decimal("10.29"))


def test_a_page_lives_for_half_an_hour(till, monkeypatch):
    monkeypatch.setattr(payments, "SHORTEST", timedelta(minutes=36))
    with pytest.raises(ValueError, match="30 minutes"):
        till.begin()
