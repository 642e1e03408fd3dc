"""The power is cut wherever goods and money meet: nothing twice, nothing lost, on either side.

One journey after the other, each with one form: paid by card and partly not found, paid at once
and partly left behind, never paid, paid and cancelled. Lives die at a point; the next one goes on
from what it finds, sends the same again, and in the end both sides' books agree to the cent.
"""

import signal
import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import override_settings

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import POINTS
from marketplace.operations.domain import audit
from marketplace.payments.domain import inbox, operations
from marketplace.payments.enums import PaymentState, WorkState
from marketplace.payments.models import Operation, Payment, ProviderEvent
from marketplace.reservations.domain import counter, lifecycle, paying, tick
from marketplace.reservations.enums import ENDED, EndReason, State
from marketplace.reservations.models import Checkout, Line, Reservation
from shops.models import Offer
from tests import factories, money
from tests.factories import NOW
from tests.kills.lives import leave, live
from tests.races.crowd import FULL

pytestmark = pytest.mark.timeout(600)

ELSEWHERE = ("pictures.", "notice.", "expire.", "push.", "withdrawal.")
HERE = sorted(name for name in POINTS if not name.startswith(ELSEWHERE))
#: Cuts at random, beside one at every named point.
KILLS = 50 if FULL else 8
JOURNEYS, START = 4, 1_000
HOUR = timedelta(hours=1)
SHOPPER = Actor.shopper()


