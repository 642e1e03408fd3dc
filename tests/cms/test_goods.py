"""The city's desk of shared pages: what waits, side by side, decided with reasons, taken back."""

import pytest
from django.test import Client

from cms.domain import editors
from marketplace.core.domain.history import Actor
from shops.domain import catalogue
from shops.domain.sharing import corrections, proposals
from shops.enums import Correctable, Verdict
from shops.models import City, Correction, Merge, MergeProposal, Product
from tests import factories
from tests.cms.test_serving import city
from tests.factories import NOW

__all__ = ["city"]

pytestmark = pytest.mark.django_db

BY = Actor.system()
LIST = "/cms/waren/"


@pytest.fixture
def desk(city: City) -> Client:
    person = factories.user("Ina Redlich")
    editors.let_in(user=person, city=city, by=BY, now=NOW)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def pages(city: City) -> list[Product]:
    """Two shops share the first; both offer the second."""
    made = [factories.product(city, "Klingel groß"), factories.product(city, "Klingel klein")]
    for name in ("Radwerk", "Ahlers"):
        branch = factories.branch(factories.shop(city, name))
        for product in made:
            factories.offer(branch, product=product)
    return made


@pytest.fixture
def pair(pages: list[Product], city: City) -> MergeProposal:
    shop = city.shops.get(name="Radwerk")
    proposals.open_pairs(shop=shop, apart=[(pages[0].pk, pages[1].pk)], now=NOW)
    return MergeProposal.objects.get()


@pytest.fixture
def wish(pages: list[Product], city: City) -> Correction:
    corrections.propose(
        shop=city.shops.get(name="Ahlers"),
        product_id=pages[0].pk,
        field=Correctable.TITLE,
        old="Klingel groß",
        new="Fahrradklingel, groß",
        reason="So heißt sie.",
        by=BY,
        now=NOW,
    )
    return Correction.objects.get()


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_nothing_waits(desk):
    page = text(desk.get(LIST))
    assert "No two pages seem to be one." in page or "Keine zwei Seiten" in page
    assert desk.get("/cms/").status_code == 200


def test_the_list_and_the_start_page_tell_what_waits(desk, pair, wish):
    page = text(desk.get(LIST))
    assert "Klingel groß / Klingel klein" in page
    assert f"/cms/waren/korrektur/{wish.pk}/" in page
    assert LIST in text(desk.get("/cms/"))


def test_two_pages_side_by_side_become_one_and_two_again(desk, pair, pages):
    path = f"{LIST}zusammenlegen/{pair.pk}/"
    page = text(desk.get(path))
    assert "Radwerk, " in page or "Ahlers, Radwerk" in page
    assert desk.post(path, {}).status_code == 422
    assert desk.post(path, {"keep": pages[1].pk}).status_code == 302
    assert Product.objects.get(title__startswith="Klingel") == pages[1]
    answer = Client().get(f"/produkt/klingel-gross-{pages[0].pk}/")
    assert answer.status_code == 301

    done = Merge.objects.get()
    assert f"{LIST}zusammengelegt/{done.pk}/zurueck/" in text(desk.get(LIST))
    assert desk.post(f"{LIST}zusammengelegt/{done.pk}/zurueck/").status_code == 302
    assert Client().get(f"/produkt/klingel-gross-{pages[0].pk}/").status_code == 200


def test_two_things_need_a_reason_and_stay_two(desk, pair):
    path = f"{LIST}zusammenlegen/{pair.pk}/"
    assert desk.post(path, {"note": " "}).status_code == 422
    assert desk.post(path, {"note": "Zwei Größen."}).status_code == 302
    pair.refresh_from_db()
    assert (pair.verdict, pair.note) == (Verdict.REJECTED, "Zwei Größen.")
    assert "Zwei Größen." in text(desk.get(path))
    assert desk.post(path, {"keep": pair.first_id}).status_code == 409


def test_what_a_rule_says_against_it_stands_on_the_page(desk, pair):
    answer = desk.post(f"{LIST}zusammenlegen/{pair.pk}/", {"keep": "999999"})
    assert answer.status_code == 409
    assert 'role="alert"' in text(answer)


def test_a_correction_is_taken_over(desk, wish, pages):
    path = f"{LIST}korrektur/{wish.pk}/"
    page = text(desk.get(path))
    assert "So heißt sie." in page
    assert "Fahrradklingel, groß" in page
    assert desk.post(path, {"accepts": "1"}).status_code == 302
    pages[0].refresh_from_db()
    assert pages[0].title == "Fahrradklingel, groß"
    assert desk.post(path, {"accepts": "1"}).status_code == 409


def test_a_correction_is_rejected_with_a_reason(desk, wish, pages):
    path = f"{LIST}korrektur/{wish.pk}/"
    assert desk.post(path, {"accepts": "0"}).status_code == 422
    assert desk.post(path, {"accepts": "0", "note": "Nein."}).status_code == 302
    pages[0].refresh_from_db()
    assert pages[0].title == "Klingel groß"


def test_an_overtaken_correction_is_not_taken_over(desk, wish, pages):
    catalogue.update_product(product=pages[0], now=NOW, title="Ganz anders")
    path = f"{LIST}korrektur/{wish.pk}/"
    assert 'name="accepts" value="1"' not in text(desk.get(path))
    desk.post(path, {"accepts": "1"})
    wish.refresh_from_db()
    assert wish.verdict == Verdict.STALE
    pages[0].refresh_from_db()
    assert pages[0].title == "Ganz anders"


def test_another_citys_proposals_do_not_exist_here(desk, city):
    far = factories.city("Braunschweig", host="bs.example")
    first, second = factories.product(far, "Eins"), factories.product(far, "Zwei")
    shop = factories.shop(far, "Fern")
    proposals.open_pairs(shop=shop, apart=[(first.pk, second.pk)], now=NOW)
    row = MergeProposal.objects.get()
    assert desk.get(f"{LIST}zusammenlegen/{row.pk}/").status_code == 404
    assert "Eins / Zwei" not in text(desk.get(LIST))
