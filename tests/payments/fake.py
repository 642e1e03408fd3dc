"""A provider in a file: what lies outside our walls, with books of its own and switches for faults.

It outlives the process that talks to it, so that lives and crowds can share it. The same key gives
the same answer; what is done twice under different keys is done twice, and the books show it.
"""

import pickle
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

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
    Checkout,
    Denied,
    DisputeSnapshot,
    EventFacts,
    ForgedError,
    Limited,
    PaymentSnapshot,
    RefundSnapshot,
    Spot,
    Unknown,
)


@dataclass
class Books:
    """All the provider knows."""

    payments: dict[str, PaymentSnapshot] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    accounts: dict[str, AccountSnapshot] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    events: list[EventFacts] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    #: The next calls end so: "lost" (done, answer lost), "down", "busy", "stored".
    faults: list[str] = field(default_factory=list)


class FakeGateway:
    """See the module. `livemode` is off."""

    livemode = False

    def __init__(self, folder: Path, *, forgets_keys: bool = False) -> None:
        self.path = folder / "provider.sqlite3"
        self.forgets_keys = forgets_keys
        with closing(sqlite3.connect(self.path)) as file:
            file.execute("CREATE TABLE IF NOT EXISTS books (pickled BLOB)")
            if not file.execute("SELECT count(*) FROM books").fetchone()[0]:
                file.execute("INSERT INTO books VALUES (?)", [pickle.dumps(Books())])
            file.commit()

    @contextmanager
    def books(self) -> Iterator[Books]:
        """Read and write, one at a time."""
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            found = pickle.loads(file.execute("SELECT pickled FROM books").fetchone()[0])  # noqa: S301 our own
            yield found
            file.execute("UPDATE books SET pickled = ?", [pickle.dumps(found)])
            file.execute("COMMIT")

    def _do(self, name: str, key: str, act: Callable[[Books], Answer[Any]]) -> Answer[Any]:
        with self.books() as books:
            books.asked.append(name)
            fault = books.faults.pop(0) if books.faults else ""
            if fault == "down":
                return Unknown("down")
            if fault == "busy":
                return Limited("rate_limit")
            if fault == "stored":
                books.answers[key] = Unknown("server_error", stored=True)
            if key and not self.forgets_keys and key in books.answers:
                return books.answers[key]
            answer = act(books)
            if key and not isinstance(answer, Limited):
                books.answers[key] = answer
            return Unknown("timeout") if fault == "lost" else answer

    # --- the port -------------------------------------------------------------------------------

    def open_checkout(self, ask: Checkout, *, key: str) -> Answer[PaymentSnapshot]:
        def act(books: Books) -> Answer[PaymentSnapshot]:
            session = f"cs_{len(books.payments) + 1}"
            books.references.append(ask.reference)
            books.payments[session] = PaymentSnapshot(
                account=ask.account,
                livemode=False,
                state=PaymentState.OPEN,
                session_ref=session,
                page_url=f"https://pay.example/{session}",
            )
            return Answered(books.payments[session])

        return self._do("open", key, act)

    def fetch_payment(self, spot: Spot) -> Answer[PaymentSnapshot]:
        return self._do("fetch", "", lambda books: Answered(books.payments[spot.session_ref]))

    def expire_checkout(self, spot: Spot, *, key: str) -> Answer[PaymentSnapshot]:
        return self._do("expire", key, _change(spot, PaymentState.OPEN, PaymentState.EXPIRED))

    def cancel(self, spot: Spot, *, key: str) -> Answer[PaymentSnapshot]:
        return self._do(
            "cancel", key, _change(spot, PaymentState.AUTHORISED, PaymentState.CANCELLED)
        )

    def capture(
        self, spot: Spot, *, amount: Decimal, fee: Decimal, key: str
    ) -> Answer[PaymentSnapshot]:
        return self._do(
            "capture",
            key,
            _change(spot, PaymentState.AUTHORISED, PaymentState.CAPTURED, captured=amount),
        )

    def refund(
        self, spot: Spot, *, amount: Decimal, reference: str, key: str
    ) -> Answer[RefundSnapshot]:
        def act(books: Books) -> Answer[RefundSnapshot]:
            found = books.payments[spot.session_ref]
            if sum(one.amount for one in found.refunds) + amount > found.captured:
                return Denied("charge_already_refunded")
            made = RefundSnapshot(
                provider_id=f"re_{spot.session_ref}_{len(found.refunds) + 1}",
                amount=amount,
                state=RefundState.DONE,
                reference=reference,
            )
            books.payments[spot.session_ref] = replace(found, refunds=(*found.refunds, made))
            return Answered(made)

        return self._do("refund", key, act)

    def create_account(self, *, reference: str, key: str) -> Answer[AccountSnapshot]:
        def act(books: Books) -> Answer[AccountSnapshot]:
            made = AccountSnapshot(
                provider_id=f"acct_{len(books.accounts) + 1}",
                livemode=False,
                state=AccountState.INCOMPLETE,
                charges_enabled=False,
                payouts_enabled=False,
                missing=("external_account",),
            )
            books.accounts[made.provider_id] = made
            return Answered(made)

        return self._do("create_account", key, act)

    def fetch_account(self, account: str) -> Answer[AccountSnapshot]:
        return self._do("fetch_account", "", lambda books: Answered(books.accounts[account]))

    def account_link(self, account: str, *, return_url: str, refresh_url: str) -> Answer[str]:
        return Answered(f"https://pay.example/setup/{account}")

    def list_events(
        self, account: str, *, since: datetime, after: str = "", limit: int = 100
    ) -> Answer[tuple[EventFacts, ...]]:
        def act(books: Books) -> Answer[tuple[EventFacts, ...]]:
            mine = [one for one in books.events if one.account == account and one.made_at >= since]
            mine.reverse()
            if after:
                ids = [one.provider_id for one in mine]
                mine = mine[ids.index(after) + 1 :]
            return Answered(tuple(mine[:limit]))

        return self._do("events", "", act)

    def read_event(self, body: bytes, signature: str) -> EventFacts:
        if signature != "good":
            raise ForgedError
        return pickle.loads(body)  # noqa: S301 our own

    # --- what others do there -------------------------------------------------------------------

    def happens(self, session: str, **changes: Any) -> PaymentSnapshot:
        """Something of this payment changes at the provider."""
        with self.books() as books:
            books.payments[session] = replace(books.payments[session], **changes)
            return books.payments[session]

    def authorise(self, session: str, amount: Decimal) -> PaymentSnapshot:
        """The shopper has paid by card."""
        return self.happens(
            session,
            state=PaymentState.AUTHORISED,
            authorised=amount,
            intent_ref=f"pi_{session}",
            method="card",
            capture_mode=CaptureMode.LATER,
            page_url="",
        )

    def pay(self, session: str, amount: Decimal) -> PaymentSnapshot:
        """The shopper has paid by a means that takes the money at once."""
        return self.happens(
            session,
            state=PaymentState.CAPTURED,
            authorised=amount,
            captured=amount,
            intent_ref=f"pi_{session}",
            method="wero",
            capture_mode=CaptureMode.AT_ONCE,
            page_url="",
        )

    def dispute(self, session: str, amount: Decimal, state: DisputeState) -> PaymentSnapshot:
        """The shopper's bank complains, or has decided."""
        one = DisputeSnapshot(provider_id=f"du_{session}", amount=amount, state=state)
        return self.happens(session, disputes=(one,))

    def fails(self, *faults: str) -> None:
        """The next calls end so, in this order; an empty word is a call that works."""
        with self.books() as books:
            books.faults = list(faults)

    def asked(self, name: str) -> int:
        """How often it was asked for this."""
        with self.books() as books:
            return books.asked.count(name)

    def now(self, session: str) -> PaymentSnapshot:
        """What it would report."""
        with self.books() as books:
            return books.payments[session]


def _change(
    spot: Spot, start: PaymentState, end: PaymentState, **changes: Any
) -> Callable[[Books], Answer[PaymentSnapshot]]:
    def act(books: Books) -> Answer[PaymentSnapshot]:
        found = books.payments[spot.session_ref]
        if found.state != start:
            return Denied("unexpected_state")
        books.payments[spot.session_ref] = replace(found, state=end, page_url="", **changes)
        return Answered(books.payments[spot.session_ref])

    return act
