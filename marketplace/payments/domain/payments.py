"""Beginning, taking and letting go of a payment. Each commits an operation and calls nobody."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.faults import fault
from marketplace.core.money import cents, round_gross
from marketplace.payments.domain import booking, outcomes
from marketplace.payments.enums import (
    CLOSED,
    LANE_OF,
    LIVE,
    AccountState,
    OperationKind,
    PaymentState,
    WorkState,
)
from marketplace.payments.models import Operation, Payment, ProviderAccount, Refund

#: The provider keeps a hosted page open for at least so long (reliability F17).
SHORTEST = timedelta(minutes=30)


@transaction.atomic
def begin(
    *,
    subject: UUID,
    account_id: int,
    amount: Decimal,
    fee: Decimal,
    title: str,
    language: str,
    success_url: str,
    cancel_url: str,
    expires_at: datetime,
    by: Actor,
    now: datetime,
) -> Payment:
    """Promise one attempt to pay `subject`: a Payment and the operation that opens its page.

    Amounts in EUR, `fee` is the operator's part. A subject that is being paid already keeps its
    payment, which is returned; `Refused` where that one is another amount, where it has been paid,
    or where the account cannot take payments. ValueError below 30 minutes until `expires_at`.
    """
    cents(amount), cents(fee)
    if not outcomes.registered():
        raise LookupError("nobody listens to payments")
    if expires_at < now + SHORTEST:
        raise ValueError("a payment page lives for 30 minutes at least")
    if payment := _same(subject, account_id, amount):
        return payment
    able = ProviderAccount.objects.all().current().filter(state=AccountState.READY)
    account = able.filter(pk=account_id).first()
    if account is None:
        raise Refused(_("This shop cannot take online payments at the moment."), code="account")
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                subject=subject,
                account=account,
                shop_id=account.shop_id,
                amount=amount,
                fee=fee,
                created_at=now,
                expires_at=expires_at,
            )
    except IntegrityError:
        # RACE: another request was first; the unique constraint has waited for it.
        if payment := _same(subject, account_id, amount):
            return payment
        raise
    intend(
        OperationKind.OPEN_CHECKOUT,
        payment,
        payload={
            "title": title,
            "amount": str(amount),
            "fee": str(fee),
            "language": language,
            "success_url": success_url,
            "cancel_url": cancel_url,
            "expires_at": expires_at.isoformat(),
        },
        now=now,
    )
    _record("begin", payment, by=by, now=now, amount=amount)
    fault("payment.begun")
    return payment


@transaction.atomic
def capture(*, payment_id: int, amount: Decimal, by: Actor, now: datetime) -> Payment:
    """Take so much of what is authorised, once; the provider lets the rest go.

    Asking again for the same amount changes nothing. `Refused` above what is authorised, `Stale`
    where nothing is authorised (any more) or another amount has been asked for.
    """
    cents(amount)
    if amount <= 0:
        raise ValueError("nothing to take: cancel the payment")
    payment = booking.hold(payment_id)
    if payment.capture_asked == amount:
        return payment
    # RACE: the bound is in the UPDATE as well, so that no caller can forget the hold.
    if not Payment.objects.filter(
        pk=payment.pk,
        state=PaymentState.AUTHORISED,
        capture_asked__isnull=True,
        close_asked_at__isnull=True,
        authorised__gte=amount,
    ).update(capture_asked=amount):
        if payment.state == PaymentState.AUTHORISED and payment.authorised < amount:
            raise Refused(_("This is more than the shopper has authorised."), code="authorised")
        raise Stale(_("This payment is no longer waiting to be taken."), code="capture")
    payment.capture_asked = amount
    part = round_gross(payment.fee * amount / payment.amount)
    intend(
        OperationKind.CAPTURE, payment, payload={"amount": str(amount), "fee": str(part)}, now=now
    )
    _record("capture", payment, by=by, now=now, amount=amount)
    return payment


@transaction.atomic
def cancel(*, payment_id: int, by: Actor, now: datetime) -> Payment:
    """Nobody wants this payment any more: close its page, or let its authorisation go.

    The listener hears CLOSED once the path is closed, which may be at once, within this call; until
    then whatever the payment holds stays held (reliability S7). Money that comes in spite of it is
    told as late. Repeating changes nothing; `Stale` where the money is taken or being taken.
    """
    payment = booking.hold(payment_id)
    if payment.state in CLOSED or payment.close_asked_at is not None:
        return payment
    if not Payment.objects.filter(
        pk=payment.pk, state__in=sorted(LIVE), capture_asked__isnull=True
    ).update(close_asked_at=now):
        raise Stale(_("This has been paid already."), code="captured")
    payment.close_asked_at = now
    _record("cancel", payment, by=by, now=now)
    # RACE: nobody has leased it and, the update having its row, nobody will.
    unsent = Operation.objects.filter(
        payment=payment,
        kind=OperationKind.OPEN_CHECKOUT,
        state=WorkState.DUE,
        attempts=0,
    )
    if unsent.update(state=WorkState.VOID, done_at=now):
        booking.end(payment, PaymentState.EXPIRED, now=now)
    else:
        intend(OperationKind.CLOSE, payment, payload={}, now=now)
    return payment


def hold_all(*, subject: UUID) -> list[Payment]:
    """Every payment of a subject, oldest first, nobody else's until the transaction ends.

    RACE: take it before the rows of what is paid: the listener comes from this side.
    """
    ids = Payment.objects.filter(subject=subject).order_by("pk").values_list("pk", flat=True)
    return [booking.hold(pk) for pk in list(ids)]


def look(*, payment_id: int, now: datetime) -> Operation:
    """Ask the provider where the payment stands, soon; a question already waiting is enough."""
    with transaction.atomic():
        payment = booking.hold(payment_id)
        waiting = Operation.objects.filter(
            payment=payment, kind=OperationKind.LOOK, state=WorkState.DUE, attempts=0
        ).first()
        return waiting or intend(OperationKind.LOOK, payment, payload={}, now=now)


def intend(
    kind: OperationKind,
    payment: Payment,
    *,
    payload: dict[str, str],
    now: datetime,
    refund: Refund | None = None,
) -> Operation:
    """Write down one call to be made once the caller's transaction has committed."""
    return Operation.objects.create(
        kind=kind,
        lane=LANE_OF[kind],
        payment=payment,
        refund=refund,
        account_id=payment.account_id,
        payload=payload,
        created_at=now,
        due_at=now,
    )


def _same(subject: UUID, account_id: int, amount: Decimal) -> Payment | None:
    """The payment that this subject has already; `Refused` where it is not the same."""
    standing = Payment.objects.filter(
        subject=subject, state__in=sorted(LIVE | {PaymentState.CAPTURED})
    ).first()
    if standing is None:
        return None
    if standing.state == PaymentState.CAPTURED:
        raise Refused(_("This has been paid already."), code="paid")
    if standing.account_id != account_id or standing.amount != amount:
        raise Refused(_("Another payment for this is still open."), code="other_payment")
    if standing.close_asked_at is not None:
        raise Refused(_("The last payment for this is just being closed."), code="closing")
    return standing


def _record(verb: str, payment: Payment, *, by: Actor, now: datetime, **data: Decimal) -> None:
    history.record(
        verb=f"payment.{verb}",
        subject=f"payment:{payment.pk}",
        scope=f"shop:{payment.shop_id}",
        by=by,
        now=now,
        data=data,
    )
