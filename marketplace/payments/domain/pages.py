"""The provider's hosted page for somebody who waits."""

from datetime import datetime

from marketplace.payments.domain import operations
from marketplace.payments.enums import OperationKind, PaymentState, WorkState
from marketplace.payments.gateway.port import Gateway
from marketplace.payments.models import Operation, Payment


def open_now(*, payment_id: int, now: datetime, gateway: Gateway | None) -> str:
    """Address of the payment's hosted page, asked for at once where it is not there yet.

    Empty where the payment is not open (any more), and while the provider does not answer; the
    lanes go on trying. Call it outside a transaction.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.state == PaymentState.BEGUN and gateway is not None:
        waiting = Operation.objects.filter(
            payment=payment, kind=OperationKind.OPEN_CHECKOUT, state=WorkState.DUE
        )
        for pk in waiting.values_list("pk", flat=True):
            operations.run_one(operation_id=pk, now=now, gateway=gateway)
        payment.refresh_from_db()
    return payment.page_url if payment.state == PaymentState.OPEN else ""
