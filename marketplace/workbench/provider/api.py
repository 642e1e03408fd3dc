"""Stripe's endpoints: who asks, on which account, under which key; then one function each."""

import hashlib
import json
import re
import threading
import time
from base64 import b64decode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from marketplace.workbench.provider import (
    accounts,
    disputes,
    due,
    intents,
    listing,
    refunds,
    refusals,
    sessions,
)
from marketplace.workbench.provider.calls import PLATFORM, Call, Tree, decode
from marketplace.workbench.provider.faults import CALLS, Fault, Faults
from marketplace.workbench.provider.refusals import Refusal, ResetConnection
from marketplace.workbench.provider.store import Store, Thing, new_id

Endpoint = Callable[[Call], Thing]


@dataclass(frozen=True)
class Asked:
    """An HTTP request, read."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


class Guard(Protocol):
    """Holds requests and answers to a schema; tests switch one on."""

    def request(self, method: str, path: str, params: Tree) -> None:
        """Refusal for what Stripe would not take."""

    def answer(self, method: str, path: str, status: int, body: Thing) -> None:
        """AssertionError for what Stripe would not say."""

    def refused(self, body: Thing) -> None:
        """AssertionError for an error that is none of Stripe's."""


def _list(kind: str, url: str, *names: str) -> Endpoint:
    fitting = listing.by(*names)
    return lambda call: listing.page(call, kind, url, fitting(call))


ROUTES: dict[tuple[str, str], Endpoint] = {
    ("POST", "/v1/accounts"): accounts.create,
    ("GET", "/v1/accounts/{account}"): accounts.retrieve,
    ("GET", "/v1/account"): accounts.retrieve,
    ("POST", "/v1/account_links"): accounts.link,
    ("POST", "/v1/checkout/sessions"): sessions.create,
    ("GET", "/v1/checkout/sessions"): _list(
        "checkout.session", "/v1/checkout/sessions", "payment_intent", "status"
    ),
    ("GET", "/v1/checkout/sessions/{session}"): sessions.retrieve,
    ("POST", "/v1/checkout/sessions/{session}/expire"): sessions.expire,
    ("GET", "/v1/payment_intents"): _list("payment_intent", "/v1/payment_intents"),
    ("GET", "/v1/payment_intents/{intent}"): intents.retrieve,
    ("POST", "/v1/payment_intents/{intent}/capture"): intents.capture,
    ("POST", "/v1/payment_intents/{intent}/cancel"): intents.cancel,
    ("POST", "/v1/refunds"): refunds.create,
    ("GET", "/v1/refunds"): _list("refund", "/v1/refunds", "charge", "payment_intent"),
    ("GET", "/v1/refunds/{refund}"): refunds.retrieve,
    ("GET", "/v1/charges/{charge}"): intents.charge_of,
    ("GET", "/v1/disputes"): _list("dispute", "/v1/disputes", "charge", "payment_intent"),
    ("GET", "/v1/disputes/{dispute}"): disputes.retrieve,
    ("GET", "/v1/events"): listing.events,
    ("GET", "/v1/events/{id}"): listing.event,
}
_PATTERNS = {
    route: re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[A-Za-z0-9_]+)", route[1]))
    for route in sorted(ROUTES, key=lambda route: route[1].count("{"))
}
KEY = re.compile(r"(?:sk|rk)_test_\w+")
LONGEST_KEY = 255
#: Calls that the log goes back.
REMEMBERED = 20_000