@pytest.fixture
def desk(own_database, tmp_path):
    dummy = {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
    with override_settings(TASKS={"default": dummy}):
        made = money.desk(tmp_path, count=START)
        made.shop.city.max_open = 1_000
        made.shop.city.save(update_fields=["max_open"])
        yield made
        leave()


def step(desk: money.Desk, now: datetime) -> None:
    """What comes next for the journey that is not yet through; a new one where all are."""
    row = Reservation.objects.exclude(state__in=sorted(ENDED)).order_by("pk").first()
    if row is None:
        nonce = uuid.UUID(int=Checkout.objects.count() + 1)
        # The basket is filled anew by each life: its form is what stays the same.
        factories.placed((Offer.objects.get(pk=desk.offer.pk), 2), nonce=nonce, now=now, pay=True)
        return
    kind = row.checkout.nonce.int % JOURNEYS
    if row.state == State.PENDING:
        _pay(desk, row, kind, now)
        return
    line, who = row.lines.get(), {"reservation_id": row.pk, "by": desk.clerk, "now": now}
    tap = {"client_id": uuid.uuid5(row.subject, row.state)}
    if kind == 3:
        lifecycle.cancel(reservation_id=row.pk, reason=EndReason.SHOPPER, by=SHOPPER, now=now)
    elif row.state == State.REQUESTED:
        counter.accept(**who, **tap)
    elif row.state == State.CONFIRMED and row.set_aside_at is None:
        counter.mark_ready(found={line.pk: 1 if kind == 1 else 2}, **who, **tap)
    elif row.state == State.READY:
        counter.hand_over(taken={line.pk: 1}, **who, **tap)


def _pay(desk: money.Desk, row: Reservation, kind: int, now: datetime) -> None:
    payment = money.payment_of(row.pk)
    if kind == 0:
        tick.run(now=now + paying.HOLD)
    elif payment.session_ref:
        if desk.books(row.pk).state == PaymentState.OPEN:
            pay = desk.gateway.authorise if kind == 1 else desk.gateway.pay
            pay(payment.session_ref, payment.amount)
        facts = money.event(payment, str(payment.pk), now=now)
        inbox.receive(facts=facts, livemode=False, now=now)


def life(desk: money.Desk, turn: int, steps: int = 3):
    def act(say) -> None:
        for number in range(steps):
            now = NOW + turn * HOUR + number * timedelta(seconds=1)
            with suppress(Refused, Stale):
                step(desk, now)
            # The clock of the lanes is behind every lease and wait of the life before.
            now += paying.HOLD
            operations.run_due(now=now, gateway=desk.gateway)
            inbox.run_due(now=now, gateway=desk.gateway)
            money.confirm(now)

    return act


def check(desk: money.Desk, turn: int) -> None:
    """Whatever is begun is brought to its end; then nothing was lost and nothing happened twice."""
    for later in range(turn, turn + 30):
        if not Reservation.objects.exclude(state__in=sorted(ENDED)).exists():
            break
        life(desk, later, 1)(lambda word: None)
    for _ in range(3):
        desk.work(after=(turn + 40) * HOUR)
        inbox.run_due(now=NOW + (turn + 40) * HOUR, gateway=desk.gateway)
    assert audit.run(now=NOW).violations == []
    assert not Operation.objects.filter(state__in=[WorkState.DUE, WorkState.DEAD]).exists()
    assert not ProviderEvent.objects.filter(state=WorkState.DUE).exists()
    with desk.gateway.books() as books:
        reports, references = books.payments, books.references
    assert len(references) == len(set(references)), "a page was opened twice"
    assert {payment.session_ref for payment in Payment.objects.all()} - {""} == set(reports)
    assert Checkout.objects.count() == Reservation.objects.count() == Payment.objects.count()
    for row in Reservation.objects.all():
        payment, line = money.payment_of(row.pk), row.lines.get()
        books = reports.get(payment.session_ref)
        back = sum((one.amount for one in books.refunds), Decimal(0)) if books else Decimal(0)
        asked = [one.reference for one in books.refunds] if books else []
        assert len(asked) == len(set(asked)), "given back twice"
        captured = books.captured if books else Decimal(0)
        assert (payment.captured, payment.refunded, payment.owed_back) == (captured, back, 0)
        assert payment.kept == line.price * line.consumed
        assert line.consumed == (row.state == State.COLLECTED)
    offer = Offer.objects.get(pk=desk.offer.pk)
    lines = Line.objects.all()
    assert offer.on_hand == START - sum(each.consumed + each.missing for each in lines)
    assert offer.reserved == sum(each.held for each in lines)


def test_cut_where_goods_and_money_meet(desk, monkeypatch):
    life(desk, 0, 20)(lambda word: None)  # warm, and a town with a past
    turn = 1
    for point in HERE:
        monkeypatch.setenv("FAULT_AT", point)
        ended = 0
        for _ in range(14):
            # Each comes as far as its predecessor's work lets it; then somebody gets through.
            ended = live(life(desk, turn))[0]
            turn += 1
            if ended:
                break
        monkeypatch.delenv("FAULT_AT")
        assert ended == signal.SIGKILL, point
        assert [one.what for one in audit.run(now=NOW).violations] == [], point
        life(desk, turn)(lambda word: None)
        turn += 1
    check(desk, turn)
    ends = set(Reservation.objects.values_list("state", flat=True))
    assert ends == {State.COLLECTED, State.EXPIRED, State.CANCELLED}


def killed_at_random(desk, monkeypatch, kills: int) -> None:
    killed = turn = 0
    while killed < kills:
        assert turn < 10 * kills, "lives are no longer cut"
        monkeypatch.setenv("FAULT_RANDOM", f"0.06:{turn}")
        killed += live(life(desk, turn, 8))[0] == signal.SIGKILL
        turn += 1
    monkeypatch.delenv("FAULT_RANDOM")
    check(desk, turn)


def test_cut_at_random(desk, monkeypatch):
    killed_at_random(desk, monkeypatch, KILLS)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_cut_a_thousand_times(desk, monkeypatch):
    killed_at_random(desk, monkeypatch, 1_000)


@pytest.mark.parametrize("point", ["lapse.half", "ready.take"])
def test_control_without_the_transaction_the_audit_finds_what_was_cut(desk, monkeypatch, point):
    pk = desk.place() if point == "lapse.half" else desk.paid()
    verb = lifecycle.lapse if point == "lapse.half" else lifecycle.mark_ready
    options = {} if point == "lapse.half" else {"by": desk.clerk}
    monkeypatch.setenv("FAULT_AT", point)

    def bare(say) -> None:
        # Only in this life, which ends here.
        transaction.Atomic.__enter__ = lambda self: None
        transaction.Atomic.__exit__ = lambda self, *error: None
        connection.ensure_connection()
        connection.in_atomic_block = True  # stock verbs ask for it; nothing has begun
        verb(reservation_id=pk, now=NOW, **options)

    ended, _said = live(bare)

    assert ended == signal.SIGKILL
    monkeypatch.delenv("FAULT_AT")
    assert audit.run(now=NOW).violations
