"""Old laws, dead platforms and dead links on published pages (A16)."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.test import Client

from cms.domain import lint
from cms.enums import Fault
from cms.models import ContentPage
from marketplace.workbench.domain import pages as planting
from shops.domain.legal import texts
from shops.enums_legal import LegalKind
from shops.models import City
from tests import factories
from tests.cms.calendar_help import BY
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ODR = "https://ec.europa.eu/consumers/odr/"


def page_with(city: City, words: str, slug: str = "seite", live: bool = True) -> ContentPage:
    page = ContentPage(title="Seite", slug=slug, body=[("paragraph", words)], live=live)
    city.site.root_page.specific.add_child(instance=page)
    return page


def faults(city: City) -> list[tuple[str, str]]:
    return [(each.fault.value, each.words) for each in lint.of_city(city=city)]


@pytest.mark.law("A16")
@pytest.mark.parametrize(
    ("text", "fault", "words"),
    [
        ("Nach dem VerpackG sind wir registriert", "REPEALED", "VerpackG"),
        ("Hinweis nach BattG", "REPEALED", "BattG"),
        ("Angaben nach § 5 TMG", "REPEALED", "TMG"),
        ("§ 25 TTDSG", "REPEALED", "TTDSG"),
        ("§ 55 RStV", "REPEALED", "RStV"),
        ("das Verpackungsgesetz verlangt", "REPEALED", "Verpackungsgesetz"),
        (f'<a href="{ODR}">hier</a>', "DEAD_PLATFORM", "ec.europa.eu/consumers/odr/"),
        ("die OS-Plattform der EU", "DEAD_PLATFORM", "OS-Plattform"),
    ],
)
def test_a16_what_no_longer_holds(text: str, fault: str, words: str) -> None:
    found = lint.words("harmlos", [{"type": "paragraph", "value": text}])
    assert [(each.fault.value, each.words) for each in found] == [(fault, words)]
    assert found[0].is_grave
    assert found[0].instead


@pytest.mark.law("A16")
@pytest.mark.parametrize(
    "text",
    ["VerpackDG und BattDG", "DDG § 5, TDDDG § 25, MStV § 18", "§ 36 VSBG", "Verpackungen", ""],
)
def test_a16_what_holds_is_not_found(text: str) -> None:
    assert lint.words(text) == []


def checked() -> None:
    call_command("check", deploy=True, databases=["default"], tags=["database"])


@pytest.mark.law("A16")
@pytest.mark.parametrize("words", [f'<a href="{ODR}">Plattform</a>', "<p>nach VerpackG</p>"])
def test_a16_the_system_check_fails_while_such_a_page_is_published(city: City, words: str) -> None:
    checked()
    page = page_with(city, words)
    with pytest.raises(SystemCheckError, match=r"cms\.E001"):
        checked()
    page.unpublish()
    checked()


@pytest.mark.law("A16")
def test_a16_the_command_names_them_and_fails(city: City) -> None:
    page_with(city, "<p>nach VerpackG</p>")
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("legal_lint", "--json", stdout=out)
    (row,) = json.loads(out.getvalue())
    assert (row["fault"], row["words"], row["instead"]) == ("REPEALED", "VerpackG", "VerpackDG")
    ContentPage.objects.get(slug="seite").unpublish()
    out = io.StringIO()
    call_command("legal_lint", stdout=out)
    assert "0 findings" in out.getvalue()


@pytest.mark.law("A16")
def test_a16_a_shops_own_terms_are_read_too_and_only_those_in_force(city: City) -> None:
    shop = factories.shop(city, "Laufwerk")

    def say(body: str) -> None:
        texts.publish(
            shop=shop, kind=LegalKind.TERMS, language="de", title="AGB", body=body, by=BY, now=NOW
        )

    say("Wir sind nach dem VerpackG registriert.")
    assert faults(city) == [("REPEALED", "VerpackG")]
    with pytest.raises(SystemCheckError, match="laufwerk TERMS de REPEALED"):
        checked()
    say("Wir sind nach dem VerpackDG registriert.")
    assert faults(city) == []


def test_links_that_lead_nowhere(city: City) -> None:
    page_with(city, "<p>Ziel</p>", slug="ziel")
    hidden = page_with(city, "<p>Entwurf</p>", slug="entwurf", live=False)
    page_with(
        city,
        '<p><a href="/ziel/">da</a> <a href="/weg/">weg</a> <a href="/melden/">Form</a>'
        ' <a href="/en/melden/">form</a> <a href="mailto:a@b.example">Mail</a>'
        ' <a href="https://anderswo.example/weg/">fremd</a>'
        f' <a linktype="page" id="{hidden.pk}">Entwurf</a></p>',
        slug="links",
    )
    assert faults(city) == [
        (Fault.DEAD_LINK.value, "/weg/"),
        (Fault.DEAD_LINK.value, f"#{hidden.pk}"),
    ]


LINK = {
    "blocks": [
        {
            "key": "aaaaa",
            "text": "weg",
            "type": "unstyled",
            "depth": 0,
            "inlineStyleRanges": [],
            "entityRanges": [{"offset": 0, "length": 3, "key": 0}],
            "data": {},
        }
    ],
    "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "/weg/"}}},
}


def form(kind: str, value: str, **more: str) -> dict[str, str]:
    return {
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": kind,
        "body-0-value": value,
        "publisher": "CITY",
        "basis": "EDITORIAL",
        "governing": "de",
        "action-publish": "1",
    } | more


def publish(desk: Client, page: ContentPage, kind: str, value: str) -> str:
    said = form(kind, value, title=page.title, slug=page.slug)
    answer = desk.post(f"/cms/pages/{page.pk}/edit/", said, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.law("A16")
def test_a16_nobody_publishes_a_repealed_law(desk: Client, city: City) -> None:
    page = page_with(city, "<p>Alt</p>")
    told = publish(desk, page, "heading", "Nach dem VerpackG")
    assert "VerpackDG" in told
    page.refresh_from_db()
    assert "VerpackG" not in str(page.body.raw_data)
    # What was written is not lost: it lies there as a draft.
    assert "VerpackG" in str(page.get_latest_revision_as_object().body.raw_data)
    publish(desk, page, "heading", "Nach dem VerpackDG")
    page.refresh_from_db()
    assert "VerpackDG" in str(page.body.raw_data)


@pytest.mark.law("A16")
def test_a16_a_new_page_with_one_stays_a_draft(desk: Client, city: City) -> None:
    home = city.site.root_page
    said = form("heading", "Nach dem BattG", title="Neu", slug="neu")
    answer = desk.post(f"/cms/pages/add/cms/contentpage/{home.pk}/", said, follow=True)
    assert "BattDG" in answer.content.decode()
    assert not ContentPage.objects.get(slug="neu").live


def test_who_publishes_a_dead_link_is_told_and_it_is_out(desk: Client, city: City) -> None:
    page = page_with(city, "<p>Alt</p>")
    told = publish(desk, page, "paragraph", json.dumps(LINK))
    assert "a link leads nowhere: /weg/" in told
    page.refresh_from_db()
    assert "/weg/" in str(page.body.raw_data)
    assert "/weg/" in desk.get("/cms/pflichten/").content.decode()


def test_the_desks_list_names_duties_and_findings(desk: Client, city: City) -> None:
    page_with(city, "<p>nach VerpackG</p>")
    text = desk.get("/cms/pflichten/").content.decode()
    assert "VerpackDG" in text
    assert "/cms/pflichtseiten/IMPRINT-CITY/" in text


@pytest.mark.law("A16")
def test_a16_the_demos_own_texts_are_clean(settings, tmp_path, founded: City) -> None:
    settings.MEDIA_ROOT = tmp_path
    founded.refresh_from_db()
    planting.plant(city=founded, now=NOW)
    assert faults(founded) == []
