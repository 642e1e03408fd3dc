"""Menu and legal pages stand around every page, in its language, and follow the desk at once."""

import pytest
from django.test import Client
from wagtail.models import Page

from cms.domain import pages
from cms.models import ContentPage
from marketplace.core.domain.history import Actor
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Page:
    city = factories.city()
    pages.plant(city=city, by=Actor.system(), now=NOW)
    city.refresh_from_db()
    return city.site.root_page.specific


def add(home: Page, title: str, **fields: object) -> ContentPage:
    page = ContentPage(title=title, slug=title.lower(), **fields)
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def text_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_pages_of_goods_show_the_menu(client: Client, home: Page) -> None:
    add(home, "Wochenmarkt", show_in_menus=True)
    add(home, "Verborgen")
    shown = text_of(client, "/laeden/")
    assert shown.count('href="/wochenmarkt/"') == 3  # folded, open, foot
    assert "/verborgen/" not in shown


def test_legal_pages_stand_at_the_foot(client: Client, home: Page) -> None:
    page = add(home, "Impressum", legal="IMPRINT")
    assert 'href="/impressum/"' in text_of(client, "/suche/")
    page.unpublish()
    assert "/impressum/" not in text_of(client, "/suche/")


def test_what_is_deleted_or_renamed_follows(client: Client, home: Page) -> None:
    page = add(home, "Markt", show_in_menus=True)
    page.title, page.slug = "Neuer Markt", "neuer-markt"
    page.save_revision().publish()
    shown = text_of(client, "/laeden/")
    assert "Neuer Markt" in shown
    assert 'href="/neuer-markt/"' in shown
    page.delete()
    assert "Neuer Markt" not in text_of(client, "/laeden/")


def test_english_pages_have_the_english_menu(client: Client, home: Page) -> None:
    add(home, "Wochenmarkt", show_in_menus=True)
    assert "Wochenmarkt" not in text_of(client, "/en/laeden/")


def test_the_field_stands_once_on_the_front_page(client: Client, home: Page) -> None:
    assert text_of(client, "/").count('name="q"') == 1
    assert text_of(client, "/laeden/").count('name="q"') >= 1
