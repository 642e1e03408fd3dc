"""Reports in every order, and a provider that is dark for two hours: one end, for money and goods.

Reports are fetched, so the same set of them may be applied in any order (truth 7); where the
reservation stands before they come is part of each history.
"""

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.operations.domain import audit
from marketplace.payments.domain import booking, inbox, pages, queries
from marketplace.payments.enums import CaptureMode, DisputeState, PaymentState, RefundState
from marketplace.payments.gateway.port import (
    DisputeSnapshot,
    ForgedError,
    PaymentSnapshot,
    RefundSnapshot,
)
from marketplace.payments.models import ProviderEvent
from marketplace.reservations.domain import lifecycle, paying
from marketplace.reservations.enums import ENDED, EndReason, State
from marketplace.reservations.models import Line
from shops.models import Offer
from tests import factories, money
from tests.factories import NOW

SHOPPER = Actor.shopper()
BOTH = Decimal("259.90")
P, R, D = PaymentState, RefundState, DisputeState


@dataclass(frozen=True)
class History:
    """What has been done before, what the provider reports, and where both end."""

    before: str
    reports: tuple[PaymentState | RefundState | DisputeState, ...]
    #: Running state, or "ended"; then kept and what has gone or is owed back.
    end: str
    kept: Decimal = BOTH
    back: Decimal = Decimal(0)


ENDS, BACK = {"end": "ended", "kept": Decimal(0)}, {"kept": Decimal(0), "back": BOTH}
HISTORIES = {
    "card": History("placed", (P.OPEN, P.AUTHORISED), "CONFIRMED", Decimal(0)),
    "at once": History("placed", (P.OPEN, P.PROCESSING, P.CAPTURED), "CONFIRMED"),
    "never": History("placed", (P.OPEN, P.EXPIRED), **ENDS),
    "declined": History("placed", (P.OPEN, P.PROCESSING, P.FAILED), **ENDS),
    "taken back": History("placed", (P.OPEN, P.AUTHORISED, P.CANCELLED), **ENDS),
    "last second": History("placed", (P.OPEN, P.EXPIRED, P.CAPTURED), "CONFIRMED"),
    "given up": History("given up", (P.OPEN, P.EXPIRED), **ENDS),
    "given up and paid": History("given up", (P.OPEN, P.PROCESSING, P.CAPTURED), "ended", **BACK),
    "let go": History("given up", (P.OPEN, P.AUTHORISED, P.CANCELLED), **ENDS),
    "ready": History("set aside", (P.AUTHORISED, P.CAPTURED), "READY"),
    "lost at the last": History("set aside", (P.AUTHORISED, P.CANCELLED), **ENDS),
    "called off": History("called off", (P.AUTHORISED, P.CAPTURED), "ended", **BACK),
    "complaint": History("called off", (P.CAPTURED, D.INQUIRY, D.OPEN, D.WON), "ended", **BACK),
    "refunded there": History("called off", (P.CAPTURED, R.PENDING, R.DONE), "ended", **BACK),
}


@pytest.fixture
def desk(own_database, tmp_path) -> money.Desk:
    return money.desk(tmp_path, count=50)


def reach(desk: money.Desk, before: str) -> int:
    pk = desk.place() if before in ("placed", "given up") else desk.paid()
    if before == "given up":
        paying.give_up(reservation_id=pk, by=SHOPPER, now=NOW)
    if before in ("set aside", "called off"):
        lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    if before == "called off":
        lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
    return pk


def snapshots(desk: money.Desk, pk: int, history: History) -> list[PaymentSnapshot]:
    """The reports in the provider's order, each on what was reported before it."""
    now, told = replace(desk.books(pk), refunds=(), disputes=()), []
    for step in history.reports:
        if isinstance(step, PaymentState):
            money_there = {
                "authorised": BOTH if step in (P.AUTHORISED, P.CAPTURED) else now.authorised,
                "captured": BOTH if step == P.CAPTURED else Decimal(0),
                "intent_ref": f"pi_{now.session_ref}",
                "capture_mode": CaptureMode.LATER,
            }
            now = replace(now, state=step, **money_there)
        elif isinstance(step, RefundState):
            one = RefundSnapshot(provider_id="re_theirs", amount=BOTH, state=step)
            now = replace(now, refunds=(one,))
        else:
            one = DisputeSnapshot(provider_id="du_1", amount=BOTH, state=step)
            now = replace(now, disputes=(one,))
        told.append(now)
    return told


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_every_order_of_reports_ends_alike(db, tmp_path, history, monkeypatch):
    # Nobody is called but by hand: the database is rolled back between the orders.
    monkeypatch.setattr("marketplace.payments.domain.operations.in_the_open", lambda call: call())
    desk = money.desk(tmp_path, count=50)
    pk = reach(desk, history.before)
    payment, reports, ends = money.payment_of(pk), snapshots(desk, pk, history), set()
    for order in itertools.permutations(reports):
        with transaction.atomic():
            for report in [*order, order[0]]:
                booking.apply(payment_id=payment.pk, seen=report, now=NOW)
            row, after = desk.see(pk), money.payment_of(pk)
            state = "ended" if row.state in ENDED else row.state
            # Of goods in a compartment a put-back remains; all others are free or held.
            held = sum(Line.objects.filter(reservation=row).values_list("held", flat=True))
            ends.add((state, after.kept, after.refunded + after.owed_back))
            assert Offer.objects.get(pk=desk.offer.pk).reserved == held
            assert audit.run(now=NOW).violations == []
            transaction.set_rollback(True)
    assert ends == {(history.end, history.kept, history.back)}


