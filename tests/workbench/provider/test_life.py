"""A payment's life on the stand-in, with the real SDK over real HTTP."""

import pytest
import stripe

from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.refusals import Refusal
from tests.workbench.provider.people import Shop, client

#: No database of ours: one round is enough.
pytestmark = pytest.mark.both

WEEK = 7 * 24 * 3600


def test_an_account_takes_no_money_before_its_onboarding(provider: StandIn) -> None:
    shop = Shop(provider)
    account = shop.client.v1.accounts.retrieve(shop.account)
    assert not account.charges_enabled
    assert "external_account" in account.requirements.currently_due
    with pytest.raises(stripe.InvalidRequestError, match="cannot currently make charges"):
        shop.session()
    provider.onboard(shop.account)
    account = shop.client.v1.accounts.retrieve(shop.account)
    assert account.charges_enabled
    assert account.requirements.currently_due == []
    assert account.capabilities.card_payments == "active"
    assert shop.session().status == "open"
    assert shop.told() == ["account.updated"]


def test_authorised_then_captured_whole(shop: Shop) -> None:
    session = shop.session()
    assert (session.status, session.payment_status, session.payment_intent) == (
        "open", "unpaid", None,
    )  # fmt: skip
    shop.provider.pay(session.id)
    found = shop.look(session.id, "payment_intent.latest_charge")
    intent = found.payment_intent
    assert (found.status, found.payment_status) == ("complete", "unpaid")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 2500)
    assert intent.metadata["payment"] == "7"
    card = intent.latest_charge.payment_method_details.card
    assert card.capture_before == intent.latest_charge.created + WEEK
    done = shop.capture(intent.id)
    assert (done.status, done.amount_received, done.amount_capturable) == ("succeeded", 2500, 0)
    assert shop.look(session.id).payment_status == "paid"
    entry = shop.entry()
    assert (entry.authorised, entry.captured, entry.fee, entry.kept) == (2500, 2500, 100, 2500)
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.capture(intent.id)
    assert error.value.code == "payment_intent_unexpected_state"


def test_captured_in_part_the_rest_goes_back_once(shop: Shop) -> None:
    intent = shop.authorised()
    with pytest.raises(stripe.InvalidRequestError, match="greater than"):
        shop.capture(intent, 2501)
    done = shop.capture(intent, 1800)
    assert (done.amount, done.amount_received, done.status) == (2500, 1800, "succeeded")
    charge = shop.client.v1.charges.retrieve(
        done.latest_charge, {"expand": ["refunds", "application_fee"]}, shop.on()
    )
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (1800, 700, False)
    assert [refund.amount for refund in charge.refunds.data] == [700]
    assert charge.application_fee.amount == 100
    entry = shop.entry()
    assert (entry.captured, entry.released, entry.refunded, entry.kept) == (1800, 700, 0, 1800)
    assert shop.refund(intent, 300).amount == 300
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.refund(intent, 1501)
    assert shop.refund(intent).amount == 1500
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.refund(intent, 1)
    assert error.value.code == "charge_already_refunded"
    assert (shop.entry().refunded, shop.entry().kept) == (1800, 0)


def test_the_fee_is_capped_and_goes_back_in_proportion(shop: Shop) -> None:
    intent = shop.authorised()
    shop.client.v1.payment_intents.capture(
        intent, {"amount_to_capture": 1000, "application_fee_amount": 99}, shop.on()
    )
    shop.refund(intent, 333, refund_application_fee=True)
    assert (shop.entry().fee, shop.entry().fee_refunded) == (99, 32)
    shop.refund(intent, 333)
    assert shop.entry().fee_refunded == 32
    shop.refund(intent, refund_application_fee=True)
    assert shop.entry().fee_refunded == 99
    small = shop.authorised()
    assert shop.capture(small, 60).application_fee_amount == 60


def test_cancelled_before_capture(shop: Shop) -> None:
    intent = shop.authorised()
    found = shop.client.v1.payment_intents.cancel(
        intent, {"cancellation_reason": "requested_by_customer"}, shop.on()
    )
    assert (found.status, found.cancellation_reason) == ("canceled", "requested_by_customer")
    assert (shop.entry().captured, shop.entry().released, shop.entry().held) == (0, 2500, 0)
    with pytest.raises(stripe.InvalidRequestError):
        shop.capture(intent)
    with pytest.raises(stripe.InvalidRequestError):
        shop.client.v1.payment_intents.cancel(intent, None, shop.on())


def test_without_manual_capture_it_is_taken_at_once(shop: Shop) -> None:
    session = shop.session(payment_method_options={"card": {}})
    shop.provider.pay(session.id)
    assert shop.look(session.id).payment_status == "paid"
    assert shop.entry().captured == 2500


