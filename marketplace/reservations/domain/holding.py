"""What a reservation's lines hold: moves lines and stock together, inside lifecycle's transaction.

The caller holds the reservation. Offers are taken first, all of them in primary-key order
(truth 10); after that the order of the verbs on them does not matter.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.core.faults import fault
from marketplace.reservations.enums import ASIDE, Choice, LineState
from marketplace.reservations.models import Line, Reservation
from shops.domain import stock
from shops.domain.confidence import Level
from shops.domain.stock import Units

#: What of a line moves; the rest was copied at checkout and stays (truth 5).
FIELDS = ("state", "held", "consumed", "missing", "choice")


def lines_of(reservation: Reservation) -> list[Line]:
    """All lines, in the order they were placed."""
    return list(Line.objects.filter(reservation=reservation).order_by("pk"))


def let_go(reservation: Reservation, *, missing: bool, by: Actor, now: datetime) -> None:
    """End every holding line: picked goods wait to be put back, the others are free at once,
    or leave the stock when they are `missing`."""
    lines = _take(reservation)
    units = [_units(line, line.held) for line in lines if line.state == LineState.CLAIMED]
    if missing:
        stock.not_found(units=units, by=by, now=now)
    else:
        stock.release(units=units, now=now)
    for line in lines:
        if line.state == LineState.CLAIMED:
            line.missing, line.held = (line.held if missing else 0), 0
            line.state = LineState.NOT_FOUND if missing else LineState.RELEASED
            line.choice = Choice.OPEN if missing else line.choice
        else:
            line.state = LineState.PUT_BACK
    _save(lines)


def set_aside(lines: list[Line], counts: Mapping[int, int], *, by: Actor, now: datetime) -> None:
    """Put what was found into a compartment and correct the stock of what was not."""
    stock.take(offer_ids=[line.offer_id for line in lines])
    gone = [_units(line, line.held - counts[line.pk]) for line in lines]
    stock.not_found(units=gone, by=by, now=now)
    fault("ready.half")
    stock.pick(units=[_units(line, counts[line.pk]) for line in lines], now=now)
    for line in lines:
        line.missing = line.held - counts[line.pk]
        line.held = counts[line.pk]
        line.state = LineState.PICKED if line.held else LineState.NOT_FOUND
        line.choice = Choice.OPEN if line.missing else ""
    _save(lines)


def give_out(lines: list[Line], counts: Mapping[int, int], *, by: Actor, now: datetime) -> None:
    """Units leave with the shopper; the rest is free at once or waits to be put back."""
    stock.take(offer_ids=[line.offer_id for line in lines])
    stock.consume(units=[_units(line, counts[line.pk]) for line in lines], by=by, now=now)
    fault("hand_over.half")
    loose = [line for line in lines if line.state not in ASIDE]
    stock.release(units=[_units(line, line.held - counts[line.pk]) for line in loose], now=now)
    for line in lines:
        left = line.held - counts[line.pk]
        line.consumed = counts[line.pk]
        line.held = left if line.state in ASIDE else 0
        line.state = _rest(line)
    _save(lines)


def claim_again(reservation: Reservation, *, now: datetime) -> bool:
    """Claim the goods of a lapsed hold once more; whether their stock is sure. `SoldOut` where
    they are not free."""
    lines = lines_of(reservation)
    units = [Units(line.offer_id, line.quantity, ref=f"line:{line.pk}") for line in lines]
    levels = stock.claim(units=units, now=now)
    for line in lines:
        line.held, line.state = line.quantity, LineState.CLAIMED
    _save(lines)
    return all(level == Level.THERE for level in levels.values())


def take_again(reservation: Reservation) -> None:
    """Put-back goods are set aside again. `Stale` when they are back on the shelf."""
    lines = _put_back(reservation)
    for line in lines:
        line.state = LineState.PICKED
    _save(lines)


def back_on_shelf(reservation: Reservation, *, now: datetime) -> None:
    """Put-back goods are on the shelf and count. `Stale` when they were already."""
    lines = _put_back(reservation)
    stock.release(units=[_units(line, line.held) for line in lines], now=now)
    for line in lines:
        line.held = 0
        line.state = _rest(line)
    _save(lines)


def _take(reservation: Reservation) -> list[Line]:
    lines = [line for line in lines_of(reservation) if line.held]
    stock.take(offer_ids=[line.offer_id for line in lines])
    return lines


def _put_back(reservation: Reservation) -> list[Line]:
    lines = [line for line in _take(reservation) if line.state == LineState.PUT_BACK]
    if not lines:
        raise Stale(_("The goods are back on the shelf already."), code="put_back_done")
    return lines


def _units(line: Line, quantity: int) -> Units:
    aside = line.state in ASIDE
    return Units(line.offer_id, quantity, set_aside=aside, ref=f"line:{line.pk}")


def _rest(line: Line) -> LineState:
    if line.held:
        return LineState.PUT_BACK
    return LineState.CONSUMED if line.consumed else LineState.RELEASED


def _save(lines: list[Line]) -> None:
    Line.objects.bulk_update(lines, FIELDS)


def snapshot(reservation: Reservation) -> dict[str, dict[str, str | int]]:
    """The lines as they are, for `give_back`."""
    return {
        str(line.pk): {name: getattr(line, name) for name in FIELDS}
        for line in lines_of(reservation)
    }


def give_back(
    reservation: Reservation,
    *,
    before: Mapping[str, Mapping[str, Any]],
    by: Actor,
    now: datetime,
) -> None:
    """Lines and stock as they were `before`: an undo is a new claim with compensating movements.

    `SoldOut` when units that were given free have been taken by somebody else meanwhile.
    """
    lines = lines_of(reservation)
    stock.take(offer_ids=[line.offer_id for line in lines])
    for line in lines:
        was = before[str(line.pk)]
        aside_then = was["state"] in ASIDE
        handed, lost = line.consumed - was["consumed"], line.missing - was["missing"]
        freed = was["held"] - line.held - handed - lost
        aside_now = line.state in ASIDE

        def units(quantity: int, aside: bool, line: Line = line) -> list[Units]:
            return [Units(line.offer_id, quantity, set_aside=aside, ref=f"line:{line.pk}")]

        stock.restore(units=units(handed, aside_then), by=by, now=now)
        stock.found_again(units=units(lost, aside_then), by=by, now=now)
        stock.claim(units=units(freed, aside_then), now=now)
        if aside_now and not aside_then:
            stock.unpick(units=units(line.held, aside=False), now=now)
        for name in FIELDS:
            setattr(line, name, was[name])
    _save(lines)
