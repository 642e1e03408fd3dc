"""The provider's list of events against ours: what no delivery brought is found."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from marketplace.payments.domain import inbox, reconcile
from marketplace.payments.domain.reconcile import Walked
from marketplace.payments.enums import OperationKind, PaymentState
from marketplace.payments.gateway.port import EventFacts, InTransactionError
from marketplace.payments.models import Case, Cursor, Operation, Payment, ProviderEvent
from tests.factories import NOW
from tests.payments.conftest import AMOUNT

HOUR = timedelta(hours=1)


def happened(
    till, payment: Payment, number: int = 1, *, after: timedelta = timedelta(0), **changes
) -> None:
    """The provider notes events and delivers none of them."""
    with till.gateway.books() as books:
        for one in range(number):
            facts = EventFacts(
                provider_id=f"evt_{uuid.uuid4()}",
                kind="checkout.session.completed",
                account="acct_laufwerk",
                object_kind="checkout.session",
                object_ref=payment.session_ref,
                intent_ref="",
                livemode=False,
                made_at=NOW + after + timedelta(seconds=one),
            )
            books.events.append(replace(facts, **changes))


def walk(till, after: timedelta = timedelta(0)) -> Walked:
    return reconcile.run(now=NOW + after, gateway=till.gateway)


def test_an_hour_without_any_delivery_converges(till):
    payment = till.opened()
    till.gateway.authorise(payment.session_ref, AMOUNT)
    happened(till, payment)

    assert walk(till, HOUR) == Walked(new=1)
    inbox.run_due(now=NOW + HOUR, gateway=till.gateway)

    payment.refresh_from_db()
    assert payment.state == PaymentState.AUTHORISED
    assert walk(till, HOUR) == Walked(), "the overlap is known already"


def test_every_page_is_read_and_the_cursor_moves(till, monkeypatch):
    monkeypatch.setattr(reconcile, "PAGE", 3)
    happened(till, till.opened(), 8)
    assert walk(till, HOUR).new == 8
    assert Cursor.objects.get().read_until == NOW + timedelta(seconds=7)
    happened(till, till.opened(), 1, after=HOUR)
    assert walk(till, 2 * HOUR).new == 1
    assert Cursor.objects.get().read_until == NOW + HOUR


def test_a_cursor_never_passes_what_was_not_read(till, monkeypatch):
    monkeypatch.setattr(reconcile, "PAGE", 2)
    happened(till, till.opened(), 8)
    till.gateway.fails("", "", "down")
    assert walk(till, HOUR) == Walked(silent=1)
    assert ProviderEvent.objects.count() == 4
    assert not Cursor.objects.exists()
    assert walk(till, HOUR).new == 4


def test_money_that_a_restored_backup_has_forgotten_opens_a_case(till):
    payment = till.opened()
    lost = f"payment-{payment.pk + 1}"
    happened(till, payment, object_ref="cs_lost", reference=lost)
    happened(till, payment, object_ref="cs_of_the_shops_own_business")
    walk(till, HOUR)
    inbox.run_due(now=NOW + HOUR, gateway=till.gateway)
    case = Case.objects.get()
    assert (case.kind, case.about, case.detail) == ("UNKNOWN_MONEY", "provider:cs_lost", lost)


def test_a_silent_provider_moves_nothing(till):
    happened(till, till.opened())
    till.gateway.fails("down")
    assert walk(till, HOUR) == Walked(silent=1)
    assert not Cursor.objects.exists()
    assert not ProviderEvent.objects.exists()


def test_a_page_that_is_long_over_is_looked_at(till):
    payment = till.opened()
    till.gateway.happens(payment.session_ref, state=PaymentState.EXPIRED, page_url="")
    walk(till, HOUR)
    assert not Operation.objects.filter(kind=OperationKind.LOOK).exists()

    walk(till, 2 * HOUR)
    walk(till, 2 * HOUR)
    assert Operation.objects.filter(kind=OperationKind.LOOK).count() == 1
    till.run(2 * HOUR)
    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert till.kinds() == ["OPENED", "CLOSED"]


def test_no_call_inside_a_transaction(till):
    with transaction.atomic(), pytest.raises(InTransactionError):
        walk(till)
    assert till.gateway.asked("events") == 0
