"""Money back, whole or in part, by the means it came; never more than is there."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.money import cents
from marketplace.payments.domain import booking, payments
from marketplace.payments.enums import OperationKind, PaymentState, RefundReason, RefundState
from marketplace.payments.models import Payment, Refund


def check(*, payment: Payment, amount: Decimal) -> None:
    """`Refused` where so much cannot be given back, as far as this row knows."""
    if payment.state != PaymentState.CAPTURED or payment.open_disputes or payment.kept < amount:
        raise _why_not(payment)


@transaction.atomic
def refund(
    *,
    payment_id: int,
    amount: Decimal,
    nonce: UUID,
    by: Actor,
    now: datetime,
    reason: RefundReason | None = None,
) -> Refund:
    """Owe the shopper `amount` EUR and ask the provider to give it back.

    `reason` is for the shop's own record and stands in the history. The same `nonce` is the same
    refund, however often it is asked for. `Refused` for more than is kept (captured less refunded
    less still owed back), while a dispute is open, and before the money has been taken.
    """
    cents(amount)
    if amount <= 0:
        raise Refused(_("Please enter an amount above zero."), code="amount")
    payment = booking.hold(payment_id)
    if known := Refund.objects.filter(nonce=nonce).first():
        if known.payment_id != payment.pk or known.amount != amount:
            raise Refused(_("This refund has been asked for with another amount."), code="nonce")
        return known
    # RACE: the bound is in the UPDATE as well, so that no caller can forget the hold.
    if not Payment.objects.filter(
        pk=payment.pk, state=PaymentState.CAPTURED, open_disputes=0, kept__gte=amount
    ).update(kept=payment.kept - amount, owed_back=payment.owed_back + amount):
        raise _why_not(payment)
    payment.kept, payment.owed_back = payment.kept - amount, payment.owed_back + amount
    return _ask(payment, amount, nonce, by=by, now=now, reason=reason)


@transaction.atomic
def again(*, refund_id: int, nonce: UUID, by: Actor, now: datetime) -> Refund:
    """Try a refund that did not arrive once more; the money stays owed all the while.

    `Stale` where it is not (or no longer) failed, `Refused` while a dispute is open.
    """
    failed = Refund.objects.get(pk=refund_id)
    payment = booking.hold(failed.payment_id)
    failed.refresh_from_db()
    if failed.replaced_by is not None and failed.replaced_by.nonce == nonce:
        return failed.replaced_by
    if failed.state != RefundState.FAILED or failed.replaced_by_id is not None:
        raise Stale(_("This refund is already being dealt with."), code="refund")
    if payment.open_disputes:
        raise _why_not(payment)
    made = _ask(payment, failed.amount, nonce, by=by, now=now)
    failed.replaced_by = made
    failed.save(update_fields=["replaced_by"])
    booking.settle(payment, now=now)
    return made


def _ask(
    payment: Payment,
    amount: Decimal,
    nonce: UUID,
    *,
    by: Actor,
    now: datetime,
    reason: RefundReason | None = None,
) -> Refund:
    made = Refund.objects.create(payment=payment, nonce=nonce, amount=amount, asked_at=now)
    payments.intend(
        OperationKind.REFUND,
        payment,
        payload={"amount": str(amount), "reference": str(nonce)},
        refund=made,
        now=now,
    )
    history.record(
        verb="payment.refund",
        subject=f"payment:{payment.pk}",
        scope=f"shop:{payment.shop_id}",
        by=by,
        now=now,
        data={"amount": amount, "refund": made.pk} | ({"reason": str(reason)} if reason else {}),
    )
    return made


def _why_not(payment: Payment) -> Refused:
    if payment.state != PaymentState.CAPTURED:
        return Refused(_("Nothing has been paid yet."), code="not_captured")
    if payment.open_disputes:
        # Stripe would pay twice: a refund does not end a dispute (reliability M6).
        return Refused(
            _("The shopper's bank is looking into this payment. Please wait until that is over."),
            code="disputed",
        )
    return Refused(_("This is more than is left of the payment."), code="more_than_kept")
