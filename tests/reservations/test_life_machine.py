"""A model of two shelves and many reservations; the domain must agree with it after every step."""

import os
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.operations.domain import audit
from marketplace.reservations.domain import counter, tick
from marketplace.reservations.domain.checkout import LineGone
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import Reservation
from shops.domain import counts
from shops.models import Offer
from tests import factories
from tests.factories import NOW

STEPS = int(os.environ.get("MACHINE_STEPS", "30"))
RUNS = int(os.environ.get("MACHINE_RUNS", "12"))


@dataclass
class Shelf:
    """What the model knows of an offer."""

    on_hand: int
    reserved: int = 0
    aside: int = 0


@dataclass
class Held:
    """What the model knows of a reservation: one line of `units`."""

    shelf: int
    units: int
    state: str = "REQUESTED"
    held: int = 0
    aside: bool = False


class Life(RuleBasedStateMachine):
    """Each rule tries a verb on any reservation; the model says whether it may work."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        city = factories.city(max_open=1000)
        branch = factories.branch(factories.shop(city))
        self.clerk = Actor.member(factories.member(branch.shop))
        self.now = NOW
        self.offers = [factories.offer(branch, count=6) for _ in range(2)]
        self.shelves = [Shelf(6), Shelf(6)]
        self.rows: dict[int, Held] = {}
        self.last: tuple[int, Held, Shelf] | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- what can happen ---

    @rule(shelf=st.integers(0, 1), units=st.integers(1, 3))
    def place(self, shelf: int, units: int) -> None:
        model, offer = self.shelves[shelf], Offer.objects.get(pk=self.offers[shelf].pk)
        self.last = None
        try:
            made = factories.reservation((offer, units), now=self.now)
        except LineGone:
            assert model.on_hand - model.reserved < units
            return
        assert model.on_hand - model.reserved >= units
        model.reserved += units
        self.rows[made.pk] = Held(shelf, units, held=units)

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        self._try(data, {"REQUESTED"}, counter.accept, self._accepted)

    @rule(data=st.data(), missing=st.booleans())
    def decline(self, data: st.DataObject, missing: bool) -> None:
        reason = EndReason.NOT_THERE if missing else EndReason.CLOSED

        def then(row: Held, shelf: Shelf) -> None:
            row.state = "DECLINED"
            self._free(row, shelf, missing=missing)

        self._try(data, {"REQUESTED"}, counter.decline, then, reason=reason)

    @rule(data=st.data(), found=st.integers(0, 3))
    def mark_ready(self, data: st.DataObject, found: int) -> None:
        pk = self._any(data)
        if pk is None:
            return
        row = self.rows[pk]
        found = min(found, row.held)

        def then(row: Held, shelf: Shelf) -> None:
            missing = row.held - found
            shelf.reserved -= missing
            shelf.on_hand -= min(missing, shelf.on_hand)
            row.held = found
            row.state, row.aside = ("READY", True) if found else ("CANCELLED", False)
            shelf.aside += found

        line = Reservation.objects.get(pk=pk).lines.get()
        self._do(pk, {"CONFIRMED"}, counter.mark_ready, then, found={line.pk: found})

    @rule(data=st.data(), taken=st.integers(1, 3))
    def hand_over(self, data: st.DataObject, taken: int) -> None:
        pk = self._any(data)
        if pk is None:
            return
        row = self.rows[pk]
        taken = min(taken, row.held)

        def then(row: Held, shelf: Shelf) -> None:
            shelf.on_hand -= min(taken, shelf.on_hand)
            shelf.reserved -= taken
            row.held -= taken
            row.state = "COLLECTED"
            if row.aside:
                shelf.aside -= taken
            else:
                shelf.reserved -= row.held
                row.held = 0

        line = Reservation.objects.get(pk=pk).lines.get()
        open_states = {"REQUESTED", "CONFIRMED", "READY"}
        self._do(pk, open_states, counter.hand_over, then, taken={line.pk: taken})

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        def then(row: Held, shelf: Shelf) -> None:
            row.state = "CANCELLED"
            self._free(row, shelf)

        states = {"REQUESTED", "CONFIRMED", "READY"}
        self._try(data, states, counter.cancel, then, reason=EndReason.DAMAGED)

    @rule(data=st.data())
    def shelve(self, data: st.DataObject) -> None:
        def then(row: Held, shelf: Shelf) -> None:
            shelf.reserved -= row.held
            shelf.aside -= row.held
            row.held, row.aside = 0, False

        self._try(data, self._ended_with_goods, counter.shelve, then)

    @rule(data=st.data())
    def reinstate(self, data: st.DataObject) -> None:
        def then(row: Held, shelf: Shelf) -> None:
            row.state = "READY"

        self._try(
            data, lambda row: row.state == "EXPIRED" and row.held > 0, counter.reinstate, then
        )

    @rule()
    def undo(self) -> None:
        if self.last is None:
            return
        pk, row, shelf = self.last
        self.last = None
        counter.undo(reservation_id=pk, by=self.clerk, now=self.now)
        self.shelves[row.shelf] = shelf
        self.rows[pk] = row

    @rule(days=st.sampled_from([0, 1, 3, 30]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=2)
        self.last = None
        tick.run(now=self.now)
        for pk, state in Reservation.objects.values_list("pk", "state"):
            row = self.rows[pk]
            if row.state != state:
                assert (row.state, state) in {
                    ("REQUESTED", "DECLINED"),
                    ("CONFIRMED", "EXPIRED"),
                    ("READY", "EXPIRED"),
                }
                row.state = state
                self._free(row, self.shelves[row.shelf])

    @rule(shelf=st.integers(0, 1), seen=st.integers(0, 8))
    def count_by_eye(self, shelf: int, seen: int) -> None:
        self.now += timedelta(seconds=1)
        counts.count_by_eye(
            offer_id=self.offers[shelf].pk, on_shelf=seen, by=self.clerk, now=self.now
        )
        self.shelves[shelf].on_hand = seen + self.shelves[shelf].aside
        self.last = None

    # --- what must hold ---

    @invariant()
    def numbers_agree(self) -> None:
        for offer, shelf in zip(self.offers, self.shelves, strict=True):
            offer.refresh_from_db()
            assert (offer.on_hand, offer.reserved, offer.set_aside) == (
                shelf.on_hand,
                shelf.reserved,
                shelf.aside,
            )

    @invariant()
    def truths_hold(self) -> None:
        assert audit.run(now=self.now).violations == []

    # --- helpers ---

    def _any(self, data: st.DataObject) -> int | None:
        return data.draw(st.sampled_from(sorted(self.rows))) if self.rows else None

    def _try(self, data, states, verb, then, **options) -> None:
        pk = self._any(data)
        if pk is not None:
            self._do(pk, states, verb, then, **options)

    def _do(self, pk, states, verb, then, **options) -> None:
        row = self.rows[pk]
        shelf = self.shelves[row.shelf]
        allowed = states(row) if callable(states) else row.state in states
        before = (pk, Held(**vars(row)), Shelf(**vars(shelf)))
        # No two things happen in the same instant: who came first would be a matter of taste.
        self.now += timedelta(seconds=1)
        who = {"client_id": uuid.uuid4(), "by": self.clerk, "now": self.now}
        try:
            verb(reservation_id=pk, **options, **who)
        except (Stale, Refused):
            assert not allowed
            return
        assert allowed
        then(row, shelf)
        # A cancellation is told at once and cannot be taken back.
        self.last = before if verb is not counter.cancel else None

    @staticmethod
    def _accepted(row: Held, shelf: Shelf) -> None:
        row.state = "CONFIRMED"

    @staticmethod
    def _ended_with_goods(row: Held) -> bool:
        return row.state in {"COLLECTED", "CANCELLED", "EXPIRED", "DECLINED"} and row.held > 0

    @staticmethod
    def _free(row: Held, shelf: Shelf, *, missing: bool = False) -> None:
        if row.aside:
            return
        shelf.reserved -= row.held
        if missing:
            shelf.on_hand -= min(row.held, shelf.on_hand)
        row.held = 0


@pytest.mark.django_db
def test_the_domain_agrees_with_the_model():
    assert set(State.values) >= {"REQUESTED", "READY"}
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate] if os.environ.get("MACHINE_QUICK") else list(Phase),
        ),
    )
