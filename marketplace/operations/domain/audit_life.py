"""Truth 4 from the rows: replays each reservation's history and weighs its lines."""

from collections.abc import Iterator
from itertools import groupby

from django.db.models import F, Q, Sum

from marketplace.core.models import LogEntry
from marketplace.operations.domain.violations import Violation
from marketplace.reservations.enums import (
    ENDED,
    HOLDING,
    LIVE,
    TO,
    LineState,
    Mode,
    State,
    Verb,
    allowed,
)
from marketplace.reservations.models import Line, Reservation
from shops.enums import Reason
from shops.models import Movement


def states() -> Iterator[Violation]:
    """Every verb of a reservation's history was allowed, and together they lead to its state."""
    now = {
        f"reservation:{pk}": (State(state), mode)
        for pk, state, mode in Reservation.objects.values_list("pk", "state", "mode")
    }
    told = (
        LogEntry.objects.filter(subject__startswith="reservation:")
        .order_by("subject", "pk")
        .values_list("subject", "verb")
    )
    replayed = set()
    for subject, entries in groupby(told.iterator(), key=lambda entry: entry[0]):
        replayed.add(subject)
        wrong = _replay(
            [verb.removeprefix("reservation.") for _, verb in entries],
            *now.get(subject, (None, "")),
        )
        if wrong:
            yield Violation(4, subject, wrong)
    for subject in sorted(now.keys() - replayed):
        yield Violation(4, subject, "has no history")


def _replay(verbs: list[str], end: State | None, mode: str) -> str:
    if end is None:
        return "history of a reservation that is gone"
    if verbs[0] != "place":
        return f"history begins with {verbs[0]}"
    past = [State.PENDING if mode == Mode.PAY else State.REQUESTED]
    for name in verbs[1:]:
        if name == "undo":
            if len(past) < 2:
                return "undone what never happened"
            past.pop()
        elif name.upper() in Verb.values:
            verb = Verb(name.upper())
            if past[-1] not in allowed(verb, mode):
                return f"{name} from {past[-1].lower()}"
            past.append(TO.get(verb, past[-1]))
    return "" if past[-1] == end else f"is {end.lower()}, history says {past[-1].lower()}"


def lines() -> Iterator[Violation]:
    """Open reservations hold, ended ones have let go or wait to be put back."""
    still = (LineState.CLAIMED, LineState.PICKED)
    gone = (LineState.PUT_BACK, LineState.RELEASED, LineState.CONSUMED)
    # Set aside while the money is being taken.
    taking = Q(
        reservation__state=State.CONFIRMED,
        reservation__mode=Mode.PAY,
        reservation__set_aside_at__isnull=False,
    )
    # All of it was withdrawn from before the hand-over, and the rest of the order goes on.
    whole = Q(state=LineState.RELEASED, given_up__gt=0)
    wrong = (
        Q(reservation__state__in=sorted(ENDED), state__in=still)
        | Q(reservation__state__in=sorted(LIVE), state__in=gone) & ~whole
        | Q(reservation__state=State.READY, state=LineState.CLAIMED)
        | (~Q(reservation__state=State.READY) & ~taking & Q(state=LineState.PICKED))
        | Q(state__in=sorted(HOLDING), held=0)
        | (~Q(state__in=sorted(HOLDING)) & Q(held__gt=0))
        | Q(quantity__lt=F("held") + F("consumed") + F("missing"))
    )
    rows = Line.objects.filter(wrong).select_related("reservation").order_by("pk")
    for line in rows:
        yield Violation(
            4,
            f"line:{line.pk}",
            f"is {line.state.lower()} in a reservation that is {line.reservation.state.lower()}",
        )


def claims() -> Iterator[Violation]:
    """What lines say was consumed or missing is what moved, no more and no less."""
    pairs = (
        ("consumed", (Reason.HAND_OVER, Reason.UNDO)),
        ("missing", (Reason.NOT_FOUND, Reason.ADJUST)),
    )
    for column, reasons in pairs:
        moved = {
            ref: -units
            for ref, units in Movement.objects.filter(reason__in=reasons, ref__startswith="line:")
            .values_list("ref")
            .annotate(units=Sum("units"))
            .order_by()
        }
        for pk, said in Line.objects.values_list("pk", column).iterator():
            there = moved.pop(f"line:{pk}", 0)
            if there != said:
                yield Violation(4, f"line:{pk}", f"{column} {said}, movements say {there}")
        for ref, units in sorted(moved.items()):
            if units:
                yield Violation(4, ref, f"{units} moved for a line that is gone")
