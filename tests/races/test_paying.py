"""Money and goods at one instant, on both databases: one effect, and nobody waits in a circle."""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.operations.domain import audit
from marketplace.payments.domain import booking, pages
from marketplace.payments.enums import OperationKind, PaymentState
from marketplace.payments.models import Operation, Payment
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import counter, lifecycle, paying, queries, swaps, tick
from marketplace.reservations.enums import EndReason, Mode, State
from marketplace.reservations.models import Checkout, Reservation, Tap
from shops.models import City, Offer
from tests import money
from tests.factories import NOW
from tests.races.crowd import FULL, barrier, rush

FIFTY = 50
#: Reservations that are raced for, one after the other.
MANY = 100 if FULL else 8
SHOPPER = Actor.shopper()
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def desk(own_database, tmp_path) -> money.Desk:
    made = money.desk(tmp_path, count=max(100, 3 * MANY))
    City.objects.update(max_open=1000)
    return made


def tried(act, *args, **options) -> str:
    try:
        act(*args, **options)
    except (Refused, Stale):
        return "too late"
    return "done"


def patient(act):
    """On a busy machine a row may be held for longer than PostgreSQL waits. Nothing was done then,
    and whoever asked asks again; two that wait for each other are another matter."""

    def again(number: int) -> str:
        for _ in range(20):
            try:
                return act(number)
            except OperationalError as error:
                if "lock timeout" not in str(error):
                    raise
        return "never came through"

    return again


def report(desk: money.Desk, pk: int):
    """What the provider says of it now, as one fetch brings it."""
    payment = money.payment_of(pk)
    return booking.apply(payment_id=payment.pk, seen=desk.books(pk), now=NOW)


def drained(desk: money.Desk, ids: list[int]) -> dict[str, int]:
    """Works everything off; how often reservation and payment ended in which pair of states."""
    for hours in (1, 2):
        desk.work(after=timedelta(hours=hours))
        for pk in ids:
            desk.look(pk, after=timedelta(hours=hours))
    assert audit.run(now=NOW).violations == []
    ends: dict[str, int] = {}
    for pk in ids:
        payment, books = money.payment_of(pk), desk.books(pk)
        back = sum(one.amount for one in books.refunds)
        assert (payment.state, payment.captured) == (books.state, books.captured)
        assert (payment.refunded, payment.owed_back) == (back, 0)
        state = desk.see(pk).state
        running = {State.REQUESTED, State.CONFIRMED, State.READY}
        assert payment.kept == (books.captured if state in running else 0)
        ends[f"{state} {payment.state}"] = ends.get(f"{state} {payment.state}", 0) + 1
    held = Reservation.objects.filter(state__in=[State.CONFIRMED, State.READY, State.REQUESTED])
    reserved = Offer.objects.get(pk=desk.offer.pk).reserved
    aside = Reservation.objects.filter(lines__state="PUT_BACK").count()
    assert reserved == 2 * (held.count() + aside)
    return ends


# --- one form --------------------------------------------------------------------------------


@pytest.fixture
def click(desk):
    """Sends the order of one basket and goes on to the page, with this nonce."""
    city = City.objects.get()
    basket = baskets.start(city=city, now=NOW)
    baskets.put(basket=basket, offer=desk.offer, quantity=1, now=NOW)
    seen = queries.seen_token(queries.basket_lines(basket), Mode.PAY)

    def send(nonce: uuid.UUID) -> str:
        checkout = checkouts.place(
            basket=basket,
            nonce=nonce,
            seen=seen,
            shopper=checkouts.Shopper(name="Lena Koch", email="lena.koch@example.de"),
            language="de",
            by=SHOPPER,
            now=NOW,
            pay_branch=desk.offer.branch_id,
        )
        payment = money.payment_of(checkout.reservations.get().pk)
        return pages.open_now(payment_id=payment.pk, now=NOW, gateway=desk.gateway)

    return send


