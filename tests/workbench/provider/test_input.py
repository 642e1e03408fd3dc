"""Whatever is sent, somebody says what is wrong with it; nothing falls over."""

import json
import socket
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.workbench.provider import StandIn, accounts
from marketplace.workbench.provider.api import ROUTES, Api, Asked
from marketplace.workbench.provider.calls import decode
from marketplace.workbench.provider.faults import Faults
from marketplace.workbench.provider.store import Store

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both

NAMES = st.sampled_from(
    [
        "mode",
        "success_url",
        "cancel_url",
        "line_items",
        "line_items[0]",
        "line_items[0][price_data]",
        "line_items[]",
        "line_items[0][price_data][unit_amount]",
        "line_items[0][price_data][product_data][name]",
        "line_items[x]",
        "metadata",
        "metadata[a]",
        "metadata[a][b]",
        "expires_at",
        "payment_intent",
        "charge",
        "amount",
        "expand",
        "expand[]",
        "expand[0][a]",
        "limit",
        "starting_after",
        "created",
        "created[gte]",
        "type",
        "types",
        "types[]",
        "payment_intent_data",
        "payment_intent_data[metadata]",
        "amount_to_capture",
        "account",
        "country",
        "capabilities",
        "controller",
        "business_profile",
        "allowed_payment_method_types",
        "a[",
        "]",
        "[",
        "[]",
        "[][]",
        "a[]]",
    ]
)
VALUES = st.sampled_from(["", "0", "-1", "1.5", "payment", "eur", "re_x", "\N{PILE OF POO}", "%00"])
FORMS = st.lists(st.tuples(NAMES, VALUES), max_size=8)


@pytest.fixture(scope="module")
def bare() -> tuple[Api, str]:
    """Without the guard, as in the demo."""
    store = Store()
    api = Api(store, Faults(), lambda: "http://127.0.0.1:9")
    headers = {"authorization": "Bearer sk_test_x"}
    body = api.answer(Asked("POST", "/v1/accounts", headers, b"country=DE")).body
    account = json.loads(body)["id"]
    accounts.onboard(store, account, "complete")
    return api, account


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(ROUTES)), FORMS)
def test_any_form_gets_an_answer(bare: tuple[Api, str], route: tuple[str, str], form) -> None:
    api, account = bare
    method, path = route
    text = "&".join(f"{name}={value}" for name, value in form)
    path = path.replace("{account}", account)
    for part in ("session", "intent", "refund", "charge", "dispute", "id"):
        path = path.replace(f"{{{part}}}", "x_1")
    headers = {"authorization": "Bearer sk_test_x", "stripe-account": account}
    target, body = (f"{path}?{text}", b"") if method == "GET" else (path, text.encode())
    answer = api.answer(Asked(method, target, headers, body))
    assert answer.status in {200, 400, 403, 404}
    assert ("error" in json.loads(answer.body)) == (answer.status != 200)


@settings(max_examples=50)
@given(st.text())
def test_any_text_can_be_decoded(text: str) -> None:
    assert isinstance(decode(text), dict)


def test_forms_as_the_sdk_sends_them() -> None:
    assert decode("a[b][]=1&a[b][]=2&c=3&d[0][e]=4&d[1][e]=&f=%C3%A4") == {
        "a": {"b": ["1", "2"]},
        "c": "3",
        "d": {"0": {"e": "4"}, "1": {"e": ""}},
        "f": "ä",
    }
    assert decode("a=1&a=2&a[b]=3&a[]=4") == {"a": "1"}


@pytest.mark.parametrize("scheme", ["Basic !!", "Basic", "Bearer", "Basic /w==", ""])
def test_keys_that_are_none(bare: tuple[Api, str], scheme: str) -> None:
    answer = bare[0].answer(Asked("GET", "/v1/account", {"authorization": scheme}))
    assert answer.status == 401


@pytest.mark.parametrize("length", ["-1", "x", "99999999999", "1_0"])
def test_a_wrong_length_is_refused_at_once(provider: StandIn, length: str) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(provider.url).port or 0), 5) as line:
        line.settimeout(5)
        line.sendall(f"POST /v1/refunds HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_unknown_addresses_say_so(provider: StandIn) -> None:
    headers = {"Authorization": "Bearer sk_test_x"}
    for method, path in (("GET", "/v1/transfers"), ("POST", "/v1/events"), ("GET", "/v1/")):
        answer = requests.request(method, provider.url + path, headers=headers, timeout=5)
        assert answer.status_code == 404
        assert answer.json()["error"]["type"] == "invalid_request_error"
    assert requests.delete(provider.url + "/v1/accounts/x", timeout=5).status_code == 501
