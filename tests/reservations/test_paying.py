"""Paying for a reservation: money and goods meet, whatever the provider and the clock do."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.payments.domain import queries, refunds
from marketplace.payments.enums import CaseKind, DisputeState, PaymentState, RefundState
from marketplace.payments.models import Case, Refund
from marketplace.reservations.domain import counter, lifecycle, paying
from marketplace.reservations.domain import queries as reading
from marketplace.reservations.enums import EndReason, LineState, Mode, State
from marketplace.reservations.models import BasketLine, Line, Reservation
from shops.models import Offer, Shop
from tests import factories, money
from tests.factories import NOW
from tests.payments.fake import FakeGateway

PRICE = Decimal("129.95")
BOTH = 2 * PRICE
SHOPPER = Actor.shopper()
DAY = timedelta(days=1)


@pytest.fixture
def desk(own_database, tmp_path) -> money.Desk:
    """Real commits: nobody may be called inside the wrapper of `db`."""
    shop = factories.shop(factories.city(), auto_accept=True)
    money.account(shop)
    return money.Desk(factories.offer(factories.branch(shop), count=5), FakeGateway(tmp_path))


def free(desk: money.Desk) -> int | None:
    return Offer.objects.get(pk=desk.offer.pk).free


def mails(pk: int) -> list[str]:
    rows = Notice.objects.filter(subject=f"reservation:{pk}").order_by("pk")
    return [kind.removeprefix("reservations.") for kind in rows.values_list("kind", flat=True)]


def line(pk: int) -> Line:
    return Line.objects.get(reservation_id=pk)


def in_order(*, now=NOW + 30 * DAY) -> None:
    assert audit.run(now=now).violations == []


# --- placing -------------------------------------------------------------------------------------


def test_a_hold_waits_for_its_payment_and_the_shop_hears_nothing(desk):
    pk = desk.place()

    row = desk.see(pk)
    assert (row.state, row.mode) == (State.PENDING, Mode.PAY)
    assert row.hold_until == NOW + paying.HOLD
    assert free(desk) == 3
    assert mails(pk) == []
    assert not reading.desk(Reservation.objects.all(), branch=desk.offer.branch).answer
    assert money.payment_of(pk).state == PaymentState.OPEN
    assert money.payment_of(pk).amount == BOTH
    in_order(now=NOW)


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


# --- paid ----------------------------------------------------------------------------------------


def test_paid_by_card_is_accepted_and_told_in_one_mail(desk):
    pk = desk.paid()

    assert desk.see(pk).state == State.CONFIRMED
    assert mails(pk) == ["placed", "shop_new"]
    assert money.payment_of(pk).state == PaymentState.AUTHORISED
    in_order(now=NOW)


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
    assert (row.state, row.shelf, line(pk).state) == (State.CONFIRMED, "A3", LineState.PICKED)
    assert "ready" not in mails(pk)
    with pytest.raises(Stale, match="money is being taken"):
        lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    with pytest.raises(Stale):
        lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    in_order(now=NOW)

    desk.work()

    assert desk.see(pk).state == State.READY
    assert mails(pk)[-1] == "ready"
    assert desk.books(pk).captured == BOTH
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    assert money.payment_of(pk).kept == BOTH
    in_order()


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

    lifecycle.mark_ready(reservation_id=pk, found={line(pk).pk: 1}, by=desk.clerk, now=NOW)
    desk.work()

    assert desk.see(pk).state == State.READY
    assert desk.books(pk).captured == PRICE
    in_order(now=NOW)


def test_nothing_found_lets_the_authorisation_go(desk):
    pk = desk.paid()

    lifecycle.mark_ready(reservation_id=pk, found={line(pk).pk: 0}, by=desk.clerk, now=NOW)
    desk.work()

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.CANCELLED, EndReason.NOT_THERE)
    assert desk.books(pk).state == PaymentState.CANCELLED
    assert desk.gateway.asked("capture") == 0
    in_order()


def test_a_means_that_takes_at_once_is_given_back_in_part_for_what_is_missing(desk):
    pk = desk.place()
    desk.pays(pk, at_once=True)
    assert desk.see(pk).state == State.CONFIRMED

    lifecycle.mark_ready(reservation_id=pk, found={line(pk).pk: 1}, by=desk.clerk, now=NOW)

    assert desk.see(pk).state == State.READY  # its money is there
    desk.work()
    assert [refund.amount for refund in Refund.objects.all()] == [PRICE]
    assert money.payment_of(pk).kept == PRICE
    assert "refunded" in mails(pk)
    in_order(now=NOW)


def test_whoever_takes_a_part_gets_the_rest_of_the_money(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()

    lifecycle.hand_over(reservation_id=pk, taken={line(pk).pk: 1}, by=desk.clerk, now=NOW)
    desk.work()

    assert money.payment_of(pk).refunded == PRICE
    assert money.payment_of(pk).kept == PRICE
    in_order()


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
    assert free(desk) == 5
    in_order()


def test_cancelled_while_the_money_is_being_taken_gives_it_back_as_soon_as_it_is_there(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
    in_order(now=NOW)

    desk.work()

    assert desk.see(pk).state == State.CANCELLED
    assert money.payment_of(pk).refunded == BOTH
    assert line(pk).state == LineState.PUT_BACK
    in_order()


def test_settling_twice_gives_back_once(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    lifecycle.hand_over(reservation_id=pk, taken={line(pk).pk: 1}, by=desk.clerk, now=NOW)

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

    lifecycle.hand_over(reservation_id=pk, taken={line(pk).pk: 1}, by=desk.clerk, now=NOW)
    desk.work()

    assert money.payment_of(pk).refunded == Decimal("200.00")
    in_order()


# --- not paid ------------------------------------------------------------------------------------


def test_stock_is_free_once_nobody_can_pay_any_more_and_not_before(desk):
    pk = desk.place()
    desk.gateway.fails(*["down"] * 9)

    desk.time(paying.HOLD)

    assert desk.see(pk).state == State.PENDING  # the page may still be open
    assert free(desk) == 3
    desk.gateway.fails()
    desk.work(after=2 * paying.HOLD)
    assert (desk.see(pk).state, desk.see(pk).reason) == (State.EXPIRED, EndReason.UNPAID)
    assert free(desk) == 5
    assert mails(pk) == []
    assert desk.books(pk).state == PaymentState.EXPIRED
    in_order()


def test_paid_and_nobody_told_us_is_found_before_the_hold_ends(desk):
    pk = desk.place()
    payment = money.payment_of(pk)
    desk.gateway.authorise(payment.session_ref, payment.amount)

    desk.time(paying.PAGE_LIVES + timedelta(minutes=1))

    assert desk.see(pk).state == State.CONFIRMED


def test_giving_up_frees_the_goods(desk):
    pk = desk.place()

    paying.give_up(reservation_id=pk, by=SHOPPER, now=NOW)
    desk.work()

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.EXPIRED, EndReason.SHOPPER)
    assert free(desk) == 5
    in_order()


def test_paid_in_another_tab_after_giving_up_goes_back(desk):
    pk = desk.place()
    paying.give_up(reservation_id=pk, by=SHOPPER, now=NOW)
    payment = money.payment_of(pk)
    desk.gateway.pay(payment.session_ref, payment.amount)

    desk.work()

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.EXPIRED, EndReason.SHOPPER)
    assert money.payment_of(pk).refunded == BOTH
    assert free(desk) == 5
    in_order()


def test_the_last_second_counts_while_the_goods_are_held(desk):
    pk = desk.place()
    payment = money.payment_of(pk)
    desk.gateway.pay(payment.session_ref, payment.amount)

    desk.time(paying.HOLD)  # asks to close, and learns that it was paid

    assert desk.see(pk).state == State.CONFIRMED
    assert money.payment_of(pk).kept == BOTH
    in_order(now=NOW)


@pytest.mark.parametrize("there", [True, False])
def test_late_money_takes_the_goods_again_or_goes_back(desk, there):
    pk = desk.place(5)
    desk.time(paying.HOLD)
    assert desk.see(pk).state == State.EXPIRED
    if not there:
        factories.reservation((desk.offer, 1), now=NOW + paying.HOLD)
    payment = money.payment_of(pk)
    desk.gateway.pay(payment.session_ref, payment.amount)

    desk.look(pk, after=2 * paying.HOLD)

    if there:
        # All five of five, an hour later: the stock is no longer sure, so the shop is asked.
        assert desk.see(pk).state == State.REQUESTED
        assert free(desk) == 0
        assert money.payment_of(pk).kept == payment.amount
    else:
        assert desk.see(pk).state == State.EXPIRED
        assert money.payment_of(pk).refunded == payment.amount
        assert mails(pk) == ["too_late"]
    in_order()


def test_an_authorisation_the_bank_takes_back_ends_the_reservation(desk):
    pk = desk.paid()
    session = money.payment_of(pk).session_ref
    desk.gateway.happens(session, state=PaymentState.CANCELLED)

    desk.look(pk)

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.CANCELLED, EndReason.UNPAID)
    assert mails(pk)[-1] == "cancelled"
    assert free(desk) == 5
    in_order()


# --- time ----------------------------------------------------------------------------------------


def test_paid_goods_are_never_given_away_by_the_clock(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()

    for days in (10, 30, 400):
        desk.time(days * DAY)

    assert desk.see(pk).state == State.READY
    assert mails(pk).count("waiting") == 1
    assert "expired" not in mails(pk)


def test_the_database_keeps_that_too(desk):
    pk = desk.paid()

    with pytest.raises(IntegrityError, match="reservations_paid_never_lapses"):
        Reservation.objects.filter(pk=pk).update(state=State.EXPIRED, ended_at=NOW)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"subject": None, "hold_until": NOW}, "reservations_paid_has_subject"),
        ({"subject": factories.uuid.uuid4(), "hold_until": None}, "reservations_paid_has_subject"),
        (
            {"mode": Mode.RESERVE, "subject": None, "hold_until": None},
            "reservations_only_paid_wait_for_money",
        ),
    ],
)
def test_only_paid_ones_have_a_subject_and_wait(desk, changes, name):
    row = desk.see(desk.place())
    fields = {
        field.attname: getattr(row, field.attname)
        for field in Reservation._meta.concrete_fields
        if field.attname != "id"
    }

    with pytest.raises(IntegrityError, match=name):
        Reservation.objects.create(**(fields | {"code": "ACDEFG"} | changes))


def test_money_is_taken_before_its_authorisation_is_lost(desk):
    pk = desk.paid()
    session = money.payment_of(pk).session_ref
    desk.gateway.happens(session, capture_before=NOW + 7 * DAY)
    desk.look(pk)

    desk.time(5 * DAY)
    assert money.payment_of(pk).state == PaymentState.AUTHORISED
    desk.time(7 * DAY - paying.AHEAD)

    assert money.payment_of(pk).state == PaymentState.CAPTURED
    assert desk.see(pk).state == State.CONFIRMED  # the shop still has to find it
    lifecycle.mark_ready(
        reservation_id=pk, found={line(pk).pk: 1}, by=desk.clerk, now=NOW + 7 * DAY
    )
    desk.work(after=7 * DAY)
    assert desk.see(pk).state == State.READY
    assert money.payment_of(pk).kept == PRICE


# --- disputes, undo, strangers -------------------------------------------------------------------


def test_nothing_goes_back_while_a_bank_looks_into_it_and_all_of_it_after(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    session = money.payment_of(pk).session_ref
    desk.gateway.dispute(session, BOTH, DisputeState.OPEN)
    desk.look(pk)

    lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
    assert not Refund.objects.exists()
    desk.gateway.dispute(session, BOTH, DisputeState.WON)
    desk.look(pk)

    assert money.payment_of(pk).refunded == BOTH
    assert Refund.objects.get().state == RefundState.DONE


def test_a_tap_that_moved_money_cannot_be_taken_back(desk):
    pk = desk.paid()
    who = {"by": desk.clerk, "now": NOW}
    counter.mark_ready(reservation_id=pk, client_id=factories.uuid.uuid4(), **who)

    with pytest.raises(Refused) as refusal:
        counter.undo(reservation_id=pk, **who)

    assert refusal.value.code == "money"


@pytest.mark.parametrize("whole", [True, False])
def test_a_whole_hand_over_can_be_taken_back_and_a_part_cannot(desk, whole):
    pk = desk.paid()
    who = {"by": desk.clerk, "now": NOW}
    lifecycle.mark_ready(reservation_id=pk, **who)
    desk.work()
    taken = None if whole else {line(pk).pk: 1}
    counter.hand_over(reservation_id=pk, taken=taken, client_id=factories.uuid.uuid4(), **who)

    if whole:
        counter.undo(reservation_id=pk, **who)
        assert desk.see(pk).state == State.READY
    else:
        with pytest.raises(Refused):
            counter.undo(reservation_id=pk, **who)
    in_order(now=NOW)


def test_money_for_nobody_opens_a_case(desk):
    pk = desk.place()
    payment = money.payment_of(pk)
    stranger = money.payments.begin(
        subject=factories.uuid.uuid4(),
        account_id=payment.account_id,
        amount=PRICE,
        fee=Decimal("0.00"),
        title="?",
        language="de",
        success_url="http://testserver/",
        cancel_url="http://testserver/",
        expires_at=NOW + DAY,
        by=SHOPPER,
        now=NOW,
    )

    desk.work()

    found = Case.objects.get(kind=CaseKind.UNKNOWN_MONEY)
    assert found.about == f"payment:{stranger.pk}"
    assert queries.open_cases() == 1
