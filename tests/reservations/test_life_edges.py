"""Design section 5 as a table: every edge is walked, every other one refused, in both modes."""

from datetime import timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.core.models import LogEntry, Notice
from marketplace.operations.domain import audit
from marketplace.payments.domain import outcomes
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.withdrawal import goods
from marketplace.reservations.enums import (
    FROM,
    FROM_PAID,
    TO,
    EndReason,
    Mode,
    State,
    Verb,
    allowed,
)
from marketplace.reservations.models import Reservation
from shops.models import Movement, Offer
from tests import factories, money, tills
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)


class World:
    """One reservation of two units, brought to a state by the domain alone."""

    def __init__(self, mode: Mode) -> None:
        self.branch = factories.branch(factories.shop(factories.city(), auto_accept=False))
        self.clerk = Actor.member(factories.member(self.branch.shop))
        self.offer = factories.offer(self.branch, count=5)
        self.mode = mode
        if mode == Mode.PAY:
            tills.open_till(self.branch.shop)
        self.pk = factories.reservation((self.offer, 2), pay=mode == Mode.PAY).pk

    def prepare(self, verb: Verb) -> None:
        """What the provider has reported before, heard by nobody: here only states are walked,
        the listener has tests of its own."""
        if self.mode == Mode.PAY and verb in BEFORE:
            money.report(self.pk, BEFORE[verb])
        if verb == Verb.TAKE_OUT:
            self.withdraw_from_one()

    def do(self, verb: Verb) -> Reservation:
        who = {"reservation_id": self.pk, "by": self.clerk, "now": NOW}
        match verb:
            case Verb.ACCEPT:
                return lifecycle.accept(**who)
            case Verb.DECLINE:
                return lifecycle.decline(reason=EndReason.CLOSED, **who)
            case Verb.MARK_READY:
                return lifecycle.mark_ready(**who)
            case Verb.HAND_OVER:
                money.confirm(NOW)
                return lifecycle.hand_over(**who)
            case Verb.CANCEL:
                return lifecycle.cancel(reason=EndReason.SHOPPER, **who)
            case Verb.EXPIRE if self.mode == Mode.PAY:
                return lifecycle.lapse(reservation_id=self.pk, now=LATER)
            case Verb.EXPIRE:
                return lifecycle.expire(reservation_id=self.pk, now=LATER)
            case Verb.REINSTATE:
                return lifecycle.reinstate(**who)
            case Verb.SHELVE:
                return lifecycle.shelve(**who)
            case Verb.FOLLOW:
                return lifecycle.follow(moved=lambda each: {"answer_by": LATER}, **who)
            case Verb.PAY:
                return lifecycle.pay(reservation_id=self.pk, now=NOW)
            case Verb.REVIVE:
                return lifecycle.revive(reservation_id=self.pk, now=NOW)
            case Verb.SET_ASIDE:
                return lifecycle.mark_ready(**who)
            case Verb.WITHDRAW:
                return self.withdraw_from_one()
            case Verb.TAKE_OUT:
                goods.take_out(**who)
                return Reservation.objects.get(pk=self.pk)

    def withdraw_from_one(self) -> Reservation:
        """One of two; of the whole `CANCEL` tells."""
        found = Reservation.objects.get(pk=self.pk)
        who = {"reservation_id": self.pk, "by": Actor.shopper(), "now": NOW}
        units = {found.lines.get().pk: 1}
        if found.state == State.COLLECTED:
            return goods.take_back(units=units, shelved={}, **who)
        goods.give_up(units=units, **who)
        return Reservation.objects.get(pk=self.pk)

    def part(self) -> None:
        """Hand over one of two, so that something is left to be put back."""
        line = Reservation.objects.get(pk=self.pk).lines.get()
        money.confirm(NOW)
        lifecycle.hand_over(reservation_id=self.pk, taken={line.pk: 1}, by=self.clerk, now=NOW)


