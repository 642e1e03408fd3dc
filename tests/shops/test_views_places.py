"""The list of shops and a shop's own page."""

from datetime import date, time
from importlib import import_module

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shops.domain import hours, opening
from shops.models import Shop
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def city():
    return factories.city()


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("long", [0, 40])
def test_shops_stand_from_a_to_z_with_umlauts_in_their_place(client, city, monkeypatch, long):
    # The package offers a function by the name of this module.
    monkeypatch.setattr(import_module("shops.domain.queries.places"), "LONG", long)
    for name in ("Zebra", "Öko Paradies", "Otto", "Ähre", "3 Raben"):
        factories.branch(factories.shop(city, name))
    page = text_of(client.get("/laeden/"))
    order = [page.index(name) for name in ("3 Raben", "Ähre", "Öko Paradies", "Otto", "Zebra")]
    assert order == sorted(order)
    # Letters only where a list is so long that one looks for them.
    assert (">0–9</h2>" in page) == (long == 0)
    assert page.count(">O</h2>") == (1 if long == 0 else 0)


def test_shops_that_are_not_live_do_not_exist(client: Client, city):
    draft = factories.shop(city, "Entwurf", is_live=False)
    factories.branch(draft)
    assert "Entwurf" not in text_of(client.get("/laeden/"))
    assert client.get("/laden/entwurf/").status_code == 404
    assert client.get("/laden/gibt-es-nicht/").status_code == 404


def test_a_shop_of_another_city_is_not_found_here(client: Client, city):
    factories.shop(factories.city("Braunschweig", host="braunschweig.localhost"), "Fern")
    assert client.get("/laden/fern/").status_code == 404
    assert client.get("/laden/fern/", headers={"host": "braunschweig.localhost"}).status_code == 200


def test_a_shop_page_says_where_and_when_and_what(client: Client, city):
    shop = factories.shop(
        city, "Laufwerk", description="Schuhe.", online_shop="https://www.laufwerk.example/"
    )
    branch = factories.branch(shop, "Vorsfelde", latitude=52.4, longitude=10.8)
    factories.closure(branch, date(2026, 12, 24), date(2026, 12, 26), "Urlaub")
    product = factories.product(city, "Strada")
    factories.offer(branch, product=product)
    elsewhere = factories.branch(factories.shop(city, "Lindner"))
    factories.offer(elsewhere, product=factories.product(city, "Fremdes"))
    page = text_of(client.get("/en/laden/laufwerk/"))
    for words in (
        "Vorsfelde",
        branch.street,
        "05361 12345",
        "until today 19:00",
        "09:00–19:00",
        "Sunday",
        "Urlaub",
        "Strada",
        "geo:52.4,10.8",
        "View in its own web shop (laufwerk.example)",
    ):
        assert words in page
    assert "Fremdes" not in page


def test_a_shop_without_goods_and_hours_has_a_page(client: Client, city):
    factories.branch(factories.shop(city, "Neu"), hours=False)
    page = text_of(client.get("/en/laden/neu/"))
    assert "Hours not confirmed" in page
    assert "This shop has put no goods on the shelf yet." in page


def test_links_that_no_browser_opens_safely_are_not_shown(client: Client, city):
    shop = factories.shop(city, "Schräg")
    factories.branch(shop)
    Shop.objects.filter(pk=shop.pk).update(online_shop="javascript:alert(1)")
    assert "javascript" not in text_of(client.get(f"/laden/{shop.slug}/"))


@pytest.mark.parametrize(
    ("rows", "door"),
    [
        ([], "unknown"),
        ([(3, time(9), time(19))], "open"),
        ([(3, time(9), time(13)), (3, time(14, 30), time(18))], "break"),
        ([(3, time(15), time(18))], "closed"),
        ([(0, time(9), time(18))], "closed"),
        ([(day, time(0), time(0)) for day in range(7)], "open"),
    ],
)
def test_the_door_is_told_in_one_word(client: Client, city, rows, door):
    branch = factories.branch(factories.shop(city, "Laufwerk"), hours=False)
    factories.week(branch, *rows)
    found = opening.line(hours.calendar_of(branch.pk), factories.NOW)
    assert found.door == door
    assert f"door--{door}" in text_of(client.get("/laden/laufwerk/"))


def test_a_closed_day_says_why(client: Client, city):
    branch = factories.branch(factories.shop(city, "Laufwerk"))
    today = date(2026, 12, 3)
    factories.closure(branch, today, today, "Inventur")
    page = text_of(client.get("/en/laeden/"))
    assert "Closed</strong> (Inventur), opens tomorrow 09:00" in page


def test_public_pages_set_no_cookie(client: Client, city):
    factories.branch(factories.shop(city, "Laufwerk"))
    for path in ("/laeden/", "/laden/laufwerk/"):
        answer = client.get(path)
        assert "max-age=2" in answer["Cache-Control"]
        assert not answer.cookies


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_number_of_queries_does_not_grow(client: Client, city):
    shop = factories.shop(city, "Laufwerk")
    factories.offer(factories.branch(shop))
    before = {path: _queries(client, path) for path in ("/laeden/", "/laden/laufwerk/")}
    for number in (2, 3):
        factories.offer(factories.branch(shop, f"Zweig {number}"))
        factories.offer(factories.branch(factories.shop(city, f"Laden {number}")))
    for path, number in before.items():
        assert _queries(client, path) == number, path
        assert number <= 12, (path, number)
