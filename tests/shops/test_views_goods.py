"""Search and product pages as shoppers, robots and pranksters ask for them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.core.domain.history import Actor
from marketplace.core.models import Picture
from shops.domain import catalogue, counts
from shops.models import Offer, Product, ProductPicture
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(factories.NOW, tick=False):
        yield


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def branch(city):
    return factories.branch(factories.shop(city, online_shop="https://www.laufwerk.example/shop"))


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def product_path(product: Product, prefix: str = "") -> str:
    return f"{prefix}/produkt/{product.slug}-{product.pk}/"


def test_search_finds_by_folded_words_and_shows_the_shop(client: Client, city, branch):
    found = factories.product(city, "Größe-Wunder Schuhlöffel")
    factories.offer(branch, product=found)
    factories.offer(branch, product=factories.product(city, "Teekanne"))
    page = text_of(client.get("/suche/", {"q": "GROSSE schuhloffel"}))
    assert "Größe-Wunder Schuhlöffel" in page
    assert "Teekanne" not in page
    assert "Laufwerk" in page


def test_empty_query_lists_all_goods_and_their_categories(client: Client, city, branch):
    shoes = factories.category("Schuhe", name_en="Shoes")
    running = factories.category("Laufschuhe", name_en="Running shoes", parent=shoes)
    factories.offer(branch, product=factories.product(city, "Strada", category=running))
    factories.offer(branch, product=factories.product(city, "Kanne"))
    page = text_of(client.get("/en/suche/"))
    assert "Strada" in page
    assert "Kanne" in page
    assert "Shoes" in page
    only = text_of(client.get("/en/suche/", {"kategorie": shoes.slug}))
    assert "Strada" in only
    assert "Kanne" not in only
    assert "Running shoes" in only


def test_goods_nobody_offers_are_not_listed(client: Client, city, branch):
    factories.product(city, "Ladenhüter")
    hidden = factories.offer(branch, product=factories.product(city, "Versteckt"))
    Offer.objects.filter(pk=hidden.pk).update(is_live=False)
    page = text_of(client.get("/suche/"))
    assert "Ladenhüter" not in page
    assert "Versteckt" not in page


def test_goods_of_another_city_never_show(client: Client, city):
    other = factories.city("Braunschweig", host="braunschweig.localhost")
    away = factories.offer(factories.branch(factories.shop(other)))
    product = away.variant.product
    assert product.title not in text_of(client.get("/suche/"))
    assert client.get(product_path(product)).status_code == 404
    answer = client.get(product_path(product), headers={"host": "braunschweig.localhost"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ['"', "%", "_", "\\", "' OR 1=1 --", "a" * 101, "ä" * 1999, "  ", "\x01", "🙂", "<b>"]
)
def test_odd_queries_get_a_sentence(client: Client, city, branch, query):
    factories.offer(branch)
    answer = client.get("/en/suche/", {"q": query})
    assert answer.status_code == 200
    if query == "ä" * 1999:
        assert "We searched for its beginning." in text_of(answer)
    if query == "<b>":
        assert "“&lt;b&gt;” is on no shelf today" in text_of(answer)


@pytest.mark.parametrize("query", ["\0", "a\0b", "a" * 10_000])
def test_impossible_queries_are_refused_kindly(client: Client, city, query):
    answer = client.get("/en/suche/", {"q": query})
    assert answer.status_code == 400
    assert "Please start again from here." in text_of(answer)


@pytest.mark.parametrize("query", ['"', "%", "_"])
def test_signs_of_the_query_language_mean_themselves(client: Client, city, branch, query):
    factories.offer(branch, product=factories.product(city, "Teekanne"))
    assert "Teekanne" not in text_of(client.get("/suche/", {"q": query}))
    factories.offer(branch, product=factories.product(city, f"Sonderbar {query}"))
    assert "Sonderbar" in text_of(client.get("/suche/", {"q": query}))


def test_pages_hold_24_and_odd_numbers_lead_somewhere(client: Client, city, branch):
    for number in range(25):
        factories.offer(branch, product=factories.product(city, f"Ding {number:02}"))
    first = client.get("/suche/")
    assert text_of(first).count('class="group"') == 24
    for odd in ("0", "-1", "x", "9" * 1500, "½", "1e9", ""):
        assert text_of(client.get("/suche/", {"page": odd})).count('class="group"') in (1, 24)
    assert text_of(client.get("/suche/", {"page": "2"})).count('class="group"') == 1
    assert text_of(client.get("/suche/", {"page": "99"})).count('class="group"') == 1


def test_an_unknown_category_is_told(client: Client, city, branch):
    factories.offer(branch)
    page = text_of(client.get("/en/suche/", {"kategorie": "gibt-es-nicht"}))
    assert "There is no such category." in page


def test_product_shows_branches_side_by_side(client: Client, city, branch):
    product = factories.product(city, "Strada 3")
    there = factories.offer(branch, product=product, price="129.95", count=2)
    other = factories.branch(factories.shop(city, "Sport Lindner"))
    factories.offer(other, product=product, price="124.90", count=5)
    page = text_of(client.get(product_path(product, "/en")))
    assert "2 shops in Wolfsburg" in page
    assert "€124.90 to €129.95" in page
    assert "In stock, 2 left" in page
    assert "counted 30 minutes ago" in page
    assert "today 14:35–19:00" in page
    assert there.branch.street in page
    assert "until today 19:00" in page
    assert f'name="offer" value="{there.pk}"' in page
    assert "View in its own web shop (laufwerk.example)" in page
    assert 'rel="noopener nofollow external"' in page
    assert "The contract of sale is only made in the shop." in page


def test_prices_and_words_are_german_by_default(client: Client, city, branch):
    offer = factories.offer(branch, price="1299.00")
    page = client.get(product_path(offer.variant.product)).content.decode()
    assert "1.299,00\N{NO-BREAK SPACE}€" in page


def test_the_offers_own_address_wins_over_the_shops(client: Client, city, branch):
    offer = factories.offer(branch, online_url="https://laden.example/strada?a=1&b=2")
    page = text_of(client.get(product_path(offer.variant.product)))
    assert f'href="/weiter/angebot/{offer.pk}/"' in page
    assert "(laden.example)" in page
    assert "laufwerk.example" not in page


def test_unknown_stock_is_never_available_nor_reservable(client: Client, city, branch):
    offer = factories.offer(branch, count=None)
    page = text_of(client.get(product_path(offer.variant.product, "/en")))
    assert "Availability on request" in page
    assert 'href="tel:0536112345"' in page
    assert "In stock" not in page
    assert 'name="offer"' not in page
    results = text_of(client.get("/en/suche/"))
    assert "Availability on request" in results
    assert 'name="offer"' not in results


def test_an_old_count_asks_the_shop(client: Client, city, branch):
    offer = factories.offer(branch, count=3, counted=timedelta(days=60))
    page = text_of(client.get(product_path(offer.variant.product, "/en")))
    assert "Please ask" in page
    assert "counted 60 days ago" in page
    assert "the shop answers by" in page
    assert "Ask the shop" in page


def test_sold_out_offers_no_button(client: Client, city, branch):
    offer = factories.offer(branch, count=0)
    page = text_of(client.get(product_path(offer.variant.product, "/en")))
    assert "Currently not in stock" in page
    assert 'name="offer"' not in page


def test_a_branch_without_hours_takes_no_reservation(client: Client, city):
    closed = factories.branch(factories.shop(city), hours=False)
    offer = factories.offer(closed)
    page = text_of(client.get(product_path(offer.variant.product, "/en")))
    assert "takes no reservations at the moment" in page or "Please ask" in page
    assert "Hours not confirmed" in page
    assert 'name="offer"' not in page


def test_a_wrong_slug_moves_on_for_good(client: Client, city, branch):
    product = factories.offer(branch).variant.product
    answer = client.get(f"/en/produkt/alter-name-{product.pk}/?variante=7")
    assert answer.status_code == 301
    assert answer["Location"] == product_path(product, "/en") + "?variante=7"


@pytest.mark.parametrize("number", ["999999", "9" * 18, "9" * 19, "9" * 400])
def test_unknown_products_answer_404(client: Client, city, number):
    assert client.get(f"/produkt/ding-{number}/").status_code == 404


def test_a_gone_product_answers_410_with_others_of_its_kind(client: Client, city, branch):
    kind = factories.category()
    gone = factories.offer(branch, product=factories.product(city, "Alt", category=kind))
    factories.offer(branch, product=factories.product(city, "Neu und da", category=kind))
    Product.objects.filter(pk=gone.variant.product_id).update(is_live=False)
    answer = client.get(product_path(gone.variant.product, "/en"))
    assert answer.status_code == 410
    assert "Neu und da" in text_of(answer)
    assert "These goods are no longer here" in text_of(answer)


def test_a_product_without_offers_stays_with_others_of_its_kind(client: Client, city, branch):
    kind = factories.category()
    bare = factories.product(city, "Allein", category=kind)
    factories.offer(branch, product=factories.product(city, "Neu und da", category=kind))
    page = text_of(client.get(product_path(bare, "/en")))
    assert "No shop in town offers this at the moment" in page
    assert "Neu und da" in page
    assert "noindex" in page


def _two_sizes(city, branch):
    product = catalogue.create_product(city=city, shop=None, title="Strada")
    small = catalogue.create_variant(product=product, options=[["Größe", "42"]])
    large = catalogue.create_variant(product=product, options=[["Größe", "43"]], position=1)
    catalogue.finish_product(product=product, now=factories.NOW)
    offers = [
        catalogue.create_offer(branch=branch, variant=each, price=price, now=factories.NOW)
        for each, price in (
            (small, factories.Decimal("10.00")),
            (large, factories.Decimal("20.00")),
        )
    ]
    counts.count_by_eye(offer_id=offers[1].pk, on_shelf=1, by=Actor.system(), now=factories.NOW)
    return product, small, large


def test_variants_are_chosen_by_links(client: Client, city, branch):
    product, small, _large = _two_sizes(city, branch)
    page = text_of(client.get(product_path(product, "/en")))
    assert f'href="?variante={small.pk}"' in page
    assert re.search(r"1 shop in Wolfsburg.{0,60}Größe: 43", page)  # the one that is there
    page = text_of(client.get(product_path(product, "/en"), {"variante": small.pk}))
    assert re.search(r"1 shop in Wolfsburg.{0,60}Größe: 42", page)
    assert "€10.00" in page


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "½", ""])
def test_an_odd_variant_is_no_reason_to_fail(client: Client, city, branch, odd):
    product, *_rest = _two_sizes(city, branch)
    assert client.get(product_path(product), {"variante": odd}).status_code == 200


def _picture(product: Product, name: str, variant=None) -> None:
    picture = Picture.objects.create(
        sha256=name * 32,
        master=f"pictures/{name}.jpg",
        width=800,
        height=600,
        created_at=factories.NOW,
        asked_at=factories.NOW,
    )
    ProductPicture.objects.create(product=product, variant=variant, picture=picture)


def test_pictures_of_the_variant_come_first(client: Client, city, branch):
    product, _small, large = _two_sizes(city, branch)
    _picture(product, "aa")
    _picture(product, "bb", large)
    page = client.get(product_path(product), {"variante": large.pk}).content.decode()
    assert page.index("bb.jpg") < page.index("aa.jpg")


def test_public_pages_set_no_cookie_and_carry_no_token(client: Client, city, branch):
    offer = factories.offer(branch)
    for path in ("/suche/", "/suche/?q=lauf", product_path(offer.variant.product)):
        answer = client.get(path)
        assert set(answer["Cache-Control"].split(", ")) == {"public", "max-age=2"}
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert b"csrfmiddlewaretoken" not in answer.content
        # Facts for machines are data, which no browser runs.
        assert not re.search(rb"<script(?! type=\"application/ld\+json\">)", answer.content)
        assert b"style=" not in answer.content


def test_shown_before_reserving_is_no_word_of_a_purchase(client: Client, city, branch):
    offer = factories.offer(branch)
    page = text_of(client.get(product_path(offer.variant.product, "/en"))).lower()
    page = re.sub(r"<script.*?</script>", "", page)  # schema.org calls every shop a store
    for word in (" order", " buy", "checkout", "store"):
        assert word not in page


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_number_of_queries_does_not_grow(client: Client, city):
    kind = factories.category()

    def more(number: int) -> Product:
        at = factories.branch(factories.shop(city, f"Laden {number}"))
        product = factories.product(city, f"Schuh {number}", category=kind)
        _picture(product, f"{number}x")
        factories.offer(at, product=product)
        return product

    first = more(1)
    path = product_path(first)
    before = {each: _queries(client, each) for each in ("/suche/", "/suche/?q=schuh", path)}
    for number in (2, 3):
        at = factories.branch(factories.shop(city, f"Auch {number}"))
        factories.offer(at, product=first)
        more(number)
    for each, number in before.items():
        assert _queries(client, each) == number, each
        assert number <= 12, (each, number)
