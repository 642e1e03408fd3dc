"""Paying for a reservation: what is placed, taken and given back, step by step."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.payments.domain import refunds
from marketplace.payments.enums import PaymentState
from marketplace.payments.models import Refund
from marketplace.reservations.domain import lifecycle, paying
from marketplace.reservations.domain import queries as reading
from marketplace.reservations.enums import EndReason, LineState, Mode, State
from marketplace.reservations.models import BasketLine, Reservation
from shops.models import Offer, Shop
from tests import factories, money
from tests.factories import NOW

PRICE = Decimal("129.95")
BOTH = 2 * PRICE
SHOPPER = Actor.shopper()
DAY = timedelta(days=1)


def test_a_hold_waits_for_its_payment_and_the_shop_hears_nothing(desk):
    pk = desk.place()

    row = desk.see(pk)
    assert (row.state, row.mode) == (State.PENDING, Mode.PAY)
    assert row.hold_until == NOW + paying.HOLD
    assert money.free(desk) == 3
    assert money.mails(pk) == []
    assert not reading.desk(Reservation.objects.all(), branch=desk.offer.branch).answer
    assert money.payment_of(pk).state == PaymentState.OPEN
    assert money.payment_of(pk).amount == BOTH
    money.in_order(now=NOW)


def test_only_what_is_from_the_branch_is_paid_and_the_rest_stays_in_the_basket(desk):
    other = factories.branch(desk.shop, "Nordsteimke")
    elsewhere = factories.offer(other, count=5)

    checkout = factories.placed((desk.offer, 1), (elsewhere, 1), pay=True)

    assert [row.branch for row in checkout.reservations.all()] == [desk.offer.branch]
    assert [row.offer for row in BasketLine.objects.all()] == [elsewhere]


def test_what_was_seen_before_reserving_says_nothing_about_paying(desk):
    lines = [
        BasketLine(offer=desk.offer, quantity=1),
    ]

    assert reading.seen_token(lines) != reading.seen_token(lines, Mode.PAY)


def test_a_shop_without_an_account_is_not_paid_and_nothing_is_held(own_database):
    offer = factories.offer(factories.branch(factories.shop(factories.city())), count=5)

    with pytest.raises(Refused, match="takes no online payments") as refusal:
        factories.placed((offer, 1), pay=True)

    assert refusal.value.code == "pay_closed"
    assert Offer.objects.get().free == 5
    assert not Reservation.objects.exists()


def test_paid_by_card_is_accepted_and_told_in_one_mail(desk):
    pk = desk.paid()

    assert desk.see(pk).state == State.CONFIRMED
    assert money.mails(pk) == ["contract", "shop_new"]
    assert money.payment_of(pk).state == PaymentState.AUTHORISED
    money.in_order(now=NOW)


def test_a_shop_that_wants_to_answer_is_asked_once_it_is_paid(desk):
    Shop.objects.filter(pk=desk.shop.pk).update(auto_accept=False)
    pk = desk.place()

    desk.pays(pk, after=timedelta(minutes=10))

    row = desk.see(pk)
    assert row.state == State.REQUESTED
    assert row.answer_by == NOW + timedelta(minutes=10 + row.checkout.city.answer_minutes)


def test_ready_is_told_when_the_money_is_booked_and_not_before(desk):
    pk = desk.paid()

    lifecycle.mark_ready(reservation_id=pk, shelf="A3", by=desk.clerk, now=NOW)

    row = desk.see(pk)
    assert (row.state, row.shelf, money.line(pk).state) == (State.CONFIRMED, "A3", LineState.PICKED)
    assert "ready" not in money.mails(pk)
    with pytest.raises(Stale, match="money is being taken"):
        lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    with pytest.raises(Stale):
        lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    money.in_order(now=NOW)

    desk.work()

    assert desk.see(pk).state == State.READY
    assert money.mails(pk)[-1] == "ready"
    assert desk.books(pk).captured == BOTH
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    assert money.payment_of(pk).kept == BOTH
    money.in_order()


def test_a_dark_provider_keeps_the_goods_set_aside_until_it_answers(desk):
    pk = desk.paid()
    desk.gateway.fails(*["down"] * 3)
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    assert desk.see(pk).state == State.CONFIRMED

    for minutes in (1, 2, 5):
        desk.work(after=timedelta(minutes=minutes))

    assert desk.see(pk).state == State.READY
    assert desk.books(pk).captured == BOTH


def test_what_was_not_found_is_never_taken(desk):
    pk = desk.paid()

    lifecycle.mark_ready(reservation_id=pk, found={money.line(pk).pk: 1}, by=desk.clerk, now=NOW)
    desk.work()

    assert desk.see(pk).state == State.READY
    assert desk.books(pk).captured == PRICE
    money.in_order(now=NOW)


def test_nothing_found_lets_the_authorisation_go(desk):
    pk = desk.paid()

    lifecycle.mark_ready(reservation_id=pk, found={money.line(pk).pk: 0}, by=desk.clerk, now=NOW)
    desk.work()

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.CANCELLED, EndReason.NOT_THERE)
    assert desk.books(pk).state == PaymentState.CANCELLED
    assert desk.gateway.asked("capture") == 0
    money.in_order()


def test_a_means_that_takes_at_once_is_given_back_in_part_for_what_is_missing(desk):
    pk = desk.place()
    desk.pays(pk, at_once=True)
    assert desk.see(pk).state == State.CONFIRMED

    lifecycle.mark_ready(reservation_id=pk, found={money.line(pk).pk: 1}, by=desk.clerk, now=NOW)

    assert desk.see(pk).state == State.READY  # its money is there
    desk.work()
    assert [refund.amount for refund in Refund.objects.all()] == [PRICE]
    assert money.payment_of(pk).kept == PRICE
    assert "refunded" in money.mails(pk)
    money.in_order(now=NOW)


def test_whoever_takes_a_part_gets_the_rest_of_the_money(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()

    lifecycle.hand_over(reservation_id=pk, taken={money.line(pk).pk: 1}, by=desk.clerk, now=NOW)
    desk.work()

    assert money.payment_of(pk).refunded == PRICE
    assert money.payment_of(pk).kept == PRICE
    money.in_order()


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("verb", ["decline", "cancel", "silence"])
def test_whatever_ends_it_before_the_hand_over_leaves_nothing_with_the_shop(desk, verb, at_once):
    Shop.objects.filter(pk=desk.shop.pk).update(auto_accept=False)
    pk = desk.place()
    desk.pays(pk, at_once=at_once)
    who = {"reservation_id": pk, "by": desk.clerk, "now": NOW}

    if verb == "decline":
        lifecycle.decline(reason=EndReason.DAMAGED, **who)
    elif verb == "cancel":
        lifecycle.cancel(reason=EndReason.SHOPPER, **who)
    else:
        desk.time(10 * DAY)
    desk.work(after=10 * DAY)

    assert desk.see(pk).state == (State.CANCELLED if verb == "cancel" else State.DECLINED)
    assert money.payment_of(pk).kept == 0
    books = desk.books(pk)
    assert sum(one.amount for one in books.refunds) == books.captured
    assert books.state == (PaymentState.CAPTURED if at_once else PaymentState.CANCELLED)
    assert money.free(desk) == 5
    money.in_order()


def test_cancelled_while_the_money_is_being_taken_gives_it_back_as_soon_as_it_is_there(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
    money.in_order(now=NOW)

    desk.work()

    assert desk.see(pk).state == State.CANCELLED
    assert money.payment_of(pk).refunded == BOTH
    assert money.line(pk).state == LineState.PUT_BACK
    money.in_order()


def test_settling_twice_gives_back_once(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    lifecycle.hand_over(reservation_id=pk, taken={money.line(pk).pk: 1}, by=desk.clerk, now=NOW)

    with transaction.atomic():
        row = desk.see(pk)
        paying.money.settle(row, by=desk.clerk, now=NOW)
        paying.money.settle(row, by=desk.clerk, now=NOW)
    desk.work()

    assert Refund.objects.count() == 1


def test_what_the_shop_gave_back_as_a_courtesy_is_not_asked_for_again(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    refunds.refund(
        payment_id=money.payment_of(pk).pk,
        amount=Decimal("200.00"),
        nonce=factories.uuid.uuid4(),
        by=desk.clerk,
        now=NOW,
    )

    lifecycle.hand_over(reservation_id=pk, taken={money.line(pk).pk: 1}, by=desk.clerk, now=NOW)
    desk.work()

    assert money.payment_of(pk).refunded == Decimal("200.00")
    money.in_order()
