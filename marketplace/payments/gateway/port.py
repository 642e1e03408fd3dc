"""What we say to a payment provider and what it can answer, in our words.

Amounts are EUR as `Decimal` with two places; whole cents exist only inside an adapter. Every call
that changes something takes the idempotency key under which repeating it is harmless. None may be
made inside a transaction (`in_the_open`); what a provider can do is answered, never raised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from django.db import connection

from marketplace.payments.enums import (
    AccountState,
    CaptureMode,
    DisputeState,
    PaymentState,
    RefundState,
)

T = TypeVar("T")
ZERO = Decimal("0.00")


# --- answers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """The provider did it, now or earlier under the same key."""

    value: T


@dataclass(frozen=True, slots=True)
class Declined:
    """The shopper's bank said no. Nothing has happened; another means may do."""

    code: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The provider will not do this, however often it is asked. Nothing has happened."""

    code: str


@dataclass(frozen=True, slots=True)
class Limited:
    """Too busy, or the same key is just being worked on. Nothing new has happened; ask again."""

    code: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer or a broken one: it may have happened. Ask again under the same key.

    `stored` says that the provider repeats a failure it keeps under this key: look first.
    """

    code: str
    stored: bool = False


Answer = Answered[T] | Declined | Denied | Limited | Unknown


# --- what a provider reports ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSnapshot:
    """A refund as the provider has it. `reference` is our nonce where it is ours."""

    provider_id: str
    amount: Decimal
    state: RefundState
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSnapshot:
    """A complaint as the provider has it."""

    provider_id: str
    amount: Decimal
    state: DisputeState


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSnapshot:
    """All a provider says about one payment at one moment, fetched and never taken from an event.

    `account` is the connected account that was asked, so it cannot be another's.
    """

    account: str
    livemode: bool
    state: PaymentState
    session_ref: str = ""
    intent_ref: str = ""
    page_url: str = ""
    currency: str = "eur"
    authorised: Decimal = ZERO
    captured: Decimal = ZERO
    method: str = ""
    capture_mode: CaptureMode | None = None
    capture_before: datetime | None = None
    refunds: tuple[RefundSnapshot, ...] = ()
    disputes: tuple[DisputeSnapshot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSnapshot:
    """A shop's account as the provider has it; `missing` are its codes."""

    provider_id: str
    livemode: bool
    state: AccountState
    charges_enabled: bool
    payouts_enabled: bool
    missing: tuple[str, ...] = ()
    blocked_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """Ids of one event. The object it carries stays outside: it may be old.

    `reference` is what we once wrote on the object, and anybody with that account could have.
    """

    provider_id: str
    kind: str
    account: str
    object_kind: str
    object_ref: str
    intent_ref: str
    livemode: bool
    made_at: datetime
    reference: str = ""


# --- what we ask for ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A payment page to be opened on the shop's own account.

    `reference` is our id and the only thing the provider learns besides the amount (law G7);
    `title` is a neutral line such as "Bestellung bei Laufwerk", never a list of goods.
    """

    account: str
    reference: str
    title: str
    amount: Decimal
    fee: Decimal
    language: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a payment is found at the provider."""

    account: str
    session_ref: str = ""
    intent_ref: str = ""


class ForgedError(Exception):
    """A delivery that no secret of ours has signed, or that is too old."""


class Gateway(Protocol):
    """One payment provider."""

    livemode: bool

    def open_checkout(self, ask: Checkout, *, key: str) -> Answer[PaymentSnapshot]:
        """Open a hosted page: manual capture where the means allows it, at once elsewhere."""

    def fetch_payment(self, spot: Spot) -> Answer[PaymentSnapshot]:
        """All there is to know about a payment now."""

    def expire_checkout(self, spot: Spot, *, key: str) -> Answer[PaymentSnapshot]:
        """Close the hosted page. `Denied` where it is no longer open."""

    def capture(
        self, spot: Spot, *, amount: Decimal, fee: Decimal, key: str
    ) -> Answer[PaymentSnapshot]:
        """Take so much of an authorisation, once; the rest is let go."""

    def cancel(self, spot: Spot, *, key: str) -> Answer[PaymentSnapshot]:
        """Let an authorisation go."""

    def refund(
        self, spot: Spot, *, amount: Decimal, reference: str, key: str
    ) -> Answer[RefundSnapshot]:
        """Give back by the means it came, with that part of the operator's fee."""

    def create_account(self, *, reference: str, key: str) -> Answer[AccountSnapshot]:
        """An account of the shop's own; the provider asks it for everything else."""

    def fetch_account(self, account: str) -> Answer[AccountSnapshot]:
        """How far the account is."""

    def account_link(self, account: str, *, return_url: str, refresh_url: str) -> Answer[str]:
        """A short-lived address at which the shop completes its details."""

    def list_events(
        self, account: str, *, since: datetime, after: str = "", limit: int = 100
    ) -> Answer[tuple[EventFacts, ...]]:
        """Events of an account made at or after `since`, youngest first; `after` pages on."""

    def read_event(self, body: bytes, signature: str) -> EventFacts:
        """What a delivery says, once its signature over the raw bytes holds. `ForgedError` else."""


# --- the rule -------------------------------------------------------------------------------------


class InTransactionError(RuntimeError):
    """Somebody would have talked to the provider with the database waiting."""


def in_the_open(call: Callable[[], T]) -> T:
    """Make a call to the provider. Inside a transaction: `InTransactionError` (truth 10).

    A slow provider would hold locks, and a rolled-back transaction would forget that money moved.
    """
    if connection.in_atomic_block:
        raise InTransactionError("no call to the provider inside a transaction")
    return call()
