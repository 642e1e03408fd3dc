"""What a person of the shop, or of the city's desk, makes of a withdrawal. Only people reject."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.reservations.domain import swaps
from marketplace.reservations.domain.withdrawal import goods, mails, match, refund, steps
from marketplace.reservations.enums import OPEN, WITHDRAWALS_TO_DO, Seal, WithdrawalState
from marketplace.reservations.models import Reservation, Withdrawal, WithdrawalLine

#: Longest reason, in letters.
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What came back of one line: units whose money goes back, those of them for the shelf, and the
    seal where there was one."""

    units: int
    shelved: int = 0
    seal: str = ""


@transaction.atomic
def accept(
    *, withdrawal_id: int, back: Mapping[int, Back], reason: str, by: Actor, now: datetime
) -> Withdrawal:
    """The goods are back, or were never collected: their money goes back at once.

    `back` maps line ids. `Refused` where it is more than was declared; without a `reason` where it
    is less; where it is nothing at all, which is a rejection. `Stale` when it was answered before.
    """
    withdrawal, reservation = _hold(withdrawal_id)
    if withdrawal.state != WithdrawalState.MATCHED:
        raise steps.done()
    _check_seals(back)
    lines = {each.line_id: each for each in withdrawal.lines.all()}
    wanted = {pk: each.units for pk, each in lines.items()} or match.left(reservation)
    granted = {pk: each.units for pk, each in back.items() if each.units}
    if not granted:
        raise Refused(
            _("Nothing is taken back. Please reject the withdrawal instead, with your reasons."),
            code="nothing_back",
        )
    if any(number > wanted.get(pk, 0) for pk, number in granted.items()):
        raise Refused(
            _("This is more than was declared and is left of the order."), code="more_than_declared"
        )
    if lines and any(granted.get(pk, 0) < number for pk, number in wanted.items()):
        _check_reason(reason)
    if reservation.state in OPEN:
        granted = goods.give_up(reservation_id=reservation.pk, units=granted, by=by, now=now)
        to = WithdrawalState.NOT_COLLECTED
    else:
        shelved = {pk: each.shelved for pk, each in back.items()}
        goods.take_back(
            reservation_id=reservation.pk, units=granted, shelved=shelved, by=by, now=now
        )
        to = WithdrawalState.RETURNED
    if not lines:
        lines = {each.line_id: each for each in match.note(withdrawal, granted)}
    for pk, line in lines.items():
        said = back.get(pk, Back(units=0))
        line.granted = granted.get(pk, 0)
        line.shelved = said.shelved if line.granted and to == WithdrawalState.RETURNED else 0
        line.seal = said.seal
    WithdrawalLine.objects.bulk_update(lines.values(), ["granted", "shelved", "seal"])
    _answer(withdrawal, to, reason=reason, by=by, now=now)
    if reason:
        mails.answered(withdrawal=withdrawal, now=now)
    refund.check(reservation=swaps.read(reservation.pk), now=now)
    return withdrawal


@transaction.atomic
def reject(*, withdrawal_id: int, reason: str, by: Actor, now: datetime) -> Withdrawal:
    """A person says no, and why; who declared reads it. `Refused` without a reason."""
    _check_reason(reason)
    withdrawal = _read(withdrawal_id)
    if withdrawal.reservation_id is not None:
        withdrawal, _reservation = _hold(withdrawal_id)
    _answer(withdrawal, WithdrawalState.REJECTED, reason=reason, by=by, now=now)
    WithdrawalLine.objects.filter(withdrawal=withdrawal).update(granted=0)
    mails.answered(withdrawal=withdrawal, now=now)
    return withdrawal


def _answer(
    withdrawal: Withdrawal, to: WithdrawalState, *, reason: str, by: Actor, now: datetime
) -> None:
    if by.user_id is None:
        raise ValueError("a person answers a withdrawal")
    if withdrawal.state not in WITHDRAWALS_TO_DO:
        raise steps.done()
    steps.go(
        withdrawal,
        WithdrawalState(withdrawal.state),
        to,
        by=by,
        now=now,
        answered_at=now,
        answered_by_id=by.user_id,
        reason=reason.strip(),
    )


def _read(withdrawal_id: int) -> Withdrawal:
    return Withdrawal.objects.select_related("declaration").get(pk=withdrawal_id)


def _hold(withdrawal_id: int) -> tuple[Withdrawal, Reservation]:
    """The withdrawal, with its reservation nobody else's until the transaction ends."""
    withdrawal = _read(withdrawal_id)
    if withdrawal.reservation_id is None:
        raise Refused(_("Nobody has said yet which order this is about."), code="unmatched")
    swaps.keep(withdrawal.reservation_id)
    # RACE: read again under the hold; somebody may have answered meanwhile.
    return _read(withdrawal_id), swaps.read(withdrawal.reservation_id)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Please give your reasons. The shopper reads them."), code="reason_missing")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Please put this more briefly."), code="reason_long")


def _check_seals(back: Mapping[int, Back]) -> None:
    if any(each.seal not in ("", *Seal.values) for each in back.values()):
        raise Refused(_("Please say how the seal looks."), code="seal")
