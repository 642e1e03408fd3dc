"""Paying for a reservation: beginning, hearing what became of it, and what time does to it.

Payments knows a `subject` and an amount; `listen` is the one function it calls, inside its own
transaction, so that money and goods change together or not at all. Nothing here talks to the
provider: that is done outside of transactions (`payments.domain.pages`, `operations`).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.payments.domain import cases, outcomes, payments, queries
from marketplace.payments.domain.outcomes import Outcome, OutcomeKind
from marketplace.payments.enums import LIVE, CaseKind, PaymentState
from marketplace.payments.models import Payment
from marketplace.reservations.domain import lifecycle, links, money, notices, swaps
from marketplace.reservations.domain.receipts import issuing
from marketplace.reservations.domain.withdrawal import refund
from marketplace.reservations.enums import ENDED, OPEN, EndReason, Mode, State
from marketplace.reservations.models import Checkout, Line, Reservation
from shops.domain.paying import pay_fee
from shops.domain.stock import SoldOut

#: How long the provider's page stays open; at least half an hour (reliability F17).
PAGE_LIVES = timedelta(minutes=35)
#: So much longer the goods are held: a payment of the last second is still on its way (S7).
GRACE = timedelta(minutes=10)
HOLD = PAGE_LIVES + GRACE
#: Says on the page behind the secret link that one comes from paying; believed by nobody.
BACK = "bezahlt"
#: Money is taken so long before its authorisation is lost.
AHEAD = timedelta(hours=24)


def begin(*, reservation: Reservation, by: Actor, now: datetime) -> Payment:
    """Promise to pay for a reservation that was just placed, in the caller's transaction.

    `Refused` where the shop cannot take payments.
    """
    if reservation.subject is None:
        raise ValueError("this reservation is not paid online")
    account = queries.account_of(reservation.shop_id)
    checkout = reservation.checkout
    city = checkout.city
    if account is None or reservation.shop.pay_open_since is None or not city.pay_open:
        raise _closed(reservation)
    amount = money.due(reservation, Line.objects.filter(reservation=reservation))
    link = links.address(checkout)
    return payments.begin(
        subject=reservation.subject,
        account_id=account.pk,
        amount=amount,
        fee=pay_fee(city, amount),
        title=_("Goods from %(shop)s") % {"shop": reservation.shop.name},
        language=checkout.language,
        success_url=f"{link}?{BACK}=1",
        cancel_url=link,
        expires_at=now + PAGE_LIVES,
        by=by,
        now=now,
    )


@transaction.atomic
def give_up(*, reservation_id: int, by: Actor, now: datetime) -> None:
    """The shopper does not want to pay after all. The goods are free once nobody can pay any more,
    which may be in this very moment. `Stale` where the money has been promised already."""
    swaps.keep(reservation_id)
    reservation = swaps.read(reservation_id)
    if reservation.state != State.PENDING or reservation.subject is None:
        raise swaps.stale(reservation_id)
    swaps.write(reservation, {"reason": EndReason.SHOPPER})
    for payment in payments.hold_all(subject=reservation.subject):
        if payment.state in LIVE:
            payments.cancel(payment_id=payment.pk, by=by, now=now)


def waiting_payment(checkout: Checkout) -> Payment | None:
    """The payment somebody still has to make for this checkout; None where nothing is to be paid
    (any more)."""
    waits = Reservation.objects.filter(checkout=checkout, state=State.PENDING)
    waiting = waits.exclude(reason=EndReason.SHOPPER).first()
    if waiting is None or waiting.subject is None:
        return None
    return queries.live_of(waiting.subject)


def listen(outcome: Outcome) -> None:
    """What payments tells. Money without goods goes back, or a person is asked; it never stays."""
    found = Reservation.objects.filter(subject=outcome.subject).first()
    if found is None:
        cases.open_case(
            kind=CaseKind.UNKNOWN_MONEY,
            about=f"payment:{outcome.payment_id}",
            detail="subject",
            shop_id=Payment.objects.values_list("shop_id", flat=True).get(pk=outcome.payment_id),
            now=outcome.at,
        )
        return
    swaps.keep(found.pk)
    reservation = swaps.read(found.pk)
    match outcome.kind:
        case OutcomeKind.AUTHORISED | OutcomeKind.CAPTURED:
            _money_came(reservation, outcome)
            if outcome.kind == OutcomeKind.CAPTURED:
                issuing.for_payment(
                    reservation=reservation, payment_id=outcome.payment_id, now=outcome.at
                )
        case OutcomeKind.CLOSED:
            _path_closed(reservation, now=outcome.at)
        case OutcomeKind.REFUNDED:
            issuing.for_refunds(
                reservation=reservation, payment_id=outcome.payment_id, now=outcome.at
            )
            told = reservation.state in OPEN | {State.COLLECTED}
            if told or reservation.reason == EndReason.WITHDRAWN:
                notices.refunded(
                    reservation=reservation,
                    payment_id=outcome.payment_id,
                    amount=outcome.amount,
                    now=outcome.at,
                )
        case OutcomeKind.DISPUTE_OVER:
            money.settle(reservation, by=Actor.system(), now=outcome.at)
    refund.check(reservation=swaps.read(reservation.pk), now=outcome.at)


def close_unpaid(*, now: datetime) -> int:
    """End the payment path of holds whose time is over; how many. The listener frees their goods
    once the path is closed, and not before."""
    rows = Reservation.objects.filter(state=State.PENDING)
    open_ones = Payment.objects.filter(state__in=sorted(LIVE), close_asked_at__isnull=True)
    over = rows.filter(hold_until__lte=now, subject__in=open_ones.values("subject"))
    done = sum(_close(pk, now) for pk in list(over.order_by("pk").values_list("pk", flat=True)))
    # The page has closed by itself and nobody told us what became of it: ask.
    subjects = rows.filter(hold_until__gt=now).values("subject")
    silent = Payment.objects.filter(
        subject__in=subjects, state=PaymentState.OPEN, expires_at__lte=now
    )
    for pk in list(silent.values_list("pk", flat=True)):
        payments.look(payment_id=pk, now=now)
    return done


def secure(*, now: datetime) -> int:
    """Take money whose authorisation would be lost before the shop is done (design 8); how many."""
    at_risk = Payment.objects.filter(
        state=PaymentState.AUTHORISED,
        capture_before__lte=now + AHEAD,
        capture_asked__isnull=True,
        close_asked_at__isnull=True,
    )
    return sum(_secure(payment, now) for payment in at_risk)


def register() -> None:
    """Called once at start: payments tells us."""
    outcomes.register(listen)


# Inside -------------------------------------------------------------------------------------


@transaction.atomic
def _close(reservation_id: int, now: datetime) -> int:
    """End the payment path of one hold; how many payments."""
    # RACE: paid at this very moment it waits no longer once it is held, and keeps its payment.
    swaps.keep(reservation_id)
    reservation = swaps.read(reservation_id)
    if reservation.state != State.PENDING or reservation.subject is None:
        return 0
    left = [one for one in payments.hold_all(subject=reservation.subject) if one.state in LIVE]
    for payment in left:
        payments.cancel(payment_id=payment.pk, by=Actor.clock(), now=now)
    return len(left)


@transaction.atomic
def _secure(payment: Payment, now: datetime) -> bool:
    found = Reservation.objects.filter(subject=payment.subject, mode=Mode.PAY).first()
    if found is None:
        return False
    swaps.keep(found.pk)
    reservation = swaps.read(found.pk)
    if reservation.state != State.CONFIRMED or reservation.set_aside_at is not None:
        return False
    amount = money.due(reservation, Line.objects.filter(reservation=reservation))
    try:
        payments.capture(payment_id=payment.pk, amount=amount, by=Actor.clock(), now=now)
    except (Refused, Stale):
        # RACE: taken or let go since it was found; the clock goes on with the others.
        return False
    return True


def _money_came(reservation: Reservation, outcome: Outcome) -> None:
    now, taken = outcome.at, outcome.kind == OutcomeKind.CAPTURED
    given_up = reservation.reason == EndReason.SHOPPER
    if reservation.state == State.PENDING:
        if given_up and taken:
            reservation = lifecycle.lapse(reservation_id=reservation.pk, now=now)
        elif not given_up and (taken or not outcome.late):
            # Also when we had asked to close: the goods are held still, and they are paid.
            reservation = lifecycle.pay(reservation_id=reservation.pk, now=now)
    elif reservation.state == State.EXPIRED and taken and not given_up:
        reservation = _late(reservation, now=now)
    elif reservation.state == State.CONFIRMED and taken and reservation.set_aside_at is not None:
        reservation = lifecycle.finish_ready(reservation_id=reservation.pk, now=now)
    money.settle(reservation, by=Actor.system(), now=now)


def _late(reservation: Reservation, *, now: datetime) -> Reservation:
    """Money for a hold that has lapsed: its goods once more, or the money back."""
    try:
        with transaction.atomic():
            return lifecycle.revive(reservation_id=reservation.pk, now=now)
    except SoldOut:
        notices.too_late(reservation=reservation, now=now)
        return reservation


def _path_closed(reservation: Reservation, *, now: datetime) -> None:
    if reservation.state in ENDED or money.is_backed(reservation):
        return
    if reservation.state == State.PENDING:
        lifecycle.lapse(reservation_id=reservation.pk, now=now)
    else:
        lifecycle.lose_payment(reservation_id=reservation.pk, now=now)


def _closed(reservation: Reservation) -> Refused:
    return Refused(
        _("%(shop)s takes no online payments at the moment. Please reserve instead.")
        % {"shop": reservation.shop.name},
        code="pay_closed",
    )
