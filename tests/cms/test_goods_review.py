"""The desk's list of goods that ask for a person, and of notes about manufacturers."""

import pytest
from django.test import Client

from marketplace.core.domain.history import Actor
from shops import access
from shops.domain import registry
from shops.models import City, Product
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
PATH = "/cms/waren-pruefung/"


@pytest.fixture
def branch(city: City):
    return factories.branch(factories.shop(city, "Gartenmarkt"))


@pytest.fixture
def product(branch) -> Product:
    made = factories.product(branch.shop.city, "Rattengift", shop=branch.shop)
    factories.offer(branch, product=made)
    return made


@pytest.fixture
def client(desk: Client) -> Client:
    return desk


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_what_waits_is_listed_with_the_words_that_were_found(client, product):
    said = text(client.get(PATH))
    assert "Rattengift" in said
    assert "Gartenmarkt" in said
    assert "rattengift" in said
    assert "waren-pruefung" in text(client.get("/cms/"))


def test_released_everybody_sees_it(client, product, branch):
    assert not access.public_offers(branch.shop.city).exists()
    assert client.post(f"{PATH}{product.pk}/freigeben/").status_code == 302
    assert access.public_offers(branch.shop.city).exists()
    assert client.post(f"{PATH}{product.pk}/freigeben/").status_code == 409


def test_refused_needs_a_reason_and_deletes_nothing(client, product, branch):
    assert client.post(f"{PATH}{product.pk}/ablehnen/").status_code == 422
    assert client.post(f"{PATH}{product.pk}/ablehnen/", {"reason": "Gift."}).status_code == 302
    product.refresh_from_db()
    assert (product.review, product.review_reason) == ("REFUSED", "Gift.")
    assert "Gift." in text(client.get(PATH))
    shop = Client()
    shop.force_login(factories.member(branch.shop))
    page = shop.get(f"/en/haendler/{branch.shop.slug}/waren/{product.pk}/")
    assert "Gift." in text(page)
    assert "The city has refused these goods." in text(page)


def test_notes_are_read_and_done(client, branch):
    made = registry.create(said={"name": "Nord"}, by=BY, now=NOW)
    note = registry.note(manufacturer=made, shop=branch.shop, text="Umgezogen.", by=BY, now=NOW)
    assert "Umgezogen." in text(client.get(PATH))
    assert client.post(f"{PATH}hersteller/{note.pk}/").status_code == 302
    assert "Umgezogen." not in text(client.get(PATH))
