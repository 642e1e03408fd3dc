"""What a withdrawal does to goods and money, before and after the hand-over.

Each verb holds payments and reservation first, then offers in primary-key order, then lines, and
ends by bringing the money in line (`money.settle`): it goes back by the means it came, and by no
other, since nothing here or anywhere books a refund of another kind (BGB § 357 (3); law A10).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from marketplace.reservations.domain import holding, lifecycle, money, swaps
from marketplace.reservations.enums import OPEN, EndReason, LineState, State, Verb
from marketplace.reservations.models import Line, Reservation
from shops.domain import stock
from shops.domain.stock import Units


@transaction.atomic
def give_up(
    *, reservation_id: int, units: Mapping[int, int] | None, by: Actor, now: datetime
) -> dict[int, int]:
    """Withdraw before the hand-over: from all (`units` None) or from so many of each line id, never
    more than is left. Returns what it came to. `Stale` once it was handed over or has ended.

    Goods on the shelf are free at once; those in a compartment when somebody has taken them out.
    """
    swaps.keep(reservation_id)
    reservation = swaps.read(reservation_id)
    if reservation.state not in OPEN:
        raise swaps.stale(reservation_id)
    lines = holding.lines_of(reservation)
    gone = {
        line.pk: min(line.owed if units is None else units.get(line.pk, 0), line.owed)
        for line in lines
    }
    gone = {pk: number for pk, number in gone.items() if number}
    if sum(gone.values()) == sum(line.owed for line in lines):
        lifecycle.cancel(reservation_id=reservation_id, reason=EndReason.WITHDRAWN, by=by, now=now)
        lines = holding.lines_of(reservation)
        for line in lines:
            line.given_up += gone.get(line.pk, 0)
        Line.objects.bulk_update(lines, ["given_up"])
        return gone
    if not gone:
        return gone
    reservation = swaps.hold(reservation_id, Verb.WITHDRAW, only=Q(state__in=OPEN))
    swaps.become(reservation, Verb.WITHDRAW, by=by, now=now)
    _let_go([line for line in lines if line.pk in gone], gone, now=now)
    money.settle(reservation, by=by, now=now)
    return gone


def _let_go(lines: list[Line], gone: Mapping[int, int], *, now: datetime) -> None:
    loose = [line for line in lines if line.state == LineState.CLAIMED]
    stock.take(offer_ids=[line.offer_id for line in loose])
    stock.release(units=[_units(line, gone[line.pk]) for line in loose], now=now)
    fault("withdrawal.released")
    for line in lines:
        line.given_up += gone[line.pk]
        if line.state == LineState.CLAIMED:
            line.held -= gone[line.pk]
            line.state = LineState.CLAIMED if line.held else LineState.RELEASED
    Line.objects.bulk_update(lines, ["given_up", "held", "state"])


@transaction.atomic
def take_out(*, reservation_id: int, by: Actor, now: datetime) -> None:
    """Units withdrawn from have been taken out of the compartment and stand on the shelf again:
    now they count. `Stale` where there are none (any more)."""
    reservation = swaps.hold(reservation_id, Verb.TAKE_OUT)
    lines = [line for line in holding.lines_of(reservation) if line.to_take_out]
    if not lines:
        raise Stale(_("The goods are back on the shelf already."), code="put_back_done")
    swaps.become(reservation, Verb.TAKE_OUT, by=by, now=now)
    stock.take(offer_ids=[line.offer_id for line in lines])
    stock.release(units=[_units(line, line.to_take_out, set_aside=True) for line in lines], now=now)
    for line in lines:
        line.held = line.owed
        line.state = LineState.PICKED if line.held else LineState.RELEASED
    Line.objects.bulk_update(lines, ["held", "state"])


@transaction.atomic
def take_back(
    *,
    reservation_id: int,
    units: Mapping[int, int],
    shelved: Mapping[int, int],
    by: Actor,
    now: datetime,
) -> Reservation:
    """Withdraw after the hand-over: so many `units` of each line id are the shop's again and their
    money goes back; of those, `shelved` stand on the shelf and count.

    `Refused` for more than was collected and not given back yet. `Stale` unless it was collected.
    """
    collected = Q(state=State.COLLECTED)
    reservation = swaps.hold(reservation_id, Verb.WITHDRAW, only=collected)
    swaps.become(reservation, Verb.WITHDRAW, by=by, now=now)
    lines = [line for line in holding.lines_of(reservation) if units.get(line.pk)]
    back = {line.pk: shelved.get(line.pk, 0) for line in lines}
    for line in lines:
        if not 0 <= back[line.pk] <= units[line.pk] <= line.consumed - line.withdrawn:
            raise Refused(
                _("Please enter how many units came back, and how many of them you can sell."),
                code="units_out_of_range",
            )
    stock.take(offer_ids=[line.offer_id for line in lines])
    stock.come_back(units=[_units(line, back[line.pk]) for line in lines], by=by, now=now)
    fault("withdrawal.back")
    for line in lines:
        line.withdrawn += units[line.pk]
    Line.objects.bulk_update(lines, ["withdrawn"])
    money.settle(reservation, by=by, now=now)
    return reservation


def _units(line: Line, quantity: int, *, set_aside: bool = False) -> Units:
    return Units(line.offer_id, quantity, set_aside=set_aside, ref=f"line:{line.pk}")
