"""Webhooks on their way: signed, repeated until they are taken, and the ways they go wrong."""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections import deque

from marketplace.workbench.provider import due
from marketplace.workbench.provider.events import packed, signed
from marketplace.workbench.provider.faults import EVENTS, Faults
from marketplace.workbench.provider.store import Store, Thing, new_id

logger = logging.getLogger(__name__)

#: Stripe tries for three days, with growing pauses.
LONGEST_PAUSE, GIVE_UP = 3600.0, 3 * 24 * 3600.0
TIMEOUT = 20
FAR = 1e12


class Delivery(threading.Thread):
    """One thread that sends what is due, and lets the stand-in's time pass meanwhile."""

    def __init__(self, store: Store, faults: Faults, pause: float) -> None:
        super().__init__(name="provider-delivery", daemon=True)
        self.store = store
        self.faults = faults
        self.webhook: tuple[str, str] | None = None
        #: The name of the town that is told, where the address alone does not say it.
        self.city_host = ""
        self._pause = pause
        self._wake = threading.Event()
        self._ended = False
        self._step = threading.Lock()
        #: (type, status) of each try, oldest first; 0 for no answer. For tests.
        self.tries: deque[tuple[str, int]] = deque(maxlen=20_000)

    def kick(self) -> None:
        """Something may be due."""
        self._wake.set()

    def end(self) -> None:
        self._ended = True
        self._wake.set()
        if self.is_alive():
            self.join(TIMEOUT)

    def run(self) -> None:
        while not self._ended:
            self._wake.clear()
            try:
                due.run(self.store)
                while not self._ended and self.step():
                    pass
            except Exception:  # the thread must outlive whatever one delivery does
                logger.exception("delivery failed")
            self._wake.wait(0.1)

    def waiting(self) -> int:
        """Deliveries that are due now and not yet taken."""
        sql = "SELECT COUNT(*) FROM delivery WHERE done IS NULL AND due <= ?"
        return int(self.store.rows(sql, self.store.clock())[0][0])

    def step(self) -> bool:
        """Send the next due event, if there is one and somebody to take it."""
        if self.webhook is None or self.faults.dark:
            return False
        with self._step:
            found = self.store.rows(
                "SELECT seq, event, tries, manner FROM delivery WHERE done IS NULL AND due <= ? "
                "ORDER BY due, seq LIMIT 1",
                self.store.clock(),
            )
            if not found:
                return False
            seq, key, tries, manner = found[0]
            event = self.store.known("event", key)
            if manner == "" and self._goes_wrong(seq, event):
                return True
            self._send(seq, event, tries, manner, self.webhook)
            return True

    # --- the ways it goes wrong -------------------------------------------------------------------

    def _goes_wrong(self, seq: int, event: Thing) -> bool:
        """Meets a fault once, when it first leaves. Says whether this very sending is put off."""
        store = self.store
        fault = self.faults.take(event["type"], EVENTS)
        self._mark(seq, manner="plain")
        if fault is None:
            return False
        if fault.kind == "drop":
            self._mark(seq, done=1)
        elif fault.kind == "late":
            self._mark(seq, due=store.clock() + fault.seconds)
        elif fault.kind == "reorder":
            self._mark(seq, manner="held", due=FAR)
            if fault.times <= 0:
                self.release()
        elif fault.kind == "duplicate":
            self._again(event, "plain", store.clock())
            return False
        else:  # forged, foreign: before the real one
            self._again(event, fault.kind, 0)
        return True

    def release(self) -> None:
        """What was held for reordering leaves, the youngest first."""
        held = self.store.rows("SELECT seq FROM delivery WHERE manner = 'held' ORDER BY seq DESC")
        for i, (seq,) in enumerate(held):
            self._mark(seq, manner="plain", due=self.store.clock() - 1 + i / 1000)

    def _again(self, event: Thing, manner: str, moment: float) -> None:
        self.store.rows(
            "INSERT INTO delivery (event, due, manner) VALUES (?, ?, ?)",
            *(event["id"], moment, manner),
        )

    def _mark(self, seq: int, **values: object) -> None:
        names = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE delivery SET {names} WHERE seq = ?"  # noqa: S608 our own column names
        self.store.rows(sql, *values.values(), seq)

    # --- on the wire ------------------------------------------------------------------------------

    def _send(
        self, seq: int, event: Thing, tries: int, manner: str, webhook: tuple[str, str]
    ) -> None:
        url, secret = webhook
        if manner == "foreign":
            event = json.loads(json.dumps(event)) | {
                "id": new_id("evt"),
                "account": "acct_of_somebody_else",
            }
        body = packed(event)
        key = "whsec_of_somebody_else" if manner == "forged" else secret
        status = self.post(url, body, signed(body, key), self.city_host)
        self.tries.append((event["type"], status))
        false = manner in {"forged", "foreign"}
        if 200 <= status < 300 or false:
            with self.store.transaction():
                self._mark(seq, done=1)
                if not false:
                    self.store.save(event | {"pending_webhooks": 0})
            return
        pause = min(self._pause * 2**tries, LONGEST_PAUSE)
        if self.store.now() - event["created"] > GIVE_UP:
            self._mark(seq, done=0)
        else:
            self._mark(seq, tries=tries + 1, due=self.store.clock() + pause)

    @staticmethod
    def post(url: str, body: bytes, signature: str, host: str = "") -> int:
        """The status of one try; 0 where nobody answers."""
        request = urllib.request.Request(  # noqa: S310 an address the operator gave, checked there
            url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature,
                "User-Agent": "Stripe/1.0 (stand-in)",
                **({"Host": host} if host else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 as above
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return int(error.code)
        except OSError:
            return 0
