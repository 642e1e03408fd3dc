"""Menu and legal pages stand around every page, in its language, and follow the desk at once."""

import re

import pytest
from django.test import Client
from wagtail.models import Page

from cms.domain import pages
from cms.enums import Publisher
from cms.models import CampaignIndex, CampaignPage, ContentPage
from marketplace.core.domain.history import Actor
from marketplace.workbench.domain import pages as planting
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

IMPRINT = re.compile(r'<a href="[^"]*">[^<]*Impressum[^<]*</a>')


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


def foot(client: Client, path: str) -> str:
    text = text_of(client, path)
    return text[text.index('<footer class="foot">') :]


@pytest.mark.law("D13", "H2")
def test_d13_whose_page_it_is_decides_whose_imprint_stands_below_it(
    settings, tmp_path, founded, client
) -> None:
    """Section 1: campaigns follow the city, goods and shops the operator, in both languages; and
    no page is without a link of that name."""
    settings.MEDIA_ROOT = tmp_path
    founded.refresh_from_db()
    planting.plant(city=founded, now=NOW)
    offer = factories.offer(factories.branch(factories.shop(founded, "Laufwerk")))
    product = offer.variant.product
    market = [f"/produkt/{product.slug}-{product.pk}/", "/suche/", "/laeden/", "/korb/"]
    for prefix, language in (("", "de"), ("/en", "en")):
        home = founded.site.root_page.get_translations(inclusive=True).get(
            locale__language_code=language
        )
        written = Page.objects.live().descendant_of(home, inclusive=True).specific()
        assert len(written) > 20
        for page in written:
            below = foot(client, page.get_url_parts()[2])
            assert IMPRINT.search(below), page
            is_citys = page.publisher == Publisher.CITY
            assert (f'href="{prefix}/impressum-stadt/"' in below) == is_citys, page
            assert (f'href="{prefix}/impressum/"' in below) != is_citys, page
            assert (f'href="{prefix}/datenschutz-stadt/"' in below) == is_citys, page
            # LAW: NBGG § 9b: reachable from every page.
            assert f'href="{prefix}/barrierefreiheit/"' in below, page
        assert CampaignPage.objects.child_of(
            CampaignIndex.objects.get(locale__language_code=language)
        ).filter(publisher=Publisher.CITY)
        for path in market:
            below = foot(client, prefix + path)
            assert f'href="{prefix}/impressum/"' in below, path
            assert f'href="{prefix}/impressum-stadt/"' not in below, path
            assert f'href="{prefix}/barrierefreiheit/"' in below, path


def test_what_one_publisher_lacks_the_other_has(client: Client, home: Page) -> None:
    add(home, "Impressum", legal="IMPRINT", publisher="OPERATOR")
    add(home, "Aktion", publisher="CITY")
    assert 'href="/impressum/"' in foot(client, "/aktion/")
    add(home, "Impressum-Stadt", legal="IMPRINT", publisher="CITY")
    assert 'href="/impressum/"' not in foot(client, "/aktion/")
    assert 'href="/impressum-stadt/"' in foot(client, "/aktion/")
    assert 'href="/impressum/"' in foot(client, "/suche/")
