"""From a barcode to an article on the shelf."""

import uuid
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import catalogue, shelving
from shops.domain.shelving import Words
from shops.enums import TaxClass
from shops.models import Movement, Offer, PriceChange, Product, SearchDocument, Shelving
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

GTIN = "4006381333931"
IN_STORE = "2412345678901"
BY = Actor.system()


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city(), "Laufwerk"), "Mitte")


@pytest.fixture
def neighbour(branch):
    return factories.branch(factories.shop(branch.shop.city, "Nebenan"), "Nebenan")


def shelve(branch, code=GTIN, *, title="", price="4.99", on_shelf=3, **more):
    words = Words(title=title, category=more.pop("category", None)) if title else None
    wanted = {"client_id": uuid.uuid4(), "words": words, "by": BY, "now": NOW} | more
    return shelving.shelve(
        branch=branch, code=code, price=Decimal(price), on_shelf=on_shelf, **wanted
    )


def test_a_new_number_of_the_trade_is_an_article_of_the_town(branch):
    books = factories.category("Bücher")
    words = Words(title=" Das Buch ", category=books, tax_class=TaxClass.REDUCED)
    done = shelve(branch, words=words)

    offer = done.offer
    product = offer.variant.product
    assert (done.created, done.shared) == (True, True)
    assert (product.title, product.shop, product.category) == ("Das Buch", None, books)
    assert offer.variant.gtin == "04006381333931"
    assert offer.variant.tax_class == TaxClass.REDUCED
    assert (offer.price, offer.on_hand, offer.source) == (Decimal("4.99"), 3, "EYE")
    assert offer.sort_title == "das buch"
    assert offer.pace > 0
    assert Movement.objects.get(offer=offer).delta == 3
    assert PriceChange.objects.get(offer=offer).price == Decimal("4.99")
    assert GTIN in SearchDocument.objects.get(product=product).text


@pytest.mark.parametrize("code", [IN_STORE, "4006381333932", "A77", ""])
def test_any_other_is_the_shops_own(branch, code):
    done = shelve(branch, code, title="Vase")

    variant = done.offer.variant
    assert variant.product.shop == branch.shop
    assert (variant.gtin, variant.barcode) == (None, code)
    assert not done.shared


def test_who_comes_second_finds_it_described(branch, neighbour):
    first = shelve(branch, title="Stabilo").offer
    second = shelve(neighbour, title="Ganz anders", price="5.49").offer

    assert second.variant == first.variant
    assert Product.objects.get().title == "Stabilo"
    assert Offer.objects.count() == 2


def test_an_in_store_number_means_another_thing_next_door(branch, neighbour):
    first = shelve(branch, IN_STORE, title="Vase").offer

    assert shelving.look_up(branch=neighbour, code=IN_STORE).variant is None
    second = shelve(neighbour, IN_STORE, title="Wurst").offer
    assert second.variant.product != first.variant.product
    assert shelving.look_up(branch=branch, code=IN_STORE).offer == first


def test_what_is_on_the_shelf_gets_the_new_price_and_count(branch):
    first = shelve(branch, title="Stabilo").offer
    Offer.objects.filter(pk=first.pk).update(is_live=False)

    found = shelving.look_up(branch=branch, code="0" + GTIN)
    assert found.offer == first
    again = shelve(branch, price="5.99", on_shelf=7)

    assert (again.created, again.offer.pk) == (False, first.pk)
    assert (again.offer.price, again.offer.on_hand) == (Decimal("5.99"), 7)
    assert again.offer.is_live
    assert PriceChange.objects.filter(offer=first).count() == 2


def test_left_empty_the_stock_is_unknown(branch):
    assert shelve(branch, title="Stabilo", on_shelf=None).offer.on_hand is None


def test_its_own_article_number_finds_it(branch):
    offer = shelve(branch, "", title="Vase").offer
    Offer.objects.filter(pk=offer.pk).update(sku="V-12")

    assert shelving.look_up(branch=branch, code="V-12").offer == offer


def test_another_branch_of_the_shop_knows_it_too(branch):
    offer = shelve(branch, IN_STORE, title="Vase").offer
    sibling = factories.branch(branch.shop, "Vorsfelde")

    found = shelving.look_up(branch=sibling, code=IN_STORE)
    assert (found.variant, found.offer) == (offer.variant, None)
    there = shelve(sibling, IN_STORE).offer
    assert there.variant == offer.variant
    assert there.branch == sibling


def test_one_number_on_two_articles_asks_which(branch):
    variants = []
    for title in ("Vase blau", "Vase rot"):
        made = catalogue.create_product(city=branch.shop.city, shop=branch.shop, title=title)
        variants.append(catalogue.create_variant(product=made, barcode=IN_STORE))

    found = shelving.look_up(branch=branch, code=IN_STORE)
    assert found.variant is None
    assert list(found.alike) == variants
    chosen = shelve(branch, IN_STORE, variant_id=variants[1].pk).offer
    assert chosen.variant == variants[1]
    # Now one of them stands on this shelf: that is the one.
    assert shelving.look_up(branch=branch, code=IN_STORE).offer == chosen


def test_another_shops_article_cannot_be_chosen(branch, neighbour):
    foreign = shelve(neighbour, IN_STORE, title="Wurst").offer

    with pytest.raises(Refused) as refused:
        shelve(branch, IN_STORE, variant_id=foreign.variant_id)
    assert refused.value.code == "title_missing"


def test_the_second_tap_has_no_second_effect(branch):
    same = uuid.uuid4()
    first = shelve(branch, title="Stabilo", client_id=same)
    second = shelve(branch, title="Stabilo", price="99.00", on_shelf=99, client_id=same)

    assert (first.repeated, second.repeated) == (False, True)
    assert second.offer.pk == first.offer.pk
    assert (second.offer.price, second.offer.on_hand) == (Decimal("4.99"), 3)
    assert Shelving.objects.count() == Movement.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [({}, "title_missing"), ({"title": "  "}, "title_missing"),
     ({"title": "x", "price": "0"}, "price_out_of_range"),
     ({"title": "x", "on_shelf": -1}, "count_out_of_range")],
)  # fmt: skip
def test_refusals_leave_nothing(branch, more, code):
    with pytest.raises(Refused) as refused:
        shelve(branch, **more)

    assert refused.value.code == code
    assert Product.objects.count() == Offer.objects.count() == Shelving.objects.count() == 0


def test_a_shelf_keeps_back_what_its_branch_says(branch):
    type(branch).objects.filter(pk=branch.pk).update(buffer=1)
    branch.refresh_from_db()

    offer = shelve(branch, title="Stabilo").offer
    assert (offer.buffer, offer.free) == (1, 2)


def test_a_new_title_sorts_the_shelves_anew(branch):
    offer = shelve(branch, title="Stabilo").offer

    catalogue.update_product(product=offer.variant.product, now=NOW, title="Ährenstift")
    offer.refresh_from_db()
    assert offer.sort_title == offer.variant.product.sort_title == "ahrenstift"
