"""Stripe's shapes in our words: objects, cents and errors. Pure, and of the pinned version."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import stripe

from marketplace.core.money import CENT, cents
from marketplace.payments.enums import (
    AccountState,
    CaptureMode,
    DisputeState,
    PaymentState,
    RefundState,
)
from marketplace.payments.gateway.port import (
    AccountSnapshot,
    Answer,
    Answered,
    Declined,
    Denied,
    DisputeSnapshot,
    EventFacts,
    Limited,
    RefundSnapshot,
    Unknown,
)

T = TypeVar("T")

_REFUNDS = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.DONE,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_DISPUTES = {
    "warning_needs_response": DisputeState.INQUIRY,
    "warning_under_review": DisputeState.INQUIRY,
    "warning_closed": DisputeState.INQUIRY_OVER,
    "prevented": DisputeState.INQUIRY_OVER,
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
_INTENTS = {
    "requires_capture": PaymentState.AUTHORISED,
    "processing": PaymentState.PROCESSING,
    "canceled": PaymentState.CANCELLED,
}


# --- answers --------------------------------------------------------------------------------------


def answered(call: Callable[[], T]) -> Answer[T]:
    """Make the call; what Stripe's SDK raises becomes an answer."""
    try:
        return Answered(call())
    except stripe.StripeError as error:
        return _said_no(error)


def _said_no(error: stripe.StripeError) -> Declined | Denied | Limited | Unknown:
    said = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    code = str((said or {}).get("code") or type(error).__name__)
    if isinstance(error, stripe.CardError):
        return Declined(code)
    if error.http_status in (409, 429) or isinstance(error, stripe.AuthenticationError):
        # 409: the same key is just being worked on. 401: a key of ours that is being changed.
        return Limited(code)
    if isinstance(error, stripe.IdempotencyError):
        # The key was used for something else: only a look can tell what has happened.
        return Unknown(code, stored=True)
    if isinstance(error, stripe.InvalidRequestError | stripe.PermissionError):
        return Denied(code)
    replayed = (error.headers or {}).get("idempotent-replayed") == "true"
    return Unknown(code, stored=replayed)


# --- plain values ---------------------------------------------------------------------------------


def to_cents(amount: Decimal) -> int:
    """Whole cents for the provider. ValueError where the amount has parts of a cent."""
    return cents(amount)


def from_cents(amount: int) -> Decimal:
    """EUR from the provider's whole cents; TypeError for anything but a whole number."""
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise TypeError(f"cents are whole numbers, not {type(amount).__name__}")
    return (Decimal(amount) / 100).quantize(CENT)


def plain(found: Any) -> dict[str, Any]:
    """An object of the SDK as a dictionary of dictionaries."""
    return dict(found.to_dict())


def id_of(found: Any) -> str:
    """The id of what Stripe names by id or, expanded, as an object."""
    if isinstance(found, Mapping):
        found = found.get("id")
    return str(found or "")


def moment(seconds: Any) -> datetime | None:
    """A Unix time."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def options_for(account: str, key: str = "") -> Any:
    """Ask on behalf of a connected account, under an idempotency key."""
    return {"stripe_account": account} | ({"idempotency_key": key} if key else {})


# --- objects --------------------------------------------------------------------------------------


def state_of(session: Mapping[str, Any], intent: Mapping[str, Any] | None) -> PaymentState:
    """Where a payment stands, from its page and its PaymentIntent."""
    status, page = (intent or {}).get("status", ""), session.get("status")
    if status == "succeeded":
        return PaymentState.CAPTURED
    if page == "expired":
        # Whatever intent it had is cancelled with it.
        return PaymentState.EXPIRED
    if status in _INTENTS:
        return _INTENTS[status]
    if page == "complete":
        # A direct debit that came back: nobody can try again on a completed page.
        failed = status == "requires_payment_method"
        return PaymentState.FAILED if failed else PaymentState.PROCESSING
    return PaymentState.OPEN


def mode_of(intent: Mapping[str, Any], method: str) -> CaptureMode:
    """Whether the money was held first."""
    chosen = (intent.get("payment_method_options") or {}).get(method) or {}
    manual = "manual" in (intent.get("capture_method"), chosen.get("capture_method"))
    return CaptureMode.LATER if manual else CaptureMode.AT_ONCE


def money_back(
    charge: Mapping[str, Any], refunds: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The refunds of money that was taken, oldest first.

    Stripe also lists what a partial capture let go as a refund, though it was never taken: the
    first one that is not ours and has just that amount.
    """
    ordered = sorted(refunds, key=lambda one: one["created"])
    never_taken = charge.get("amount", 0) - charge.get("amount_captured", 0)
    for one in ordered:
        ours = (one.get("metadata") or {}).get("reference")
        if never_taken > 0 and not ours and one["amount"] == never_taken:
            ordered.remove(one)
            break
    return ordered


def refund_of(found: Mapping[str, Any]) -> RefundSnapshot:
    """A refund; a status we do not know is on its way."""
    return RefundSnapshot(
        provider_id=str(found["id"]),
        amount=from_cents(found["amount"]),
        state=_REFUNDS.get(str(found.get("status")), RefundState.PENDING),
        reference=str((found.get("metadata") or {}).get("reference") or ""),
    )


def dispute_of(found: Mapping[str, Any]) -> DisputeSnapshot:
    """A dispute; a status we do not know stands open, so that no refund goes out."""
    return DisputeSnapshot(
        provider_id=str(found["id"]),
        amount=from_cents(found["amount"]),
        state=_DISPUTES.get(str(found.get("status")), DisputeState.OPEN),
    )


def account_of(found: Mapping[str, Any], livemode: bool) -> AccountSnapshot:
    """An account and what is missing; Stripe does not say the mode, the key does."""
    needs = found.get("requirements") or {}
    missing = sorted({*(needs.get("currently_due") or []), *(needs.get("past_due") or [])})
    because = str(needs.get("disabled_reason") or "")
    charges = bool(found.get("charges_enabled"))
    if charges:
        state = AccountState.READY
    elif because.startswith("rejected") or because in ("listed", "under_review", "other"):
        state = AccountState.BLOCKED
    elif missing or not found.get("details_submitted"):
        state = AccountState.INCOMPLETE
    else:
        state = AccountState.CHECKING
    return AccountSnapshot(
        provider_id=str(found["id"]),
        livemode=livemode,
        state=state,
        charges_enabled=charges,
        payouts_enabled=bool(found.get("payouts_enabled")),
        missing=tuple(missing),
        blocked_because=because,
    )


def event_of(found: Mapping[str, Any]) -> EventFacts:
    """Ids of an event. KeyError or TypeError where it is not one."""
    about = found["data"]["object"]
    kind = str(about.get("object") or "")
    object_ref = str(about.get("id") or "")
    intent = object_ref if kind == "payment_intent" else id_of(about.get("payment_intent"))
    return EventFacts(
        provider_id=str(found["id"]),
        kind=str(found["type"]),
        account=str(found.get("account") or ""),
        object_kind=kind,
        object_ref=object_ref,
        intent_ref=intent,
        livemode=bool(found["livemode"]),
        made_at=datetime.fromtimestamp(int(found["created"]), UTC),
        reference=str((about.get("metadata") or {}).get("reference") or ""),
    )
