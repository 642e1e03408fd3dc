"""The audit is silent on what the domain did, and names each row broken by hand."""

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from marketplace.core.domain.history import Actor
from marketplace.operations.domain import audit
from marketplace.reservations.domain import counter, lifecycle
from marketplace.reservations.enums import EndReason
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    """Reservations in many states: handed over in part, undone, cancelled, expired, not found."""
    shop = factories.shop(factories.city(), auto_accept=True)
    branch = factories.branch(shop, slot_minutes=60, slot_capacity=20)
    by = Actor.member(factories.member(branch.shop))
    offers = [factories.offer(branch, count=9) for _ in range(3)]
    rows = [
        factories.reservation((offer, 2), email=f"{n}@example.de")
        for n, offer in enumerate(offers * 3)
    ]
    lifecycle.mark_ready(reservation_id=rows[0].pk, by=by, now=NOW)
    line = rows[0].lines.get()
    lifecycle.hand_over(reservation_id=rows[0].pk, taken={line.pk: 1}, by=by, now=NOW)
    counter.hand_over(reservation_id=rows[1].pk, client_id=uuid.uuid4(), by=by, now=NOW)
    counter.undo(reservation_id=rows[1].pk, by=by, now=NOW)
    lifecycle.cancel(reservation_id=rows[2].pk, reason=EndReason.SHOPPER, by=by, now=NOW)
    lost = rows[3].lines.get()
    lifecycle.mark_ready(reservation_id=rows[3].pk, found={lost.pk: 1}, by=by, now=NOW)
    lifecycle.mark_ready(reservation_id=rows[4].pk, by=by, now=NOW)
    rows[4].refresh_from_db()
    lifecycle.expire(reservation_id=rows[4].pk, now=rows[4].collect_by + timedelta(days=1))
    return {
        "offer": offers[1].pk,
        "line": rows[8].lines.get().pk,
        "reservation": rows[8].pk,
        "branch": branch.pk,
        "slot": rows[8].slot_id,
    }


def test_what_the_domain_did_is_true(town):
    assert audit.run(now=NOW).violations == []


@pytest.mark.parametrize(
    ("truth", "subject", "sql"),
    [
        (2, "offer", "UPDATE shops_offer SET reserved = reserved + 1 WHERE id = %s"),
        (2, "offer", "UPDATE shops_offer SET set_aside = set_aside + 1 WHERE id = %s"),
        (3, "offer", "UPDATE shops_offer SET on_hand = on_hand + 1 WHERE id = %s"),
        (3, "offer", "UPDATE shops_offer SET counted_at = '2026-01-01 00:00:00+00' WHERE id = %s"),
        (4, "line", "UPDATE reservations_line SET state = 'PICKED' WHERE id = %s"),
        (4, "line", "UPDATE reservations_line SET missing = 1, held = held - 1 WHERE id = %s"),
        (4, "reservation", "UPDATE reservations_reservation SET state = 'REQUESTED' WHERE id = %s"),
        (4, "slot", "UPDATE shops_slot SET taken = taken + 1 WHERE id = %s"),
        (4, "branch", "UPDATE shops_branch SET calendar = '{}' WHERE id = %s"),
        (4, "branch", "UPDATE shops_branch SET trade = 'FREE' WHERE id = %s"),
        (8, "offer", "UPDATE shops_offer SET price = price + 1 WHERE id = %s"),
    ],
)
def test_a_row_broken_by_hand_is_named(town, truth, subject, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql, [town[subject]])

    found = audit.run(now=NOW).violations

    assert (truth, f"{subject}:{town[subject]}") in {(one.truth, one.subject) for one in found}


def test_the_command_prints_json_and_fails_on_a_violation(town):
    out = StringIO()
    call_command("audit", json=True, stdout=out)
    assert json.loads(out.getvalue())["ok"] is True

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shops_offer SET reserved = reserved + 1 WHERE id = %s", [town["offer"]]
        )
    with pytest.raises(CommandError):
        call_command("audit", json=True, stdout=out)
