"""A German page becomes an English one in the desk, under the strict policy."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation

from cms.domain import editors, pages
from cms.models import CampaignIndex, CampaignPage
from marketplace.core.domain.history import Actor
from shops.domain import cities
from shops.models import City
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def city(founded) -> City:
    return founded


@pytest.fixture
def german(city) -> CampaignPage:
    shop = factories.shop(city, "Holzwurm")
    factories.offer(factories.branch(shop), product=factories.product(city, "Teddybär"))
    index = CampaignIndex(title="Aktionen", slug="aktionen")
    city.site.root_page.specific.add_child(instance=index)
    index.save_revision().publish()
    page = CampaignPage(title="Ostern", slug="ostern", intro="Bunte Eier.", last_day=NOW.date())
    rule = {
        "heading": "Für das Nest",
        "category": "",
        "words": "Teddy",
        "price": None,
        "shop": shop.pk,
        "today": False,
        "number": 3,
        "fallback": "NONE",
    }
    page.body = page._meta.get_field("body").to_python(
        [{"type": "goods_by_rule", "value": rule, "id": "rule"}]
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    return page


def inline(text: str) -> list[str]:
    """Scripts that the policy refuses: without an address, and not data."""
    scripts = re.findall(r"<script\b([^>]*)>", text)
    return [each for each in scripts if "src=" not in each and "json" not in each]


def test_translate_edit_publish(city, desk, german, django_capture_on_commit_callbacks):
    english = Locale.objects.get(language_code="en")
    begin = f"/cms/localize/submit/page/{german.pk}/"
    form = desk.get(begin)
    assert form.status_code == 200
    assert inline(form.content.decode()) == []
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(begin, {"locales": [english.pk], "include_subtree": ""})
    assert answer.status_code == 302
    assert Client().get("/en/aktionen/ostern/").status_code == 404, "in German nobody wants it"

    copy = CampaignPage.objects.get(translation_key=german.translation_key, locale=english)
    assert (copy.slug, copy.last_day) == ("ostern", german.last_day)
    editor = desk.get(f"/cms/pages/{copy.pk}/edit/")
    assert editor.status_code == 200
    text = editor.content.decode()
    assert "js-translation-editor" in text
    assert inline(text) == []
    assert "unsafe" not in editor["Content-Security-Policy"]

    said = {"Ostern": "Easter", "Bunte Eier.": "Coloured eggs.", "Für das Nest": "For the nest"}
    translation = Translation.objects.get(source__object=german.translation_key)
    segments = StringSegment.objects.filter(source=translation.source).select_related("string")
    # What is compared with the shops' own words is no text to translate.
    assert {each.string.data for each in segments} == set(said)
    for each in segments:
        answer = desk.put(
            f"/cms/localize/translate/{translation.pk}/strings/{each.pk}/edit/",
            data=urlencode({"value": said[each.string.data]}),
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code in (200, 201), answer.content
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(f"/cms/pages/{copy.pk}/edit/", {"action": "publish"})
    assert answer.status_code == 302

    shown = Client().get("/en/aktionen/ostern/").content.decode()
    for words in ("Easter", "Coloured eggs.", "For the nest", "Teddybär"):
        assert words in shown
    assert "Für das Nest" in Client().get("/aktionen/ostern/").content.decode()


@pytest.mark.parametrize("path", ["localize/reports/translations/", "localize/jsi18n/"])
def test_pages_about_translations(desk, path):
    answer = desk.get(f"/cms/{path}")
    assert answer.status_code == 200
    assert inline(answer.content.decode()) == []


def test_nobody_translates_another_citys_pages(desk, city):
    other = cities.create(
        name="Braunschweig",
        slug="braunschweig",
        land="NI",
        base_url="http://braunschweig.example",
        hosts=[],
        by=BY,
        now=NOW,
    )
    home = pages.plant(city=other, by=BY, now=NOW)
    index = CampaignIndex(title="Aktionen", slug="aktionen")
    home.add_child(instance=index)
    english = Locale.objects.get(language_code="en")
    begin = f"/cms/localize/submit/page/{index.pk}/"
    answer = desk.post(begin, {"locales": [english.pk], "include_subtree": ""})
    assert answer.status_code == 404
    assert not Translation.objects.filter(source__object=index.translation_key).exists()


def test_changes_are_taken_over_only_by_those_who_may_write_the_page(city, desk, german):
    english = Locale.objects.get(language_code="en")
    desk.post(f"/cms/localize/submit/page/{german.pk}/", {"locales": [english.pk]})
    source = Translation.objects.get(source__object=german.translation_key).source
    path = f"/cms/localize/update/{source.pk}/"
    assert desk.get(path).status_code == 200
    stranger = factories.user("Fremd")
    other = factories.city("Braunschweig", host="braunschweig.example")
    pages.plant(city=other, by=BY, now=NOW)
    editors.let_in(user=stranger, city=other, by=BY, now=NOW)
    client = Client()
    client.force_login(stranger)
    assert client.get(path).status_code == 404
    report = client.get("/cms/localize/reports/translations/").content.decode()
    assert "Ostern" not in report
    assert "Ostern" in desk.get("/cms/localize/reports/translations/").content.decode()
