"""A city comes to be: site, hosts, front pages; and again without harm."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Locale, Page, Site

from cms.domain import editors, pages
from cms.models import HomePage
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.models import LogEntry
from shops.domain import cities
from shops.models import City, CityHost
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
WOLFSBURG = {
    "name": "Wolfsburg",
    "slug": "wolfsburg",
    "land": "NI",
    "base_url": "http://localhost:8000",
    "hosts": ["localhost", "127.0.0.1"],
}


def found(**changes) -> City:
    city = cities.create(**(WOLFSBURG | changes), by=BY, now=NOW)
    pages.plant(city=city, by=BY, now=NOW)
    return city


# --- creating -------------------------------------------------------------------------------------


def test_a_city_answers_on_its_hosts_and_the_host_of_its_address() -> None:
    city = found(base_url="https://Wolfsburg.example/", hosts=["www.wolfsburg.example"])
    assert city.base_url == "https://wolfsburg.example"
    assert set(city.hosts.values_list("host", flat=True)) == {
        "wolfsburg.example",
        "www.wolfsburg.example",
    }
    assert (city.site.hostname, city.site.port) == ("wolfsburg.example", 443)
    assert city.site.is_default_site


def test_the_first_city_takes_the_place_of_wagtails_welcome() -> None:
    assert Page.objects.filter(depth=2).exists()
    city = found()
    assert Site.objects.get().pk == city.site_id
    assert {type(page.specific) for page in Page.objects.filter(depth=2)} == {HomePage}


def test_a_second_city_has_a_site_and_pages_of_its_own() -> None:
    first = found()
    second = found(
        name="Braunschweig",
        slug="braunschweig",
        base_url="http://braunschweig.localhost:8000",
        hosts=[],
    )
    assert first.site_id != second.site_id
    assert not second.site.is_default_site
    assert second.site.root_page_id != first.site.root_page_id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"slug": "Wolfs burg"}, "slug_odd"),
        ({"slug": ""}, "slug_odd"),
        ({"land": "XX"}, "land_odd"),
        ({"base_url": "wolfsburg.example"}, "address_odd"),
        ({"base_url": "ftp://wolfsburg.example"}, "address_odd"),
        ({"base_url": "https://wolfsburg.example/pfad"}, "address_odd"),
        ({"base_url": "https://a:b@wolfsburg.example"}, "address_odd"),
        ({"base_url": "https://wolfsburg.example:bad"}, "address_odd"),
        ({"hosts": ["http://localhost"]}, "host_odd"),
        ({"hosts": ["localhost:8000"]}, "host_odd"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        found(**changes)
    assert refusal.value.code == code
    assert not City.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "slug_taken"),
        ({"slug": "zwei"}, "address_taken"),
        ({"slug": "zwei", "base_url": "http://zwei.localhost:8000"}, "host_taken"),
    ],
)
def test_what_is_taken_is_refused(changes: dict[str, object], code: str) -> None:
    found()
    with pytest.raises(Refused) as refusal:
        found(**changes)
    assert refusal.value.code == code


def test_a_new_address_keeps_the_old_hosts() -> None:
    city = found()
    hosts = ["localhost", "127.0.0.1"]
    assert not cities.readdress(
        city=city, base_url="http://localhost:8000", hosts=hosts, by=BY, now=NOW
    )
    assert cities.readdress(
        city=city, base_url="http://192.168.1.5:9000", hosts=hosts, by=BY, now=NOW
    )
    city.refresh_from_db()
    assert city.base_url == "http://192.168.1.5:9000"
    assert (city.site.hostname, city.site.port) == ("192.168.1.5", 9000)
    assert CityHost.objects.filter(city=city).count() == 3
    assert LogEntry.objects.filter(verb="city.readdress").count() == 1


# --- pages ----------------------------------------------------------------------------------------


def test_the_front_page_is_there_in_both_languages() -> None:
    city = found()
    home = HomePage.objects.get(pk=city.site.root_page_id)
    both = home.get_translations(inclusive=True)
    assert {page.locale.language_code for page in both} == {"de", "en"}
    assert all(page.live for page in both)
    assert home.locale.language_code == "de"
    english = both.get(locale=Locale.objects.get(language_code="en"))
    assert english.intro.startswith("What the shops in Wolfsburg really have")


def test_planting_twice_changes_nothing() -> None:
    city = found()
    before = list(Page.objects.values_list("pk", "latest_revision", "last_published_at"))
    pages.plant(city=city, by=BY, now=NOW)
    assert list(Page.objects.values_list("pk", "latest_revision", "last_published_at")) == before
    assert LogEntry.objects.filter(verb="city.plant").count() == 1


def test_a_missing_translation_is_added() -> None:
    city = found()
    HomePage.objects.get(locale__language_code="en").delete()
    pages.plant(city=city, by=BY, now=NOW)
    assert HomePage.objects.get(locale__language_code="en").live


def test_each_path_serves_its_language() -> None:
    found(hosts=["testserver"])
    client = Client()
    german, english = client.get("/"), client.get("/en/")
    assert german.status_code == english.status_code == 200
    assert german["Content-Language"] == "de"
    assert german.context["page"].locale.language_code == "de"
    assert english["Content-Language"] == "en"
    assert english.context["page"].locale.language_code == "en"
    assert b'lang="en"' in english.content
    assert b'href="/en/"' in english.content


def test_the_tree_of_one_language_is_not_reached_through_the_other() -> None:
    found(hosts=["testserver"])
    assert Client().get("/wolfsburg-en/").status_code == 404
    assert Client().get("/en/wolfsburg/").status_code == 404


def test_a_city_shows_its_own_front_page_only() -> None:
    found(hosts=["testserver"])
    found(
        name="Braunschweig",
        slug="braunschweig",
        base_url="http://braunschweig.localhost:8000",
        hosts=[],
    )
    answer = Client().get("/", headers={"host": "braunschweig.localhost:8000"})
    assert answer.context["page"].title == "Braunschweig"
    assert Client().get("/braunschweig/").status_code == 404


# --- editors --------------------------------------------------------------------------------------


def test_editors_write_the_pages_of_their_city_only() -> None:
    city = found(hosts=["testserver"])
    other = found(
        name="Braunschweig",
        slug="braunschweig",
        base_url="http://braunschweig.localhost:8000",
        hosts=[],
    )
    editor = factories.user("Ina Redlich")
    editors.let_in(user=editor, city=city, by=BY, now=NOW)
    editors.let_in(user=editor, city=city, by=BY, now=NOW)
    for home in city.site.root_page.get_translations(inclusive=True):
        assert home.permissions_for_user(editor).can_edit()
        assert home.permissions_for_user(editor).can_publish()
        assert home.permissions_for_user(editor).can_add_subpage()
    assert not other.site.root_page.permissions_for_user(editor).can_edit()
    assert not Page.get_first_root_node().permissions_for_user(editor).can_add_subpage()
    client = Client()
    client.force_login(editor)
    assert client.get("/cms/").status_code == 200
    home = city.site.root_page
    assert client.get(f"/cms/pages/{home.pk}/edit/").status_code == 200
    assert client.get(f"/cms/pages/add/cms/contentpage/{home.pk}/").status_code == 200


# --- the command ----------------------------------------------------------------------------------


def command(**changes) -> None:
    options = {
        "name": "Wolfsburg",
        "slug": "wolfsburg",
        "land": "ni",
        "base_url": "http://localhost:8000",
        "host": ["127.0.0.1"],
    }
    call_command("new_city", **(options | changes))


def test_new_city_may_be_repeated(capsys) -> None:
    command()
    assert "was created" in capsys.readouterr().out
    command()
    assert "nothing to do" in capsys.readouterr().out
    command(base_url="https://wolfsburg.example")
    assert "new address" in capsys.readouterr().out
    assert City.objects.get().base_url == "https://wolfsburg.example"
    assert HomePage.objects.count() == 2


def test_new_city_says_what_is_wrong() -> None:
    with pytest.raises(CommandError, match="without a path"):
        command(base_url="localhost")
    assert not City.objects.exists()
    assert not HomePage.objects.exists()
