"""The audit adds up the money from the rows: silent on what we did, loud on a broken row."""

import json
import uuid
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from marketplace.operations.domain import audit, health
from marketplace.payments.domain import inbox, operations, refunds
from marketplace.payments.gateway.port import EventFacts
from marketplace.payments.models import Operation
from tests.factories import NOW
from tests.payments.conftest import BY


@pytest.fixture
def paid(till):
    """Taken whole, a part of it refunded, another part asked for; one event seen."""
    payment = till.captured()
    refund(till, payment, "5.05")
    till.run()
    refund(till, payment, "1.20")
    return payment


def refund(till, payment, amount: str) -> None:
    refunds.refund(
        payment_id=payment.pk, amount=Decimal(amount), nonce=uuid.uuid4(), by=BY, now=NOW
    )


def found() -> set[tuple[int, str]]:
    return {(one.truth, one.subject.partition(":")[0]) for one in audit.run(now=NOW).violations}


def test_what_the_domain_did_adds_up(till, paid):
    assert found() == set()
    out = StringIO()
    call_command("audit", json=True, stdout=out)
    money = json.loads(out.getvalue())["money"]
    (sums,) = money["shops"].values()
    assert sums == {
        "amount": "30.30",
        "authorised": "30.30",
        "captured": "30.30",
        "kept": "24.05",
        "refunded": "5.05",
        "owed_back": "1.20",
    }
    assert money["refunds"] == {"ASKED": 1, "DONE": 1}
    assert money["operations"]["DUE"] == 1


@pytest.mark.parametrize(
    ("truth", "subject", "sql"),
    [
        (6, "payment", "UPDATE payments_payment SET kept = kept - 1, refunded = refunded + 1"),
        (6, "payment", "UPDATE payments_refund SET state = 'DONE'"),
        (6, "payment", "UPDATE payments_payment SET kept = kept - 1, owed_back = owed_back + 1"),
        (10, "refund", "DELETE FROM payments_operation WHERE refund_id IS NOT NULL"),
    ],
)
def test_a_row_broken_by_hand_is_named(till, paid, truth, subject, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert (truth, subject) in found()


def test_an_event_of_a_stranger_that_was_worked_on_is_named(till, paid):
    facts = EventFacts(
        provider_id="evt_1",
        kind="charge.refunded",
        account="acct_stranger",
        livemode=False,
        object_kind="charge",
        object_ref="ch_1",
        intent_ref="",
        made_at=NOW,
    )
    inbox.receive(facts=facts, livemode=False, now=NOW)
    inbox.run_due(now=NOW, gateway=till.gateway)
    assert found() == set()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_providerevent SET state = 'DONE'")
    assert (7, "event") in found()


def test_what_was_given_up_is_told_and_no_reason_to_be_unready(till, paid):
    told = {part.name: part for part in health.parts(now=NOW)}
    assert (told["payments"].ok, told["payments"].detail) == (True, "")
    waiting = Operation.objects.get(state="DUE")
    Operation.objects.filter(pk=waiting.pk).update(attempts=operations.MOST_ATTEMPTS)
    till.gateway.fails("down")
    till.run()
    told = {part.name: part for part in health.parts(now=NOW)}
    assert told["payments"].ok
    assert told["payments"].detail == "1 calls or events were given up"
