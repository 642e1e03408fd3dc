"""The city's rules of online payment in the desk."""

from decimal import Decimal

import pytest
from django.test import Client

from cms.domain import editors, pages
from marketplace.core.domain.history import Actor
from marketplace.payments import gateway
from shops.models import City
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
PAGE = "/cms/stadt/online-zahlung/"
SAID = {"is_open": "on", "percent": "2,50", "fixed": "0,10"}


@pytest.fixture
def city() -> City:
    made = factories.city()
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def desk(client: Client, city: City) -> Client:
    user = factories.user()
    editors.let_in(user=user, city=city, by=BY, now=NOW)
    client.force_login(user)
    return client


@pytest.fixture
def provider(monkeypatch) -> None:
    monkeypatch.setattr(gateway, "is_configured", lambda: True)


def rules(city: City) -> tuple[bool, Decimal, Decimal]:
    city.refresh_from_db()
    return city.pay_open, city.pay_fee_percent, city.pay_fee_fixed


def test_an_editor_sets_the_rules(desk, city, provider):
    assert PAGE in desk.get("/cms/").content.decode()
    shown = desk.post(PAGE, SAID, follow=True)
    assert "The rules of online payment are saved." in shown.content.decode()
    assert rules(city) == (True, Decimal("2.50"), Decimal("0.10"))
    desk.post(PAGE, SAID | {"is_open": ""})
    assert not rules(city)[0]


@pytest.mark.parametrize(
    "odd", [{"percent": "20,01"}, {"percent": "-1"}, {"fixed": "5,01"}, {"fixed": "viel"}]
)
def test_an_odd_fee_is_not_taken(desk, city, provider, odd):
    assert desk.post(PAGE, SAID | odd).status_code == 200
    assert rules(city) == (True, Decimal(0), Decimal(0))


def test_without_a_provider_nothing_speaks_of_it(desk, city):
    assert PAGE not in desk.get("/cms/").content.decode()
    assert desk.get(PAGE).status_code == desk.post(PAGE, SAID).status_code == 404


def test_another_citys_editor_changes_nothing(client, city, provider):
    other = factories.city("Braunschweig", host="braunschweig.example")
    pages.plant(city=other, by=BY, now=NOW)
    stranger = factories.user()
    editors.let_in(user=stranger, city=other, by=BY, now=NOW)
    client.force_login(stranger)
    assert client.post(PAGE, SAID).status_code in (302, 403)
    assert rules(city) == (True, Decimal(0), Decimal(0))
