"""Money and time: what nobody pays, what comes late, what is never collected, what is disputed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.payments.domain import queries
from marketplace.payments.enums import CaseKind, DisputeState, PaymentState, RefundState
from marketplace.payments.models import Case, Refund
from marketplace.reservations.domain import counter, lifecycle, paying
from marketplace.reservations.enums import EndReason, Mode, State
from marketplace.reservations.models import Reservation
from tests import factories, money
from tests.factories import NOW

PRICE = Decimal("129.95")
BOTH = 2 * PRICE
SHOPPER = Actor.shopper()
DAY = timedelta(days=1)


def test_stock_is_free_once_nobody_can_pay_any_more_and_not_before(desk):
    pk = desk.place()
    desk.gateway.fails(*["down"] * 9)

    desk.time(paying.HOLD)

    assert desk.see(pk).state == State.PENDING  # the page may still be open
    assert money.free(desk) == 3
    desk.gateway.fails()
    desk.work(after=2 * paying.HOLD)
    assert (desk.see(pk).state, desk.see(pk).reason) == (State.EXPIRED, EndReason.UNPAID)
    assert money.free(desk) == 5
    assert money.mails(pk) == []
    assert desk.books(pk).state == PaymentState.EXPIRED
    money.in_order()


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
    assert money.free(desk) == 5
    money.in_order()


def test_paid_in_another_tab_after_giving_up_goes_back(desk):
    pk = desk.place()
    paying.give_up(reservation_id=pk, by=SHOPPER, now=NOW)
    payment = money.payment_of(pk)
    desk.gateway.pay(payment.session_ref, payment.amount)

    desk.work()

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.EXPIRED, EndReason.SHOPPER)
    assert money.payment_of(pk).refunded == BOTH
    assert money.free(desk) == 5
    money.in_order()


def test_the_last_second_counts_while_the_goods_are_held(desk):
    pk = desk.place()
    payment = money.payment_of(pk)
    desk.gateway.pay(payment.session_ref, payment.amount)

    desk.time(paying.HOLD)  # asks to close, and learns that it was paid

    assert desk.see(pk).state == State.CONFIRMED
    assert money.payment_of(pk).kept == BOTH
    money.in_order(now=NOW)


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
        assert money.free(desk) == 0
        assert money.payment_of(pk).kept == payment.amount
    else:
        assert desk.see(pk).state == State.EXPIRED
        assert money.payment_of(pk).refunded == payment.amount
        assert money.mails(pk) == ["too_late"]
    money.in_order()


def test_an_authorisation_the_bank_takes_back_ends_the_reservation(desk):
    pk = desk.paid()
    session = money.payment_of(pk).session_ref
    desk.gateway.happens(session, state=PaymentState.CANCELLED)

    desk.look(pk)

    assert (desk.see(pk).state, desk.see(pk).reason) == (State.CANCELLED, EndReason.UNPAID)
    assert money.mails(pk)[-1] == "cancelled"
    assert money.free(desk) == 5
    money.in_order()


def test_paid_goods_are_never_given_away_by_the_clock(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()

    for days in (10, 30, 400):
        desk.time(days * DAY)

    assert desk.see(pk).state == State.READY
    assert money.mails(pk).count("waiting") == 1
    assert "expired" not in money.mails(pk)


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
        reservation_id=pk, found={money.line(pk).pk: 1}, by=desk.clerk, now=NOW + 7 * DAY
    )
    desk.work(after=7 * DAY)
    assert desk.see(pk).state == State.READY
    assert money.payment_of(pk).kept == PRICE


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


def test_what_a_bank_has_taken_back_is_not_given_back_once_more(desk):
    pk = desk.paid()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    session = money.payment_of(pk).session_ref
    for state in (DisputeState.OPEN, DisputeState.LOST):
        desk.gateway.dispute(session, PRICE, state)
        desk.look(pk)

    lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
    desk.work()

    assert Refund.objects.get().amount == BOTH - PRICE
    money.in_order()


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
    taken = None if whole else {money.line(pk).pk: 1}
    counter.hand_over(reservation_id=pk, taken=taken, client_id=factories.uuid.uuid4(), **who)

    if whole:
        counter.undo(reservation_id=pk, **who)
        assert desk.see(pk).state == State.READY
    else:
        with pytest.raises(Refused):
            counter.undo(reservation_id=pk, **who)
    money.in_order(now=NOW)


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
