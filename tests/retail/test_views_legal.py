"""The owner's room for legal facts, and the texts as everybody reads them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shops.domain.legal import facts, texts
from shops.enums import Role
from shops.enums_legal import LegalKind
from shops.models import LegalText
from tests import factories
from tests.factories import NOW

ROOM = "/en/haendler/laufwerk/recht/"
SAID = {
    "legal_name": "Laufwerk GmbH",
    "legal_form": "GMBH",
    "representative": "Geschäftsführerin Ada Ernst",
    "street": "Porschestraße 1",
    "postcode": "38440",
    "town": "Wolfsburg",
    "phone": "05361 12345",
    "email": "laden@example.de",
    "register_court": "Amtsgericht Braunschweig",
    "register_number": "HRB 200001",
    "vat_id": "DE 136 695 976",
    "return_costs": "SHOP",
    "arbitration": "REFUSES",
    "is_trader": "on",
}


@pytest.fixture
def shop(city):
    made = factories.shop(city)
    factories.branch(made, "Mitte")
    return made


@pytest.fixture
def owner(shop):
    client = Client()
    client.force_login(factories.member(shop, role=Role.OWNER, name="Meike Albrecht"))
    return client


def read(client, path=ROOM):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_begins_with_what_the_shop_has_said_already(owner, shop):
    page = read(owner)
    assert "all details of your business" in page
    assert 'value="05361 12345"' in page
    assert not LegalText.objects.exists(), "looking writes nothing"


@pytest.mark.law("A6", "D13")
def test_saving_writes_the_texts_and_everybody_reads_them(owner, shop):
    assert owner.post(ROOM, SAID).status_code == 302
    page = read(owner)
    assert "Everything is there" in page
    assert "Withdrawal instruction" in page
    for slug, words in (
        ("impressum", "HRB 200001"),
        ("widerrufsbelehrung", "/widerruf/"),
        ("widerrufsformular", "Delete as appropriate."),
        ("agb", "Sample text, not legal advice."),
        ("gewaehrleistung", "within two years"),
        ("streitbeilegung", "neither willing nor obliged"),
    ):
        for prefix, said in (("/en", words), ("", "Laufwerk")):
            assert said in read(Client(), f"{prefix}/laden/laufwerk/{slug}/")


def test_a_look_first_saves_nothing(owner, shop):
    factories.legal(shop)
    looked = owner.post(ROOM, SAID | {"phone": "05361 77777", "vorschau": "1"})
    page = looked.content.decode()
    assert looked.status_code == 200
    assert "Nothing is saved yet." in page
    assert page.count("new wording") == 4, "Impressum and instruction, in two languages"
    assert facts.of(shop).phone == "05361 12345"
    assert 'value="05361 77777"' in page, "what was typed is still there"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"vat_id": "DE123456789"}, "This is not a German VAT ID."),
        ({"arbitration": "SILENT"}, "Only shops with ten people or fewer"),
        ({"arbitration": "WILLING"}, "Please name the arbitration board"),
        ({"phone": "ruf mich an"}, "Please enter a telephone number"),
        ({"return_costs": ""}, "This field is required."),
        ({"terms_de": "Siehe ec.europa.eu/consumers/odr"}, "this platform is closed"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(owner, shop, typed, words):
    for look in ({}, {"vorschau": "1"}):
        answer = owner.post(ROOM, SAID | typed | look)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert facts.of(shop) is None


@pytest.mark.law("A16")
def test_every_version_is_found_again(owner, shop):
    owner.post(ROOM, SAID)
    owner.post(ROOM, SAID | {"phone": "05361 77777"})
    page = read(owner, ROOM + "fassungen/")
    assert "version 1, since" in page
    assert "version 2, since" in page
    first = LegalText.objects.get(kind=LegalKind.IMPRINT, language="en", number=1)
    assert "05361 12345" in read(owner, f"{ROOM}fassungen/{first.pk}/")
    old = read(Client(), "/en/laden/laufwerk/impressum/?fassung=1")
    assert "05361 12345" in old
    assert "This is an earlier version." in old
    assert 'rel="canonical"' not in old
    assert "05361 77777" in read(Client(), "/en/laden/laufwerk/impressum/")
    for number in ("3", "0"):
        answer = Client().get(f"/en/laden/laufwerk/impressum/?fassung={number}")
        assert answer.status_code == 404


@pytest.mark.law("D13")
def test_a_shop_that_has_told_nothing_has_an_impressum_of_what_is_known(shop):
    page = read(Client(), "/en/laden/laufwerk/impressum/")
    assert "05361 12345" in page
    assert "has not told more of itself yet" in page
    assert Client().get("/en/laden/laufwerk/agb/").status_code == 404


def test_a_text_that_holds_later_is_not_shown_before(owner, shop, clock):
    owner.post(ROOM, SAID)
    later = NOW.replace(day=20)
    texts.publish(
        shop=shop,
        kind=LegalKind.TERMS,
        language="en",
        title="Terms",
        body="Only cash.",
        by=facts.Actor.system(),
        now=NOW,
        valid_from=later,
    )
    assert "Only cash." not in read(Client(), "/en/laden/laufwerk/agb/")
    assert Client().get("/en/laden/laufwerk/agb/?fassung=2").status_code == 404
    clock.move_to(later)
    assert "Only cash." in read(Client(), "/en/laden/laufwerk/agb/")


def test_pages_cost_the_same_however_many_versions_there_are(owner, shop):
    owner.post(ROOM, SAID)

    def cost(path):
        with CaptureQueriesContext(
            connection,
        ) as counted:
            read(owner, path)
        return len(counted)

    paths = (ROOM, ROOM + "fassungen/", "/en/laden/laufwerk/widerrufsbelehrung/")
    before = [cost(path) for path in paths]
    for number in range(3):
        owner.post(ROOM, SAID | {"phone": f"05361 9999{number}"})
    assert [cost(path) for path in paths] == before
