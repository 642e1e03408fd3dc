"""Withdrawing whole and in part, before and after collecting: goods, money, and both books."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.errors import Refused, Stale
from marketplace.payments.enums import DisputeState, PaymentState
from marketplace.payments.models import Refund
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.withdrawal import answer, goods, match
from marketplace.reservations.domain.withdrawal.answer import Back
from marketplace.reservations.enums import EndReason, LineState, State, WithdrawalState
from marketplace.reservations.models import Withdrawal, WithdrawalDeclaration, WithdrawalLine
from shops.enums import Reason
from shops.models import Movement, Offer
from tests import factories, money
from tests.factories import NOW
from tests.reservations import withdrawing

PRICE = Decimal("129.95")
DAY = timedelta(days=1)
pytestmark = pytest.mark.law("A10")


def on_hand(desk: money.Desk) -> int | None:
    return Offer.objects.get(pk=desk.offer.pk).on_hand


def test_the_whole_order_before_it_is_ready_lets_the_authorisation_go(desk):
    pk = desk.paid()

    withdrawal = withdrawing.declared(pk)
    desk.work()

    row = desk.see(pk)
    assert (row.state, row.reason) == (State.CANCELLED, EndReason.WITHDRAWN)
    assert money.payment_of(pk).state == PaymentState.CANCELLED
    assert desk.books(pk).captured == 0
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert money.free(desk) == 5
    assert withdrawing.letters(withdrawal) == [
        "withdrawal_received",
        "withdrawal_matched",
        "withdrawal_shop",
    ]
    assert not {"cancelled", "shop_cancelled"} & set(money.mails(pk))
    money.in_order()


def test_the_whole_order_in_its_compartment_is_refunded_at_once_and_waits_to_be_put_back(desk):
    pk = withdrawing.ready(desk)

    withdrawal = withdrawing.declared(pk)

    assert withdrawal.state == WithdrawalState.NOT_COLLECTED
    assert desk.see(pk).state == State.CANCELLED
    assert money.line(pk).state == LineState.PUT_BACK
    assert money.free(desk) == 3
    desk.work()
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert sum(one.amount for one in desk.books(pk).refunds) == 2 * PRICE
    assert money.mails(pk)[-1] == "refunded"
    lifecycle.shelve(reservation_id=pk, by=desk.clerk, now=NOW)
    assert money.free(desk) == 5
    money.in_order()


def test_a_part_before_it_is_ready_is_free_at_once_and_never_taken(desk):
    pk = desk.paid(3)

    withdrawing.declared(pk, goods={money.line(pk).pk: 1})

    assert desk.see(pk).state == State.CONFIRMED
    assert (money.line(pk).held, money.line(pk).given_up) == (2, 1)
    assert money.free(desk) == 3
    money.in_order()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    assert desk.books(pk).captured == 2 * PRICE
    money.confirm(NOW)
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    assert money.line(pk).consumed == 2
    money.in_order()


def test_a_part_in_the_compartment_is_refunded_at_once_and_counts_when_it_is_taken_out(desk):
    pk = withdrawing.ready(desk, 3)

    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1})
    desk.work()

    assert desk.see(pk).state == State.READY
    assert money.line(pk).owed == 2
    assert money.payment_of(pk).kept == 2 * PRICE
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert money.free(desk) == 2
    money.in_order()
    with pytest.raises(Refused):
        lifecycle.hand_over(reservation_id=pk, taken={money.line(pk).pk: 3}, by=desk.clerk, now=NOW)

    goods.take_out(reservation_id=pk, by=desk.clerk, now=NOW)

    assert money.free(desk) == 3
    with pytest.raises(Stale):
        goods.take_out(reservation_id=pk, by=desk.clerk, now=NOW)
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    assert money.line(pk).consumed == 2
    assert on_hand(desk) == 3
    money.in_order()


def test_what_was_not_taken_out_before_the_hand_over_waits_to_be_put_back(desk):
    pk = withdrawing.ready(desk, 3)
    withdrawing.declared(pk, goods={money.line(pk).pk: 1})

    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()

    row = money.line(pk)
    assert (row.consumed, row.held, row.state) == (2, 1, LineState.PUT_BACK)
    lifecycle.shelve(reservation_id=pk, by=desk.clerk, now=NOW)
    assert money.free(desk) == 3
    money.in_order()


def test_one_whole_line_of_two_before_it_is_ready(desk):
    other = factories.offer(desk.offer.branch, price="10.00", count=4)
    pk = factories.reservation((desk.offer, 1), (other, 1), pay=True).pk
    desk.work()
    desk.pays(pk)
    line = desk.see(pk).lines.get(offer=other)

    withdrawing.declared(pk, goods={line.pk: 1})

    assert desk.see(pk).state == State.CONFIRMED
    assert Offer.objects.get(pk=other.pk).free == 4
    money.in_order()
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    desk.work()
    assert desk.books(pk).captured == PRICE
    lifecycle.hand_over(reservation_id=pk, by=desk.clerk, now=NOW)
    money.in_order()


def test_a_part_while_the_money_is_being_taken_goes_back_once_it_is_booked(desk):
    pk = desk.paid(2)
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)

    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1})

    assert withdrawal.state == WithdrawalState.NOT_COLLECTED
    desk.work()
    assert desk.see(pk).state == State.READY
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert money.payment_of(pk).kept == PRICE
    money.in_order()


def test_after_collecting_the_shop_waits_for_the_goods_and_then_the_money_goes_back(desk):
    pk = withdrawing.collected(desk)

    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1}, now=NOW + DAY)

    assert withdrawal.state == WithdrawalState.MATCHED
    assert money.payment_of(pk).kept == 2 * PRICE
    assert on_hand(desk) == 3
    withdrawal = withdrawing.accepted(
        desk, withdrawal, 1, shelved=1, now=NOW + 2 * DAY, after=2 * DAY
    )
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert withdrawal.answered_by_id == desk.clerk.user_id
    assert (money.line(pk).consumed, money.line(pk).withdrawn) == (2, 1)
    assert sum(one.amount for one in desk.books(pk).refunds) == PRICE
    assert on_hand(desk) == 4
    assert Movement.objects.get(reason=Reason.RETURNED).units == 1
    assert money.mails(pk)[-1] == "refunded"
    money.in_order()


def test_goods_nobody_can_sell_again_do_not_count_and_their_money_goes_back_all_the_same(desk):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk)

    withdrawal = withdrawing.accepted(desk, withdrawal, 2, shelved=0)

    assert withdrawal.state == WithdrawalState.REFUNDED
    assert on_hand(desk) == 3
    assert money.payment_of(pk).refunded == 2 * PRICE
    money.in_order()


def test_the_refund_is_booked_when_the_provider_says_so_and_by_nobody_else(desk):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk)
    desk.gateway.fails(*["down"] * 3)

    answer.accept(
        withdrawal_id=withdrawal.pk,
        back={money.line(pk).pk: Back(units=2)},
        reason="",
        by=desk.clerk,
        now=NOW,
    )
    desk.work()

    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.refunded_at) == (WithdrawalState.RETURNED, None)
    assert money.payment_of(pk).owed_back == 2 * PRICE
    for minutes in (1, 2, 5):
        desk.work(after=timedelta(minutes=minutes))
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    # By the card's own payment, and there is no other kind of refund to book.
    assert {one.payment_id for one in Refund.objects.all()} == {money.payment_of(pk).pk}
    assert {field.name for field in Refund._meta.get_fields()} & {
        "method",
        "means",
        "cash",
    } == set()
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.update(state=WithdrawalState.REFUNDED, refunded_at=None)


def test_less_than_declared_wants_reasons_and_the_rest_stays_paid(desk):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk)
    with pytest.raises(Refused, match="reasons") as refusal:
        withdrawing.accepted(desk, withdrawal, 1)
    assert refusal.value.code == "reason_missing"

    withdrawal = withdrawing.accepted(desk, withdrawal, 1, reason="Only one came back.")

    assert withdrawal.state == WithdrawalState.REFUNDED
    assert WithdrawalLine.objects.get().granted == 1
    assert money.payment_of(pk).kept == PRICE
    assert "withdrawal_answered" in withdrawing.letters(withdrawal)
    # And the rest can be withdrawn from again.
    again = withdrawing.declared(pk)
    assert again.lines.get().units == 1
    money.in_order()


def test_more_than_declared_or_nothing_is_no_answer(desk):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1})

    with pytest.raises(Refused) as refusal:
        withdrawing.accepted(desk, withdrawal, 2)
    assert refusal.value.code == "more_than_declared"
    with pytest.raises(Refused) as refusal:
        withdrawing.accepted(desk, withdrawal, 0)
    assert refusal.value.code == "nothing_back"
    with pytest.raises(Refused) as refusal:
        withdrawing.accepted(desk, withdrawal, 1, shelved=2)
    assert refusal.value.code == "units_out_of_range"
    assert money.payment_of(pk).kept == 2 * PRICE


@pytest.mark.law("A9")
def test_only_a_person_rejects_and_says_why(desk):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk)
    with pytest.raises(Refused):
        answer.reject(withdrawal_id=withdrawal.pk, reason=" ", by=desk.clerk, now=NOW)
    with pytest.raises(ValueError, match="a person"):
        answer.reject(withdrawal_id=withdrawal.pk, reason="No.", by=withdrawing.SHOPPER, now=NOW)

    answer.reject(withdrawal_id=withdrawal.pk, reason="The seal is broken.", by=desk.clerk, now=NOW)

    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.reason) == (
        WithdrawalState.REJECTED,
        "The seal is broken.",
    )
    assert money.payment_of(pk).kept == 2 * PRICE
    assert withdrawing.letters(withdrawal)[-1] == "withdrawal_answered"
    with pytest.raises(Stale):
        withdrawing.accepted(desk, withdrawal, 2)
    money.in_order()
    for missing in ({"reason": ""}, {"answered_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Withdrawal.objects.update(**missing)


def test_the_same_unit_is_withdrawn_from_once_however_often_it_is_declared(desk):
    pk = withdrawing.collected(desk)
    first = withdrawing.declared(pk, goods={money.line(pk).pk: 2})
    second = withdrawing.declared(pk)

    assert match.left(desk.see(pk)) == {money.line(pk).pk: 0}
    assert not second.lines.exists()
    assert second.state == WithdrawalState.MATCHED
    withdrawing.accepted(desk, first, 2)
    with pytest.raises(Refused):
        withdrawing.accepted(desk, second, 1)
    assert money.payment_of(pk).refunded == 2 * PRICE
    money.in_order()


def test_goods_named_in_words_are_read_by_a_person(desk):
    pk = withdrawing.ready(desk)
    withdrawal = withdrawing.declared(pk, goods={}, items="one of the shoes")
    assert withdrawal.state == WithdrawalState.MATCHED
    assert money.payment_of(pk).kept == 2 * PRICE

    withdrawal = withdrawing.accepted(desk, withdrawal, 1)

    assert withdrawal.state == WithdrawalState.REFUNDED
    assert money.line(pk).given_up == 1
    assert money.payment_of(pk).kept == PRICE
    money.in_order()


def test_while_a_bank_looks_into_it_nothing_goes_back_and_nothing_is_called_refunded(desk):
    pk = withdrawing.ready(desk)
    payment = money.payment_of(pk)
    desk.gateway.dispute(payment.session_ref, payment.amount, DisputeState.OPEN)
    desk.look(pk)

    withdrawal = withdrawing.declared(pk)
    desk.work()

    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.NOT_COLLECTED
    assert money.payment_of(pk).refunded == 0


def test_a_hold_nobody_has_paid_is_given_up(desk):
    pk = desk.place()

    withdrawal = withdrawing.declared(pk)

    assert withdrawal.state == WithdrawalState.NOT_COLLECTED
    desk.work()
    assert desk.see(pk).state == State.EXPIRED
    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert money.free(desk) == 5
    money.in_order()


def test_a_part_of_an_unpaid_hold_waits_until_it_is_paid(desk):
    pk = desk.place()
    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1})
    assert withdrawal.state == WithdrawalState.RECEIVED

    desk.pays(pk)
    desk.time(timedelta(minutes=1))

    withdrawal.refresh_from_db()
    assert withdrawal.state == WithdrawalState.REFUNDED
    assert money.line(pk).given_up == 1
    money.in_order(now=NOW)


@pytest.mark.law("A9")
def test_a_declaration_can_be_neither_changed_nor_deleted(desk):
    withdrawing.declared(desk.paid())
    for statement in (
        "UPDATE reservations_withdrawaldeclaration SET payload = 'x'",
        "UPDATE reservations_withdrawaldeclaration SET received_at = '2020-01-01 00:00:00+00:00'",
        "DELETE FROM reservations_withdrawaldeclaration",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.update(refund_due_at=NOW + 90 * DAY)


@pytest.mark.law("A9")
def test_the_same_form_twice_is_one_declaration(desk):
    pk, nonce = withdrawing.collected(desk), uuid.uuid4()

    first = withdrawing.declared(pk, nonce=nonce)
    second = withdrawing.declared(pk, nonce=nonce, name="Somebody else")

    assert first == second
    assert WithdrawalDeclaration.objects.count() == 1
    assert withdrawing.letters(first).count("withdrawal_received") == 1
