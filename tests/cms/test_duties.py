"""The desk says which page of the law is missing, hidden, not translated or still a sample."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.domain import duties, editors, pages
from cms.enums import Lack, Legal, Publisher
from cms.models import ContentPage, SignPage
from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from marketplace.workbench.domain import operator as workbench_operator
from marketplace.workbench.domain import pages as planting
from shops.domain.legal import operators
from shops.enums_legal import OperatorModel
from shops.models import City
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def city(settings, tmp_path) -> City:
    settings.MEDIA_ROOT = tmp_path
    city = factories.city()
    pages.plant(city=city, by=BY, now=NOW)
    city.refresh_from_db()
    return city


@pytest.fixture
def editor(city: City, client: Client) -> User:
    person = factories.user()
    editors.let_in(user=person, city=city, by=BY, now=NOW)
    client.force_login(person)
    return person


def lack(city: City, key: str) -> list[tuple[str, Lack]]:
    found = duties.gaps(city=city, now=NOW)
    return [(gap.language, gap.lack) for gap in found if gap.duty.key == key]


FACTS = {
    "name": "Muster gGmbH",
    "represented_by": "Maria Mustermann",
    "address": "Musterplatz 1",
    "email": "a@example.de",
    "phone": "05361 1",
    "editor": "Ina Redlich",
}


def imprint(city: City, **fields: object) -> ContentPage:
    page = ContentPage(
        title="Impressum",
        slug="impressum",
        legal=Legal.IMPRINT,
        publisher=Publisher.OPERATOR,
        body=[("imprint", FACTS)],
        **fields,
    )
    city.site.root_page.specific.add_child(instance=page)
    return page


def test_a_new_city_has_none_of_them(city: City) -> None:
    found = duties.gaps(city=city, now=NOW)
    assert [gap.duty for gap in found] == duties.wanted(city=city)
    assert {(gap.language, gap.lack) for gap in found} == {("de", Lack.MISSING)}


def test_from_missing_to_complete(city: City) -> None:
    page = imprint(city, live=False)
    assert lack(city, "IMPRINT") == [("de", Lack.DRAFT)]
    page.is_sample = True
    page.save_revision().publish()
    assert lack(city, "IMPRINT") == [("en", Lack.UNTRANSLATED), ("de", Lack.SAMPLE)]
    page.is_sample = False
    page.save_revision().publish()
    english = city.site.root_page.get_translations().get()
    copy = page.copy_for_translation(english.locale)
    assert lack(city, "IMPRINT") == [("en", Lack.DRAFT)]
    copy.save_revision().publish()
    assert lack(city, "IMPRINT") == []


def test_sign_language_wants_a_film(city: City) -> None:
    page = SignPage(title="Gebärdensprache", slug="gebaerdensprache")
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    assert lack(city, "SIGN")[-1] == ("de", Lack.NO_FILM)
    page.film_address, page.seconds = "https://filme.example/dgs", 60
    page.save_revision().publish()
    assert lack(city, "SIGN") == [("en", Lack.UNTRANSLATED)]


def test_the_demo_lacks_only_a_film_and_a_lawyer(city: City) -> None:
    planting.plant(city=city, now=NOW)
    found = {(gap.duty.kind, gap.lack) for gap in duties.gaps(city=city, now=NOW)}
    assert {kind for kind, lacks in found if lacks != Lack.SAMPLE} == {"SIGN"}
    assert ("SIGN", Lack.NO_FILM) in found


def test_the_start_page_of_the_desk_names_them(city: City, editor: User, client: Client) -> None:
    text = client.get("/cms/").content.decode()
    assert "Impressum" in text or "Imprint" in text
    assert "/cms/pflichtseiten/IMPRINT/" in text
    made = client.post("/cms/pflichtseiten/IMPRINT/")
    page = ContentPage.objects.get(legal=Legal.IMPRINT)
    assert made.headers["Location"] == f"/cms/pages/{page.pk}/edit/"
    assert (page.slug, page.live, page.owner) == ("impressum", False, editor)
    assert client.get(made.headers["Location"]).status_code == 200
    assert client.post("/cms/pflichtseiten/SIGN/").status_code == 302
    assert client.get("/cms/").status_code == 200


def test_begun_twice_they_stand_beside_each_other(city: City, editor: User, client: Client) -> None:
    for _turn in range(2):
        assert client.post("/cms/pflichtseiten/EASY/").status_code == 302
    assert client.post("/cms/pflichtseiten/NICHTS/").status_code == 404
    assert client.get("/cms/pflichtseiten/EASY/").status_code == 405


def test_only_those_who_may_add_pages(city: City, client: Client) -> None:
    far = factories.city("Gifhorn", host="gifhorn.localhost")
    pages.plant(city=far, by=BY, now=NOW)
    far.refresh_from_db()
    person = factories.user()
    editors.let_in(user=person, city=far, by=BY, now=NOW)
    client.force_login(person)
    assert "pflichtseiten" not in client.get("/cms/").content.decode()
    assert client.post("/cms/pflichtseiten/IMPRINT/").status_code in (302, 403)
    assert not ContentPage.objects.filter(legal=Legal.IMPRINT).exists()


def test_asking_costs_the_same_however_many_there_are(city: City) -> None:
    costs = []
    for number in range(3):
        ContentPage.objects.filter(slug=f"s{number}").exists()
        page = ContentPage(title=f"S{number}", slug=f"s{number}", legal=Legal.TERMS)
        city.site.root_page.specific.add_child(instance=page)
        with CaptureQueriesContext(connection) as asked:
            duties.gaps(city=City.objects.get(pk=city.pk), now=NOW)
        costs.append(len(asked))
    assert costs[0] == costs[-1]


def told(city: City, model: OperatorModel, share: int) -> None:
    said = {"operator_model": model, "public_share": share}
    operators.save(city=city, said=said, by=BY, now=NOW)


@pytest.mark.law("D13")
@pytest.mark.parametrize(
    ("model", "share", "imprints"),
    [
        (OperatorModel.CITY, 100, ["IMPRINT-CITY"]),
        (OperatorModel.COMPANY, 60, ["IMPRINT", "IMPRINT-CITY"]),
        (OperatorModel.PRIVATE, 0, ["IMPRINT", "IMPRINT-CITY"]),
    ],
)
def test_who_operates_decides_whose_pages_are_wanted(
    city: City, model: OperatorModel, share: int, imprints: list[str]
) -> None:
    told(city, model, share)
    keys = [duty.key for duty in duties.wanted(city=city)]
    assert [key for key in keys if key.startswith("IMPRINT")] == imprints
    assert ("PRIVACY" in keys) == (model != OperatorModel.CITY)
    assert "ACCESSIBILITY-CITY" in keys


def test_an_invented_town_says_so(city: City, settings) -> None:
    assert "DEMO" in [duty.key for duty in duties.wanted(city=city)]
    settings.DEMO = False
    assert "DEMO" not in [duty.key for duty in duties.wanted(city=city)]


def test_an_imprint_without_its_facts_is_none(city: City) -> None:
    page = imprint(city)
    page.save_revision().publish()
    assert ("de", Lack.NO_FACTS) not in lack(city, "IMPRINT")
    page.body = []
    page.save_revision().publish()
    assert ("de", Lack.NO_FACTS) in lack(city, "IMPRINT")


def test_the_operators_own_text_needs_an_operator_who_has_told_it(city: City) -> None:
    page = imprint(city)
    page.body = page._meta.get_field("body").to_python(
        [{"type": "told", "value": {"kind": "IMPRINT"}, "id": "told"}]
    )
    page.save_revision().publish()
    assert ("de", Lack.NO_FACTS) in lack(city, "IMPRINT")
    assert "has not told" in Client().get("/impressum/").content.decode()
    workbench_operator.tell(city=city, now=NOW)
    assert ("de", Lack.NO_FACTS) not in lack(city, "IMPRINT")
    with time_machine.travel(NOW):
        assert "HRB 000000" in Client().get("/impressum/").content.decode()


@pytest.mark.law("H2")
def test_h2_a_statement_older_than_a_year_is_told(city: City) -> None:
    said = {"method": "von Hand", "standard": "EN 301 549", "gaps": [], "feedback": "a@b.example"}
    page = ContentPage(
        title="Erklärung",
        slug="barrierefreiheit",
        legal=Legal.ACCESSIBILITY,
        publisher=Publisher.CITY,
        body=[("statement", said | {"examined_on": NOW.date() - timedelta(days=366), "body": "B"})],
    )
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    assert ("de", Lack.OLD) not in lack(city, "ACCESSIBILITY-CITY")
    later = duties.gaps(city=city, now=NOW + timedelta(days=1))
    assert [gap.lack for gap in later if gap.page == page and gap.language == "de"] == [Lack.OLD]
