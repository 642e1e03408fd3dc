"""Events on their way: signed over the raw bytes, repeated, and every way they go wrong."""

import itertools

import pytest
import stripe

from marketplace.workbench.provider import StandIn
from tests.workbench.processes import eventually
from tests.workbench.provider.people import Receiver, Shop

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both


def test_each_event_comes_signed_and_says_whose_it_is(shop: Shop, receiver: Receiver) -> None:
    intent = shop.captured(2500, 1800)
    shop.refund(intent, 300)
    shop.provider.dispute(intent)
    assert shop.provider.drain() == 0
    assert receiver.types == shop.told()[1:]  # the onboarding was before
    assert set(receiver.types) >= {
        "checkout.session.completed",
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
        "charge.refunded",
        "refund.updated",
        "charge.dispute.created",
    }
    for event, _, _ in receiver.got:
        assert (event.account, event.livemode) == (shop.account, False)
        assert event.api_version == stripe.api_version
    listed = shop.client.v1.events.list({"limit": 100}, shop.on()).data
    assert {event.id for event, _, _ in receiver.got} <= {event.id for event in listed}
    assert {event.pending_webhooks for event in listed[:-1]} == {0}


def test_all_kinds_come(provider: StandIn, receiver: Receiver) -> None:
    shop = Shop(provider)
    provider.onboard(shop.account)
    for outcome in ("decline", "later_ok", "later_fail"):
        provider.pay(shop.session().id, outcome)
    provider.move(10)
    shop.client.v1.checkout.sessions.expire(shop.session().id, None, shop.on())
    shop.client.v1.payment_intents.cancel(shop.authorised(), None, shop.on())
    intent = shop.captured()
    provider.fail_refund(shop.refund(intent, 100).id)
    provider.close_dispute(provider.dispute(intent)["id"], won=False)
    assert provider.drain() == 0
    assert set(receiver.types) >= {
        "account.updated",
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.refunded",
        "checkout.session.async_payment_failed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.amount_capturable_updated",
        "payment_intent.canceled",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "refund.failed",
        "refund.updated",
    }


def test_the_signature_covers_the_bytes(shop: Shop, receiver: Receiver) -> None:
    shop.authorised()
    shop.provider.drain()
    _, body, header = receiver.got[0]
    assert header.startswith("t=")
    stripe.Webhook.construct_event(body, header, receiver.secret)
    for harmed in (body + b" ", body.replace(b"2500", b"2501")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(harmed, header, receiver.secret)


def test_two_signatures_while_a_secret_is_rotated(shop: Shop, receiver: Receiver) -> None:
    shop.provider.delivery.webhook = (receiver.url, f"whsec_new,{receiver.secret}")
    shop.authorised()
    shop.provider.drain()
    for _, body, header in receiver.got:
        assert header.count("v1=") == 2
        for secret in ("whsec_new", receiver.secret):
            stripe.Webhook.construct_event(body, header, secret)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, header, "whsec_third")
    assert len(receiver.got) == 4


def test_it_is_repeated_until_it_is_taken(shop: Shop, receiver: Receiver) -> None:
    receiver.says = [500, 503, 302]
    shop.provider.pay(shop.session().id, "decline")
    eventually(lambda: len(receiver.got) == 2, seconds=10)
    # 302 is no answer: three failures, then both
    assert sum(status != 200 for _, status in shop.provider.delivery.tries) == 3
    assert sorted(receiver.types) == ["payment_intent.created", "payment_intent.payment_failed"]


def test_nothing_is_lost_while_nobody_listens(shop: Shop, receiver: Receiver) -> None:
    shop.provider.delivery.webhook = ("http://127.0.0.1:9/", receiver.secret)
    shop.authorised()
    eventually(lambda: ("payment_intent.created", 0) in shop.provider.delivery.tries, seconds=10)
    shop.provider.delivery.webhook = (receiver.url, receiver.secret)
    shop.provider.move(3600)
    eventually(lambda: len(receiver.got) == 4, seconds=10)


def test_dark_delivers_later(shop: Shop, receiver: Receiver) -> None:
    session = shop.session()
    shop.provider.dark()
    shop.provider.pay(session.id)
    assert shop.provider.drain(0.3) == 4
    assert receiver.got == []
    shop.provider.dark(on=False)
    assert shop.provider.drain() == 0
    assert len(receiver.got) == 4


def test_duplicate(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("duplicate", "checkout.session.completed")
    shop.authorised()
    assert shop.provider.drain() == 0
    ids = [event.id for event, _, _ in receiver.got]
    assert len(ids) == 5
    assert len(set(ids)) == 4
    assert receiver.types.count("checkout.session.completed") == 2


def test_sent_once_more_much_later(shop: Shop, receiver: Receiver) -> None:
    shop.authorised()
    shop.provider.drain()
    event = receiver.got[0][0]
    shop.provider.move(30 * 24 * 3600)
    shop.provider.drain()
    shop.provider.resend(event.id)
    assert shop.provider.drain() == 0
    assert receiver.got[-1][0].id == event.id


def test_reorder(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("reorder", times=4)
    shop.authorised()
    eventually(lambda: len(receiver.got) == 4, seconds=10)
    assert receiver.types == shop.told()[:0:-1]


def test_held_events_leave_when_the_world_is_in_order_again(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("reorder", times=9)
    shop.authorised()
    shop.provider.drain()
    assert receiver.got == []
    shop.provider.clear()
    eventually(lambda: len(receiver.got) == 4, seconds=10)


def test_drop(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("drop", "amount_capturable_updated")
    shop.authorised()
    shop.provider.drain()
    shop.provider.move(24 * 3600)
    shop.provider.drain()
    assert "payment_intent.amount_capturable_updated" not in receiver.types
    assert "payment_intent.amount_capturable_updated" in shop.told()  # but it can be looked up


def test_late(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("late", "checkout.session.completed", seconds=7200)
    shop.authorised()
    shop.provider.drain()
    assert "checkout.session.completed" not in receiver.types
    shop.provider.move(7201)
    shop.provider.drain()
    assert receiver.types[-1] == "checkout.session.completed"


def test_forged(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("forged", "checkout.session.completed")
    shop.authorised()
    shop.provider.drain()
    forged = [i for i, (event, _, _) in enumerate(receiver.got) if event is None]
    assert len(forged) == 1
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(*receiver.got[forged[0]][1:], receiver.secret)
    assert receiver.types[forged[0]] == "checkout.session.completed"  # the real one comes next
    assert len(receiver.types) == 4


def test_somebody_elses(shop: Shop, receiver: Receiver) -> None:
    shop.provider.fault("foreign", "checkout.session.completed")
    shop.authorised()
    shop.provider.drain()
    accounts = [e.account for e, _, _ in receiver.got if e.type == "checkout.session.completed"]
    assert accounts == ["acct_of_somebody_else", shop.account]
    ids = [event.id for event, _, _ in receiver.got]
    assert len(set(ids)) == len(ids) == 5


def test_events_of_one_effect_are_in_order_of_what_happened(shop: Shop) -> None:
    shop.captured()
    events = shop.provider.events(shop.account)
    for earlier, later in itertools.pairwise(events):
        assert earlier["created"] <= later["created"]
