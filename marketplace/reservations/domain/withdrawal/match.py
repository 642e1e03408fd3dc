"""Which order a declaration is about: found by machine where that is certain, else by a person.

SECURITY: certain is the secret link, or the order's code together with the address it was ordered
with. Anything else waits for the city's desk; who declared reads the same answer in each case.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from marketplace.core.text import fold
from marketplace.reservations.domain import codes, holding, links, paying, swaps
from marketplace.reservations.domain.withdrawal import goods, mails, payload, refund, steps
from marketplace.reservations.enums import (
    OPEN,
    WITHDRAWALS_TO_DO,
    Mode,
    State,
    WithdrawalState,
)
from marketplace.reservations.models import (
    Line,
    Reservation,
    Withdrawal,
    WithdrawalDeclaration,
    WithdrawalLine,
)

if TYPE_CHECKING:
    from marketplace.reservations.models.reservation import ReservationQuerySet

#: A code in somebody's words: six of its letters, written 4 + 2 or together.
_CODE = re.compile(rf"(?<!\w)([{codes.ALPHABET}]{{4}})[ -]?([{codes.ALPHABET}]{{2}})(?!\w)")
_LINK = re.compile(r"/(?:abholung|widerruf)/([A-Za-z0-9_.-]{1,200})/")


def automatically(*, withdrawal_id: int, by: Actor, now: datetime) -> bool:
    """Assign it where it is certain which order is meant; whether it was."""
    row = Withdrawal.objects.select_related("declaration__checkout").get(pk=withdrawal_id)
    if row.state != WithdrawalState.RECEIVED:
        return False
    found = list(_certain(row.declaration).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        return False
    assign(withdrawal_id=row.pk, reservation_id=found[0], by=by, now=now)
    return True


def candidates(declaration: WithdrawalDeclaration) -> "ReservationQuerySet":
    """Paid orders of the city that may be meant, for a person: by code or by address, the latest
    first."""
    said = payload.read(declaration.payload)
    rows = Reservation.objects.filter(mode=Mode.PAY, checkout__city=declaration.city_id)
    by_code = rows.filter(code__in=_codes(said["contract"]))
    by_email = rows.filter(checkout__contact__email_key=fold(said["email"]) or "?")
    return (by_code | by_email).distinct().order_by("-placed_at", "pk")


@transaction.atomic
def assign(*, withdrawal_id: int, reservation_id: int, by: Actor, now: datetime) -> Withdrawal:
    """This order is meant. What has not been collected ends at once and its money goes back; for
    what was collected the shop waits for the goods.

    `Stale` where it was assigned or rejected before, or while nobody knows yet whether it is paid.
    """
    swaps.keep(reservation_id)
    reservation = swaps.read(reservation_id)
    withdrawal = Withdrawal.objects.select_related("declaration").get(pk=withdrawal_id)
    if reservation.mode != Mode.PAY or reservation.checkout.city_id != withdrawal.city_id:
        raise Refused(steps.NOT_AN_ORDER, code="no_order")
    ends_at = reservation.withdrawal_ends_at
    received_at = withdrawal.declaration.received_at
    steps.go(
        withdrawal,
        WithdrawalState.RECEIVED,
        WithdrawalState.MATCHED,
        by=by,
        now=now,
        reservation_id=reservation.pk,
        matched_at=now,
        is_late=ends_at is not None and received_at >= ends_at,
    )
    withdrawal.reservation = reservation
    fault("withdrawal.matched")
    _take_effect(withdrawal, reservation, by=by, now=now)
    mails.matched(withdrawal=withdrawal, now=now)
    return withdrawal


def _take_effect(
    withdrawal: Withdrawal, reservation: Reservation, *, by: Actor, now: datetime
) -> None:
    said = payload.read(withdrawal.declaration.payload)
    units = {each["line"]: each["units"] for each in said["goods"]}
    if reservation.state == State.PENDING:
        if not withdrawal.is_whole:
            raise Stale(steps.NOT_PAID_YET, code="not_paid_yet")
        paying.give_up(reservation_id=reservation.pk, by=by, now=now)
    elif reservation.state in OPEN and (withdrawal.is_whole or units):
        gone = goods.give_up(
            reservation_id=reservation.pk,
            units=None if withdrawal.is_whole else units,
            by=by,
            now=now,
        )
        note(withdrawal, gone, granted=True)
    elif reservation.state in OPEN:
        return  # which goods are meant stands in words: somebody reads them
    elif reservation.state == State.COLLECTED:
        note(withdrawal, _collected(reservation, None if withdrawal.is_whole else units))
        return
    steps.go(withdrawal, WithdrawalState.MATCHED, WithdrawalState.NOT_COLLECTED, by=by, now=now)
    refund.check(reservation=reservation, now=now)


def note(
    withdrawal: Withdrawal, units: Mapping[int, int], *, granted: bool = False
) -> list[WithdrawalLine]:
    """Write down so many units of each line id."""
    return WithdrawalLine.objects.bulk_create(
        WithdrawalLine(
            withdrawal=withdrawal, line_id=pk, units=number, granted=number if granted else None
        )
        for pk, number in sorted(units.items())
        if number
    )


def left(reservation: Reservation) -> dict[int, int]:
    """Units of each line id that can still be withdrawn from: those that may still be collected, or
    were, less what was withdrawn from or is declared and waits."""
    lines = holding.lines_of(reservation)
    if reservation.state in OPEN:
        return {line.pk: line.owed for line in lines}
    if reservation.state != State.COLLECTED:
        return {line.pk: 0 for line in lines}
    waiting = dict(
        WithdrawalLine.objects.filter(
            line__reservation=reservation,
            granted__isnull=True,
            withdrawal__state__in=sorted(WITHDRAWALS_TO_DO),
        )
        .values_list("line")
        .annotate(units=Sum("units"))
        .order_by()
    )
    return {line.pk: _left(line, waiting.get(line.pk, 0)) for line in lines}


def _left(line: Line, waiting: int) -> int:
    return max(line.consumed - line.withdrawn - waiting, 0)


def _collected(reservation: Reservation, units: Mapping[int, int] | None) -> dict[int, int]:
    # RACE: the reservation is held, so two declarations never claim the same unit.
    free = left(reservation)
    return {pk: min(units.get(pk, 0), n) if units is not None else n for pk, n in free.items()}


def _certain(declaration: WithdrawalDeclaration) -> "ReservationQuerySet":
    """The one order that is meant; none or several where it is not certain."""
    rows = Reservation.objects.filter(mode=Mode.PAY, checkout__city=declaration.city_id)
    if declaration.checkout_id is not None:
        return rows.filter(checkout=declaration.checkout_id)
    said = payload.read(declaration.payload)
    if (link := _LINK.search(said["contract"])) and (found := links.read(link[1])):
        return rows.filter(checkout=found[0], checkout__link_nonce=found[1])
    return rows.filter(
        code__in=_codes(said["contract"]),
        checkout__contact__email_key=fold(said["email"]) or "?",
    )


def _codes(text: str) -> list[str]:
    return ["".join(each) for each in _CODE.findall(text.upper())][:10]
