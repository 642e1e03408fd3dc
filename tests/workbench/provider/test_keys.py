"""Idempotency keys behave as Stripe's: one effect, one answer, for a day."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.store import KEPT
from tests.workbench.processes import eventually
from tests.workbench.provider.people import Shop

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both


def test_the_same_key_is_the_same_answer(shop: Shop) -> None:
    intent = shop.captured()
    first = shop.refund(intent, 700, key="refund-1")
    again = shop.refund(intent, 700, key="refund-1")
    assert (again.id, again.last_response.headers["Idempotent-Replayed"]) == (first.id, "true")
    assert shop.entry().refunded == 700
    assert shop.refund(intent, 700, key="refund-2").id != first.id  # another key is another effect
    assert shop.entry().refunded == 1400


def test_a_key_cannot_mean_two_things(shop: Shop) -> None:
    intent = shop.captured()
    shop.refund(intent, 700, key="refund-1")
    with pytest.raises(stripe.IdempotencyError) as error:
        shop.refund(intent, 701, key="refund-1")
    assert error.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError):
        shop.capture(shop.authorised(), key="refund-1")
    assert sum(entry.refunded for entry in shop.provider.entries(shop.account)) == 700


def test_keys_belong_to_an_account(provider: StandIn, shop: Shop) -> None:
    other = Shop(provider)
    provider.onboard(other.account)
    assert shop.session(key="pay-1").id != other.session(key="pay-1").id


def test_a_refusal_that_ran_is_remembered(shop: Shop) -> None:
    intent = shop.authorised()
    with pytest.raises(stripe.InvalidRequestError):
        shop.refund(intent, 100, key="early")
    shop.capture(intent)
    with pytest.raises(stripe.InvalidRequestError):  # it would work now; the answer is the old one
        shop.refund(intent, 100, key="early")
    assert shop.refund(intent, 100, key="later").amount == 100


def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    first = shop.session(key="pay-1")
    shop.provider.move(KEPT - 60)
    assert shop.session(key="pay-1").id == first.id
    shop.provider.move(61)
    assert shop.session(key="pay-1").id != first.id


def test_fifty_at_once_are_one_effect(shop: Shop) -> None:
    intent = shop.captured(5000)

    def click(_: int) -> str:
        try:
            return shop.refund(intent, 100, key="click").id
        except stripe.APIError as error:
            return error.error.code

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(click, range(50)))
    assert len(found - {"idempotency_key_in_use"}) == 1
    assert shop.entry().refunded == 100


def test_many_refunds_at_once_never_exceed_what_was_captured(shop: Shop) -> None:
    intent = shop.captured(1000)

    def refund(i: int) -> int:
        try:
            return shop.refund(intent, 300, key=f"many-{i}").amount
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(refund, range(16))) == 900
    assert (shop.entry().refunded, shop.entry().kept) == (900, 100)


def test_a_key_in_use_is_a_conflict(shop: Shop) -> None:
    intent = shop.captured()
    shop.provider.fault("slow", "POST /v1/refunds", seconds=1.2)
    slow = threading.Thread(target=shop.refund, args=(intent, 100, "slow"))
    slow.start()
    eventually(lambda: shop.provider.api._running)
    with pytest.raises(stripe.APIError) as error:
        shop.refund(intent, 100, key="slow")
    assert (error.value.http_status, error.value.error.code) == (409, "idempotency_key_in_use")
    slow.join()
    assert shop.refund(intent, 100, key="slow").amount == 100
    assert shop.entry().refunded == 100
