"""The adapter: what it says to Stripe, and what it makes of Stripe's answers."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.payments.enums import AccountState, CaptureMode, PaymentState, RefundState
from marketplace.payments.gateway import configured
from marketplace.payments.gateway.port import (
    Answered,
    Checkout,
    Declined,
    Denied,
    ForgedError,
    Limited,
    Spot,
    Unknown,
)
from tests.factories import NOW
from tests.payments.stripe_help import CHARGE, INTENT, SESSION, listed, refund, serving

SPOT = Spot(account="acct_1", session_ref="cs_test_1", intent_ref="pi_1")
NEW, OLD = "whsec_new", "whsec_old"


@pytest.fixture(scope="module")
def one_server():
    with serving() as server:
        yield server


@pytest.fixture
def server(one_server, settings):
    one_server.answers.clear()
    one_server.heard.clear()
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    settings.STRIPE_API_BASE = one_server.url
    settings.STRIPE_WEBHOOK_SECRETS = [NEW, OLD]
    return one_server


@pytest.fixture
def stripe(server):
    return configured()


def ask(**changes) -> Checkout:
    plain = {
        "account": "acct_1",
        "reference": "payment-7",
        "title": "Bestellung bei Laufwerk",
        "amount": Decimal("30.30"),
        "fee": Decimal("1.52"),
        "language": "de",
        "success_url": "http://testserver/danke/",
        "cancel_url": "http://testserver/zurueck/",
        "expires_at": NOW + timedelta(minutes=35),
    }
    return Checkout(**(plain | changes))


def test_without_a_key_there_is_no_provider(settings):
    settings.STRIPE_SECRET_KEY = ""
    assert configured() is None


def test_a_page_is_opened_on_the_shops_own_account(server, stripe):
    server.says("POST /v1/checkout/sessions", SESSION)

    answer = stripe.open_checkout(ask(), key="op-1-1")

    assert isinstance(answer, Answered)
    assert (answer.value.state, answer.value.session_ref) == (PaymentState.OPEN, "cs_test_1")
    assert answer.value.page_url.endswith("/c/pay/cs_test_1")
    (heard,) = server.heard
    assert heard.headers["stripe-account"] == "acct_1"
    assert heard.headers["idempotency-key"] == "op-1-1"
    assert heard.headers["stripe-version"] == "2026-10-28.endive"
    assert heard.form["line_items[0][price_data][unit_amount]"] == "3030"
    assert heard.form["payment_intent_data[application_fee_amount]"] == "152"
    assert heard.form["payment_method_options[card][capture_method]"] == "manual"
    # LAW: G7, nothing else goes along.
    metadata = {name: value for name, value in heard.form.items() if "metadata" in name}
    assert set(metadata.values()) == {"payment-7"}


@pytest.mark.parametrize(
    ("session", "intent", "charge", "state", "captured"),
    [
        ({}, None, None, PaymentState.OPEN, "0.00"),
        ({"status": "expired"}, None, None, PaymentState.EXPIRED, "0.00"),
        ({}, {"status": "requires_action"}, None, PaymentState.OPEN, "0.00"),
        ({"status": "complete"}, {}, {}, PaymentState.AUTHORISED, "0.00"),
        ({"status": "complete"}, {"status": "processing"}, {}, PaymentState.PROCESSING, "0.00"),
        (
            {"status": "complete"},
            {"status": "requires_payment_method"},
            {},
            PaymentState.FAILED,
            "0.00",
        ),
        ({"status": "complete"}, {"status": "canceled"}, {}, PaymentState.CANCELLED, "0.00"),
        (
            {"status": "complete"},
            {"status": "succeeded", "amount_received": 3030},
            {},
            PaymentState.CAPTURED,
            "30.30",
        ),
        ({"status": "expired"}, {"status": "canceled"}, {}, PaymentState.EXPIRED, "0.00"),
    ],
)
def test_what_is_fetched(server, stripe, session, intent, charge, state, captured):
    named = {"payment_intent": "pi_1"} if intent is not None else {}
    server.payment(session | named, intent, charge)

    report = stripe.fetch_payment(
        SPOT if intent is not None else Spot(account="acct_1", session_ref="cs_test_1")
    )

    assert isinstance(report, Answered)
    assert (report.value.state, report.value.captured) == (state, Decimal(captured))
    if state == PaymentState.AUTHORISED:
        assert report.value.authorised == Decimal("30.30")
        assert (report.value.method, report.value.capture_mode) == ("card", CaptureMode.LATER)
        assert report.value.capture_before is not None
    assert {heard.headers["stripe-account"] for heard in server.heard} == {"acct_1"}


def test_a_partial_capture_lets_go_what_was_never_taken(server, stripe):
    """Stripe lists that part as a refund; nobody has paid it."""
    server.says("POST /v1/payment_intents/pi_1/capture", INTENT)
    server.payment(
        {"status": "complete", "payment_intent": "pi_1"},
        {"status": "succeeded", "amount_received": 1000},
        {"captured": True, "amount_captured": 1000, "amount_refunded": 2330, "disputed": True},
    )
    server.says("GET /v1/refunds", listed(refund(3, 300, "a-nonce", "pending"), refund(1, 2030)))
    dispute = {"id": "du_1", "object": "dispute", "amount": 1000, "status": "under_review"}
    server.says("GET /v1/disputes", listed(dispute))

    answer = stripe.capture(SPOT, amount=Decimal("10.00"), fee=Decimal("0.50"), key="op-2-1")

    assert isinstance(answer, Answered)
    assert answer.value.captured == Decimal("10.00")
    assert [(one.reference, one.amount, one.state) for one in answer.value.refunds] == [
        ("a-nonce", Decimal("3.00"), RefundState.PENDING)
    ]
    assert [one.state for one in answer.value.disputes] == ["OPEN"]
    assert server.heard[0].form == {"amount_to_capture": "1000", "application_fee_amount": "50"}


def test_a_refund_gives_the_fee_back_too(server, stripe):
    server.says("POST /v1/refunds", refund(1, 1000, "a-nonce"))
    answer = stripe.refund(SPOT, amount=Decimal("10.00"), reference="a-nonce", key="op-3-1")
    assert isinstance(answer, Answered)
    assert (answer.value.amount, answer.value.state) == (Decimal("10.00"), RefundState.DONE)
    assert server.heard[0].form == {
        "payment_intent": "pi_1",
        "amount": "1000",
        "refund_application_fee": "true",
        "metadata[reference]": "a-nonce",
    }


def failure(kind: str, code: str = "") -> dict:
    return {"error": {"type": kind, "message": "x"} | ({"code": code} if code else {})}


@pytest.mark.parametrize(
    ("status", "body", "headers", "expected"),
    [
        (402, failure("card_error", "card_declined"), {}, Declined("card_declined")),
        (400, failure("invalid_request_error", "charge_disputed"), {}, Denied("charge_disputed")),
        (403, failure("invalid_request_error", "account_invalid"), {}, Denied("account_invalid")),
        (401, failure("invalid_request_error"), {}, Limited("AuthenticationError")),
        (429, failure("invalid_request_error", "rate_limit"), {}, Limited("rate_limit")),
        (409, failure("idempotency_error"), {}, Limited("APIError")),
        (400, failure("idempotency_error"), {}, Unknown("IdempotencyError", stored=True)),
        (500, failure("api_error"), {}, Unknown("APIError")),
        (
            500,
            failure("api_error"),
            {"Idempotent_Replayed": "true"},
            Unknown("APIError", stored=True),
        ),
        (0, {}, {}, Unknown("APIConnectionError")),
    ],
)
def test_what_goes_wrong_is_an_answer_and_never_asked_again_by_the_sdk(
    server, stripe, status, body, headers, expected
):
    server.says("POST /v1/refunds", body, status, **headers)
    answer = stripe.refund(SPOT, amount=Decimal("10.00"), reference="n", key="op-4-1")
    assert answer == expected
    assert len(server.heard) == 1


def test_what_has_happened_is_not_denied_because_it_cannot_be_seen(server, stripe):
    server.says("POST /v1/payment_intents/pi_1/cancel", INTENT)
    assert stripe.cancel(SPOT, key="op-5-1") == Unknown("not_fetched")


def test_no_parts_of_a_cent_and_no_float_leave_or_enter(server, stripe):
    with pytest.raises(ValueError, match="cents"):
        stripe.open_checkout(ask(amount=Decimal("1.005")), key="k")
    server.says("POST /v1/refunds", refund(1, 10.5))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="whole"):
        stripe.refund(SPOT, amount=Decimal("10.00"), reference="n", key="op-6-1")


def test_accounts(server, stripe):
    account = {
        "id": "acct_9",
        "object": "account",
        "charges_enabled": False,
        "payouts_enabled": False,
        "details_submitted": False,
        "requirements": {"currently_due": ["external_account"], "past_due": []},
    }
    server.says("POST /v1/accounts", account)
    link = {"object": "account_link", "url": "https://connect.stripe.com/setup/x"}
    server.says("POST /v1/account_links", link)

    made = stripe.create_account(reference="account-1", key="op-7-1")
    assert isinstance(made, Answered)
    assert made.value.state == AccountState.INCOMPLETE
    assert made.value.missing == ("external_account",)
    assert server.heard[0].form["controller[fees][payer]"] == "account"
    found = stripe.account_link("acct_9", return_url="http://t/a/", refresh_url="http://t/b/")
    assert found == Answered("https://connect.stripe.com/setup/x")

    for change, state in (
        ({"charges_enabled": True}, AccountState.READY),
        ({"requirements": {"disabled_reason": "rejected.fraud"}}, AccountState.BLOCKED),
        ({"requirements": {}, "details_submitted": True}, AccountState.CHECKING),
    ):
        server.says("GET /v1/accounts/acct_9", account | change)
        answer = stripe.fetch_account("acct_9")
        assert isinstance(answer, Answered)
        assert answer.value.state == state


# --- events ---------------------------------------------------------------------------------------

EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "charge.refunded",
    "account": "acct_1",
    "livemode": False,
    "created": 1796300000,
    "data": {"object": CHARGE | {"payment_intent": "pi_1"}},
}


def signed(body: bytes, secret: str, at: int | None = None) -> str:
    moment = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_a_delivery_signed_with_any_of_our_secrets(stripe, secret):
    body = json.dumps(EVENT).encode()
    event = stripe.read_event(body, signed(body, secret))
    assert (event.provider_id, event.account, event.intent_ref) == ("evt_1", "acct_1", "pi_1")


@pytest.mark.parametrize(
    ("change", "header"),
    [
        (lambda body: body, lambda body: signed(body, "whsec_other")),
        (lambda body: body.replace(b"acct_1", b"acct_2"), lambda body: signed(body, NEW)),
        (lambda body: body, lambda body: signed(body, NEW, int(time.time()) - 301)),
        (lambda body: body, lambda body: ""),
        (lambda body: body, lambda body: "t=x,v1=y"),
        (lambda body: b"[]", lambda body: signed(b"[]", NEW)),
        (lambda body: b"\xff", lambda body: signed(b"\xff", NEW)),
    ],
)
def test_a_forged_delivery(stripe, change, header):
    body = json.dumps(EVENT).encode()
    with pytest.raises(ForgedError):
        stripe.read_event(change(body), header(body))


def test_events_are_listed_on_behalf_of_the_account(server, stripe):
    server.says("GET /v1/events", listed({k: v for k, v in EVENT.items() if k != "account"}))
    answer = stripe.list_events("acct_1", since=NOW, after="evt_0")
    assert isinstance(answer, Answered)
    assert [one.account for one in answer.value] == ["acct_1"]
    assert server.heard[0].form["starting_after"] == "evt_0"
