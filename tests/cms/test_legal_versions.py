"""Every wording of a legal page is kept: numbered, sealed, shown, never changed (A16)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.domain import pages, versions
from cms.enums import Legal, Publisher
from cms.models import ContentPage, PageVersion
from marketplace.core.domain.history import Actor
from shops.models import City
from tests import factories
from tests.cms.test_duties import FACTS
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def terms(city: City, words: str = "<p>Ein Wort.</p>", **fields: object) -> ContentPage:
    page = ContentPage(
        title="Nutzungsbedingungen",
        slug="nutzungsbedingungen",
        body=[("paragraph", words)],
        **({"legal": Legal.TERMS, "publisher": Publisher.OPERATOR} | fields),
    )
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    return page


def say(page: ContentPage, words: str) -> None:
    page.body = page._meta.get_field("body").to_python(
        [{"type": "paragraph", "value": words, "id": "a" * 8}]
    )
    page.save_revision().publish()


@pytest.mark.law("A16")
def test_a16_each_wording_is_a_version_with_its_seal(city: City) -> None:
    page = terms(city)
    say(page, "<p>Zwei Worte.</p>")
    first, second = PageVersion.objects.filter(page=page.pk).order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    assert len(second.sha256) == 64
    assert "Ein Wort." in str(first.body)
    assert (second.kind, second.publisher, second.language) == ("TERMS", "OPERATOR", "de")


@pytest.mark.law("A16")
def test_a16_the_same_words_are_no_new_version(city: City) -> None:
    page = terms(city)
    page.save_revision().publish()
    page.save_revision().publish()
    assert versions.of(page_id=page.pk).count() == 1
    page.is_sample = True
    page.save_revision().publish()
    assert versions.of(page_id=page.pk).count() == 2


def test_a_page_that_is_no_legal_page_keeps_none(city: City) -> None:
    page = terms(city, legal="")
    assert not PageVersion.objects.filter(page=page.pk).exists()


@pytest.mark.law("A16")
def test_a16_nobody_rewrites_what_was_published(city: City) -> None:
    page = terms(city)
    rows = PageVersion.objects.filter(page=page.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(title="Anders")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    page.delete()
    assert rows.get().title == "Nutzungsbedingungen"


@pytest.mark.law("A16")
def test_a16_earlier_wordings_are_shown_as_they_were(city: City, client: Client) -> None:
    page = terms(city)
    say(page, "<p>Zwei Worte.</p>")
    at = f"/fassungen/{page.pk}/"
    listed = client.get(at).content.decode()
    assert f"{at}1/" in listed
    assert f"{at}2/" in listed
    old = client.get(f"{at}1/").content.decode()
    assert "Ein Wort." in old
    assert "Zwei Worte." not in old
    assert PageVersion.objects.get(page=page.pk, number=1).sha256 in old
    assert client.get(f"{at}3/").status_code == 404
    shown = client.get("/nutzungsbedingungen/").content.decode()
    assert "Zwei Worte." in shown
    assert f'href="{at}2/"' in shown


def test_another_citys_wordings_are_not_here(city: City, far: City, client: Client) -> None:
    page = terms(far)
    assert client.get(f"/fassungen/{page.pk}/").status_code == 404
    assert client.get(f"/fassungen/{page.pk}/1/").status_code == 404
    there = Client(headers={"host": "braunschweig.example"})
    assert there.get(f"/fassungen/{page.pk}/1/").status_code == 200


@pytest.mark.law("A16", "K7")
def test_a_translation_says_which_language_governs(city: City, client: Client) -> None:
    page = terms(city)
    english = city.site.root_page.get_translations().get()
    page.copy_for_translation(english.locale).save_revision().publish()
    assert "The German version governs." in client.get("/en/nutzungsbedingungen/").content.decode()
    assert "The German version governs." not in client.get("/nutzungsbedingungen/").content.decode()


def test_the_list_names_them_all_by_publisher(city: City, client: Client) -> None:
    terms(city)
    imprint = ContentPage(
        title="Impressum der Stadt",
        slug="impressum-stadt",
        legal=Legal.IMPRINT,
        publisher=Publisher.CITY,
        body=[("imprint", FACTS)],
    )
    city.site.root_page.specific.add_child(instance=imprint)
    imprint.save_revision().publish()
    text = client.get("/rechtliches/").content.decode()
    assert 'href="/nutzungsbedingungen/"' in text
    assert 'href="/impressum-stadt/"' in text
    assert f"/fassungen/{imprint.pk}/1/" in text
    assert "/nutzungsbedingungen/" not in client.get("/en/rechtliches/").content.decode()


def test_the_list_costs_the_same_however_many_there_are(city: City, client: Client) -> None:
    costs = []
    for number in range(3):
        page = ContentPage(title=f"S{number}", slug=f"s{number}", legal=Legal.SAFETY)
        city.site.root_page.specific.add_child(instance=page)
        page.save_revision().publish()
        client.get("/rechtliches/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/rechtliches/")
        costs.append(len(asked))
    assert costs[0] == costs[-1] <= 13


def test_who_checked_it_and_when_go_together(city: City) -> None:
    page = terms(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentPage.objects.filter(pk=page.pk).update(reviewed_by="Kanzlei Muster")
    ContentPage.objects.filter(pk=page.pk).update(
        reviewed_by="Kanzlei Muster", reviewed_on=NOW.date()
    )


def test_a_seal_is_the_same_for_the_same_words() -> None:
    one = versions.seal(title="A", body=[{"b": 1, "a": "ä"}], valid_from=NOW.date())
    assert one == versions.seal(title="A", body=[{"a": "ä", "b": 1}], valid_from=NOW.date())
    assert one != versions.seal(title="A", body=[{"a": "ä", "b": 1}], valid_from=None)


@pytest.mark.law("A16")
def test_a16_what_was_published_without_being_kept_is_caught_up_once(city: City) -> None:
    """Before there were versions, or where the process died between the two."""
    page = ContentPage(title="Alt", slug="alt", legal=Legal.TERMS, last_published_at=NOW)
    city.site.root_page.specific.add_child(instance=page)
    draft = ContentPage(title="Neu", slug="neu", legal=Legal.TERMS, live=False)
    city.site.root_page.specific.add_child(instance=draft)
    assert versions.catch_up(now=NOW) == 1
    assert versions.of(page_id=page.pk).get().title == "Alt"
    assert versions.catch_up(now=NOW) == 0
    ContentPage.objects.filter(pk=page.pk).update(
        title="Anders", last_published_at=NOW + timedelta(hours=1)
    )
    assert versions.catch_up(now=NOW + timedelta(hours=2)) == 1
    assert versions.catch_up(now=NOW + timedelta(hours=2)) == 0


def test_planting_a_city_writes_none(db: None) -> None:
    made = factories.city("Gifhorn", host="gifhorn.localhost")
    pages.plant(city=made, by=Actor.system(), now=NOW)
    assert not PageVersion.objects.filter(city=made).exists()
