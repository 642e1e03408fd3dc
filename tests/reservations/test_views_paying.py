"""After the order: to the provider's page and back, and where the money is said to be."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.payments.enums import PaymentState, RefundState
from marketplace.payments.gateway.port import RefundSnapshot
from marketplace.payments.models import Operation, Refund
from marketplace.reservations.domain import lifecycle, links
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import BasketLine, Reservation
from tests import factories, tills
from tests.factories import NOW
from tests.tills import say

pytestmark = pytest.mark.django_db

SHOP = Actor.system()


@pytest.fixture(autouse=True)
def _thursday(settings):
    for name, value in tills.SETTINGS.items():
        setattr(settings, name, value)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def offer():
    shop = factories.shop(factories.city())
    branch = factories.branch(shop, "Mitte")
    tills.open_till(shop)
    return factories.offer(branch, count=5)


@pytest.fixture
def reservation(offer) -> Reservation:
    return tills.ordered(offer, 2)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def path_of(reservation: Reservation, tail: str = "") -> str:
    return f"/en/abholung/{links.token(reservation.checkout)}/{tail}"


def shown(client: Client, reservation: Reservation, query: str = "") -> str:
    return text_of(client.get(path_of(reservation, query)))


def accept(reservation: Reservation) -> None:
    lifecycle.accept(reservation_id=reservation.pk, by=SHOP, now=NOW)


def set_aside(reservation: Reservation, found: dict[int, int] | None = None) -> None:
    accept(reservation)
    lifecycle.mark_ready(reservation_id=reservation.pk, found=found, shelf="7", by=SHOP, now=NOW)


# The way there --------------------------------------------------------------------------------


def test_it_leads_on_by_itself_and_by_link_and_says_where(client: Client, reservation):
    say(reservation, PaymentState.OPEN)
    answer = client.get(path_of(reservation, "zahlen/"))
    page = text_of(answer)
    url = f"https://pay.example/cs_{tills.payment_of(reservation).pk}"
    assert f'<meta http-equiv="refresh" content="0; url={url}">' in page
    assert f'href="{url}"' in page
    assert "<strong>pay.example</strong>" in page
    assert "€259.90" in page
    assert "Refresh" not in answer


def test_without_an_answer_it_waits_and_loses_nothing(client: Client, reservation):
    before = list(Operation.objects.values())
    answer = client.get(path_of(reservation, "zahlen/"))
    page = text_of(answer)
    assert answer["Refresh"] == "5"
    assert "Our payment provider has not answered yet." in page
    assert "Try again now" in page
    assert "Give up, I do not want to pay" in page
    assert "held until today 14:50" in page
    assert list(Operation.objects.values()) == before


def test_trying_again_asks_the_provider(client: Client, reservation, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "marketplace.payments.domain.pages.open_now", lambda **kw: asked.append(kw["payment_id"])
    )
    answer = client.post(path_of(reservation, "zahlen/"))
    assert (answer.status_code, answer["Location"]) == (303, path_of(reservation, "zahlen/"))
    assert asked == [tills.payment_of(reservation).pk]


def test_what_is_paid_is_not_paid_again(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    for answer in (client.get, client.post):
        assert answer(path_of(reservation, "zahlen/"))["Location"] == path_of(reservation)


def test_giving_up_frees_the_goods(client: Client, reservation):
    answer = client.post(path_of(reservation, f"{reservation.pk}/aufgeben/"))
    assert (answer.status_code, answer["Location"]) == (303, path_of(reservation))
    reservation.refresh_from_db()
    assert (reservation.state, reservation.reason) == (State.EXPIRED, EndReason.SHOPPER)
    assert "Nothing was paid." in shown(client, reservation)
    assert client.get(path_of(reservation, "zahlen/")).status_code == 303


def test_giving_up_waits_for_the_page_to_close(client: Client, reservation):
    say(reservation, PaymentState.OPEN)
    client.post(path_of(reservation, f"{reservation.pk}/aufgeben/"))
    reservation.refresh_from_db()
    assert reservation.state == State.PENDING
    page = shown(client, reservation)
    assert "You do not want to pay. The goods become free in a moment." in page
    assert "Go on paying" not in page


def test_what_is_promised_cannot_be_given_up(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    answer = client.post(path_of(reservation, f"{reservation.pk}/aufgeben/"))
    assert answer.status_code == 409
    assert "The shop has not answered yet." in text_of(answer)


# And back -------------------------------------------------------------------------------------


def test_not_paid_yet_goes_on_or_gives_up(client: Client, reservation):
    answer = client.get(path_of(reservation))
    page = text_of(answer)
    assert "Not paid yet" in page
    assert "held for you until <strong>today 14:50</strong>" in page
    assert "You have not paid yet." in page
    assert "Go on paying" in page
    assert "Give up, I do not want to pay" in page
    assert "absagen" not in page
    assert "Refresh" not in answer


def test_back_before_the_provider_has_told_us(client: Client, reservation):
    answer = client.get(path_of(reservation, "?bezahlt=1"))
    assert "We are waiting for the confirmation of your payment." in text_of(answer)
    assert "You have not paid yet." not in text_of(answer), "who comes from paying knows better"
    assert answer["Refresh"] == "5"
    say(reservation, PaymentState.AUTHORISED)
    answer = client.get(path_of(reservation, "?bezahlt=1"))
    assert "We are waiting" not in text_of(answer)
    assert "Refresh" not in answer


def test_a_debit_on_its_way_is_not_paid_twice(client: Client, reservation):
    say(reservation, PaymentState.PROCESSING)
    page = shown(client, reservation)
    assert "We are waiting for the confirmation of your payment." in page
    assert "your bank has not confirmed it yet" in page
    assert "zahlen/" not in page


def test_from_the_promise_to_the_goods(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    page = shown(client, reservation)
    assert "Your order" in page
    assert "You have authorised €259.90. It is taken when your goods are ready." in page
    set_aside(reservation)
    page = shown(client, reservation)
    assert "Your goods are set aside, and your payment is being taken." in page
    say(reservation, PaymentState.CAPTURED)
    page = shown(client, reservation)
    assert "Ready to collect" in page
    assert "You have paid €259.90." in page
    tills.confirm(reservation)
    lifecycle.hand_over(reservation_id=reservation.pk, by=SHOP, now=NOW)
    assert "You have paid €259.90." in shown(client, reservation)


def test_no_state_says_that_one_pays_in_the_shop(client: Client, reservation):
    steps = [
        lambda: None,
        lambda: say(reservation, PaymentState.AUTHORISED),
        lambda: set_aside(reservation),
        lambda: say(reservation, PaymentState.CAPTURED),
        lambda: tills.confirm(reservation),
        lambda: lifecycle.hand_over(reservation_id=reservation.pk, by=SHOP, now=NOW),
    ]
    for step in steps:
        step()
        page = shown(client, reservation)
        for words in ("You pay in the shop", "You have paid nothing", "Cancel the reservation"):
            assert words not in page


def test_a_partly_found_order_is_partly_paid(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    line = reservation.lines.get()
    other = factories.branch(factories.shop(reservation.checkout.city, "Sport Lindner"))
    factories.offer(other, product=line.offer.variant.product, price="124.90")
    set_aside(reservation, {line.pk: 1})
    say(reservation, PaymentState.CAPTURED)
    page = shown(client, reservation)
    assert "You have paid €129.95." in page
    assert "Elsewhere it is a new reservation without payment" in page
    data = {"line": line.pk}
    assert client.post(path_of(reservation, "auswahl/"), data).status_code == 303


def test_a_withdrawal_is_called_one_and_gives_all_money_back(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    assert "Cancel the order" in shown(client, reservation)
    set_aside(reservation)
    say(reservation, PaymentState.CAPTURED)
    assert "Withdraw from contract" in shown(client, reservation)
    path = f"/en/widerruf/{links.token(reservation.checkout)}/"
    for ask in (client.get, client.post):
        answer = ask(path_of(reservation, f"{reservation.pk}/absagen/"))
        assert (answer.status_code, answer["Location"]) == (303, path)
    form = {"name": "Lena Koch", "email": "lena.koch@example.de", "contract": "shoes"}
    form |= {"extent": "whole", "nonce": str(uuid.uuid4()), "step": "confirm"}
    assert client.post(path, form, headers={"sec-fetch-site": "same-origin"}).status_code == 303
    page = shown(client, reservation)
    assert "€259.90 of it are on their way back to you." in page
    assert "You have paid nothing" not in page
    refund = Refund.objects.get()
    done = RefundSnapshot(
        provider_id="re_1",
        amount=refund.amount,
        state=RefundState.DONE,
        reference=str(refund.nonce),
    )
    say(reservation, PaymentState.CAPTURED, refunds=(done,))
    assert "You have paid €259.90. You have got all of it back." in shown(client, reservation)


def test_a_declined_order_releases_the_money(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    lifecycle.decline(reservation_id=reservation.pk, reason=EndReason.CLOSED, by=SHOP, now=NOW)
    page = shown(client, reservation)
    assert "Sorry, declined" in page
    assert "Nothing was taken. The €259.90 you had authorised are released." in page
    say(reservation, PaymentState.CANCELLED)
    page = shown(client, reservation)
    assert "Nothing was taken. The €259.90 you had authorised have been released." in page
    assert "Nothing was paid." not in page, "the mail has said that something was authorised"


# Not paid in time -----------------------------------------------------------------------------


def test_what_was_not_paid_goes_into_the_basket_again(client: Client, reservation, offer):
    say(reservation, PaymentState.OPEN)
    say(reservation, PaymentState.EXPIRED)
    page = shown(client, reservation)
    assert "Not paid" in page
    assert "Nothing was paid." in page
    assert "Put the goods into the basket again" in page
    path = path_of(reservation, f"{reservation.pk}/nochmal/")
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (303, "/en/korb/")
    line = BasketLine.objects.get()
    assert (line.offer_id, line.quantity) == (offer.pk, 2)
    client.post(path)
    assert BasketLine.objects.get().quantity == 2


def test_only_what_was_not_paid_goes_back_there(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    answer = client.post(path_of(reservation, f"{reservation.pk}/nochmal/"))
    assert answer["Location"] == path_of(reservation)
    assert BasketLine.objects.count() == 0


@pytest.mark.parametrize("tail", ["aufgeben/", "nochmal/"])
def test_a_link_reaches_its_own_order_only(client: Client, offer, reservation, tail):
    other = tills.ordered(offer, email="paul@example.de")
    path = path_of(reservation, f"{other.pk}/{tail}")
    assert client.post(path).status_code == 404
    assert client.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path_of(reservation, f"{reservation.pk}/{tail}")).status_code == 403


def test_an_uncollected_order_stays_whose_it_is(client: Client, reservation):
    say(reservation, PaymentState.AUTHORISED)
    set_aside(reservation)
    say(reservation, PaymentState.CAPTURED)
    assert tills.payment_of(reservation).captured == Decimal("259.90")
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        page = shown(client, reservation)
    assert "Your goods still lie ready for you. They are yours" in page
