"""Paid reservations in every order: shopper, shop, provider, bank, clock and bad lines, at random.

After each step the audit finds nothing and our rows say no more than the provider's books. Once
everything has been worked off they say the same, to the cent, and no money is kept without goods.
"""

import itertools
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.operations.domain import audit
from marketplace.payments.domain import inbox, operations, payments, refunds
from marketplace.payments.enums import DISPUTED, DisputeState, PaymentState, WorkState
from marketplace.payments.gateway.port import EventFacts, PaymentSnapshot
from marketplace.payments.models import Operation, Payment, Refund
from marketplace.reservations.domain import counter, lifecycle, paying, tick
from marketplace.reservations.domain import money as worth
from marketplace.reservations.domain.checkout import LineGone
from marketplace.reservations.enums import ENDED, EndReason, State
from marketplace.reservations.models import Line, Reservation
from shops.models import Offer
from tests import factories, money, tills
from tests.factories import NOW
from tests.payments.fake import FakeGateway

STEPS = int(os.environ.get("MACHINE_STEPS", "20"))
RUNS = int(os.environ.get("MACHINE_RUNS", "5"))
START, PRICES = 8, ("129.95", "10.10")
ZERO, COURTESY = Decimal("0.00"), Decimal("5.05")
PAST = st.tuples(st.sampled_from(["later", "at once", ""]), st.integers(0, 3))
BAD = st.lists(st.sampled_from(["", "lost", "down", "busy", "stored"]), max_size=4)
SHOPPER = Actor.shopper()
_numbers = itertools.count(1)