# --- dark ------------------------------------------------------------------------------------


def reserve_and_collect(desk: money.Desk) -> list[int]:
    """A reservation without payment, from the form to the counter; the queries of each step."""
    steps, counts = [], []
    made: list[int] = []
    who = {"by": desk.clerk, "now": NOW}
    steps.append(lambda: made.append(factories.reservation((desk.offer, 1)).pk))
    steps.append(lambda: lifecycle.mark_ready(reservation_id=made[0], **who))
    steps.append(lambda: lifecycle.hand_over(reservation_id=made[0], **who))
    for step in steps:
        with CaptureQueriesContext(connection) as asked:
            step()
        counts.append(len(asked))
    assert desk.see(made[0]).state == State.COLLECTED
    return counts


def test_two_dark_hours_hold_up_nobody_who_pays_in_the_shop(desk):
    reserve_and_collect(desk)  # whatever is asked once is asked now
    in_the_light = reserve_and_collect(desk)
    authorised, ready, waiting = desk.paid(), desk.paid(), desk.place()
    lifecycle.mark_ready(reservation_id=ready, by=desk.clerk, now=NOW)
    desk.work()
    payment = money.payment_of(waiting)
    asked = desk.gateway.asked("capture")

    desk.gateway.fails(*["down"] * 10_000)
    assert reserve_and_collect(desk) == in_the_light
    lifecycle.mark_ready(reservation_id=authorised, by=desk.clerk, now=NOW)
    lifecycle.cancel(reservation_id=ready, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
    new = factories.reservation((desk.offer, 2), pay=True).pk
    opened = pages.open_now(payment_id=money.payment_of(new).pk, now=NOW, gateway=desk.gateway)
    assert opened == ""
    desk.gateway.authorise(payment.session_ref, payment.amount)
    inbox.receive(facts=money.event(payment, "1"), livemode=False, now=NOW)
    for minutes in range(0, 121, 10):
        desk.time(timedelta(minutes=minutes))
        inbox.run_due(now=NOW + timedelta(minutes=minutes), gateway=desk.gateway)
    states = {pk: desk.see(pk).state for pk in (authorised, ready, waiting, new)}
    assert states == {
        authorised: State.CONFIRMED,  # set aside, its money is on its way
        ready: State.CANCELLED,
        waiting: State.PENDING,
        new: State.PENDING,
    }
    assert money.payment_of(ready).owed_back == BOTH
    assert desk.gateway.asked("capture") > asked
    assert queries.dead() == 0
    assert audit.run(now=NOW).violations == []
    assert reserve_and_collect(desk) == in_the_light

    desk.gateway.fails()
    for hours in (3, 4):
        desk.time(timedelta(hours=hours))
        inbox.run_due(now=NOW + timedelta(hours=hours), gateway=desk.gateway)

    assert desk.see(authorised).state == State.READY
    assert money.payment_of(ready).refunded == BOTH
    assert desk.see(new).state == State.EXPIRED
    # It was authorised when its hold had ended and nobody could be asked: let go, and free.
    assert desk.see(waiting).state == State.EXPIRED
    for pk in (authorised, ready, waiting, new):
        mine, books = money.payment_of(pk), desk.books(pk)
        back = sum((one.amount for one in books.refunds), Decimal(0))
        assert (mine.state, mine.captured, mine.refunded) == (books.state, books.captured, back)
    assert audit.run(now=NOW).violations == []


# --- forged ----------------------------------------------------------------------------------


def test_forged_events_change_nothing(desk):
    pk = desk.place()
    payment = money.payment_of(pk)
    true = money.event(payment, "1")
    forged = [
        replace(true, provider_id="evt_2", account="acct_other"),
        replace(true, provider_id="evt_3", account=""),
        replace(true, provider_id="evt_4", livemode=True),
        replace(true, provider_id="evt_5"),  # of ours, but nothing has happened there
    ]
    for signature in ("", "bad"):
        with pytest.raises(ForgedError):
            desk.gateway.read_event(b"", signature)

    for one in [*forged, *forged]:
        inbox.receive(facts=one, livemode=False, now=NOW)
        inbox.run_due(now=NOW, gateway=desk.gateway)

    assert desk.see(pk).state == State.PENDING
    assert money.payment_of(pk).state == PaymentState.OPEN
    assert ProviderEvent.objects.filter(state="DONE").count() == 1
    with pytest.raises((Refused, Stale)):
        lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
