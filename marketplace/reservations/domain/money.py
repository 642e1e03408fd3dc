"""What a paid reservation is worth now, and bringing its payments in line with that.

Money follows goods: whatever changes a reservation ends with `settle`, which lets go of an
authorisation nobody needs or gives back what is kept without goods. It only commits operations;
the lanes of payments make the calls. The caller holds payments and reservation (`swaps`).
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from marketplace.core.domain.history import Actor
from marketplace.payments.domain import payments, queries, refunds
from marketplace.payments.enums import LIVE, PaymentState
from marketplace.payments.models import Payment
from marketplace.reservations.enums import LIVE as RUNNING
from marketplace.reservations.enums import Mode, State
from marketplace.reservations.models import Line, Reservation

ZERO = Decimal("0.00")


def due(reservation: Reservation, lines: Iterable[Line]) -> Decimal:
    """What its goods cost as it stands, gross in EUR: held ones while it runs, those that were
    taken after; never those withdrawn from. Nothing for one that has ended without a hand-over."""
    return sum((line.price * units(reservation, line) for line in lines), ZERO)


def units(reservation: Reservation, line: Line) -> int:
    """How many units of a line are to be paid as it stands."""
    if reservation.state in RUNNING:
        return line.owed
    return line.consumed - line.withdrawn if reservation.state == State.COLLECTED else 0


def settle(reservation: Reservation, *, by: Actor, now: datetime) -> None:
    """Let go of or give back what is more than `due`, over all attempts to pay, oldest first.

    Repeating changes nothing: a refund's nonce says how much it leaves. While a bank looks into a
    payment nothing goes back; the listener settles again when that is over.
    """
    if reservation.mode != Mode.PAY or reservation.subject is None:
        return
    owed = due(reservation, Line.objects.filter(reservation=reservation))
    attempts = payments.hold_all(subject=reservation.subject)
    # What a bank has taken back for good is no longer there to be given back (reliability M6).
    left = {each.pk: max(each.kept - queries.lost(each), ZERO) for each in attempts}
    excess = sum(left.values(), ZERO) - owed
    for payment in attempts:
        if payment.state in LIVE:
            if not owed and payment.capture_asked is None:
                payments.cancel(payment_id=payment.pk, by=by, now=now)
        elif excess > 0 and left[payment.pk] > 0 and not payment.open_disputes:
            back = min(excess, left[payment.pk])
            refunds.refund(
                payment_id=payment.pk,
                amount=back,
                nonce=_nonce(payment, left=payment.kept - back),
                by=by,
                now=now,
            )
            excess -= back


def take(reservation: Reservation, *, by: Actor, now: datetime) -> bool:
    """Take what the goods found cost; True once it is booked, False while it is on its way.

    `Refused` or `Stale` of payments where nothing is authorised.
    """
    if reservation.subject is None:
        raise ValueError("nothing is paid online here")
    attempts = payments.hold_all(subject=reservation.subject)
    if any(each.state == PaymentState.CAPTURED for each in attempts):
        settle(reservation, by=by, now=now)
        return True
    amount = due(reservation, Line.objects.filter(reservation=reservation))
    last = queries.last_of(reservation.subject)
    if last is None:
        raise LookupError("a paid reservation without a payment")
    # It has been asked for already where the authorisation was about to be lost.
    asked = last.capture_asked if last.capture_asked is not None else amount
    payments.capture(payment_id=last.pk, amount=asked, by=by, now=now)
    return False


def is_backed(reservation: Reservation) -> bool:
    """Whether some payment is promised or taken, or still can be."""
    attempts = Payment.objects.filter(subject__in=[reservation.subject])
    return attempts.filter(state__in=sorted(LIVE | {PaymentState.CAPTURED})).exists()


@dataclass(frozen=True, slots=True)
class Money:
    """Where the money of one reservation is, in EUR, over all attempts to pay."""

    #: Of the attempt that counts: the one with money, else the last.
    state: PaymentState
    authorised: Decimal
    captured: Decimal
    refunded: Decimal
    owed_back: Decimal
    disputed: bool

    @property
    def kept(self) -> Decimal:
        return self.captured - self.refunded - self.owed_back


def of(reservations: Iterable[Reservation]) -> dict[int, Money]:
    """Reservation id -> where its money is; those without a payment are missing. One query."""
    by_subject = {each.subject: each.pk for each in reservations if each.subject is not None}
    found: dict[int, list[Payment]] = {}
    rows = Payment.objects.filter(subject__in=list(by_subject)) if by_subject else []
    for payment in sorted(rows, key=lambda each: each.pk):
        found.setdefault(by_subject[payment.subject], []).append(payment)
    return {pk: _sum(attempts) for pk, attempts in found.items()}


def _sum(attempts: list[Payment]) -> Money:
    taken = [each for each in attempts if each.state == PaymentState.CAPTURED]
    last = (taken or attempts)[-1]
    return Money(
        state=PaymentState(last.state),
        authorised=last.authorised,
        captured=sum((each.captured for each in taken), ZERO),
        refunded=sum((each.refunded for each in taken), ZERO),
        owed_back=sum((each.owed_back for each in taken), ZERO),
        disputed=any(each.open_disputes for each in attempts),
    )


def _nonce(payment: Payment, *, left: Decimal) -> uuid.UUID:
    return uuid.uuid5(payment.subject, f"{payment.pk} leaves {left:.2f}")
