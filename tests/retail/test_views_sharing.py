"""Shared pages in the shop's rooms: wish, decide, join, give a number."""

import pytest
from django.test import Client

from shops.domain import catalogue
from shops.domain.sharing import corrections, proposals
from shops.enums import Correctable, Role, Verdict
from shops.models import Correction, MergeProposal, Product
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import SYSTEM, take

A, B = "9521234500018", "9521234500025"
HEADER = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe\n"


@pytest.fixture
def product(city) -> Product:
    return factories.product(city, "Laufschuh Strda")


@pytest.fixture
def offer(branch, product):
    return factories.offer(branch, product=product, sku="4711")


@pytest.fixture
def neighbour(city, product):
    shop = factories.shop(city, "Schuh Ahlers")
    factories.offer(factories.branch(shop), product=product)
    return shop


@pytest.fixture
def base(shop, branch):
    return f"/en/haendler/{shop.slug}/{branch.slug}/waren"


@pytest.fixture
def wish(neighbour, offer, product) -> Correction:
    """Another shop's, waiting for ours."""
    corrections.propose(
        shop=neighbour,
        product_id=product.pk,
        field=Correctable.TITLE,
        old=product.title,
        new="Laufschuh Strada",
        reason="Tippfehler.",
        by=SYSTEM,
        now=NOW,
    )
    return Correction.objects.get()


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_alone_with_the_goods_staff_changes_the_page_at_once(client, base, offer, product):
    path = f"{base}/{offer.pk}/korrektur/title/"
    page = text(client.get(path))
    assert "what you write holds at once" in page
    assert 'name="reason"' not in page
    answer = client.post(path, {"old": product.title, "new": "Laufschuh Strada"}, follow=True)
    assert "Changed." in text(answer)
    product.refresh_from_db()
    assert product.title == "Laufschuh Strada"


def test_with_others_it_is_proposed_with_a_reason(client, base, offer, product, neighbour):
    path = f"{base}/{offer.pk}/korrektur/title/"
    said = {"old": product.title, "new": "Laufschuh Strada"}
    answer = client.post(path, said)
    assert answer.status_code == 422
    assert "Please say why" in text(answer)
    answer = client.post(path, said | {"reason": "Tippfehler."}, follow=True)
    assert "The other shops or the city decide." in text(answer)
    answer = client.post(path, said | {"reason": "Noch einmal."})
    assert answer.status_code == 409
    assert Correction.objects.count() == 1


def test_a_page_that_changed_while_the_form_lay_open_is_told(client, base, offer, product):
    answer = client.post(f"{base}/{offer.pk}/korrektur/title/", {"old": "Früher", "new": "Später"})
    assert answer.status_code == 409
    assert "was changed meanwhile" in text(answer)


@pytest.mark.parametrize("what", ["title", "text", "brand", "category", "picture"])
def test_each_thing_has_its_form(client, base, offer, neighbour, what):
    assert client.get(f"{base}/{offer.pk}/korrektur/{what}/").status_code == 200


def test_what_is_no_thing_has_none(client, base, offer):
    assert client.get(f"{base}/{offer.pk}/korrektur/preis/").status_code == 404


def test_the_owner_takes_over_what_another_shop_proposes(owner_client, shop, wish, product):
    path = f"/en/haendler/{shop.slug}/waren/vorschlaege/"
    page = text(owner_client.get(path))
    assert "Laufschuh Strada" in page
    assert "Tippfehler." in page
    assert "1 proposal for shared pages waits for you" in text(
        owner_client.get(f"/en/haendler/{shop.slug}/")
    )
    answer = owner_client.post(f"{path}{wish.pk}/", {"accepts": "1"}, follow=True)
    assert "The page says so now." in text(answer)
    product.refresh_from_db()
    assert product.title == "Laufschuh Strada"
    # Decided, it is nobody's any more.
    assert owner_client.post(f"{path}{wish.pk}/", {"accepts": "1"}).status_code == 404


