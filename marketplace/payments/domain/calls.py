"""What each kind of operation says to the provider, and how its answer is written.

`ask` and `look_up` talk and write nothing; `book` and `refused` write and talk to nobody.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.payments.domain import accounts, booking, cases, payments
from marketplace.payments.domain.outcomes import OutcomeKind
from marketplace.payments.enums import CLOSED, CaseKind, OperationKind, PaymentState
from marketplace.payments.gateway.port import (
    Answer,
    Answered,
    Checkout,
    Denied,
    Gateway,
    PaymentSnapshot,
    Spot,
    Unknown,
)
from marketplace.payments.models import Operation, Payment

#: Where there is still something to close at the provider.
_CLOSABLE = frozenset({PaymentState.OPEN, PaymentState.AUTHORISED})


class NotHappened:
    """A look-up has shown that the calls under this key had no effect."""


def ask(operation: Operation, gateway: Gateway) -> Answer[Any]:
    """Make the call of this operation under its key."""
    return _ASK[OperationKind(operation.kind)](operation, gateway)


def look_up(operation: Operation, gateway: Gateway, now: datetime) -> Answer[Any] | NotHappened:
    """Find out whether an earlier call had its effect: the provider may have forgotten the key."""
    match operation.kind:
        case OperationKind.OPEN_CHECKOUT:
            # A page nobody was sent to cannot be paid on; once its time is over it is closed.
            over = datetime.fromisoformat(operation.payload["expires_at"]) <= now
            return Denied("too_late") if over else NotHappened()
        case OperationKind.CAPTURE:
            found = gateway.fetch_payment(_spot(operation))
            if isinstance(found, Answered) and found.value.state == PaymentState.AUTHORISED:
                return NotHappened()
            return found
        case OperationKind.REFUND:
            found = gateway.fetch_payment(_spot(operation))
            reference = operation.payload["reference"]
            if isinstance(found, Answered) and reference not in {
                one.reference for one in found.value.refunds
            }:
                return NotHappened()
            return found
        case OperationKind.CLOSE if operation.payment and operation.payment.session_ref:
            # A stored failure would be told for a day under its key, and closing twice is harmless.
            found = gateway.fetch_payment(_spot(operation))
            if isinstance(found, Answered) and found.value.state in _CLOSABLE:
                return NotHappened()
            return found
        case OperationKind.CREATE_ACCOUNT:
            # The provider cannot be asked by our words; a second account would confuse the shop.
            return Denied("uncertain")
    return ask(operation, gateway)


def book(operation: Operation, value: Any, now: datetime) -> None:
    """Write what the provider answered, in the caller's transaction."""
    if operation.payment_id is None:
        accounts.apply(account_id=operation.account_id, seen=value, now=now)
        return
    payment = booking.apply(payment_id=operation.payment_id, seen=value, now=now)
    if operation.kind == OperationKind.CAPTURE and payment.state != PaymentState.CAPTURED:
        _capture_failed(payment, value.state.lower(), now)


def refused(operation: Operation, code: str, now: datetime) -> None:
    """The provider will not do it, and nothing has happened. In the caller's transaction."""
    match operation.kind:
        case OperationKind.OPEN_CHECKOUT:
            payment = booking.hold(_payment(operation).pk)
            if payment.state == PaymentState.BEGUN:
                booking.end(payment, PaymentState.FAILED, now=now)
        case OperationKind.REFUND:
            assert operation.refund is not None  # noqa: S101 for the types: `refunds` sets it
            booking.fail_refund(operation.refund, code=code, now=now)
            payments.look(payment_id=_payment(operation).pk, now=now)
        case _:
            given_up(operation, code, now)


def given_up(operation: Operation, code: str, now: datetime) -> None:
    """A person has to look at this operation."""
    cases.open_case(
        kind=CaseKind.GIVEN_UP,
        about=f"operation:{operation.pk}",
        detail=code,
        shop_id=operation.account.shop_id,
        now=now,
    )


def _capture_failed(payment: Payment, code: str, now: datetime) -> None:
    cases.open_case(
        kind=CaseKind.CAPTURE_FAILED,
        about=f"payment:{payment.pk}",
        detail=code,
        shop_id=payment.shop_id,
        now=now,
    )
    if payment.state not in CLOSED:  # that has been told
        booking.tell(payment, OutcomeKind.CAPTURE_FAILED, now=now)


