"""The pages a demo town begins with, in both languages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from cms.domain import pages
from cms.enums import Legal
from cms.models import CampaignPage, CityImage, ContentPage, EasyPage, GuidePage
from marketplace.core.domain.history import Actor
from marketplace.workbench.domain import pages as planting
from shops.domain import cities
from shops.models import City
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def city(time_machine, settings, tmp_path) -> City:
    time_machine.move_to(NOW, tick=False)
    settings.MEDIA_ROOT = tmp_path
    return found("Wolfsburg", "testserver")


def found(name: str, host: str) -> City:
    city = cities.create(
        name=name,
        slug=name.lower(),
        land="NI",
        base_url=f"http://{host}",
        hosts=[],
        by=BY,
        now=NOW,
    )
    pages.plant(city=city, by=BY, now=NOW)
    branch = factories.branch(
        factories.shop(city, "Laden " + name), quarter="Fallersleben", street="Porschestraße 1"
    )
    factories.offer(branch, product=factories.product(city, "Kerze"), price="4.00")
    planting.plant(city=city, now=NOW)
    return city


def test_every_page_is_live_in_both_languages_at_the_same_address(city):
    german = Page.objects.descendant_of(city.site.root_page).live()
    assert german.count() >= 10
    for page in german:
        english = page.get_translations().get()
        assert english.live
        assert english.get_url() == f"/en{page.get_url()}"
        for each in (page, english):
            answer = Client().get(each.get_url())
            assert answer.status_code == 200, each.get_url()
            text = answer.content.decode()
            assert "{city}" not in text
            assert each.title in text.replace("&#x27;", "'")
    assert {page.slug for page in german if page.show_in_menus} >= {
        "advent",
        "porschestrasse",
        "fallersleben",
        "so-funktionierts",
    }


def test_the_front_page_asks_once_for_what_all_its_shelves_need(city):
    with CaptureQueriesContext(connection) as asked:
        assert Client().get("/").status_code == 200
    rules = [each["sql"] for each in asked if ".\"window_rule\" = ''" in each["sql"]]
    assert len(rules) == 1, rules


def test_legal_pages_say_that_they_are_samples(city):
    legal = ContentPage.objects.exclude(legal__in=("", Legal.HOW))
    assert {each.legal for each in legal} == set(Legal) - {
        *(Legal.NONE, Legal.HOW),
        *(Legal.COMPETITION, Legal.OPEN_DATA),  # only where there is a game, or a catalogue
    }
    for each in legal.exclude(legal=Legal.DEMO):
        assert each.is_sample
        assert "Sample text for trying out." in Client().get(each.get_url()).content.decode()


#: Written where people read it: before it stands the end of a tag, and before that its link.
REACHED = re.compile(r"[a-z]+@stadtregal\.example|(?:0|\+49 )171 \d{7}")
LINKED = re.compile(r'<a href="(?:mailto:|tel:)([^"]+)">([^<]+)</a>')


def test_addresses_and_numbers_can_be_tapped(city):
    told = Page.objects.live().descendant_of(Page.get_first_root_node()).specific()
    everything = set()
    for page in told.type(ContentPage, EasyPage):
        main = Client().get(page.get_url()).content.decode().partition("<main")[2]
        links = LINKED.findall(main)
        for target, words in links:
            assert target in (words, re.sub(r"^0|^\+49", "+49", words).replace(" ", "")) or (
                target == words.replace(" ", "")
            )
        bare = LINKED.sub("", main)
        assert REACHED.findall(bare) == [], page.get_url()
        everything |= {words for _target, words in links}
    assert {"hallo@stadtregal.example", "0171 3920000", "+49 171 3920000"} <= everything


def test_the_cookies_named_are_those_that_are_set(city, settings):
    told = ContentPage.objects.filter(legal=Legal.PRIVACY, locale__language_code="de")
    assert told.count() == 2  # the operator's and the city's
    for page in told:
        text = Client().get(page.get_url()).content.decode()
        assert settings.SESSION_COOKIE_NAME in text
        assert settings.CSRF_COOKIE_NAME in text


def test_the_campaign_runs_and_stands_on_the_front_page(city):
    page = CampaignPage.objects.get(slug="advent", locale__language_code="de")
    assert page.first_day < NOW.date() < page.last_day
    assert page.picture.consent == "NOBODY"
    text = Client().get("/").content.decode()
    assert "Advent in Wolfsburg" in text
    page.last_day = NOW.date() - timedelta(days=1)
    page.save_revision().publish()
    assert "Advent in Wolfsburg" not in Client().get("/").content.decode()


def test_a_campaign_behind_a_password_is_not_told_of(city):
    page = CampaignPage.objects.get(slug="advent", locale__language_code="de")
    restriction = PageViewRestriction.objects.create(
        page=page.get_parent(), restriction_type="password", password="sesam"
    )
    assert "Advent in Wolfsburg" not in Client().get("/").content.decode()
    restriction.delete()
    assert "Advent in Wolfsburg" in Client().get("/").content.decode()


def test_what_a_town_does_not_have_is_left_out(city):
    """Neither guide to an empty quarter nor a block about a shop of another town."""
    page = CampaignPage.objects.get(slug="advent", locale__language_code="de")
    assert "visit" not in {block.block_type for block in page.body}
    far = found("Braunschweig", "braunschweig.example")
    slugs = set(GuidePage.objects.descendant_of(far.site.root_page).values_list("slug", flat=True))
    assert slugs == {"geschenke-unter-20-euro"}
    names = set(CityImage.objects.values_list("collection__name", flat=True))
    assert names == {"wolfsburg", "braunschweig"}