def test_a_no_needs_its_reason_and_the_other_shop_reads_it(owner_client, shop, wish, neighbour):
    path = f"/en/haendler/{shop.slug}/waren/vorschlaege/"
    answer = owner_client.post(f"{path}{wish.pk}/", {"accepts": "0"})
    assert answer.status_code == 422
    assert "The shop that proposed it reads it." in text(answer)
    owner_client.post(f"{path}{wish.pk}/", {"accepts": "0", "note": "Heißt wirklich so."})
    theirs = Client()
    theirs.force_login(factories.member(neighbour, role=Role.OWNER))
    page = text(theirs.get(f"/en/haendler/{neighbour.slug}/waren/vorschlaege/"))
    assert "Heißt wirklich so." in page
    assert "Rejected" in page


def test_an_overtaken_wish_says_so_and_has_no_yes(owner_client, shop, wish, product):
    catalogue.update_product(product=product, now=NOW, title="Ganz anders")
    path = f"/en/haendler/{shop.slug}/waren/vorschlaege/"
    page = text(owner_client.get(path))
    assert "cannot be taken over any more" in page
    assert 'name="accepts" value="1"' not in page
    owner_client.post(f"{path}{wish.pk}/", {"accepts": "1"})
    wish.refresh_from_db()
    assert wish.verdict == Verdict.STALE


def test_a_shop_alone_with_two_pages_joins_them(owner_client, shop, branch):
    take(HEADER + f"1;Schuh 41;{A};99,00;1;19;;\n2;Schuh 42;{B};99,00;1;19;;\n", branch)
    take(HEADER + f"1;Schuh;{A};98,00;1;19;S;41\n2;Schuh;{B};98,00;1;19;S;42\n", branch)
    row = MergeProposal.objects.get()
    path = f"/en/haendler/{shop.slug}/waren/vorschlaege/"
    assert "Schuh / Schuh 42" in text(owner_client.get(path))
    act = f"{path}zusammenlegen/{row.pk}/"
    assert owner_client.post(act, {}).status_code == 422
    assert owner_client.post(act, {"keep": "999999"}).status_code == 409
    answer = owner_client.post(act, {"keep": row.first_id}, follow=True)
    assert "The two pages are one now." in text(answer)
    assert Product.objects.count() == 1


def test_two_things_are_left_apart(owner_client, shop, branch):
    first = factories.offer(branch, product=factories.product(branch.shop.city, "Eins"))
    second = factories.offer(branch, product=factories.product(branch.shop.city, "Zwei"))
    pair = (first.variant.product_id, second.variant.product_id)
    proposals.open_pairs(shop=shop, apart=[pair], now=NOW)
    row = MergeProposal.objects.get()
    path = f"/en/haendler/{shop.slug}/waren/vorschlaege/zusammenlegen/{row.pk}/"
    answer = owner_client.post(path, {"note": "Zwei Größen."}, follow=True)
    assert "these are two things" in text(answer)
    row.refresh_from_db()
    assert row.verdict == Verdict.REJECTED


def test_own_goods_get_their_number(owner_client, client, base, branch, city):
    product = factories.product(city, "Tasse", shop=branch.shop)
    row = factories.offer(branch, product=product)
    assert "Add the barcode" not in text(client.get(f"{base}/"))
    assert "Add the barcode" in text(owner_client.get(f"{base}/"))
    path = f"{base}/{row.pk}/barcode/"
    answer = owner_client.post(path, {"gtin": "2000000000015"})
    assert answer.status_code == 409
    assert "not issued world-wide" in text(answer)
    answer = owner_client.post(path, {"gtin": "9 521234 500018"}, follow=True)
    assert "have a shared page now" in text(answer)
    product.refresh_from_db()
    assert product.shop is None
    # Shared goods have it: there is nothing to add.
    assert owner_client.get(path).status_code == 404