def _payment(operation: Operation) -> Payment:
    assert operation.payment is not None  # noqa: S101 for the types: only accounts have none
    return operation.payment


def _spot(operation: Operation) -> Spot:
    payment = _payment(operation)
    return Spot(
        account=operation.account.provider_id,
        session_ref=payment.session_ref,
        intent_ref=payment.intent_ref,
    )


def _open_checkout(operation: Operation, gateway: Gateway) -> Answer[PaymentSnapshot]:
    said = operation.payload
    return gateway.open_checkout(
        Checkout(
            account=operation.account.provider_id,
            reference=f"payment-{operation.payment_id}",
            title=said["title"],
            amount=Decimal(said["amount"]),
            fee=Decimal(said["fee"]),
            language=said["language"],
            success_url=said["success_url"],
            cancel_url=said["cancel_url"],
            expires_at=datetime.fromisoformat(said["expires_at"]),
        ),
        key=operation.sent_key,
    )


def _capture(operation: Operation, gateway: Gateway) -> Answer[PaymentSnapshot]:
    spot = _spot(operation)
    answer = gateway.capture(
        spot,
        amount=Decimal(operation.payload["amount"]),
        fee=Decimal(operation.payload["fee"]),
        key=operation.sent_key,
    )
    return _or_fetched(answer, spot, gateway)


def _close(operation: Operation, gateway: Gateway) -> Answer[PaymentSnapshot]:
    """Whatever is open there is closed; what is beyond that is reported as it is."""
    spot = _spot(operation)
    if not (spot.session_ref or spot.intent_ref):
        return Denied("never_opened")
    found = gateway.fetch_payment(spot)
    if not isinstance(found, Answered):
        return found
    spot = Spot(
        account=spot.account,
        session_ref=spot.session_ref,
        intent_ref=found.value.intent_ref or spot.intent_ref,
    )
    if found.value.state == PaymentState.OPEN:
        closed = gateway.expire_checkout(spot, key=f"{operation.sent_key}-expire")
        return _or_fetched(closed, spot, gateway)
    if found.value.state == PaymentState.AUTHORISED:
        closed = gateway.cancel(spot, key=f"{operation.sent_key}-cancel")
        return _or_fetched(closed, spot, gateway)
    return found


def _refund(operation: Operation, gateway: Gateway) -> Answer[PaymentSnapshot]:
    spot = _spot(operation)
    answer = gateway.refund(
        spot,
        amount=Decimal(operation.payload["amount"]),
        reference=operation.payload["reference"],
        key=operation.sent_key,
    )
    if not isinstance(answer, Answered):
        return answer
    # All of it is fetched, so that one way of writing serves every report.
    found = gateway.fetch_payment(spot)
    # It has happened: whatever hinders us from seeing it, nobody may hear that it has not.
    return found if isinstance(found, Answered) else Unknown("not_fetched")


def _look(operation: Operation, gateway: Gateway) -> Answer[PaymentSnapshot]:
    spot = _spot(operation)
    if not (spot.session_ref or spot.intent_ref):
        return Denied("never_opened")
    return gateway.fetch_payment(spot)


def _create_account(operation: Operation, gateway: Gateway) -> Answer[Any]:
    return gateway.create_account(
        reference=f"account-{operation.account_id}",
        key=operation.sent_key,
    )


def _or_fetched(
    answer: Answer[PaymentSnapshot], spot: Spot, gateway: Gateway
) -> Answer[PaymentSnapshot]:
    """Where the provider will not: because the payment is elsewhere. So look where."""
    return gateway.fetch_payment(spot) if isinstance(answer, Denied) else answer


_ASK: dict[OperationKind, Callable[[Operation, Gateway], Answer[Any]]] = {
    OperationKind.OPEN_CHECKOUT: _open_checkout,
    OperationKind.CLOSE: _close,
    OperationKind.CAPTURE: _capture,
    OperationKind.REFUND: _refund,
    OperationKind.LOOK: _look,
    OperationKind.CREATE_ACCOUNT: _create_account,
}
