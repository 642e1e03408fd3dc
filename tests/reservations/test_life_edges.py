"""Design section 5 as a table: every edge is walked, every other one refused."""

from datetime import timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.core.models import LogEntry, Notice
from marketplace.operations.domain import audit
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.enums import FROM, TO, EndReason, State, Verb
from marketplace.reservations.models import Reservation
from shops.models import Movement, Offer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)


class World:
    """One reservation of two units, brought to a state by the domain alone."""

    def __init__(self) -> None:
        self.branch = factories.branch(factories.shop(factories.city()))
        self.clerk = Actor.member(factories.member(self.branch.shop))
        self.offer = factories.offer(self.branch, count=5)
        self.pk = factories.reservation((self.offer, 2)).pk

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
                return lifecycle.hand_over(**who)
            case Verb.CANCEL:
                return lifecycle.cancel(reason=EndReason.SHOPPER, **who)
            case Verb.EXPIRE:
                return lifecycle.expire(reservation_id=self.pk, now=LATER)
            case Verb.REINSTATE:
                return lifecycle.reinstate(**who)
            case Verb.SHELVE:
                return lifecycle.shelve(**who)
            case Verb.FOLLOW:
                return lifecycle.follow(moved=lambda each: {"answer_by": LATER}, **who)

    def part(self) -> None:
        """Hand over one of two, so that something is left to be put back."""
        line = Reservation.objects.get(pk=self.pk).lines.get()
        lifecycle.hand_over(reservation_id=self.pk, taken={line.pk: 1}, by=self.clerk, now=NOW)


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


def world_in(state: State) -> World:
    world = World()
    for verb in WAYS[state]:
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


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_edge_or_refusal(verb, state):
    world = world_in(state)
    before = trace()
    nothing_waits = verb == Verb.SHELVE and state == State.DECLINED

    if state in FROM[verb] and not nothing_waits:
        world.do(verb)

        assert Reservation.objects.get(pk=world.pk).state == TO.get(verb, state)
    else:
        with pytest.raises(Stale):
            world.do(verb)

        assert trace() == before
    assert audit.run(now=LATER).violations == []


def test_the_table_names_every_verb_and_state():
    assert set(FROM) == set(Verb)
    assert set(TO.values()) | {State.REQUESTED} == set(State)
