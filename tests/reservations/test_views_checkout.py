"""One screen, two fields, one button, and everything that may come in between."""

import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import queries
from marketplace.reservations.enums import State
from marketplace.reservations.models import BasketLine, Checkout, Reservation
from shops.domain import counts
from shops.domain.prices import amounts
from shops.models import Offer
from tests import factories

pytestmark = pytest.mark.django_db

HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def offer(city):
    return factories.offer(factories.branch(factories.shop(city)), count=5)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def put(client: Client, offer: Offer, quantity: int = 1) -> None:
    data = {"offer": offer.pk, "quantity": quantity, "next": "pruefen"}
    assert client.post("/en/korb/dazu/", data, headers=HERE).status_code == 303


def hidden(response) -> dict[str, str]:
    """The hidden fields of the form, as a browser would send them."""
    found = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', response.content.decode()
    )
    return dict(found)


def fill(client: Client, **fields) -> dict[str, object]:
    screen = client.get("/en/korb/pruefen/")
    return {**hidden(screen), "name": "Lena Koch", "email": "lena@example.de", **fields}


def send(client: Client, data: dict[str, object]):
    return client.post("/en/korb/pruefen/", data)


def test_from_the_product_to_the_reservation_in_three_clicks(client: Client, offer):
    product = offer.variant.product
    page = client.get(f"/en/produkt/{product.slug}-{product.pk}/")
    assert f'name="offer" value="{offer.pk}"' in page.content.decode()
    put(client, offer)
    answer = send(client, fill(client))
    assert answer.status_code == 303
    assert answer["Location"].startswith("/en/abholung/")
    assert "Requested" in text_of(client.get(answer["Location"]))
    reservation = Reservation.objects.get()
    assert reservation.checkout.contact.name == "Lena Koch"
    assert reservation.checkout.language == "en"
    assert BasketLine.objects.count() == 0
    assert Offer.objects.get(pk=offer.pk).reserved == 1


def test_the_screen_has_two_fields_one_button_and_says_what_it_is(client: Client, offer):
    put(client, offer)
    page = client.get("/en/korb/pruefen/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    visible = re.findall(r'<input type="(?!hidden)(\w+)" name="(\w+)"', main)
    assert visible == [("text", "name"), ("email", "email")]
    assert main.count("<button") == 1
    assert "Reserve without obligation" in main
    sentence = "The contract of sale is only made in the shop."
    assert main.index(sentence) < main.index("<button")
    assert "Reserve without obligation" in main
    assert "In stock" in main
    assert "today 14:35–19:00" in " ".join(main.split())


def test_no_word_of_a_purchase(client: Client, offer):
    put(client, offer)
    screens = [client.get("/korb/"), client.get("/korb/pruefen/")]
    screens.append(client.get(send(client, fill(client))["Location"]))
    for screen in screens:
        # Below every page stands the way to withdraw from what was paid (law A9).
        text = text_of(screen).partition("<main")[2].partition("</main>")[0]
        assert text
        for word in (
            r"bestell",
            r"\bkauf",
            "zahlungspflichtig",
            "Widerruf",
            r"\border\b",
            r"\bbuy\b",
        ):
            assert not re.search(word, text, re.IGNORECASE), word


def test_a_shop_that_confirms_at_once_gives_the_code_at_once(client: Client, city):
    offer = factories.offer(factories.branch(factories.shop(city, auto_accept=True)))
    put(client, offer)
    page = text_of(client.get(send(client, fill(client))["Location"]))
    code = Reservation.objects.get().code
    assert f"{code[:4]} <small>{code[4:]}</small>" in page


def test_several_shops_are_one_checkout(client: Client, city, offer):
    other = factories.offer(factories.branch(factories.shop(city, "Sport Lindner")))
    put(client, offer)
    put(client, other, 2)
    page = text_of(client.get(send(client, fill(client))["Location"]))
    assert "Your reservations" in page
    assert "Sport Lindner" in page
    assert Checkout.objects.get().reservations.count() == 2


def test_sending_the_same_form_twice_reserves_once(client: Client, offer):
    put(client, offer)
    data = fill(client)
    first, second = send(client, data), send(client, data)
    assert first["Location"] == second["Location"]
    assert Checkout.objects.count() == 1
    assert Offer.objects.get(pk=offer.pk).reserved == 1


@pytest.mark.parametrize("nonce", ["", "x", "½", "0" * 5000, None])
def test_a_broken_nonce_gives_a_fresh_form(client: Client, offer, nonce):
    put(client, offer)
    data = fill(client)
    del data["nonce"]
    if nonce is not None:
        data["nonce"] = nonce
    answer = send(client, data)
    assert answer.status_code == 422
    assert uuid.UUID(hidden(answer)["nonce"])
    assert 'value="Lena Koch"' in text_of(answer)
    assert send(client, {**data, **hidden(answer)}).status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Please tell us your name"),
        ({"name": "   "}, "Please tell us your name"),
        ({"name": "x" * 121}, "at most 120 letters"),
        ({"name": "Lena\nBcc: a@b.de"}, "on one line"),
        ({"name": "Lena\x00"}, ""),
        ({"name": "Lena\x1b"}, "on one line"),
        ({"email": ""}, "Please tell us your e-mail address"),
        ({"email": "lena@"}, "Something is missing or mistyped."),
        ({"email": "lena@example.de\nBcc: a@b.de"}, "Something is missing or mistyped."),
        ({"email": "a" * 250 + "@example.de"}, "too long"),
        ({"email": "Lena <lena@example.de>"}, "Something is missing or mistyped."),
    ],
)
def test_odd_input_keeps_what_was_typed(client: Client, offer, fields, sentence):
    put(client, offer)
    answer = send(client, fill(client, **fields))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    kept = "lena@example.de" if "name" in fields else "Lena Koch"
    assert f'value="{kept}"' in text_of(answer)
    assert Checkout.objects.count() == 0
    assert BasketLine.objects.count() == 1


