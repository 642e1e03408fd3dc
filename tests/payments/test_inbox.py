"""Deliveries: written down once, forged ones never, and what they are about is fetched."""

import pickle
import random
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client

from marketplace.payments import gateway
from marketplace.payments.domain import booking, inbox, payments, queries, refunds
from marketplace.payments.enums import AccountState, PaymentState, WorkState
from marketplace.payments.gateway.port import EventFacts, InTransactionError
from marketplace.payments.models import Payment, ProviderEvent
from tests.factories import NOW
from tests.payments.conftest import AMOUNT, BY

PATH = "/stripe/webhook/"


def event(payment: Payment, **changes) -> EventFacts:
    plain = EventFacts(
        provider_id=f"evt_{uuid.uuid4()}",
        kind="checkout.session.completed",
        account="acct_laufwerk",
        object_kind="checkout.session",
        object_ref=payment.session_ref,
        intent_ref="",
        livemode=False,
        made_at=NOW,
    )
    return replace(plain, **changes)


def bring(till, facts: EventFacts, *, livemode: bool = False) -> ProviderEvent:
    inbox.receive(facts=facts, livemode=livemode, now=NOW)
    inbox.run_due(now=NOW, gateway=till.gateway)
    return ProviderEvent.objects.get(provider_id=facts.provider_id)


@pytest.fixture
def knock(till, monkeypatch):
    monkeypatch.setattr(gateway, "configured", lambda: till.gateway)

    def post(facts: EventFacts, signature: str = "good"):
        return Client(enforce_csrf_checks=True).post(
            PATH,
            pickle.dumps(facts),
            content_type="application/json",
            headers={"stripe-signature": signature},
        )

    return post


def test_a_delivery_is_written_down_once_and_answered(till, knock):
    facts = event(till.opened())
    assert [knock(facts).status_code for _ in range(3)] == [200, 200, 200]
    assert ProviderEvent.objects.get().state == WorkState.DUE
    assert till.gateway.asked("fetch") == 0


def test_a_forged_delivery_leaves_nothing(till, knock):
    assert knock(event(till.opened()), "forged").status_code == 400
    assert knock(event(till.opened()), "").status_code == 400
    assert not ProviderEvent.objects.exists()


def test_without_a_provider_there_is_no_door(till):
    assert Client().post(PATH, b"{}", content_type="application/json").status_code == 404


def test_what_it_is_about_is_fetched_and_applied(till):
    payment = till.opened()
    till.gateway.authorise(payment.session_ref, AMOUNT)

    assert bring(till, event(payment)).state == WorkState.DONE

    payment.refresh_from_db()
    assert payment.state == PaymentState.AUTHORISED
    assert till.kinds() == ["OPENED", "AUTHORISED"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"livemode": True}, "livemode"),
        ({"account": "acct_other"}, "account"),
        ({"account": ""}, "account"),
        ({"object_ref": "cs_of_the_shops_own_business"}, "not_ours"),
        ({"kind": "what.is.this", "object_kind": "thing", "object_ref": "x"}, "not_ours"),
    ],
)
def test_what_is_not_ours_has_no_effect(till, change, error):
    payment = till.opened()
    till.gateway.authorise(payment.session_ref, AMOUNT)
    row = bring(till, event(payment, **change))
    assert (row.state, row.error) == (WorkState.VOID, error)
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert till.gateway.asked("fetch") == 0


def test_an_intent_we_have_not_met_is_found_by_our_own_word(till):
    payment = till.opened()
    till.gateway.authorise(payment.session_ref, AMOUNT)
    intent = {"object_kind": "payment_intent", "object_ref": "pi_9", "intent_ref": "pi_9"}
    bring(till, event(payment, reference=f"payment-{payment.pk}", **intent))
    payment.refresh_from_db()
    assert (payment.state, payment.intent_ref) == ("AUTHORISED", f"pi_{payment.session_ref}")