class Api:
    """Answers calls. Holds nothing but which idempotency keys are in use right now."""

    def __init__(self, store: Store, faults: Faults, base: Callable[[], str]) -> None:
        self.store = store
        self.faults = faults
        self.guard: Guard | None = None
        self._base = base
        self._running: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        #: What each call was, oldest first: "POST /v1/refunds 200". For tests that count.
        self.log: deque[str] = deque(maxlen=REMEMBERED)

    def answer(self, asked: Asked) -> Answer:
        """The answer, or ResetConnection where there is to be none."""
        request_id = new_id("req")
        headers = {"Request-Id": request_id, "Content-Type": "application/json"}
        try:
            status, body, extra = self._answer(asked, request_id)
            headers |= extra
        except Refusal as refusal:
            status, body = refusal.status, json.dumps(refusal.body)
        if self.guard and status != 200:
            self.guard.refused(json.loads(body))
        self.log.append(f"{asked.method} {urlsplit(asked.target).path} {status}")
        return Answer(status, body.encode(), headers)

    def _answer(self, asked: Asked, request_id: str) -> tuple[int, str, dict[str, str]]:
        url = urlsplit(asked.target)
        route, args = _route(asked.method, url.path)
        _authenticate(asked.headers.get("authorization", ""))
        due.run(self.store)
        account = asked.headers.get("stripe-account", PLATFORM)
        if account != PLATFORM:
            accounts.find(self.store, account)
        fault = self.faults.take(f"{asked.method} {url.path}", CALLS)
        _before(fault)
        text = url.query if asked.method == "GET" else asked.body.decode(errors="replace")
        params = decode(text)
        key = asked.headers.get("idempotency-key") if asked.method == "POST" else None
        call = Call(self.store, params, account, args, key, request_id, self._base())
        if key is None:
            _wait(fault)
            return *self._run(route, call, fault, None), {}
        if len(key) > LONGEST_KEY:
            raise refusals.wrong_parameter("Keys may be up to 255 characters.", "idempotency-key")
        text = f"{route} {args} {json.dumps(params, sort_keys=True)}"
        print_of = hashlib.sha256(text.encode()).hexdigest()
        with self._alone(account, key):
            kept = self.store.answer(account, key)
            if kept is not None:
                if kept[0] != print_of:
                    raise refusals.other_parameters(key)
                _after(fault)
                replayed = {"Idempotent-Replayed": "true", "Idempotency-Key": key}
                return kept[1], kept[2], replayed
            _wait(fault)
            return *self._run(route, call, fault, print_of), {"Idempotency-Key": key}

    @contextmanager
    def _alone(self, account: str, key: str) -> Iterator[None]:
        """409 for whoever comes with a key that is in use."""
        with self._lock:
            if (account, key) in self._running:
                raise refusals.key_in_use(key)
            self._running.add((account, key))
        try:
            yield
        finally:
            with self._lock:
                self._running.discard((account, key))

    def _run(
        self, route: tuple[str, str], call: Call, fault: Fault | None, print_of: str | None
    ) -> tuple[int, str]:
        kind = fault.kind if fault else ""
        try:
            if self.guard:
                self.guard.request(*route, call.params)
            if kind == "overtaken" and "session" in call.args:
                with self.store.transaction():
                    sessions.choose(self.store, call.args["session"], "ok")
            if kind == "error":
                raise refusals.broken()
            with self.store.transaction():
                found = ROUTES[route](call)
                answer = listing.shown(self.store, found, call.items("expand"))
                status, body = 200, json.dumps(answer)
                if kind == "error_after":
                    status, body = 500, json.dumps(refusals.broken().body)
                # RACE: the answer is kept in the transaction of its effect, or a retry repeats it
                if print_of is not None and call.key is not None:
                    self.store.keep(call.account, call.key, print_of, status, body)
        except Refusal as refusal:
            status, answer, body = refusal.status, refusal.body, json.dumps(refusal.body)
            if refusal.kept and print_of is not None and call.key is not None:
                with self.store.transaction():
                    self.store.keep(call.account, call.key, print_of, status, body)
        if self.guard and status == 200:
            self.guard.answer(*route, status, answer)
        _after(fault)
        return status, body


def _route(method: str, path: str) -> tuple[tuple[str, str], dict[str, str]]:
    for route, pattern in _PATTERNS.items():
        match = pattern.fullmatch(path)
        if match and route[0] == method:
            return route, match.groupdict()
    raise refusals.no_route(method, path)


def _authenticate(header: str) -> None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            value = b64decode(value).decode().partition(":")[0]
        except ValueError:
            value = ""
    if not value:
        raise refusals.no_key()
    # SECURITY: a live key never belongs here, and its owner shall hear of it.
    if not KEY.fullmatch(value):
        raise refusals.wrong_key(value)


def _before(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.kind == "reset":
        raise ResetConnection
    if fault.kind == "limit":
        raise refusals.too_many()
    if fault.kind == "conflict":
        raise refusals.locked()


def _wait(fault: Fault | None) -> None:
    if fault is not None and fault.kind == "slow":
        time.sleep(fault.seconds)


def _after(fault: Fault | None) -> None:
    if fault is not None and fault.kind == "lost":
        raise ResetConnection
