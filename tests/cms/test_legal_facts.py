"""Facts of legal pages: each brick is shown, translated and asked for."""

import pytest
from django.test import Client
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from cms.enums import Legal, Publisher
from cms.models import ContentPage
from cms.models.facts import NEEDED, LegalBody
from shops.models import City
from tests.cms.test_duties import FACTS
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def facts() -> list[tuple[str, object]]:
    purpose = {"what": "Reservieren", "data": "Name", "basis": "Art. 6", "receivers": "Laden"}
    contact = {"who": "Behörden", "email": "b@example.de", "languages": "Deutsch", "rule": "DSA"}
    statement = {
        "examined_on": NOW.date(),
        "method": "von Hand",
        "standard": "EN 301 549",
        "gaps": ["kein Video"],
        "feedback": "barriere@example.de",
        "body": "Schlichtungsstelle",
    }
    game = {
        "organiser": "Stadt",
        "first_day": NOW.date(),
        "last_day": NOW.date(),
        "prizes": "ein Korb",
        "who": "alle ab 16",
        "data": "gelöscht",
    }
    return [
        ("imprint", FACTS),
        ("purposes", [purpose | {"kept": "30 Tage"}]),
        ("cookies", None),
        ("contacts", [contact]),
        ("statement", statement),
        ("game", game),
    ]


def page_with(city: City, bricks: list[tuple[str, object]]) -> ContentPage:
    page = ContentPage(
        title="Angaben",
        slug="angaben",
        legal=Legal.CONTACT,
        publisher=Publisher.OPERATOR,
        body=bricks,
    )
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    return page


def test_every_needed_brick_exists() -> None:
    known = set(LegalBody().child_blocks)
    for groups in NEEDED.values():
        for group in groups:
            assert set(group) <= known


@pytest.mark.law("D13", "G1", "H1")
def test_every_fact_is_shown(city: City, settings) -> None:
    page_with(city, facts())
    text = Client().get("/angaben/").content.decode()
    for words in (
        *("Maria Mustermann", "Reservieren", "30 Tage", "b@example.de", "kein Video", "ein Korb"),
        *(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "at most 14 days"),
    ):
        assert words in text, words


def test_facts_survive_translation(city: City) -> None:
    page = page_with(city, facts())
    english = Locale.objects.get(language_code="en")
    source, _made = TranslationSource.get_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=english)
    said = {
        each.string.data
        for each in StringSegment.objects.filter(source=source).select_related("string")
    }
    assert {"Maria Mustermann", "30 Tage", "Behörden", "kein Video", "ein Korb"} <= said
    translation.save_target()
    copy = ContentPage.objects.get(locale=english, legal=Legal.CONTACT)
    copy.save_revision().publish()
    text = Client().get("/en/angaben/").content.decode()
    for words in ("Maria Mustermann", "30 Tage", "a@example.de", "b@example.de", "kein Video"):
        assert words in text, words


@pytest.mark.law("D13")
def test_d13_an_imprint_without_a_representative_is_refused_by_the_form(city: City, desk: Client):
    home = city.site.root_page
    said = {
        "title": "Impressum",
        "slug": "impressum",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "imprint",
        **{
            f"body-0-value-{name}": value
            for name, value in FACTS.items()
            if name != "represented_by"
        },
        "publisher": "OPERATOR",
        "basis": "EDITORIAL",
        "legal": "IMPRINT",
        "governing": "de",
        "action-publish": "1",
    }
    add = f"/cms/pages/add/cms/contentpage/{home.pk}/"
    assert desk.post(add, said).status_code == 200
    assert not ContentPage.objects.filter(legal=Legal.IMPRINT).exists()
    desk.post(add, said | {"body-0-value-represented_by": "Maria Mustermann"})
    assert ContentPage.objects.get(legal=Legal.IMPRINT).live