def test_manual_capture_of_the_whole_intent_offers_no_direct_debit(shop: Shop) -> None:
    session = shop.session(payment_intent_data={"capture_method": "manual"})
    assert session.payment_method_types == ["card"]
    intent = shop.provider.pay(session.id)["payment_intent"]
    assert shop.intent(intent).capture_method == "manual"


def test_expired_by_the_shop_or_by_time(shop: Shop) -> None:
    session = shop.session()
    shop.provider.pay(session.id, "decline")
    with pytest.raises(stripe.InvalidRequestError, match="Expire the"):
        shop.client.v1.payment_intents.cancel(shop.look(session.id).payment_intent, None, shop.on())
    closed = shop.client.v1.checkout.sessions.expire(session.id, None, shop.on())
    assert closed.status == "expired"
    assert closed.url is None
    assert shop.intent(closed.payment_intent).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        shop.client.v1.checkout.sessions.expire(session.id, None, shop.on())
    assert shop.provider.pay(session.id)["status"] == "expired"
    other = shop.session(expires_at=shop.provider.store.now() + 1801)
    shop.provider.move(1800)
    assert shop.look(other.id).status == "open"
    shop.provider.move(2)
    assert shop.look(other.id).status == "expired"
    assert [type_ for type_ in shop.told() if type_ == "checkout.session.expired"] == [
        "checkout.session.expired"
    ] * 2
    assert shop.entry().authorised == 0


def test_a_paid_session_cannot_be_expired(shop: Shop) -> None:
    session = shop.session()
    shop.provider.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        shop.client.v1.checkout.sessions.expire(session.id, None, shop.on())


