"""How far a reservation has come, as its shopper reads it: what is done, what comes next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.reservations.enums import Mode, State
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
    paid = reservation.mode == Mode.PAY
    walk = [State.PENDING] if paid else []
    walk += [State.REQUESTED, State.CONFIRMED, State.READY, State.COLLECTED]
    if state not in walk:
        return []
    steps: list[tuple[Sentence, datetime | None, datetime | None]] = [
        (_("Ordered") if paid else _("Asked for"), reservation.placed_at, None),
        (_("The shop holds it for you"), None, reservation.answer_by),
        (_("Ready to collect"), reservation.ready_at, reservation.ready_by),
        (_("Collected"), reservation.ended_at, reservation.collect_by),
    ]
    if paid:
        steps.insert(1, (_("Payment authorised"), None, reservation.hold_until))
    return _walked(steps, reached=walk.index(state) + 1)


def of_ordering() -> list[Step]:
    """The way from the basket to the goods for who pays online (law A4)."""
    words = (_("Basket"), _("Review order"), _("Pay online"), _("Collect in shop"))
    return _walked([(word, None, None) for word in words], reached=1)


def _walked(
    steps: list[tuple[Sentence, datetime | None, datetime | None]], *, reached: int
) -> list[Step]:
    return [
        Step(word, Stand.DONE, done)
        if number < reached
        else Step(word, Stand.NEXT, until)
        if number == reached
        else Step(word, Stand.LATER)
        for number, (word, done, until) in enumerate(steps)
    ]
