"""A withdrawal is refunded when its money is back, as payments books it, and not before.

Nobody can say so by hand: there is no other way to `REFUNDED` than this (law A10).
"""

from datetime import datetime

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import queries
from marketplace.payments.enums import LIVE
from marketplace.payments.models import Payment
from marketplace.reservations.domain import money
from marketplace.reservations.domain.withdrawal import steps
from marketplace.reservations.enums import WITHDRAWALS_TO_REFUND, State, WithdrawalState
from marketplace.reservations.models import Line, Reservation, Withdrawal


def check(*, reservation: Reservation, now: datetime) -> None:
    """Close the withdrawals of a held reservation whose money is back, or was never taken. The
    listener of payments calls this whenever money has moved."""
    open_ones = Withdrawal.objects.filter(
        reservation=reservation, state__in=sorted(WITHDRAWALS_TO_REFUND)
    )
    for withdrawal in open_ones.order_by("pk"):
        if not _is_back(reservation):
            return
        steps.go(
            withdrawal,
            WithdrawalState(withdrawal.state),
            WithdrawalState.REFUNDED,
            by=Actor.system(),
            now=now,
            refunded_at=now,
        )


def _is_back(reservation: Reservation) -> bool:
    """Nothing is owed back, and nothing kept or being taken beyond what the goods cost."""
    if reservation.state == State.PENDING:
        return False
    due = money.due(reservation, Line.objects.filter(reservation=reservation))
    attempts = list(Payment.objects.filter(subject__in=[reservation.subject]))
    if any(each.owed_back or each.open_disputes for each in attempts):
        return False
    for each in attempts:
        if each.state in LIVE and (not due or (each.capture_asked or money.ZERO) > due):
            return False
    kept = (max(each.kept - queries.lost(each), money.ZERO) for each in attempts)
    return sum(kept, money.ZERO) <= due
