"""The whole stand-in in one hand: start it, use it, break it, read its books."""

import threading
import time
from typing import Self

from marketplace.workbench.provider import accounts, books, disputes, due, refunds, sessions
from marketplace.workbench.provider.api import Api, Guard
from marketplace.workbench.provider.books import Entry
from marketplace.workbench.provider.delivery import Delivery
from marketplace.workbench.provider.faults import Faults
from marketplace.workbench.provider.pages import Pages
from marketplace.workbench.provider.refusals import public
from marketplace.workbench.provider.server import HOST, Server
from marketplace.workbench.provider.store import Store, Thing


class StandIn:
    """A Stripe of one's own. All methods may be called from any thread.

    `state`: an SQLite file that survives a restart, or memory. `webhook`: (address, secret).
    `pause`: seconds of its clock before the first repetition of a webhook. `public`: the address a
    browser finds it under, where that is another than its own. `door`: (host, port) of a second
    entrance that shows the pages alone. `city_host`: what webhooks call the town, where its address
    is no name of it. Amounts are whole cents.
    """

    def __init__(
        self,
        *,
        state: str = ":memory:",
        port: int = 0,
        webhook: tuple[str, str] | None = None,
        pause: float = 1.0,
        public: str = "",
        door: tuple[str, int] | None = None,
        city_host: str = "",
        guard: Guard | None = None,
    ) -> None:
        self.store = Store(state)
        self.faults = Faults()
        self._public = public.rstrip("/")
        self.api = Api(self.store, self.faults, lambda: self.base)
        self.api.guard = guard
        self.pages = Pages(self.store, lambda: self.base)
        self.delivery = Delivery(self.store, self.faults, pause)
        self.delivery.webhook = webhook
        self.delivery.city_host = city_host
        self._server = Server(port, self)
        self._servers = [self._server]
        if door is not None:
            self._servers.append(Server(door[1], self, host=door[0], pages_only=True))
        self._threads = [
            threading.Thread(target=each.serve_forever, args=(0.05,), name="provider", daemon=True)
            for each in self._servers
        ]

    # --- life -------------------------------------------------------------------------------------

    def start(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.delivery.start()
        return self

    def stop(self) -> None:
        for each in self._servers:
            each.shutdown()
            each.server_close()
        self.delivery.end()
        self.store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the SDK finds it."""
        return f"http://{HOST}:{self._server.server_port}"

    @property
    def base(self) -> str:
        """Where a browser finds it."""
        return self._public or self.url

    # --- what people do ---------------------------------------------------------------------------

    def pay(self, session: str, outcome: str = "ok") -> Thing:
        """The shopper chooses: one of `sessions.OUTCOMES`, `secure_ok` or `secure_fail`."""
        due.run(self.store)
        with self.store.transaction():
            found = public(sessions.choose(self.store, session, outcome, self.base))
        self.delivery.kick()
        return found

    def expire(self, session: str) -> Thing:
        """The session's time is over now."""
        with self.store.transaction():
            sessions.end(self.store, self.store.account_of(session), session)
            found = public(sessions.find(self.store, session, None))
        self.delivery.kick()
        return found

    def onboard(self, account: str, outcome: str = "complete") -> Thing:
        """The shop has been through the onboarding. `accounts.OUTCOMES`."""
        with self.store.transaction():
            found = public(accounts.onboard(self.store, account, outcome))
        self.delivery.kick()
        return found

    def dispute(
        self, payment_intent: str, reason: str = "product_not_received", *, inquiry: bool = False
    ) -> Thing:
        """The shopper's bank takes back what is left of a captured payment, or only asks."""
        with self.store.transaction():
            found = public(disputes.start(self.store, payment_intent, reason, inquiry=inquiry))
        self.delivery.kick()
        return found

    def close_dispute(self, dispute: str, *, won: bool) -> Thing:
        with self.store.transaction():
            found = public(disputes.finish(self.store, dispute, won=won))
        self.delivery.kick()
        return found

    def fail_refund(self, refund: str) -> Thing:
        """A refund comes back: the shopper's card is closed."""
        with self.store.transaction():
            found = public(refunds.fail(self.store, refund))
        self.delivery.kick()
        return found

    def resend(self, event: str) -> str:
        """Send an event once more, however long ago it was taken."""
        with self.store.transaction():
            self.store.known("event", event)
            self.store.rows(
                "INSERT INTO delivery (event, due, manner) VALUES (?, ?, 'plain')",
                *(event, self.store.clock()),
            )
        self.delivery.kick()
        return event

    # --- time and faults --------------------------------------------------------------------------

    def move(self, seconds: float) -> int:
        """Let the stand-in's clock go forward, and happen what falls into that time."""
        self.store.move(seconds)
        due.run(self.store)
        self.delivery.kick()
        return self.store.now()

    def fault(self, kind: str, on: str = "", times: int = 1, seconds: float = 0) -> None:
        """The next `times` calls or events containing `on` go wrong (`faults.CALLS`, `EVENTS`)."""
        self.faults.add(kind, on, times, seconds)

    def clear(self) -> None:
        """A world in order: no faults, not dark, held events leave."""
        self.faults.clear()
        self.delivery.release()
        self.delivery.kick()

    def dark(self, on: bool = True) -> None:
        """Refuse every call and deliver nothing, until it is switched off."""
        self.faults.dark = on
        self.delivery.kick()

    def drain(self, seconds: float = 10) -> int:
        """Wait until every event that is due was taken; says how many are not."""
        until = time.monotonic() + seconds
        self.delivery.kick()
        while (left := self.delivery.waiting()) and time.monotonic() < until:
            time.sleep(0.01)
        return left

    # --- what is so -------------------------------------------------------------------------------

    def books(self, account: str | None = None) -> dict[str, object]:
        """Payments with their amounts, and sums per account."""
        return books.as_json(self.store, account)

    def entries(self, account: str | None = None) -> list[Entry]:
        """The same as `books.Entry`."""
        return books.entries(self.store, account)

    def events(self, account: str | None = None) -> list[Thing]:
        """All events, the oldest first."""
        return [public(event) for event in self.store.all("event", account)]