class PaidLife(RuleBasedStateMachine):
    """Each rule is one thing somebody does; nobody waits for anybody else."""

    gateway: ClassVar[FakeGateway]
    #: How often a way was gone, over all runs: a walk that never pays proves nothing.
    seen: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        number = next(_numbers)
        city = factories.city(f"Stadt{number}", host=f"stadt{number}.example", max_open=1000)
        branch = factories.branch(factories.shop(city, auto_accept=bool(number % 2)))
        tills.open_till(branch.shop)
        self.clerk = Actor.member(factories.member(branch.shop))
        self.shop, self.now = branch.shop, NOW
        self.offers = [factories.offer(branch, count=START, price=price) for price in PRICES]
        self.mail: list[EventFacts] = []
        self.is_sound = True

    # --- the shopper ---

    @initialize(past=st.lists(PAST, min_size=2, max_size=3))
    def a_shop_with_a_past(self, past: list[tuple[str, int]]) -> None:
        """Some are paid, and of these some accepted, set aside, ready."""
        for way, depth in past:
            pk = factories.reservation((self.offers[0], 2), pay=True, now=self.now).pk
            self._lanes([])
            self._pay(money.payment_of(pk), way)
            self._lanes([])
            with suppress(Refused, Stale):
                if depth > 0:
                    self._do(counter.accept, pk)
            with suppress(Refused, Stale):
                if depth > 1:
                    self._do(counter.mark_ready, pk)
                if depth > 2:
                    self._lanes([])

    @rule(first=st.integers(0, 2), second=st.integers(0, 2), bad=BAD)
    def place(self, first: int, second: int, bad: list[str]) -> None:
        wanted = [(Offer.objects.get(pk=self.offers[0].pk), first or 1)]
        if second:
            wanted.append((Offer.objects.get(pk=self.offers[1].pk), second))
        with suppress(LineGone):
            factories.reservation(*wanted, pay=True, now=self.now)
            self._lanes(bad)

    @rule(data=st.data(), way=st.sampled_from(["later", "later", "at once", "fails"]))
    def pays(self, data: st.DataObject, way: str) -> None:
        """Whatever we think of it: while the page is open there, somebody can pay on it."""
        payment = self._payment(data, PaymentState.OPEN)
        if payment is not None:
            self._pay(payment, way)
            self._lanes([])

    def _pay(self, payment: Payment, way: str) -> None:
        if way == "fails":
            self.gateway.happens(payment.session_ref, state=PaymentState.FAILED, page_url="")
        elif way == "later":
            self.gateway.authorise(payment.session_ref, payment.amount)
            lost = self.now + timedelta(days=5)
            self.gateway.happens(payment.session_ref, capture_before=lost)
        elif way == "at once":
            self.gateway.pay(payment.session_ref, payment.amount)
        self.seen.add(way)
        self._told(payment)
        if way != "at once":  # of these we hear by an event or not at all
            payments.look(payment_id=payment.pk, now=self.now)

    @rule(data=st.data(), short=st.integers(0, 1))
    def somebody_acts(self, data: st.DataObject, short: int) -> None:
        """Shopper or shop, on any reservation, what may be done there; `short` of a unit a line."""
        found = list(self._rows().values_list("pk", "state"))
        if not found:
            return
        pk, state = data.draw(st.sampled_from(found))
        acts = {
            State.PENDING: [paying.give_up, lifecycle.cancel],
            State.REQUESTED: [counter.accept, counter.accept, counter.decline, lifecycle.cancel],
            State.CONFIRMED: [counter.mark_ready] * 4 + [counter.cancel, lifecycle.cancel],
            State.READY: [counter.hand_over] * 3 + [counter.cancel, lifecycle.cancel],
        }
        verb = data.draw(st.sampled_from(acts.get(State(state), [counter.undo, counter.shelve])))
        with suppress(Refused, Stale):
            self._do(verb, pk, short)

    def _do(self, verb: Callable[..., object], pk: int, short: int = 0) -> None:
        self.now += timedelta(seconds=1)
        taps = verb.__module__.endswith("counter")
        options = {"by": self.clerk if taps else SHOPPER}
        counts = {row.pk: max(row.held - short, 0) for row in self._lines(pk)}
        if verb is counter.mark_ready:
            options["found"] = counts
        elif verb is counter.hand_over:
            money.confirm(self.now)
            options["taken"] = counts
        elif verb in (counter.cancel, lifecycle.cancel):
            options["reason"] = EndReason.SHOPPER
        elif verb is counter.decline:
            options["reason"] = EndReason.NOT_THERE
        if taps and verb is not counter.undo:
            options["client_id"] = uuid.uuid4()
        verb(reservation_id=pk, now=self.now, **options)
        self.seen.add(verb.__name__)

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        found = list(self._rows().values_list("pk", flat=True))
        if found:
            pk = data.draw(st.sampled_from(found))
            with suppress(Refused, Stale):
                counter.undo(reservation_id=pk, by=self.clerk, now=self.now)
                self.seen.add("undo")

    # --- the bank, the provider, the line between us, the clock ---

    @rule(data=st.data(), state=st.sampled_from(DisputeState))
    def bank_acts(self, data: st.DataObject, state: DisputeState) -> None:
        """It takes an authorisation back, or complains; or the shop is kind to a payer."""
        payment = self._payment(data)
        books = payment and self.gateway.now(payment.session_ref)
        if books is None:
            return
        if books.state == PaymentState.AUTHORISED and state == DisputeState.LOST:
            self.gateway.happens(payment.session_ref, state=PaymentState.CANCELLED)
            self._told(payment)
        elif books.state == PaymentState.CAPTURED and state == DisputeState.INQUIRY_OVER:
            self._courtesy(payment)
        elif books.state == PaymentState.CAPTURED and (
            not books.disputes or books.disputes[0].state.rank < state.rank
        ):
            self.gateway.dispute(payment.session_ref, payment.amount, state)
            self._told(payment)

    def _courtesy(self, payment: Payment) -> None:
        with suppress(Refused):
            refunds.refund(
                payment_id=payment.pk,
                amount=COURTESY,
                nonce=uuid.uuid4(),
                by=self.clerk,
                now=self.now,
            )
            self.seen.add("courtesy")

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """Any of what was sent, in any order, as often as it likes."""
        if self.mail:
            for one in data.draw(st.lists(st.sampled_from(self.mail), max_size=5)):
                inbox.receive(facts=one, livemode=False, now=self.now)
        inbox.run_due(now=self.now, gateway=self.gateway)

    @rule(data=st.data())
    def one_is_lost_and_looked_for(self, data: st.DataObject) -> None:
        if self.mail:
            self.mail.remove(data.draw(st.sampled_from(self.mail)))
        payment = self._payment(data)
        if payment is not None:
            payments.look(payment_id=payment.pk, now=self.now)

    @rule(bad=BAD)
    def lanes(self, bad: list[str]) -> None:
        self._lanes(bad)

    @rule(minutes=st.sampled_from([1, 1, 10, 50, 1440, 3 * 1440]))
    def clock(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        tick.run(now=self.now)

    # --- what must hold ---

    @invariant()
    def truths_hold(self) -> None:
        self.is_sound = False
        assert audit.run(now=self.now).violations == []
        for payment in self._payments().exclude(session_ref=""):
            books = self.gateway.now(payment.session_ref)
            assert payment.captured <= books.captured <= books.authorised <= payment.amount
            assert payment.refunded <= _back(books) <= books.captured
            ours = [one.reference for one in books.refunds]
            assert len(ours) == len(set(ours)), "given back twice"
            known = Refund.objects.filter(payment=payment).values_list("nonce", flat=True)
            assert set(ours) <= {str(nonce) for nonce in known}
            if books.captured:
                assert books.captured in (payment.amount, payment.capture_asked)
        self.is_sound = True

    @invariant()
    def goods_follow_money(self) -> None:
        for row in self._rows().filter(state__in=[State.READY, State.COLLECTED]):
            taken = sum((line.price * line.consumed for line in row.lines.all()), ZERO)
            assert money.payment_of(row.pk).captured >= max(taken, Decimal("0.01"))
        for offer in Offer.objects.filter(pk__in=[one.pk for one in self.offers]):
            lines = Line.objects.filter(offer=offer)
            gone = sum(line.consumed + line.missing for line in lines)
            assert offer.on_hand == START - gone
            assert offer.reserved == sum(line.held for line in lines)

    def teardown(self) -> None:
        """Everything comes to its end: banks decide, lanes work, and nobody fails any more."""
        if not self.is_sound:
            return
        for payment in self._payments().exclude(session_ref=""):
            for one in self.gateway.now(payment.session_ref).disputes:
                if one.state in DISPUTED:
                    inquiry = one.state == DisputeState.INQUIRY
                    over = DisputeState.INQUIRY_OVER if inquiry else DisputeState.WON
                    self.gateway.dispute(payment.session_ref, one.amount, over)
        for _ in range(3):
            self._quiet_hour()
        self._all_is_well()
        # Whatever still runs can be brought to the counter and out of the door.
        for state, verb in (
            (State.REQUESTED, counter.accept),
            (State.CONFIRMED, counter.mark_ready),
            (State.READY, counter.hand_over),
        ):
            for pk in list(self._rows().filter(state=state).values_list("pk", flat=True)):
                self._do(verb, pk)
            self._quiet_hour()
        assert not self._rows().exclude(state__in=sorted(ENDED)).exists()
        self._all_is_well()

    def _quiet_hour(self) -> None:
        self.now += timedelta(hours=1)
        tick.run(now=self.now)
        for payment in self._payments().exclude(session_ref=""):
            payments.look(payment_id=payment.pk, now=self.now)
        while operations.run_due(now=self.now, gateway=self.gateway) != operations.Ran():
            pass
        inbox.run_due(now=self.now, gateway=self.gateway)

    def _all_is_well(self) -> None:
        self.truths_hold()
        self.goods_follow_money()
        waiting = Operation.objects.filter(payment__in=self._payments())
        assert not waiting.filter(state__in=[WorkState.DUE, WorkState.DEAD]).exists()
        for row in self._rows():
            self._at_the_end(row)

    def _at_the_end(self, row: Reservation) -> None:
        payment = money.payment_of(row.pk)
        assert row.state != State.PENDING
        assert row.state != State.CONFIRMED or row.set_aside_at is None
        if payment.session_ref:
            books = self.gateway.now(payment.session_ref)
            assert (payment.state, payment.captured, payment.refunded) == (
                books.state,
                books.captured,
                _back(books),
            )
        assert payment.owed_back == ZERO
        due = worth.due(row, row.lines.all())
        if payment.state == PaymentState.AUTHORISED:
            assert row.state in (State.REQUESTED, State.CONFIRMED)
        else:
            given = Refund.objects.filter(payment=payment, amount=COURTESY).count() * COURTESY
            assert due - given <= payment.kept <= due
        self.seen.add(f"{row.state} {payment.state}")

    # --- helpers ---

    def _payments(self):
        return Payment.objects.filter(shop=self.shop).select_related("account").order_by("pk")

    def _rows(self):
        rows = Reservation.objects.filter(shop=self.shop).prefetch_related("lines")
        return rows.order_by("pk")

    def _lines(self, pk: int) -> list[Line]:
        return list(Line.objects.filter(reservation_id=pk, held__gt=0))

    def _payment(self, data: st.DataObject, state: PaymentState | None = None) -> Payment | None:
        """One that is there at the provider, in this state of its."""
        found = [
            one
            for one in self._payments().exclude(session_ref="")
            if state in (None, self.gateway.now(one.session_ref).state)
        ]
        return data.draw(st.sampled_from(found)) if found else None

    def _told(self, payment: Payment) -> None:
        self.mail.append(money.event(payment, str(next(_numbers)), now=self.now))

    def _lanes(self, bad: list[str]) -> None:
        self.gateway.fails(*bad)
        operations.run_due(now=self.now, gateway=self.gateway)
        self.gateway.fails()


def _back(books: PaymentSnapshot) -> Decimal:
    return sum((one.amount for one in books.refunds), ZERO)


def walk(folder, *, runs: int, steps: int) -> set[str]:
    """Walks of the machine; what they came by."""
    machine = type("Walk", (PaidLife,), {"gateway": FakeGateway(folder), "seen": set()})
    dummy = {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
    with override_settings(TASKS={"default": dummy}):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=runs,
                stateful_step_count=steps,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate] if os.environ.get("MACHINE_QUICK") else list(Phase),
            ),
        )
    return machine.seen


def test_money_and_goods_meet_in_every_order(own_database, tmp_path):
    seen = walk(tmp_path, runs=RUNS, steps=STEPS)
    assert {"mark_ready", "hand_over", "later", "at once"} <= seen, seen


@pytest.mark.long
@pytest.mark.timeout(0)
def test_money_and_goods_meet_in_long_walks(own_database, tmp_path):
    seen = walk(tmp_path, runs=200, steps=80)
    ends = {f"{State.COLLECTED} CAPTURED", f"{State.EXPIRED} EXPIRED", f"{State.EXPIRED} CAPTURED"}
    assert ends <= seen, seen
