"""How far a reservation has come, as its shopper reads it: what is done, what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.reservations.enums import State
from marketplace.reservations.models import Reservation


class Stand(StrEnum):
    """Where a step stands."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"


Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """`at` is when it was done or, for the next one, until when it will be."""

    word: Sentence
    stand: Stand
    at: datetime | None = None


def of(reservation: Reservation) -> list[Step]:
    """From asking to collecting; none where the reservation ended in another way."""
    state = State(reservation.state)
    walk = {State.REQUESTED: 1, State.CONFIRMED: 2, State.READY: 3, State.COLLECTED: 4}
    if state not in walk:
        return []
    reached = walk[state]
    steps: list[tuple[Sentence, datetime | None, datetime | None]] = [
        (_("Asked for"), reservation.placed_at, None),
        (_("The shop holds it for you"), None, reservation.answer_by),
        (_("Ready to collect"), reservation.ready_at, reservation.ready_by),
        (_("Collected"), reservation.ended_at, reservation.collect_by),
    ]
    return [
        Step(word, Stand.DONE, done)
        if number < reached
        else Step(word, Stand.NEXT, until)
        if number == reached
        else Step(word, Stand.LATER)
        for number, (word, done, until) in enumerate(steps)
    ]