def test_an_account_is_fetched_too(till):
    with till.gateway.books() as books:
        from marketplace.payments.gateway.port import AccountSnapshot  # noqa: PLC0415

        books.accounts["acct_laufwerk"] = AccountSnapshot(
            provider_id="acct_laufwerk",
            livemode=False,
            state=AccountState.BLOCKED,
            charges_enabled=False,
            payouts_enabled=False,
            blocked_because="rejected.fraud",
        )
    account = {"object_kind": "account", "object_ref": "acct_laufwerk"}
    inbox.receive(facts=event(till.opened(), **account), livemode=False, now=NOW)
    inbox.run_due(now=NOW + timedelta(seconds=1), gateway=till.gateway)
    till.account.refresh_from_db()
    assert (till.account.state, till.account.blocked_because) == ("BLOCKED", "rejected.fraud")


def test_a_provider_that_does_not_answer_leaves_the_event_due(till):
    payment = till.opened()
    till.gateway.authorise(payment.session_ref, AMOUNT)
    till.gateway.fails("down")
    row = bring(till, event(payment))
    assert (row.state, row.error) == (WorkState.DUE, "down")
    inbox.run_due(now=NOW + timedelta(minutes=1), gateway=till.gateway)
    payment.refresh_from_db()
    assert payment.state == PaymentState.AUTHORISED


def test_given_up_is_counted(till, monkeypatch):
    monkeypatch.setattr(inbox, "MOST_ATTEMPTS", 1)
    payment = till.opened()
    till.gateway.fails("down")
    assert bring(till, event(payment)).state == WorkState.DEAD
    assert queries.dead() == queries.open_cases() == 1


def test_effect_and_event_are_one_transaction(till, monkeypatch):
    """Whoever listens fails: nothing of it stays, and the event comes again."""
    payment = till.opened()
    till.gateway.authorise(payment.session_ref, AMOUNT)
    monkeypatch.setattr(booking.outcomes, "_listeners", [lambda outcome: 1 / 0])
    row = bring(till, event(payment))
    payment.refresh_from_db()
    assert (payment.state, row.state, row.error) == ("OPEN", WorkState.DUE, "ZeroDivisionError")

    monkeypatch.setattr(booking.outcomes, "_listeners", [till.heard.append])
    inbox.run_due(now=NOW + timedelta(minutes=1), gateway=till.gateway)
    payment.refresh_from_db()
    assert (payment.state, ProviderEvent.objects.get().state) == ("AUTHORISED", WorkState.DONE)


def test_no_call_inside_a_transaction(till):
    inbox.receive(facts=event(till.opened()), livemode=False, now=NOW)
    with transaction.atomic(), pytest.raises(InTransactionError):
        inbox.run_due(now=NOW, gateway=till.gateway)
    assert till.gateway.asked("fetch") == 0


def test_shuffled_repeated_and_dropped_deliveries_end_in_the_books(till):
    chance = random.Random(20261129)
    payment = till.opened()
    facts = [event(payment)]
    till.gateway.authorise(payment.session_ref, AMOUNT)
    facts += [event(payment), event(payment, kind="payment_intent.amount_capturable_updated")]
    bring(till, facts[1])
    payments.capture(payment_id=payment.pk, amount=AMOUNT, by=BY, now=NOW)
    till.run()
    ten = Decimal("10.10")
    refunds.refund(payment_id=payment.pk, amount=ten, nonce=uuid.uuid4(), by=BY, now=NOW)
    till.run()
    facts += [event(payment, kind="charge.refunded") for _ in range(4)]
    told = list(till.kinds())

    for one in chance.choices(facts, k=12):
        bring(till, one)

    payment.refresh_from_db()
    report = till.gateway.now(payment.session_ref)
    assert (payment.captured, payment.refunded) == (report.captured, ten)
    assert till.kinds() == told == ["OPENED", "AUTHORISED", "CAPTURED", "REFUNDED"]
