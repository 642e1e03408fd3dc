"""Writes what the provider reports, and what follows from it, in one transaction.

Whoever writes a payment holds it first: one UPDATE of its version, which waits for every other
writer on both databases. Amounts are written as whole values under that hold, never as sums in SQL,
which SQLite would compute in binary.
"""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.payments.domain import cases, outcomes, states
from marketplace.payments.domain.outcomes import Outcome, OutcomeKind
from marketplace.payments.enums import (
    CLOSED,
    DISPUTED,
    CaseKind,
    DisputeState,
    PaymentState,
    RefundState,
)
from marketplace.payments.gateway.port import (
    DisputeSnapshot,
    PaymentSnapshot,
    RefundSnapshot,
)
from marketplace.payments.models import Dispute, Payment, Refund

ZERO = Decimal("0.00")


def hold(payment_id: int) -> Payment:
    """The payment, nobody else's until the transaction ends. `DoesNotExist` where there is none."""
    # RACE: the update takes the row (PostgreSQL) or the database (SQLite); reading first would not.
    if not Payment.objects.filter(pk=payment_id).update(version=F("version") + 1):
        raise Payment.DoesNotExist
    return Payment.objects.select_related("account").get(pk=payment_id)


@transaction.atomic
def apply(*, payment_id: int, seen: PaymentSnapshot, now: datetime) -> Payment:
    """Bring a payment to what a fetched report says; telling the listener what is new.

    The same report again changes nothing and tells nobody. A report about another account, mode,
    currency or more money than was agreed opens a case and is not applied.
    """
    payment = hold(payment_id)
    if wrong := _contradiction(payment, seen):
        cases.open_case(
            kind=CaseKind.CONTRADICTION,
            about=f"payment:{payment.pk}",
            detail=wrong,
            shop_id=payment.shop_id,
            now=now,
        )
        return payment
    before = known_of(payment)
    after = states.join(before, seen)
    _write_refunds(payment, before, after, now)
    disputes = _write_disputes(payment, before, after, now)
    payment.page_url = (
        (seen.page_url or payment.page_url) if after.state == PaymentState.OPEN else ""
    )
    settle(payment, now=now, **_facts(after))
    _tell_state(payment, before, after, now)
    # Told when it is written: whoever waited for the end of a dispute may refund at once.
    for kind, amount in disputes:
        tell(payment, kind, amount, now=now)
    return payment


def known_of(payment: Payment) -> states.Known:
    """What all reports about it so far amount to, from its rows."""
    refunds = Refund.objects.filter(payment=payment).exclude(provider_id="")
    return states.Known(
        state=PaymentState(payment.state),
        session_ref=payment.session_ref,
        intent_ref=payment.intent_ref,
        authorised=payment.authorised,
        captured=payment.captured,
        method=payment.method,
        capture_mode=payment.capture_mode,
        capture_before=payment.capture_before,
        refunds={
            one.provider_id: RefundSnapshot(
                provider_id=one.provider_id, amount=one.amount, state=RefundState(one.state)
            )
            for one in refunds
        },
        disputes={
            one.provider_id: DisputeSnapshot(
                provider_id=one.provider_id, amount=one.amount, state=DisputeState(one.state)
            )
            for one in Dispute.objects.filter(payment=payment)
        },
    )


def settle(payment: Payment, *, now: datetime, **facts: Any) -> None:
    """Write `facts` and, from the refunds' rows, where the captured money is (truth 6).

    Tells of money that has gone back since. The caller holds the payment.
    """
    gone_before = payment.refunded
    for name, value in facts.items():
        setattr(payment, name, value)
    rows = Refund.objects.filter(payment=payment, replaced_by__isnull=True)
    money = states.split(
        payment.captured,
        [(amount, RefundState(state)) for amount, state in rows.values_list("amount", "state")],
    )
    payment.kept, payment.refunded = money.kept, money.refunded
    payment.owed_back = money.owed_back
    if payment.state == PaymentState.CAPTURED and payment.captured_at is None:
        payment.captured_at = now
    payment.save(update_fields=["kept", "refunded", "owed_back", "captured_at", "page_url", *facts])
    if payment.refunded > gone_before:
        tell(payment, OutcomeKind.REFUNDED, payment.refunded - gone_before, now=now)


def tell(
    payment: Payment,
    kind: OutcomeKind,
    amount: Decimal = ZERO,
    *,
    now: datetime,
    late: bool = False,
) -> None:
    """One line of history, and the listener hears it, in the caller's transaction."""
    history.record(
        verb=f"payment.{kind.value.lower()}",
        subject=f"payment:{payment.pk}",
        scope=f"shop:{payment.shop_id}",
        by=Actor.system(),
        now=now,
        data={"amount": amount} if amount else None,
    )
    outcomes.tell(
        Outcome(
            kind=kind,
            subject=payment.subject,
            payment_id=payment.pk,
            amount=amount,
            late=late,
            at=now,
        )
    )


def end(payment: Payment, state: PaymentState, *, now: datetime) -> None:
    """It has ended at our side and the provider has nothing of it. The caller holds it."""
    payment.page_url = ""
    settle(payment, now=now, state=state)
    tell(payment, OutcomeKind.CLOSED, now=now, late=payment.close_asked_at is not None)


def fail_refund(refund: Refund, *, code: str, now: datetime) -> None:
    """The provider will not refund it. It stays owed, and a person has to look."""
    payment = hold(refund.payment_id)
    if not Refund.objects.filter(
        pk=refund.pk, state__in=[RefundState.ASKED, RefundState.PENDING]
    ).update(state=RefundState.FAILED, done_at=now):
        return
    settle(payment, now=now)
    _refund_case(payment, refund, CaseKind.REFUND_REFUSED, code, now)


