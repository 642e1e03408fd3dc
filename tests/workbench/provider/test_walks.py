"""The oracle itself under random use: books that add up, one effect for one key."""

import json
from collections import Counter
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.workbench.provider import accounts, books, disputes, due, refunds, sessions
from marketplace.workbench.provider.api import Api, Asked
from marketplace.workbench.provider.faults import Faults
from marketplace.workbench.provider.refusals import Refusal, ResetConnection
from marketplace.workbench.provider.spec import Spec
from marketplace.workbench.provider.store import Store

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both

CALL_FAULTS = ("", "lost", "reset", "limit", "conflict", "error", "error_after", "overtaken")
CALLS = ("open", "capture", "cancel", "refund", "expire")
HAPPENINGS = ("pay", "move", "dispute", "won", "lost", "failed")

steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(CALLS),
            st.integers(0, 3),
            st.integers(1, 1500),
            st.sampled_from(CALL_FAULTS),
        ),
        st.tuples(
            st.sampled_from(HAPPENINGS),
            st.integers(0, 3),
            st.integers(1, 1500),
            st.sampled_from((*sessions.OUTCOMES, "secure_ok", "secure_fail")),
        ),
    ),
    min_size=8,
    max_size=30,
)


class World:
    """The endpoints without their server, and a caller who repeats until there is an answer."""

    def __init__(self, spec: Spec, *, stable_keys: bool = True) -> None:
        self.stable_keys = stable_keys
        self.store = Store()
        self.faults = Faults()
        self.api = Api(self.store, self.faults, lambda: "http://127.0.0.1:9")
        self.api.guard = spec
        self.account = self.call("accounts", {"country": "DE"}, key="a")["id"]
        with self.store.transaction():
            accounts.onboard(self.store, self.account, "complete")
        self.sessions: list[str] = []
        self.intents: list[str] = []
        self.keys = 0

    def call(self, path: str, params: dict[str, object], *, key: str) -> dict[str, object]:
        headers = {"authorization": "Bearer sk_test_x", "idempotency-key": key}
        if path != "accounts":
            headers["stripe-account"] = self.account
        asked = Asked("POST", f"/v1/{path}", headers, urlencode(params).encode())
        while True:
            try:
                answer = self.api.answer(asked)
            except ResetConnection:
                if not self.stable_keys:
                    headers["idempotency-key"] += "-again"
                continue
            if answer.status not in {409, 429}:
                return json.loads(answer.body)

    def do(self, what: str, which: int, amount: int, how: str) -> None:
        self.keys += 1
        key = f"key-{self.keys}"
        intent = self.intents[which % len(self.intents)] if self.intents else "pi_none"
        session = self.sessions[which % len(self.sessions)] if self.sessions else "cs_test_none"
        if what in CALLS and how:
            self.faults.add(how)
        if what == "open":
            params = {
                "mode": "payment",
                "success_url": "http://127.0.0.1:9/",
                "line_items[0][quantity]": 1,
                "line_items[0][price_data][currency]": "eur",
                "line_items[0][price_data][unit_amount]": amount + 50,
                "line_items[0][price_data][product_data][name]": "Topf",
                "payment_intent_data[application_fee_amount]": amount % 50,
                "payment_method_options[card][capture_method]": "manual",
            }
            opened = self.call("checkout/sessions", params, key=key)
            self.sessions += [str(opened["id"])] if "id" in opened else []
        elif what == "capture":
            self.call(f"payment_intents/{intent}/capture", {"amount_to_capture": amount}, key=key)
        elif what == "cancel":
            self.call(f"payment_intents/{intent}/cancel", {}, key=key)
        elif what == "expire":
            self.call(f"checkout/sessions/{session}/expire", {}, key=key)
        elif what == "refund":
            params = {"payment_intent": intent, "amount": amount, "metadata[key]": key}
            params["refund_application_fee"] = "true" if amount % 2 else "false"
            self.call("refunds", params, key=key)
        else:
            self._happens(what, session, intent, amount, how)
        self.faults.clear()
        self.intents = [one["id"] for one in self.store.all("payment_intent")]

    def _happens(self, what: str, session: str, intent: str, amount: int, how: str) -> None:
        if what == "move":
            self.store.move(amount * 400)
            due.run(self.store)
            return
        try:
            with self.store.transaction():
                if what == "pay":
                    sessions.choose(self.store, session, how)
                elif what == "dispute":
                    disputes.start(self.store, intent)
                elif what in {"won", "lost"}:
                    for dispute in self.store.all("dispute"):
                        disputes.finish(self.store, dispute["id"], won=what == "won")
                else:
                    for refund in self.store.all("refund")[:1]:
                        refunds.fail(self.store, refund["id"])
        except (Refusal, KeyError):
            pass

    def check(self) -> None:
        for entry in books.entries(self.store):
            assert entry.authorised == entry.held + entry.captured + entry.released
            assert 0 <= entry.refunded <= entry.captured
            assert 0 <= entry.fee_refunded <= entry.fee <= entry.captured
            assert entry.kept >= 0
            assert (entry.held > 0) == (entry.status == "requires_capture")
        done = Counter(refund["metadata"].get("key") for refund in self.store.all("refund"))
        del done[None]  # what was released belongs to no key
        assert set(done.values()) <= {1}
        told = Counter(
            event["data"]["object"]["id"]
            for event in self.store.all("event")
            if event["type"] in {"payment_intent.succeeded", "payment_intent.canceled"}
        )
        assert set(told.values()) <= {1}  # an end is an end


@settings(max_examples=40, deadline=None)
@given(steps)
def test_the_books_add_up_whatever_happens(spec: Spec, walk) -> None:
    world = World(spec)
    for step in walk:
        world.do(*step)
        world.check()


#: Paid, captured in part, refunded in part, each answer lost once.
LOST = [
    ("open", 0, 950, "lost"),
    ("pay", 0, 1, "ok"),
    ("capture", 0, 600, "lost"),
    ("refund", 0, 101, "lost"),
]


def test_a_walk_gets_somewhere(spec: Spec) -> None:
    world = World(spec)
    for step in LOST:
        world.do(*step)
        world.check()
    (entry,) = books.entries(world.store)
    assert (entry.authorised, entry.captured, entry.released, entry.refunded) == (
        1000,
        600,
        400,
        101,
    )
    assert len(world.sessions) == 1


def test_random_keys_are_found(spec: Spec) -> None:
    """The control: a caller who invents a key per try refunds twice, and the check sees it."""
    world = World(spec, stable_keys=False)
    for step in LOST:
        world.do(*step)
    (entry,) = books.entries(world.store)
    assert entry.refunded == 202
    with pytest.raises(AssertionError):
        world.check()