def test_fifty_clicks_on_order_are_one_checkout_one_payment_one_page(desk, click):
    nonce = uuid.uuid4()

    told = rush(patient(lambda number: click(nonce)), tries=FIFTY)

    # Whoever comes while the page is being opened is told to wait, and asks again.
    assert set(told) <= {"https://pay.example/cs_1", ""}
    assert told["https://pay.example/cs_1"] >= 1
    assert click(nonce) == "https://pay.example/cs_1"
    assert Checkout.objects.count() == Payment.objects.count() == Operation.objects.count() == 1
    with desk.gateway.books() as books:
        assert len(books.payments) == 1
    assert desk.gateway.asked("open") == 1
    assert Offer.objects.get(pk=desk.offer.pk).reserved == 1


def test_control_without_the_nonce_two_clicks_are_two_payments(desk, click, monkeypatch):
    gathered, check = barrier(2), checkouts._check

    def checked(*args) -> None:
        check(*args)
        gathered.wait(timeout=30)

    monkeypatch.setattr(checkouts, "_check", checked)

    rush(lambda number: click(uuid.uuid4()), tries=2, processes=2, threads=1)

    assert Payment.objects.count() == 2


# --- ready -----------------------------------------------------------------------------------


def test_fifty_taps_on_ready_take_the_money_once(desk):
    pk = desk.paid()

    def act(_number: int) -> str:
        who = {"client_id": uuid.uuid4(), "by": desk.clerk, "now": NOW}
        return tried(counter.mark_ready, reservation_id=pk, **who)

    assert rush(patient(act), tries=FIFTY) == {"done": 1, "too late": FIFTY - 1}

    assert Tap.objects.count() == 1
    assert Operation.objects.filter(kind=OperationKind.CAPTURE).count() == 1
    desk.work()
    assert desk.gateway.asked("capture") == 1
    assert drained(desk, [pk]) == {"READY CAPTURED": 1}


def test_control_without_the_mark_of_goods_set_aside_they_are_picked_twice(desk, monkeypatch):
    pk, hold = desk.paid(), swaps.hold
    monkeypatch.setattr(swaps, "hold", lambda pk, verb, *, only=None: hold(pk, verb))

    def act(_number: int) -> str:
        lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
        return "done"

    told = rush(act, tries=2, processes=2, threads=1)

    assert told != {"done": 1, "too late": 1}
    assert told["done"] == 2 or any("IntegrityError" in word for word in told)


