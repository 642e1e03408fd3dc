"""What a provider's report changes: pure, and monotone (truth 7).

Reports are fetched, so each is true of one moment, but they may be applied twice, late or in any
order. `join` keeps of two reports what is later in the provider's own order; it is commutative,
associative and idempotent, so that a set of reports leads to one state whatever its order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from marketplace.payments.enums import (
    DISPUTED,
    CaptureMode,
    DisputeState,
    PaymentState,
    RefundState,
)
from marketplace.payments.gateway.port import (
    ZERO,
    DisputeSnapshot,
    PaymentSnapshot,
    RefundSnapshot,
)

#: Refund states in which the money is still owed to the shopper.
OWING = frozenset({RefundState.ASKED, RefundState.PENDING, RefundState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What all reports so far amount to."""

    state: PaymentState = PaymentState.BEGUN
    session_ref: str = ""
    intent_ref: str = ""
    authorised: Decimal = ZERO
    captured: Decimal = ZERO
    method: str = ""
    capture_mode: str = ""
    capture_before: datetime | None = None
    refunds: Mapping[str, RefundSnapshot] = field(default_factory=dict)
    disputes: Mapping[str, DisputeSnapshot] = field(default_factory=dict)

    @property
    def open_disputes(self) -> int:
        return sum(one.state in DISPUTED for one in self.disputes.values())


def join(known: Known, seen: PaymentSnapshot) -> Known:
    """`known` with one more report; equal to `known` where the report says nothing newer."""
    captured = max(known.captured, seen.captured)
    mode = known.capture_mode or (seen.capture_mode or "")
    return Known(
        state=max(known.state, seen.state, key=lambda one: one.rank),
        session_ref=known.session_ref or seen.session_ref,
        intent_ref=known.intent_ref or seen.intent_ref,
        authorised=max(known.authorised, seen.authorised, captured),
        captured=captured,
        method=known.method or seen.method,
        capture_mode=CaptureMode(mode) if mode else "",
        capture_before=_latest(known.capture_before, seen.capture_before),
        refunds=_refunds(known.refunds, seen.refunds),
        disputes=_disputes(known.disputes, seen.disputes),
    )


def later_refund(first: RefundState, second: RefundState) -> RefundState:
    """Which of two reports of a refund is the later one."""
    return max(first, second, key=lambda one: one.rank)


def later_dispute(first: DisputeState, second: DisputeState) -> DisputeState:
    """Which of two reports of a dispute is the later one."""
    return max(first, second, key=lambda one: one.rank)


@dataclass(frozen=True, slots=True)
class Split:
    """Where captured money is: captured = kept + refunded + owed back, to the cent."""

    kept: Decimal
    refunded: Decimal
    owed_back: Decimal


def split(captured: Decimal, refunds: Iterable[tuple[Decimal, RefundState]]) -> Split:
    """Truth 6 from the refunds of a payment; those that another has replaced stay out.

    What a shop refunds at the provider itself can overlap with what we have asked for and not yet
    got: then less is owed, because the money has gone back already.
    """
    rows = list(refunds)
    done = sum((amount for amount, state in rows if state == RefundState.DONE), ZERO)
    asked = sum((amount for amount, state in rows if state in OWING), ZERO)
    refunded = min(done, captured)
    owed = min(asked, captured - refunded)
    return Split(kept=captured - refunded - owed, refunded=refunded, owed_back=owed)


def _latest(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first or second
    return max(first, second)


def _refunds(
    known: Mapping[str, RefundSnapshot], seen: Iterable[RefundSnapshot]
) -> dict[str, RefundSnapshot]:
    merged = dict(known)
    for one in seen:
        before = merged.get(one.provider_id)
        merged[one.provider_id] = (
            one if before is None else replace(before, state=later_refund(before.state, one.state))
        )
    return merged


def _disputes(
    known: Mapping[str, DisputeSnapshot], seen: Iterable[DisputeSnapshot]
) -> dict[str, DisputeSnapshot]:
    merged = dict(known)
    for one in seen:
        before = merged.get(one.provider_id)
        merged[one.provider_id] = (
            one if before is None else replace(before, state=later_dispute(before.state, one.state))
        )
    return merged
