"""Tells whoever has asked for the money what became of it, inside payments' transaction.

    outcomes.register(listen)      # once, in the `AppConfig.ready` of the app above

The listener writes its own rows in the same transaction: money and what it is for change together
or not at all. It may ask payments for more (`payments.capture`, `refunds.refund`), which only
commits another operation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from marketplace.payments.enums import OutcomeKind

__all__ = ["Listener", "Outcome", "OutcomeKind", "register", "registered", "tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One change, told once.

    `amount` is EUR and what the kind says: authorised, captured, refunded now, disputed; zero where
    there is none. `late` means that the payment was no longer wanted when the money came: whoever
    listens takes up again what it was for, or gives it back. Never keeps it without goods.
    """

    kind: OutcomeKind
    subject: UUID
    payment_id: int
    amount: Decimal
    late: bool
    at: datetime


Listener = Callable[[Outcome], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """The one function that hears outcomes. ValueError for a second one."""
    if _listeners and _listeners[0] is not listener:
        raise ValueError("somebody listens to payments already")
    if not _listeners:
        _listeners.append(listener)


def registered() -> bool:
    """Whether anybody listens; without a listener no payment may begin."""
    return bool(_listeners)


def tell(outcome: Outcome) -> None:
    """Call the listener in the caller's transaction. LookupError where nobody listens."""
    if not _listeners:
        raise LookupError("nobody listens to payments")
    _listeners[0](outcome)