BEFORE = {
    Verb.PAY: PaymentState.AUTHORISED,
    Verb.MARK_READY: PaymentState.CAPTURED,
    Verb.EXPIRE: PaymentState.EXPIRED,
    Verb.REVIVE: PaymentState.CAPTURED,
}


#: What only a contract knows.
FROM_CONTRACT = {Verb.WITHDRAW, Verb.TAKE_OUT}

#: How each state is reached with goods that still wait to be put back, where it can have any.
WAYS = {
    State.REQUESTED: (),
    State.CONFIRMED: (Verb.ACCEPT,),
    State.READY: (Verb.ACCEPT, Verb.MARK_READY),
    State.DECLINED: (Verb.DECLINE,),
    State.CANCELLED: (Verb.ACCEPT, Verb.MARK_READY, Verb.CANCEL),
    State.EXPIRED: (Verb.ACCEPT, Verb.MARK_READY, Verb.EXPIRE),
    State.COLLECTED: (Verb.ACCEPT, Verb.MARK_READY),
}
PAID_WAYS = {
    **{state: (Verb.PAY, *way) for state, way in WAYS.items()},
    State.PENDING: (),
    State.EXPIRED: (Verb.EXPIRE,),
}


EVERY_WAY = {Mode.RESERVE: WAYS, Mode.PAY: PAID_WAYS}


def world_in(state: State, mode: Mode) -> World:
    world = World(mode)
    for verb in EVERY_WAY[mode][state]:
        world.prepare(verb)
        world.do(verb)
    if state == State.COLLECTED:
        world.part()
    assert Reservation.objects.get(pk=world.pk).state == state
    return world


def trace() -> tuple:
    offers = list(Offer.objects.values_list("pk", "on_hand", "reserved", "set_aside"))
    rows = list(Reservation.objects.values_list("pk", "state", "version"))
    counts = (Movement.objects.count(), LogEntry.objects.count(), Notice.objects.count())
    return offers, rows, counts


@pytest.mark.parametrize(
    ("mode", "state", "verb"),
    [
        (mode, state, verb)
        for mode, ways in EVERY_WAY.items()
        for state in ways
        for verb in Verb
        # Without money to wait for, setting aside is being ready.
        if (mode, verb) != (Mode.RESERVE, Verb.SET_ASIDE)
    ],
)
def test_edge_or_refusal(mode, state, verb, monkeypatch):
    monkeypatch.setattr(outcomes, "_listeners", [lambda outcome: None])
    world = world_in(state, mode)
    may = state in allowed(verb, mode)
    # Only two ways lead to put-back goods: set aside before, or a part handed over.
    nothing_waits = (
        verb == Verb.SHELVE
        and (state == State.DECLINED or (mode == Mode.PAY and state == State.EXPIRED))
    ) or (verb == Verb.TAKE_OUT and state == State.CONFIRMED)
    if may:
        world.prepare(verb)
    before = trace()

    if may and not nothing_waits:
        world.do(verb)

        assert Reservation.objects.get(pk=world.pk).state == TO.get(verb, state)
    else:
        with pytest.raises(Stale):
            world.do(verb)

        assert trace() == before
    # Only what happens to the goods is walked here: nobody has declared what was withdrawn, and
    # nobody heard of the money, who would have written its receipt.
    untold = {"captured 259.90, receipts say 0.00"}
    if verb in FROM_CONTRACT:
        untold.add("withdrawn 1, granted 0")
    assert {one.what for one in audit.run(now=LATER).violations} <= untold


def test_the_tables_name_every_verb_and_state():
    assert set(FROM_PAID) == set(Verb)
    assert set(FROM) == set(Verb) - {Verb.PAY, Verb.REVIVE, Verb.SET_ASIDE} - FROM_CONTRACT
    assert set(TO.values()) | {State.REQUESTED, State.PENDING} == set(State)
    assert set(PAID_WAYS) == set(State)
    assert set(WAYS) == set(State) - {State.PENDING}