@pytest.mark.parametrize(
    "metadata", [{"k" * 41: "v"}, {"k": "v" * 501}, {f"k{i}": "v" for i in range(51)}]
)
def test_metadata_has_limits(shop: Shop, metadata: dict[str, str]) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Metadata"):
        shop.session(metadata=metadata)


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_session_lives_half_an_hour_to_a_day(shop: Shop, minutes: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.session(expires_at=shop.provider.store.now() + minutes * 60)
    assert error.value.param == "expires_at"


def test_amounts(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.session(49, payment_intent_data={})
    assert error.value.code == "amount_too_small"
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.session(100_000_000)
    assert error.value.code == "amount_too_large"
    with pytest.raises(stripe.InvalidRequestError, match="application fee"):
        shop.session(2500, payment_intent_data={"application_fee_amount": 2501})
    with pytest.raises(stripe.InvalidRequestError, match="Invalid integer"):
        shop.session(12.5)  # type: ignore[arg-type]


def test_the_authorisation_runs_out(shop: Shop) -> None:
    intent = shop.authorised()
    shop.provider.move(WEEK - 60)
    assert shop.intent(intent).status == "requires_capture"
    shop.provider.move(61)
    found = shop.intent(intent)
    assert (found.status, found.cancellation_reason) == ("canceled", "automatic")
    assert shop.told()[-1] == "payment_intent.canceled"
    with pytest.raises(stripe.InvalidRequestError):
        shop.capture(intent)
    assert (shop.entry().captured, shop.entry().released) == (0, 2500)


def test_only_the_owner_reaches_an_object(provider: StandIn, shop: Shop) -> None:
    other = Shop(provider)
    provider.onboard(other.account)
    intent = shop.captured()
    refund = shop.refund(intent, 100)
    for call in (
        lambda: other.intent(intent),
        lambda: other.capture(intent),
        lambda: other.refund(intent),
        lambda: other.client.v1.refunds.retrieve(refund.id, None, other.on()),
        lambda: shop.client.v1.payment_intents.retrieve(intent),  # the platform itself
    ):
        with pytest.raises(stripe.InvalidRequestError) as error:
            call()
        assert (error.value.http_status, error.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.PermissionError) as denied:
        shop.client.v1.payment_intents.retrieve(intent, None, {"stripe_account": "acct_nobody"})
    assert denied.value.http_status == 403
    assert shop.entry().refunded == 100


@pytest.mark.parametrize("key", ["sk_live_stadtregal", "pk_test_stadtregal", "nonsense"])
def test_wrong_keys(provider: StandIn, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client(provider, key).v1.accounts.create({"country": "DE"})


def test_lists_have_a_cursor(shop: Shop) -> None:
    intent = shop.captured()
    refunds = [shop.refund(intent, cents).id for cents in (1, 2, 3, 4, 5)]
    params = {"payment_intent": intent, "limit": 2}
    page = shop.client.v1.refunds.list(params, shop.on())
    assert [refund.id for refund in page.data] == refunds[:2:-1]
    assert page.has_more
    assert [refund.id for refund in page.auto_paging_iter()] == refunds[::-1]
    back = {"payment_intent": intent, "limit": 2, "ending_before": refunds[0]}
    page = shop.client.v1.refunds.list(back, shop.on())
    assert [refund.id for refund in page.data] == [refunds[2], refunds[1]]
    assert page.has_more
    assert [refund.id for refund in page.auto_paging_iter()] == refunds[1:]
    with pytest.raises(stripe.InvalidRequestError):
        shop.client.v1.refunds.list({"limit": 101}, shop.on())
    with pytest.raises(stripe.InvalidRequestError):
        shop.client.v1.refunds.list({"starting_after": "re_none"}, shop.on())
    sessions = shop.client.v1.checkout.sessions.list({"payment_intent": intent}, shop.on())
    assert len(sessions.data) == 1
    intents = shop.client.v1.payment_intents.list(None, shop.on())
    assert [each.id for each in intents.data] == [intent]


def test_events_can_be_walked(shop: Shop) -> None:
    intent = shop.captured()
    shop.refund(intent, 5)
    events = shop.client.v1.events
    walked = [event.type for event in events.list({"limit": 2}, shop.on()).auto_paging_iter()]
    assert walked[::-1] == shop.told()
    some = events.list({"types": ["payment_intent.succeeded", "charge.refunded"]}, shop.on()).data
    assert [event.type for event in some] == ["charge.refunded", "payment_intent.succeeded"]
    assert some[0].account == shop.account
    assert events.list({"type": "charge.*"}, shop.on()).data[0].type == "charge.refunded"
    newer = {"created": {"gt": some[0].created + 9}}
    assert events.list(newer, shop.on()).data == []
    one = events.retrieve(some[0].id, None, shop.on())
    assert one.data.object["payment_intent"] == intent


def test_a_refund_can_come_back(shop: Shop) -> None:
    intent = shop.captured()
    refund = shop.refund(intent, 900, reason="requested_by_customer", metadata={"refund": "3"})
    assert (refund.status, refund.metadata["refund"]) == ("succeeded", "3")
    shop.provider.fail_refund(refund.id)
    found = shop.client.v1.refunds.retrieve(refund.id, None, shop.on())
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert shop.told()[-2:] == ["refund.failed", "refund.updated"]
    assert (shop.entry().refunded, shop.entry().kept) == (0, 2500)
    assert shop.refund(intent).amount == 2500


def test_no_refund_while_a_dispute_is_open(shop: Shop) -> None:
    intent = shop.captured()
    shop.refund(intent, 500)
    dispute = shop.provider.dispute(intent)
    assert shop.client.v1.disputes.retrieve(dispute["id"], None, shop.on()).amount == 2000
    assert shop.told()[-1] == "charge.dispute.created"
    with pytest.raises(stripe.InvalidRequestError) as error:
        shop.refund(intent, 1)
    assert error.value.code == "charge_disputed"
    assert shop.entry().kept == 0
    shop.provider.close_dispute(dispute["id"], won=True)
    (listed,) = shop.client.v1.disputes.list({"payment_intent": intent}, shop.on()).data
    assert listed.status == "won"
    assert shop.told()[-1] == "charge.dispute.closed"
    assert (shop.entry().disputed, shop.entry().kept) == (0, 2000)


def test_an_inquiry_moves_no_money(shop: Shop) -> None:
    intent = shop.captured()
    dispute = shop.provider.dispute(intent, inquiry=True)
    assert (dispute["status"], dispute["is_charge_refundable"]) == ("warning_needs_response", True)
    assert shop.entry().kept == 2500
    assert shop.refund(intent, 100).amount == 100
    closed = shop.provider.close_dispute(dispute["id"], won=False)
    assert closed["status"] == "warning_closed"
    assert shop.entry().kept == 2400


def test_a_lost_dispute_keeps_the_money_away(shop: Shop) -> None:
    intent = shop.captured()
    shop.provider.close_dispute(shop.provider.dispute(intent)["id"], won=False)
    assert (shop.entry().disputed, shop.entry().kept) == (2500, 0)
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        shop.refund(intent)
    with pytest.raises(Refusal, match="already"):
        shop.provider.dispute(intent)


def test_the_books_add_up(shop: Shop) -> None:
    shop.captured(2500, 1800)
    shop.authorised(700)
    shop.refund(shop.captured(900), 400)
    found = shop.provider.books(shop.account)
    assert found["accounts"] == {
        shop.account: {
            "authorised": 4100, "held": 700, "captured": 2700, "released": 700, "refunded": 400,
            "disputed": 0, "fee": 200, "fee_refunded": 0, "kept": 2300,
        }
    }  # fmt: skip
    for entry in shop.provider.entries():
        assert entry.authorised == entry.held + entry.captured + entry.released
        assert entry.refunded <= entry.captured <= entry.authorised
