"""Many at once, on both databases: one effect each."""

import uuid
from collections import Counter
from decimal import Decimal

import pytest
from django.test import override_settings

from marketplace.core.errors import Refused
from marketplace.payments.domain import booking, operations, payments, refunds
from marketplace.payments.enums import OperationKind
from marketplace.payments.models import Operation, Payment, Refund
from tests.factories import NOW
from tests.payments.conftest import AMOUNT, BY
from tests.races.crowd import barrier, rush

FIFTY = 50
TEN = Decimal("10.10")
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def _quiet_tasks():
    dummy = {"BACKEND": "django_tasks.backends.dummy.DummyBackend", "QUEUES": ["default", "mail"]}
    with override_settings(TASKS={"default": dummy}):
        yield


def give_back(pk: int, nonce: uuid.UUID) -> str:
    try:
        refunds.refund(payment_id=pk, amount=TEN, nonce=nonce, by=BY, now=NOW)
    except Refused as refused:
        return refused.code
    return "asked"


def test_fifty_refunds_never_give_back_more_than_was_taken(till):
    payment = till.captured()

    told = rush(lambda number: give_back(payment.pk, uuid.uuid4()), tries=FIFTY)

    assert told == {"asked": 3, "more_than_kept": FIFTY - 3}
    till.run()
    payment.refresh_from_db()
    assert (payment.kept, payment.refunded) == (Decimal("0.00"), AMOUNT)
    assert len(till.gateway.now(payment.session_ref).refunds) == 3


def test_fifty_clicks_are_one_refund(till):
    payment, nonce = till.captured(), uuid.uuid4()

    told = rush(lambda number: give_back(payment.pk, nonce), tries=FIFTY)

    assert told == {"asked": FIFTY}
    assert Refund.objects.count() == 1
    assert Operation.objects.filter(kind=OperationKind.REFUND).count() == 1


def test_fifty_captures_and_cancels_have_one_effect(till):
    payment = till.authorised()

    def act(number: int) -> str:
        try:
            if number % 2:
                payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
                return "capture"
            payments.cancel(payment_id=payment.pk, by=BY, now=NOW)
        except Exception as error:
            return getattr(error, "code", repr(error))
        return "cancel"

    told = rush(act, tries=FIFTY)

    kinds = Counter(Operation.objects.values_list("kind", flat=True))
    assert kinds[OperationKind.CAPTURE] + kinds[OperationKind.CLOSE] == 1
    assert told in ({"capture": 25, "captured": 25}, {"cancel": 25, "capture": 25})


def test_fifty_clicks_on_pay_are_one_payment(till):
    subject = uuid.uuid4()

    told = rush(lambda number: str(till.begin(subject=subject).pk), tries=FIFTY)

    assert list(told.values()) == [FIFTY]
    assert Payment.objects.count() == Operation.objects.count() == 1


def test_many_workers_make_each_call_once(till):
    made = [till.begin() for _ in range(12)]

    def act(number: int) -> str:
        operations.run_due(now=NOW, gateway=till.gateway)
        return "ran"

    assert rush(act, tries=16, processes=4, threads=2) == {"ran": 16}

    till.run()
    assert till.gateway.asked("open") == len(made)
    with till.gateway.books() as books:
        assert len(books.references) == len(set(books.references)) == len(made)


def test_control_without_the_hold_more_is_given_back_than_was_taken(till, monkeypatch):
    """Reading and deciding without holding: each believes that the money is still there."""
    payment = till.captured(TEN)
    gathered = barrier(2)

    def looked(payment_id: int) -> Payment:
        found = Payment.objects.select_related("account").get(pk=payment_id)
        gathered.wait(timeout=30)
        return found

    monkeypatch.setattr(booking, "hold", looked)
    monkeypatch.setattr(refunds.Payment.objects, "filter", lambda **any_bound: Unguarded())

    def act(number: int) -> str:
        # Not in a transaction: SQLite's would wait for each other from its first statement.
        try:
            refunds.refund.__wrapped__(
                payment_id=payment.pk, amount=TEN, nonce=uuid.uuid4(), by=BY, now=NOW
            )
        except Refused as refused:
            return refused.code
        return "asked"

    assert rush(act, tries=2, processes=2, threads=1) == {"asked": 2}
    assert sum(one.amount for one in Refund.objects.all()) == 2 * TEN


class Unguarded:
    """An UPDATE whose bound somebody has left out."""

    def update(self, **fields: Decimal) -> int:
        return 1