def _facts(known: states.Known) -> dict[str, Any]:
    return {
        "state": known.state,
        "session_ref": known.session_ref,
        "intent_ref": known.intent_ref,
        "authorised": known.authorised,
        "captured": known.captured,
        "method": known.method,
        "capture_mode": known.capture_mode,
        "capture_before": known.capture_before,
        "open_disputes": known.open_disputes,
    }


def _contradiction(payment: Payment, seen: PaymentSnapshot) -> str:
    """SECURITY: why this report cannot be about this payment; empty when it can."""
    account = payment.account
    if seen.account != account.provider_id:
        return "account"
    if seen.livemode != account.livemode:
        return "livemode"
    if seen.currency != "eur":
        return "currency"
    if payment.session_ref and seen.session_ref and payment.session_ref != seen.session_ref:
        return "session"
    if payment.intent_ref and seen.intent_ref and payment.intent_ref != seen.intent_ref:
        return "intent"
    if max(seen.authorised, seen.captured) > payment.amount:
        return "amount"
    if (seen.state == PaymentState.CAPTURED) != (seen.captured > 0):
        return "captured"
    return ""


def _tell_state(payment: Payment, before: states.Known, after: states.Known, now: datetime) -> None:
    if after.state == before.state:
        return
    late = payment.close_asked_at is not None or before.state in CLOSED
    if after.state in CLOSED:
        tell(payment, OutcomeKind.CLOSED, now=now, late=late)
    elif after.state == PaymentState.OPEN:
        tell(payment, OutcomeKind.OPENED, now=now, late=late)
    elif after.state == PaymentState.PROCESSING:
        tell(payment, OutcomeKind.PROCESSING, now=now, late=late)
    elif after.state == PaymentState.AUTHORISED:
        tell(payment, OutcomeKind.AUTHORISED, after.authorised, now=now, late=late)
    else:
        tell(payment, OutcomeKind.CAPTURED, after.captured, now=now, late=late)


def _write_refunds(
    payment: Payment, before: states.Known, after: states.Known, now: datetime
) -> None:
    for provider_id, one in after.refunds.items():
        was = before.refunds.get(provider_id)
        if was is not None and was.state == one.state:
            continue
        row = Refund.objects.filter(payment=payment, provider_id=provider_id).first()
        row = row or _ours(payment, one) or _theirs(payment, one, now)
        row.provider_id = provider_id
        row.state = states.later_refund(RefundState(row.state), one.state)
        row.done_at = now if row.state in (RefundState.DONE, RefundState.FAILED) else None
        row.save(update_fields=["provider_id", "state", "done_at"])
        if row.state == RefundState.FAILED:
            _refund_case(payment, row, CaseKind.REFUND_FAILED, "", now)


def _ours(payment: Payment, seen: RefundSnapshot) -> Refund | None:
    """The refund we asked for that this one is.

    SECURITY: a shop can write any reference on refunds of its own account; it only ever matches one
    of the same payment and amount that still waits for its answer.
    """
    try:
        nonce = uuid.UUID(seen.reference)
    except ValueError:
        return None
    return Refund.objects.filter(
        payment=payment,
        nonce=nonce,
        amount=seen.amount,
        provider_id="",
        state__in=[RefundState.ASKED, RefundState.PENDING],
    ).first()


def _theirs(payment: Payment, seen: RefundSnapshot, now: datetime) -> Refund:
    """The shop refunded at the provider itself: it may settle one of ours that did not arrive."""
    made = Refund.objects.create(
        payment=payment,
        nonce=uuid.uuid4(),
        amount=seen.amount,
        state=RefundState.PENDING,
        is_ours=False,
        provider_id=seen.provider_id,
        asked_at=now,
    )
    stuck = (
        Refund.objects.filter(
            payment=payment,
            amount=seen.amount,
            state=RefundState.FAILED,
            replaced_by__isnull=True,
        )
        .order_by("pk")
        .first()
    )
    if stuck is not None:
        stuck.replaced_by = made
        stuck.save(update_fields=["replaced_by"])
    return made


def _refund_case(
    payment: Payment, refund: Refund, kind: CaseKind, code: str, now: datetime
) -> None:
    cases.open_case(
        kind=kind, about=f"refund:{refund.pk}", detail=code, shop_id=payment.shop_id, now=now
    )
    tell(payment, OutcomeKind.REFUND_FAILED, refund.amount, now=now)


def _write_disputes(
    payment: Payment, before: states.Known, after: states.Known, now: datetime
) -> list[tuple[OutcomeKind, Decimal]]:
    """What there is to tell of it."""
    news = []
    for provider_id, one in after.disputes.items():
        was = before.disputes.get(provider_id)
        if was is not None and was.state == one.state:
            continue
        Dispute.objects.update_or_create(
            provider_id=provider_id,
            defaults={"state": one.state},
            create_defaults={
                "payment": payment,
                "amount": one.amount,
                "state": one.state,
                "opened_at": now,
            },
        )
        stands, stood = one.state in DISPUTED, was is not None and was.state in DISPUTED
        if stands and not stood:
            cases.open_case(
                kind=CaseKind.DISPUTE,
                about=f"payment:{payment.pk}",
                detail=one.state.lower(),
                shop_id=payment.shop_id,
                now=now,
            )
            news.append((OutcomeKind.DISPUTED, one.amount))
        elif stood and not stands:
            news.append((OutcomeKind.DISPUTE_OVER, one.amount))
    return news
