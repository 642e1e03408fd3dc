"""Every switch for what goes wrong on a call, thrown under the real SDK."""

import time

import pytest
import requests
import stripe

from marketplace.workbench.provider import StandIn
from tests.workbench.provider.people import Shop, client

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both

REFUND = "POST /v1/refunds"


def test_the_answer_is_lost_after_the_effect(shop: Shop) -> None:
    intent = shop.captured()
    shop.provider.fault("lost", REFUND)
    with pytest.raises(stripe.APIConnectionError):
        shop.refund(intent, 700, key="once")
    assert shop.entry().refunded == 700  # it happened all the same
    assert shop.refund(intent, 700, key="once").amount == 700
    assert shop.entry().refunded == 700


def test_without_a_stable_key_a_lost_answer_costs_money(shop: Shop) -> None:
    """The control: what the switch is there to find."""
    intent = shop.captured()
    shop.provider.fault("lost", REFUND)
    with pytest.raises(stripe.APIConnectionError):
        shop.refund(intent, 700, key="random-1")
    shop.refund(intent, 700, key="random-2")
    assert shop.entry().refunded == 1400


def test_the_sdk_repeats_by_itself_with_its_key(shop: Shop) -> None:
    intent = shop.captured()
    shop.client = client(shop.provider, retries=2)
    shop.provider.fault("lost", REFUND)
    assert shop.refund(intent, 700).amount == 700
    assert shop.entry().refunded == 700
    assert shop.provider.api.log[-1] == "POST /v1/refunds 200"


def test_the_connection_breaks_before_anything_happens(shop: Shop) -> None:
    intent = shop.captured()
    shop.provider.fault("reset", REFUND)
    with pytest.raises(stripe.APIConnectionError):
        shop.refund(intent, 700, key="once")
    assert shop.entry().refunded == 0
    assert shop.refund(intent, 700, key="once").amount == 700


@pytest.mark.parametrize(
    ("kind", "status", "raised"),
    [("conflict", 409, stripe.APIError), ("limit", 429, stripe.RateLimitError)],
)
def test_busy(shop: Shop, kind: str, status: int, raised: type[stripe.StripeError]) -> None:
    intent = shop.captured()
    shop.provider.fault(kind, REFUND, times=2)
    for _ in range(2):
        with pytest.raises(raised) as error:
            shop.refund(intent, 700, key="once")
        assert error.value.http_status == status
    assert shop.entry().refunded == 0
    assert shop.refund(intent, 700, key="once").amount == 700


@pytest.mark.parametrize(("kind", "sent"), [("error", 0), ("error_after", 700)])
def test_a_500_is_remembered(shop: Shop, kind: str, sent: int) -> None:
    """With or without an effect behind it: only looking it up tells."""
    intent = shop.captured()
    shop.provider.fault(kind, REFUND)
    for _ in range(3):
        with pytest.raises(stripe.APIError) as error:
            shop.refund(intent, 700, key="once")
        assert error.value.http_status == 500
    assert shop.entry().refunded == sent
    listed = shop.client.v1.refunds.list({"payment_intent": intent}, shop.on()).data
    assert sum(refund.amount for refund in listed) == sent


def test_slow(shop: Shop) -> None:
    intent = shop.captured()
    shop.provider.fault("slow", f"/v1/payment_intents/{intent}", seconds=0.3)
    started = time.monotonic()
    shop.intent(intent)
    assert time.monotonic() - started >= 0.3
    assert shop.provider.faults.listed() == []


def test_a_slow_call_holds_up_nobody_else(shop: Shop) -> None:
    intent = shop.captured()
    shop.provider.fault("slow", "/v1/charges", seconds=5)
    impatient = client(shop.provider, timeout=0.2)
    charge = shop.intent(intent).latest_charge
    with pytest.raises(stripe.APIConnectionError):
        impatient.v1.charges.retrieve(charge, None, shop.on())
    started = time.monotonic()
    shop.refund(intent, 10)
    assert time.monotonic() - started < 2


def test_dark_refuses_everything_and_loses_nothing(shop: Shop) -> None:
    intent = shop.captured()
    session = shop.session()
    shop.provider.dark()
    with pytest.raises(stripe.APIConnectionError):
        shop.refund(intent, 700, key="once")
    with pytest.raises(requests.ConnectionError):
        requests.get(session.url, timeout=5)
    shop.provider.dark(on=False)
    assert shop.refund(intent, 700, key="once").amount == 700
    assert requests.get(session.url, timeout=5).status_code == 200


def test_the_shopper_pays_in_the_moment_of_expiry(shop: Shop) -> None:
    session = shop.session()
    shop.provider.fault("overtaken", f"{session.id}/expire")
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        shop.client.v1.checkout.sessions.expire(session.id, None, shop.on())
    assert shop.entry().held == 2500


def test_only_what_it_names_is_hit_and_only_so_often(shop: Shop) -> None:
    shop.provider.fault("limit", "/capture", times=1)
    intent = shop.authorised()
    with pytest.raises(stripe.RateLimitError):
        shop.capture(intent)
    assert shop.capture(intent).status == "succeeded"
    assert shop.provider.faults.listed() == []
    with pytest.raises(ValueError, match="no such fault"):
        shop.provider.fault("earthquake")


# --- the same through the control door ------------------------------------------------------------


def ask(provider: StandIn, verb: str, **values: object) -> requests.Response:
    return requests.post(f"{provider.url}/_stand-in/{verb}", json=values, timeout=20)


def test_the_control_door_does_the_same(provider: StandIn) -> None:
    shop = Shop(provider)
    assert ask(provider, "onboard", account=shop.account).json()["done"]["charges_enabled"]
    session = shop.session()
    intent = ask(provider, "pay", session=session.id).json()["done"]["payment_intent"]
    assert ask(provider, "fault", kind="limit", on="/capture").status_code == 200
    read = f"{provider.url}/_stand-in"
    assert requests.get(f"{read}/faults", timeout=5).json()[0]["kind"] == "limit"
    ask(provider, "clear")
    shop.capture(intent)
    dispute = ask(provider, "dispute", payment_intent=intent).json()["done"]
    ask(provider, "close_dispute", dispute=dispute["id"], won=True)
    refund = shop.refund(intent, 100)
    before = requests.get(f"{read}/clock", timeout=5).json()["now"]
    assert ask(provider, "move", seconds=60).json()["done"] >= before + 60
    books = requests.get(f"{read}/books", params={"account": shop.account}, timeout=5).json()
    assert books["accounts"][shop.account]["kept"] == 2400
    ask(provider, "fail_refund", refund=refund.id)
    assert shop.entry().kept == 2500
    ask(provider, "expire", session=shop.session().id)
    ask(provider, "dark", on=True)
    with pytest.raises(stripe.APIConnectionError):
        shop.intent(intent)
    ask(provider, "dark", on=False)
    assert "POST /v1/refunds 200" in requests.get(f"{read}/log", timeout=5).json()


def test_the_control_door_refuses_what_it_does_not_know(provider: StandIn) -> None:
    assert ask(provider, "stop").status_code == 404
    assert ask(provider, "__init__").status_code == 404
    assert ask(provider, "move", seconds=-1).status_code == 400
    assert ask(provider, "pay", session="cs_test_none").status_code == 404
    assert ask(provider, "pay", colour="red").status_code == 400
    assert ask(provider, "dispute", payment_intent="pi_none").status_code == 400
    url = f"{provider.url}/_stand-in/clear"
    assert requests.post(url, data={"a": "b"}, timeout=5).status_code == 415
    assert requests.get(f"{provider.url}/_stand-in/secrets", timeout=5).status_code == 404
