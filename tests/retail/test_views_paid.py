"""What is paid online, at the counter and on the morning page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import counter, lifecycle, queries
from marketplace.reservations.enums import State
from marketplace.retail.forms.counter import HandOverForm
from tests import factories, tills
from tests.factories import NOW
from tests.tills import say


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def offer(shop, branch):
    tills.open_till(shop)
    return factories.offer(branch, count=9)


@pytest.fixture
def desk_path(shop, branch) -> str:
    return f"/en/haendler/{shop.slug}/{branch.slug}/theke/"


@pytest.fixture
def confirmed(offer, clerk):
    """Promised, and accepted at once: the shop of these tests does that."""
    reservation = tills.authorised(offer, 2)
    assert reservation.state == State.CONFIRMED
    return reservation


def taking_all(reservation) -> dict[str, object]:
    """The form of the hand-over, for everything that is there."""
    units = {f"{HandOverForm.field}_{line.pk}": line.held for line in reservation.lines.all()}
    return {"client_id": factories.uuid.uuid4(), **units}


def set_aside(reservation, clerk) -> None:
    counter.mark_ready(
        reservation_id=reservation.pk,
        shelf="7",
        client_id=factories.uuid.uuid4(),
        by=clerk,
        now=NOW,
    )
    reservation.refresh_from_db()


def test_what_waits_for_its_payment_is_nobodys_business(client, offer, desk_path):
    reservation = tills.ordered(offer)
    page = text_of(client.get(desk_path))
    assert reservation.code[:4] not in page
    assert client.get(f"{desk_path}{reservation.pk}/").status_code == 404


def test_the_card_says_that_it_is_promised(client, confirmed, desk_path):
    page = text_of(client.get(desk_path))
    assert "Online payment authorised" in page
    sheet = text_of(client.get(f"{desk_path}{confirmed.pk}/"))
    assert "Online payment authorised" in sheet
    assert "What you found is charged now" in sheet
    assert "Hand over at once" not in sheet
    assert "hand them over at once" not in sheet


def test_set_aside_becomes_ready_by_itself(client, confirmed, clerk, desk_path):
    set_aside(confirmed, clerk)
    assert confirmed.set_aside_at is not None
    page = text_of(client.get(desk_path))
    assert "The money is being taken…" in page
    assert "It becomes ready by itself in a moment." in page
    assert "Undo" not in page
    assert 'name="shelf"' not in page
    sheet = text_of(client.get(f"{desk_path}{confirmed.pk}/"))
    assert "Please do not hand it over before." in sheet
    assert 'id="hand-over"' not in sheet
    assert 'id="found"' not in sheet
    say(confirmed, PaymentState.CAPTURED)
    tills.confirm(confirmed)
    sheet = text_of(client.get(f"{desk_path}{confirmed.pk}/"))
    assert "Already paid, collect nothing" in sheet
    assert "Ring up at your till" not in sheet
    assert 'id="hand-over"' in sheet
    assert "paid online" in text_of(client.get(desk_path))


def test_a_forged_hand_over_of_unpaid_goods_is_refused(client, confirmed, clerk, desk_path):
    set_aside(confirmed, clerk)
    data = {"client_id": factories.uuid.uuid4()}
    answer = client.post(f"{desk_path}{confirmed.pk}/uebergeben/", data)
    assert answer.status_code in (404, 409, 422)
    confirmed.refresh_from_db()
    assert confirmed.state == State.CONFIRMED


def test_undo_is_offered_where_the_money_stays_as_it_is(client, confirmed, clerk, desk_path):
    set_aside(confirmed, clerk)
    say(confirmed, PaymentState.CAPTURED)
    tills.confirm(confirmed)
    counter.hand_over(
        reservation_id=confirmed.pk, client_id=factories.uuid.uuid4(), by=clerk, now=NOW
    )
    assert "Undo" in text_of(client.get(desk_path))


def test_the_shop_is_told_that_a_cancellation_gives_the_money_back(client, confirmed, desk_path):
    sheet = text_of(client.get(f"{desk_path}{confirmed.pk}/"))
    assert "The shopper gets all the money back by itself." in sheet


@pytest.mark.law("A13")
@pytest.mark.parametrize(("days", "is_asked"), [(20, False), (22, True)])
def test_what_nobody_collects_becomes_a_task(
    client, user, clock, shop, confirmed, clerk, desk_path, days, is_asked
):
    set_aside(confirmed, clerk)
    say(confirmed, PaymentState.CAPTURED)
    clock.move_to(confirmed.collect_by + timedelta(days=days))
    client.force_login(user)  # nobody stays signed in for so long
    words = "Paid, and not collected for three weeks."
    assert timedelta(days=21) == queries.UNCLAIMED_AFTER
    assert (words in text_of(client.get(desk_path))) == is_asked
    sheet = text_of(client.get(f"{desk_path}{confirmed.pk}/"))
    assert (words in sheet) == is_asked
    assert ("mailto:lena.koch@example.de" in sheet) == is_asked
    morning = text_of(client.get(f"/en/haendler/{shop.slug}/"))
    assert ("1 paid reservation not collected for three weeks" in morning) == is_asked
    confirmed.refresh_from_db()
    assert confirmed.state == State.READY
    payment = tills.payment_of(confirmed)
    assert (payment.state, payment.kept) == (PaymentState.CAPTURED, payment.amount)


@pytest.mark.law("A5")
def test_the_counter_waits_for_the_contract_and_says_why(client, confirmed, clerk, desk_path):
    set_aside(confirmed, clerk)
    say(confirmed, PaymentState.CAPTURED)
    path = f"{desk_path}{confirmed.pk}/"
    sheet = text_of(client.get(path))
    [button] = re.findall(r"<button[^>]*>Hand over</button>", sheet)
    assert " disabled" in button
    assert 'aria-describedby="unconfirmed"' in button
    assert "the mail with the contract has to go out first" in sheet
    assert 'id="hand-over"' not in sheet
    data = taking_all(confirmed)
    refused = client.post(f"{path}uebergeben/", data)
    assert refused.status_code == 409
    assert "must not be handed over" in text_of(refused)
    tills.confirm(confirmed)
    sheet = text_of(client.get(path))
    assert 'id="unconfirmed"' not in sheet
    assert 'id="hand-over"' in sheet


@pytest.mark.law("A5")
def test_the_contract_on_paper(client, confirmed, clerk, desk_path):
    set_aside(confirmed, clerk)
    say(confirmed, PaymentState.CAPTURED)
    path = f"{desk_path}{confirmed.pk}/"
    paper = text_of(client.get(f"{path}vertrag/"))
    assert confirmed.lines.get().title in paper
    assert "Widerrufsbelehrung" in paper
    assert "Withdrawal instruction" in paper
    assert "With this the contract is made." in paper
    assert client.post(f"{path}vertrag/").status_code == 302
    confirmed.refresh_from_db()
    assert confirmed.confirmation_paper_by_id == clerk.user_id
    assert client.post(f"{path}vertrag/").status_code == 409
    sheet = text_of(client.get(path))
    assert "contract handed over on paper" in sheet
    assert client.post(f"{path}uebergeben/", taking_all(confirmed)).status_code == 302


def test_what_is_reserved_has_no_contract_to_print(client, offer, clerk, desk_path):
    row = factories.reservation((offer, 1))
    assert client.get(f"{desk_path}{row.pk}/vertrag/").status_code == 404


def test_the_morning_counts_what_is_paid(client, shop, confirmed, clerk):
    page = text_of(client.get(f"/en/haendler/{shop.slug}/"))
    assert "1 paid online" in page
    set_aside(confirmed, clerk)
    page = text_of(client.get(f"/en/haendler/{shop.slug}/"))
    assert "1 set aside, the money is being taken" in page
    lifecycle.cancel(reservation_id=confirmed.pk, reason="DAMAGED", by=clerk, now=NOW)
    assert "the money is being taken" not in text_of(client.get(f"/en/haendler/{shop.slug}/"))


def test_the_number_of_queries_does_not_grow(client, shop, offer, desk_path):
    numbers = []
    for count in (1, 2):
        for each in range(count):
            tills.authorised(offer, email=f"k{count}{each}@example.de")
        for path in (desk_path, f"/en/haendler/{shop.slug}/"):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            numbers.append(len(caught))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) <= 14