@pytest.mark.parametrize("name", ["Zoë Müller-Lüdenscheidt", "O'Brien", "李雷", "Kim", "x" * 120])
def test_names_of_all_kinds_are_names(client: Client, offer, name):
    put(client, offer)
    assert send(client, fill(client, name=name)).status_code == 303


def test_a_changed_price_is_shown_before_anything_is_reserved(client: Client, offer):
    put(client, offer)
    data = fill(client)
    amounts.set_price(offer=offer, price=factories.Decimal("139.95"), now=factories.NOW)
    answer = send(client, data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Something has changed since you last looked." in page
    assert "€139.95" in page
    assert 'value="Lena Koch"' in page
    assert hidden(answer)["nonce"] == data["nonce"]
    assert Checkout.objects.count() == 0
    assert send(client, {**data, **hidden(answer)}).status_code == 303


@pytest.mark.parametrize("seen", ["", "x", "½" * 50, "a" * 201])
def test_a_forged_seen_reserves_nothing(client: Client, offer, seen):
    put(client, offer)
    assert send(client, fill(client, seen=seen)).status_code in (409, 422)
    assert Checkout.objects.count() == 0


def test_sold_out_meanwhile_names_the_line_and_keeps_the_input(client: Client, offer):
    put(client, offer, 2)
    data = fill(client)
    counts.count_by_eye(offer_id=offer.pk, on_shelf=1, by=Actor.system(), now=factories.NOW)
    answer = send(client, data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert f"“{offer.variant.product.title}” is no longer there in this quantity." in page
    assert "Nothing was reserved." in page
    assert "Change the basket" in page
    assert Checkout.objects.count() == 0


def test_an_offer_that_vanished_is_not_reserved(client: Client, city, offer):
    other = factories.offer(offer.branch)
    put(client, offer)
    put(client, other)
    data = fill(client)
    Offer.objects.filter(pk=offer.pk).update(is_live=False)
    answer = send(client, data)
    assert answer.status_code == 409
    assert "Something has changed since you last looked." in text_of(answer)


def test_hoarding_is_refused_kindly(client: Client, city):
    city.max_open = 1
    city.save()
    branch = factories.branch(factories.shop(city))
    factories.placed((factories.offer(branch), 1), email="lena@example.de")
    put(client, factories.offer(branch))
    answer = send(client, fill(client))
    assert answer.status_code == 409
    assert "You have 1 open reservations." in text_of(answer)


def test_an_empty_basket_has_nothing_to_reserve(client: Client, city):
    assert "Your basket is empty" in text_of(client.get("/en/korb/pruefen/"))
    data = {"name": "Lena", "email": "l@example.de", "nonce": uuid.uuid4(), "seen": "x"}
    answer = send(client, data)
    assert answer.status_code == 422
    assert "Your basket is empty" in text_of(answer)


def test_unknown_stock_cannot_be_reserved_by_a_forged_form(client: Client, city):
    offer = factories.offer(factories.branch(factories.shop(city)), count=None)
    put(client, offer)
    screen = client.get("/en/korb/pruefen/")
    assert "Not everything can be reserved as it stands." in text_of(screen)
    assert 'name="nonce"' not in text_of(screen)
    basket = BasketLine.objects.get()
    data = {
        "name": "Lena",
        "email": "l@example.de",
        "nonce": uuid.uuid4(),
        "seen": queries.seen_token([basket]),
    }
    assert send(client, data).status_code == 409
    assert Checkout.objects.count() == 0


def test_the_form_needs_its_token(offer):
    client = Client(enforce_csrf_checks=True)
    put(client, offer)
    data = fill(client)
    assert send(client, data).status_code == 303
    del data["csrfmiddlewaretoken"]
    assert send(client, data).status_code == 403


def test_the_last_unit_goes_to_one_of_two(city):
    offer = factories.offer(factories.branch(factories.shop(city)), count=1)
    lena, paul = Client(), Client()
    for each in (lena, paul):
        put(each, offer)
    data = [fill(each) for each in (lena, paul)]
    answers = [
        send(each, filled).status_code for each, filled in zip((lena, paul), data, strict=True)
    ]
    assert answers == [303, 409]
    assert Reservation.objects.get().state == State.REQUESTED
    assert not connection.needs_rollback
