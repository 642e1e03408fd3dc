"""The basket: when it begins, what goes in, what it refuses."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.reservations.models import Basket, BasketLine
from shops.models import Offer, Variant
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
    return factories.offer(factories.branch(factories.shop(city)))


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def add(client: Client, offer_id: object, quantity: object = 1, prefix: str = "/en", **more):
    data = {"offer": offer_id, "quantity": quantity, **more}
    return client.post(f"{prefix}/korb/dazu/", data, headers=HERE)


def test_nothing_is_stored_before_something_is_put_in(client: Client, city):
    page = client.get("/en/korb/")
    assert "Your basket is empty" in text_of(page)
    assert not client.cookies
    assert Basket.objects.count() == 0


def test_putting_in_begins_the_basket_and_leads_to_it(client: Client, offer):
    answer = add(client, offer.pk, 2)
    assert answer.status_code == 303
    assert answer["Location"] == "/en/korb/"
    assert set(client.cookies) == {"session"}
    page = text_of(client.get("/en/korb/"))
    assert "is in your basket." in page
    assert offer.variant.product.title in page
    assert "€259.90" in page
    assert Offer.objects.get(pk=offer.pk).reserved == 0  # a basket claims nothing


def test_reserving_leads_straight_to_the_screen_with_two_fields(client: Client, offer):
    answer = add(client, offer.pk, next="pruefen")
    assert (answer.status_code, answer["Location"]) == (303, "/en/korb/pruefen/")


def test_an_unknown_next_leads_to_the_basket(client: Client, offer):
    assert add(client, offer.pk, next="//evil.example")["Location"] == "/en/korb/"


def test_a_double_click_counts_once(client: Client, offer):
    for _click in range(2):
        add(client, offer.pk, 2)
    add(client, offer.pk, 1)
    assert BasketLine.objects.get().quantity == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {},
    ],
)
def test_other_sites_cannot_fill_a_basket(client: Client, offer, headers):
    answer = client.post("/korb/dazu/", {"offer": offer.pk, "quantity": 1}, headers=headers)
    assert answer.status_code == 403
    assert BasketLine.objects.count() == 0


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("0", "Please choose a quantity from 1 to 10."),
        ("-1", "Please choose a quantity from 1 to 10."),
        ("11", "Please choose a quantity from 1 to 10."),
        ("1000000000", "Please choose a quantity from 1 to 10."),
        ("9" * 400, "Please choose a quantity from 1 to 10."),
        ("9" * 5000, "whole number"),
        ("1e9", "whole number"),
        ("½", "whole number"),
        ("1,5", "whole number"),
        ("zwei", "whole number"),
        ("", "Please choose a quantity."),
    ],
)
def test_odd_quantities_get_a_sentence_and_lose_nothing(
    client: Client, city, offer, quantity, sentence
):
    kept = factories.offer(offer.branch)
    add(client, kept.pk, 3)
    answer = add(client, offer.pk, quantity)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert kept.variant.product.title in text_of(answer)
    assert BasketLine.objects.get().quantity == 3


def test_a_refused_first_click_leaves_no_trace(client: Client, offer):
    add(client, offer.pk, "0")
    assert Basket.objects.count() == 0
    assert not client.cookies


@pytest.mark.parametrize("number", ["999999", "0", "-5", "x", "", "9" * 30, "½"])
def test_offers_that_do_not_exist_get_a_sentence(client: Client, city, number):
    answer = add(client, number)
    assert answer.status_code in (409, 422)
    assert 'role="alert"' in text_of(answer)


def test_offers_of_another_city_do_not_exist_here(client: Client, city):
    other = factories.city("Braunschweig", host="braunschweig.localhost")
    away = factories.offer(factories.branch(factories.shop(other)))
    answer = add(client, away.pk)
    assert answer.status_code == 409
    assert "These goods are no longer offered here." in text_of(answer)
    assert BasketLine.objects.count() == 0


def test_a_basket_shows_in_its_own_city_only(client: Client, offer):
    factories.city("Braunschweig", host="braunschweig.localhost")
    add(client, offer.pk)
    there = client.get("/en/korb/", headers={"host": "braunschweig.localhost"})
    assert "Your basket is empty" in text_of(there)


def test_groups_are_the_later_reservations(client: Client, city, offer):
    other = factories.branch(factories.shop(city, "Sport Lindner"))
    for each in (offer, factories.offer(other), factories.offer(offer.branch)):
        add(client, each.pk)
    page = text_of(client.get("/en/korb/"))
    assert page.count('<section class="section"') == 2
    assert "Sport Lindner" in page


def change(client: Client, **data):
    return client.post("/en/korb/aendern/", data)


def test_quantities_are_changed_and_lines_taken_out(client: Client, offer):
    add(client, offer.pk)
    line = BasketLine.objects.get()
    assert change(client, line=line.pk, quantity=4).status_code == 303
    assert BasketLine.objects.get().quantity == 4
    assert change(client, line=line.pk, quantity="x", remove=1).status_code == 303
    assert BasketLine.objects.count() == 0
    assert change(client, line=line.pk, quantity=1).status_code == 303  # gone already


@pytest.mark.parametrize("quantity", ["-1", "11", "½", "", "9" * 400])
def test_odd_changes_get_a_sentence(client: Client, offer, quantity):
    add(client, offer.pk, 2)
    answer = change(client, line=BasketLine.objects.get().pk, quantity=quantity)
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)
    assert BasketLine.objects.get().quantity == 2


def test_another_persons_line_stays_as_it_is(client: Client, offer):
    add(client, offer.pk, 2)
    line, stranger = BasketLine.objects.get(), Client()
    add(stranger, offer.pk, 1)
    change(stranger, line=line.pk, quantity=9)
    line.refresh_from_db()
    assert line.quantity == 2


def test_changing_needs_the_form_token(offer):
    client = Client(enforce_csrf_checks=True)
    add(client, offer.pk)
    assert change(client, line=BasketLine.objects.get().pk, quantity=4).status_code == 403


def test_what_cannot_be_had_is_said_in_place(client: Client, city, offer):
    unknown = factories.offer(offer.branch, count=None)
    few = factories.offer(offer.branch, count=1)
    gone = factories.offer(offer.branch, count=0)
    for each, quantity in ((unknown, 1), (few, 2), (gone, 1)):
        add(client, each.pk, quantity)
    page = text_of(client.get("/en/korb/"))
    assert "This cannot be reserved here. Please call the shop." in page
    assert "Only 1 is free. Please choose fewer." in page
    assert "This cannot be reserved at the moment. Please take it out." in page


@pytest.mark.parametrize("path", ["/korb/", "/korb/pruefen/"])
def test_the_basket_is_nobody_elses_business(client: Client, offer, path):
    add(client, offer.pk)
    assert client.get(path)["Cache-Control"] == "private, no-store"


def test_wrong_methods_are_refused(client: Client, city):
    assert client.get("/korb/dazu/").status_code == 405
    assert client.get("/korb/aendern/").status_code == 405
    assert client.post("/korb/").status_code == 405


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_number_of_queries_does_not_grow(client: Client, city, offer):
    add(client, offer.pk)
    client.get("/korb/")  # takes the message out
    before = {path: _queries(client, path) for path in ("/korb/", "/korb/pruefen/")}
    for number in (2, 3):
        at = factories.branch(factories.shop(city, f"Laden {number}"))
        add(client, factories.offer(at).pk)
    client.get("/korb/")
    for path, number in before.items():
        assert _queries(client, path) == number, path
        assert number <= 12, (path, number)


def test_the_energy_class_goes_along_to_the_reservation(client: Client, offer):
    Variant.objects.filter(pk=offer.variant_id).update(energy_class="E")
    add(client, offer.pk, 2)
    for path in ("/en/korb/", "/en/korb/pruefen/"):
        assert "Energy efficiency class E, on a scale from A to G" in text_of(client.get(path)), (
            path
        )
