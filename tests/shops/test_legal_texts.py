"""Legal texts: generated from a shop's choices, in versions that never change (law A6, A16)."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import cities
from shops.domain.legal import facts, instruction, texts
from shops.domain.legal.written import LANGUAGES
from shops.enums_legal import Arbitration, LegalKind, ReturnCosts
from shops.models import LegalText, Shop, ShopLegal
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
DAY = timedelta(days=1)


@pytest.fixture
def shop(db) -> Shop:
    made = factories.shop(factories.city(host="laden.test"))
    factories.branch(made)
    return made


def text(shop: Shop, kind: LegalKind, language: str = "de", on=NOW) -> LegalText:
    found = texts.of_kind(shop=shop, kind=kind, language=language, on=on)
    assert found is not None
    return found


@pytest.mark.law("A6")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_instruction_names_the_function_and_how_the_shop_is_reached(shop, language):
    legal = factories.legal(shop)
    body = text(shop, LegalKind.WITHDRAWAL, language).body
    for part in ("http://laden.test/widerruf/", legal.phone, legal.email, legal.legal_name):
        assert part in body
    assert legal.address in body
    form = text(shop, LegalKind.FORM, language).body
    assert legal.legal_name in form
    assert "(*)" in form


@pytest.mark.law("A6")
@pytest.mark.parametrize(
    ("said", "there", "absent"),
    [
        ({}, "Wir tragen die Kosten der Rücksendung", "Sie tragen"),
        (
            {"return_costs": ReturnCosts.BUYER},
            "Sie tragen die unmittelbaren Kosten der Rücksendung der Waren.",
            "Wir tragen",
        ),
        (
            {"return_costs": ReturnCosts.BUYER, "return_most": Decimal("39.90")},
            "höchstens etwa 39,90\N{NO-BREAK SPACE}€",
            "Wir tragen",
        ),
        ({"fetches_returns": True}, "Wir holen die Waren ab.", "Wir können die Rückzahlung"),
        ({"return_address": "Lager Hafenstraße 2, 38442 Wolfsburg"}, "an Lager Hafen", "an uns"),
    ],
)
def test_the_instruction_follows_the_choices(shop, said, there, absent):
    factories.legal(shop, **said)
    body = text(shop, LegalKind.WITHDRAWAL).body
    assert there in body
    assert absent not in body


def test_the_instruction_keeps_the_words_of_the_model():
    """Note 3 of Annex 1, and the sentence on the deadline, word for word."""
    legal = ShopLegal(legal_name="Laufwerk GmbH", phone="05361 1", email="l@example.de")
    body = instruction.withdrawal(legal, language="de", base_url="https://x.de/").body
    assert (
        "Sie können Ihr Widerrufsrecht auch online unter https://x.de/widerruf/ ausüben. Wenn Sie "
        "diese Online-Funktion nutzen, übermitteln wir Ihnen auf einem dauerhaften Datenträger "
        "(z. B. durch eine E-Mail) unverzüglich eine Eingangsbestätigung mit Informationen zum "
        "Inhalt der Widerrufserklärung sowie dem Datum und der Uhrzeit ihres Eingangs."
    ) in body


@pytest.mark.law("A16")
def test_all_kinds_are_written_in_both_languages_and_german_governs(shop):
    factories.legal(shop)
    for language in LANGUAGES:
        found = texts.current(shop=shop, language=language, on=NOW)
        assert [each.kind for each in found] == LegalKind.values
        for each in found:
            assert ("The German version governs." in each.body) == (language == "en")
            assert each.sha256 == texts.digest(title=each.title, body=each.body)


@pytest.mark.law("A16")
@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({"arbitration": Arbitration.REFUSES}, "nicht bereit und nicht verpflichtet"),
        (
            {
                "arbitration": Arbitration.WILLING,
                "body_name": "Universalschlichtungsstelle",
                "body_address": "Straßburger Straße 8, 77694 Kehl",
                "body_url": "https://schlichtung.example.de/",
            },
            "sind bereit.*Universalschlichtungsstelle, Straßburger Straße 8, 77694 Kehl, https",
        ),
        ({"arbitration": Arbitration.SILENT, "few_staff": True}, "nicht verpflichtet"),
    ],
)
def test_the_choice_about_arbitration_is_said(shop, said, there):
    factories.legal(shop, **said)
    for kind in (LegalKind.DISPUTE, LegalKind.IMPRINT):
        body = text(shop, kind).body
        assert re.search(there, body, re.DOTALL)
        assert "ec.europa.eu" not in body


@pytest.mark.law("A16")
def test_the_same_words_are_no_new_version_and_others_are(shop):
    factories.legal(shop)
    first = text(shop, LegalKind.WITHDRAWAL)
    assert texts.regenerate(shop=shop, by=BY, now=NOW + DAY) == []
    facts.save(shop=shop, said={"phone": "05361 99999"}, is_trader=True, by=BY, now=NOW + 2 * DAY)
    second = text(shop, LegalKind.WITHDRAWAL, on=NOW + 2 * DAY)
    assert (first.number, second.number) == (1, 2)
    assert text(shop, LegalKind.WITHDRAWAL, on=NOW + DAY) == first
    assert text(shop, LegalKind.TERMS, on=NOW + 2 * DAY).number == 1, "it names no telephone"


def test_a_version_may_begin_later_and_never_earlier(shop):
    factories.legal(shop)
    said = {"shop": shop, "kind": LegalKind.TERMS, "language": "de", "title": "AGB", "by": BY}
    later = texts.publish(**said, body="Neu.", now=NOW, valid_from=NOW + 3 * DAY)
    assert text(shop, LegalKind.TERMS, on=NOW + 2 * DAY).number == 1
    assert text(shop, LegalKind.TERMS, on=NOW + 3 * DAY) == later
    with pytest.raises(Refused) as refused:
        texts.publish(**said, body="Älter.", now=NOW, valid_from=NOW - DAY)
    assert refused.value.code == "too_early"
    with pytest.raises(Refused):
        texts.publish(**said, body="  ", now=NOW)


@pytest.mark.law("A6")
def test_a_new_address_of_the_city_is_said_at_once(shop):
    factories.legal(shop)
    address = "https://neu.test"
    cities.readdress(city=shop.city, base_url=address, hosts=(), by=BY, now=NOW + DAY)
    for language in LANGUAGES:
        body = text(shop, LegalKind.WITHDRAWAL, language, on=NOW + DAY).body
        assert "https://neu.test/widerruf/" in body
        assert text(shop, LegalKind.WITHDRAWAL, language).number == 1


@pytest.mark.law("A16")
def test_no_version_is_changed_or_deleted(shop):
    factories.legal(shop)
    rows = LegalText.objects.filter(pk=text(shop, LegalKind.TERMS).pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.update(body="Anders.")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rows.delete()


def test_blocks_are_headings_and_paragraphs_with_lines():
    found = texts.blocks("## Kopf\n\nEins\nzwei\n\n\nDrei")
    assert [(each.is_heading, each.lines) for each in found] == [
        (True, ("Kopf",)),
        (False, ("Eins", "zwei")),
        (False, ("Drei",)),
    ]
    assert texts.as_plain("## Kopf\n\nEins") == "KOPF\n\nEins"


def test_own_terms_take_the_place_of_ours(shop):
    factories.legal(shop)
    assert text(shop, LegalKind.TERMS).is_sample
    facts.save(shop=shop, said={"terms_de": "Nur bar."}, is_trader=True, by=BY, now=NOW + DAY)
    own = text(shop, LegalKind.TERMS, on=NOW + DAY)
    assert (own.body, own.is_sample) == ("Nur bar.", False)
    english = text(shop, LegalKind.TERMS, "en", on=NOW + DAY)
    assert "Nur bar." in english.body
    assert "German" in english.body