def test_a_shopper_cancels_while_the_shop_marks_it_ready(desk):
    ids = [desk.paid() for _ in range(MANY)]

    def act(number: int) -> str:
        who = {"reservation_id": ids[number // 2], "now": NOW}
        if number % 2:
            return "cancel " + tried(lifecycle.cancel, reason=EndReason.SHOPPER, by=SHOPPER, **who)
        return "ready " + tried(lifecycle.mark_ready, by=desk.clerk, **who)

    told = rush(patient(act), tries=2 * len(ids))

    assert told["cancel done"] == len(ids)
    assert told["ready done"] + told["ready too late"] == len(ids)
    ends = drained(desk, ids)
    assert ends.keys() <= {"CANCELLED CANCELLED", "CANCELLED CAPTURED"}
    assert ends.get("CANCELLED CAPTURED", 0) == told["ready done"]


# --- the end of a hold -----------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False])
def test_giving_up_against_the_report_of_the_payment(desk, at_once):
    ids = [desk.place() for _ in range(MANY)]
    pay = desk.gateway.pay if at_once else desk.gateway.authorise
    for pk in ids:
        payment = money.payment_of(pk)
        pay(payment.session_ref, payment.amount)

    def act(number: int) -> str:
        pk = ids[number // 2]
        if number % 2:
            report(desk, pk)
            return "reported"
        return tried(paying.give_up, reservation_id=pk, by=SHOPPER, now=NOW)

    told = rush(patient(act), tries=2 * len(ids))

    assert told["reported"] == len(ids)
    ends = drained(desk, ids)
    state = "CAPTURED" if at_once else "AUTHORISED"
    lost = "CAPTURED" if at_once else "CANCELLED"
    assert ends.get(f"CONFIRMED {state}", 0) == told["too late"]
    assert ends.get(f"EXPIRED {lost}", 0) == told["done"]
    assert sum(ends.values()) == len(ids)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_end_of_the_hold_against_the_payment_of_that_instant(desk, at_once):
    ids = [desk.place() for _ in range(MANY)]
    pay = desk.gateway.pay if at_once else desk.gateway.authorise

    def act(number: int) -> str:
        if number % 2:
            tick.run(now=NOW + paying.HOLD)
            return "ticked"
        pk = ids[number // 2]
        payment = money.payment_of(pk)
        pay(payment.session_ref, payment.amount)
        report(desk, pk)
        return "paid"

    told = rush(patient(act), tries=2 * len(ids))

    assert told == {"ticked": len(ids), "paid": len(ids)}
    ends = drained(desk, ids)
    # What has been taken keeps its goods, whoever was first; what was promised after we had asked
    # to close is let go.
    ways = {"CONFIRMED CAPTURED"} if at_once else {"CONFIRMED AUTHORISED", "EXPIRED CANCELLED"}
    assert ends.keys() <= ways
    assert sum(ends.values()) == len(ids)


def test_control_goods_freed_before_the_path_is_closed_are_paid_and_gone(desk):
    """What `close_unpaid` must never become: the hold ends first, the page after."""
    pk = desk.place()
    lifecycle.lapse(reservation_id=pk, now=NOW + paying.HOLD)
    payment = money.payment_of(pk)
    desk.gateway.authorise(payment.session_ref, payment.amount)

    assert desk.see(pk).state == State.EXPIRED
    assert desk.books(pk).state == PaymentState.AUTHORISED
    assert any("its payment is open" in one.what for one in audit.run(now=NOW).violations)


# --- nobody waits in a circle ----------------------------------------------------------------


def test_reports_against_verbs_never_wait_in_a_circle(desk):
    ids = [desk.paid() for _ in range(MANY)]
    for pk in ids:
        lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
        payment = money.payment_of(pk)
        desk.gateway.happens(
            payment.session_ref, state=PaymentState.CAPTURED, captured=payment.amount
        )

    def act(number: int) -> str:
        pk = ids[number // 2]
        if number % 2:
            report(desk, pk)
            return "reported"
        return tried(
            lifecycle.cancel, reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW
        )

    assert rush(patient(act), tries=2 * len(ids)) == {"reported": len(ids), "done": len(ids)}
    assert drained(desk, ids) == {"CANCELLED CAPTURED": len(ids)}


def test_control_with_the_reservation_held_first_they_wait_in_a_circle(
    own_database, desk, monkeypatch
):
    if own_database.engine != "postgresql":
        return  # SQLite has one writer: there is nobody to wait for
    pk, gathered, hold = desk.paid(), barrier(2), booking.hold
    lifecycle.mark_ready(reservation_id=pk, by=desk.clerk, now=NOW)
    payment = money.payment_of(pk)
    desk.gateway.happens(payment.session_ref, state=PaymentState.CAPTURED, captured=payment.amount)
    monkeypatch.setattr(swaps, "_hold_payments", lambda reservation_id: None)

    def act(number: int) -> str:
        if number:
            with transaction.atomic():
                hold(payment.pk)
                gathered.wait(timeout=30)
                report(desk, pk)
            return "reported"
        with transaction.atomic():
            swaps.keep(pk)
            gathered.wait(timeout=30)
            lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=SHOPPER, now=NOW)
        return "cancelled"

    told = rush(act, tries=2, processes=2, threads=1)

    assert any(word.startswith("OperationalError") for word in told), told
