from marketplace.payments.models.account import ProviderAccount
from marketplace.payments.models.payment import Case, Cursor, Dispute, Payment, Refund
from marketplace.payments.models.work import Operation, ProviderEvent

__all__ = [
    "Case",
    "Cursor",
    "Dispute",
    "Operation",
    "Payment",
    "ProviderAccount",
    "ProviderEvent",
    "Refund",
]
