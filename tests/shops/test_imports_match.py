"""Which goods of a file are which: GTIN, article number, choice; shared pages and own ones."""

from decimal import Decimal

import pytest

from shops.models import Branch, Offer, Product, Variant
from tests import factories
from tests.shops.imports_help import LATER, sums, take

#: GS1 keeps prefix 952 for examples.
A, B, C = "9521234500018", "9521234500025", "9521234500032"
HEADER = "Art.-Nr.;Bezeichnung;EAN;VK;Bestand;MwSt;Modell;Größe;Beschreibung\n"


@pytest.fixture
def city(db):
    return factories.city()


@pytest.fixture
def branch(city) -> Branch:
    return factories.branch(factories.shop(city, "Laufwerk"))


@pytest.fixture
def neighbour(city) -> Branch:
    return factories.branch(factories.shop(city, "Schuh Ahlers"))


def test_two_shops_under_one_gtin_share_a_page(branch, neighbour):
    take(HEADER + f"1;Laufschuh Strada;{A};129,95;3;19;;;Leicht.\n", branch)
    receipt = take(HEADER + f"X9;STRADA schwarz;{A};119,00;1;19;;;Anders.\n", neighbour)
    assert sums(receipt) == (1, 0, 0)
    product = Product.objects.get()
    assert (product.shop, product.title, product.text) == (None, "Laufschuh Strada", "Leicht.")
    assert Variant.objects.get().gtin == f"0{A}"
    assert Offer.objects.count() == 2


def test_other_cities_have_their_own_page(branch):
    elsewhere = factories.branch(
        factories.shop(factories.city("Braunschweig", host="braunschweig.localhost"))
    )
    for at in (branch, elsewhere):
        take(HEADER + f"1;Laufschuh;{A};129,95;3;19;;;\n", at)
    assert Product.objects.count() == 2


def test_in_store_numbers_never_match_another_shop(branch, neighbour):
    for at in (branch, neighbour):
        take(HEADER + "1;Brot;2000000000015;5,90;3;7;;;\n", at)
    assert set(Product.objects.values_list("shop_id", flat=True)) == {
        branch.shop_id,
        neighbour.shop_id,
    }
    assert set(Variant.objects.values_list("gtin", "barcode")) == {(None, "2000000000015")}


def test_only_a_shop_alone_rewords_a_shared_page(branch, neighbour):
    take(HEADER + f"1;Laufschuh Strda;{A};129,95;3;19;;;\n", branch)
    assert sums(take(HEADER + f"1;Laufschuh Strada;{A};129,95;3;19;;;\n", branch)) == (0, 1, 0)
    take(HEADER + f"1;Schuh;{A};119,00;3;7;;;Ein Text.\n", neighbour)
    product = Product.objects.get()
    # What was empty is filled; what somebody else says stays.
    assert (product.title, product.text) == ("Laufschuh Strada", "Ein Text.")
    assert Variant.objects.get().tax_class == "STANDARD"
    receipt = take(HEADER + f"1;Ganz anders;{A};129,95;3;19;;;\n", branch, now=LATER)
    assert sums(receipt) == (0, 0, 1)


def test_a_group_joins_the_page_most_of_it_is_on(branch, neighbour):
    take(HEADER + f"1;Schuh;{A};99,00;1;19;S;41;\n2;Schuh;{B};99,00;1;19;S;42;\n", branch)
    sizes = (("7", A, 41), ("8", B, 42), ("9", C, 43))
    rows = "".join(f"{sku};Schuh;{gtin};95,00;1;19;S;{size};\n" for sku, gtin, size in sizes)
    receipt = take(HEADER + rows, neighbour)
    assert sums(receipt) == (3, 0, 0)
    product = Product.objects.get()
    assert [variant.label for variant in product.variants.order_by("pk")] == [
        "Größe: 41",
        "Größe: 42",
        "Größe: 43",
    ]


def test_a_group_with_one_unknown_number_is_the_shops_own(branch):
    take(HEADER + f"1;Schuh;{A};99,00;1;19;S;41;\n2;Schuh;;99,00;1;19;S;42;\n", branch)
    assert Product.objects.get().shop == branch.shop
    assert set(Variant.objects.values_list("gtin", "barcode")) == {(None, A), (None, "")}


def test_goods_without_gtin_do_not_enter_a_shared_page(branch, neighbour):
    take(HEADER + f"1;Schuh;{A};99,00;1;19;S;41;\n", neighbour)
    take(HEADER + f"1;Schuh;{A};99,00;1;19;S;41;\n2;Schuh;;99,00;1;19;S;42;\n", branch)
    own = Product.objects.get(shop=branch.shop)
    assert own.variants.get().label == "Größe: 42"
    assert Product.objects.get(shop=None).variants.count() == 1
    again = take(
        HEADER + f"1;Schuh;{A};98,00;1;19;S;41;\n2;Schuh;;98,00;1;19;S;42;\n", branch, now=LATER
    )
    assert sums(again) == (0, 2, 0)


def test_article_number_of_another_branch(branch):
    second = factories.branch(branch.shop, "Vorsfelde")
    take(HEADER + "1;Schuh;;99,00;1;19;;;\n", branch)
    receipt = take(HEADER + "1;Schuh;;89,00;4;19;;;\n", second)
    assert sums(receipt) == (1, 0, 0)
    assert Product.objects.count() == Variant.objects.count() == 1
    assert set(Offer.objects.values_list("branch", "price")) == {
        (branch.pk, Decimal("99.00")),
        (second.pk, Decimal("89.00")),
    }


def test_a_new_article_number_for_the_same_choice(branch):
    take(HEADER + "1;Schuh;;99,00;1;19;S;41;\n2;Schuh;;99,00;1;19;S;42;\n", branch)
    receipt = take(HEADER + "1;Schuh;;99,00;1;19;S;41;\n22;Schuh;;99,00;1;19;S;42;\n", branch)
    assert sums(receipt) == (0, 1, 1)
    assert Offer.objects.get(variant__label="Größe: 42").sku == "22"


def test_rows_of_one_model_without_choice_stay_apart(branch):
    take(HEADER + "1;Tee Kamille;;3,00;1;7;Tee;;\n2;Tee Minze;;3,00;1;7;Tee;;\n", branch)
    labels = set(Variant.objects.values_list("label", flat=True))
    assert labels == {"Bezeichnung: Tee Kamille", "Bezeichnung: Tee Minze"}


def test_an_article_number_that_stands_for_another_gtin(branch):
    take(HEADER + f"1;Schuh;{A};99,00;1;19;;;\n", branch)
    receipt = take(HEADER + f"1;Hemd;{B};49,00;1;19;;;\n", branch)
    assert [(entry.line, entry.code) for entry in receipt.rejected] == [(2, "sku_taken")]
    assert Offer.objects.get().price == Decimal("99.00")


def test_own_goods_keep_their_page_when_the_gtin_appears(branch, neighbour):
    take(HEADER + "1;Schuh;;99,00;1;19;;;\n", branch)
    take(HEADER + f"1;Schuh;{A};99,00;1;19;;;\n", neighbour)
    receipt = take(HEADER + f"1;Schuh;{A};95,00;1;19;;;\n", branch)
    assert sums(receipt) == (0, 1, 0)
    assert [notice.code for notice in receipt.notices] == ["own_page"]


def test_two_rows_that_turn_out_to_be_the_same_goods(branch):
    take(HEADER + f"1;Schuh;{A};99,00;1;19;;;\n", branch)
    receipt = take(HEADER + f";Schuh;{A};99,00;1;19;;;\n1;Schuh;;99,00;1;19;;;\n", branch)
    assert [(entry.line, entry.code) for entry in receipt.rejected] == [(3, "repeated")]


def test_a_shop_never_touches_another_shops_goods(branch, neighbour):
    take(HEADER + "1;Schuh;;99,00;1;19;;;\n", branch)
    take(HEADER + "1;Hemd;;10,00;9;19;;;\n", neighbour)
    offer = Offer.objects.get(branch=branch)
    assert (offer.price, offer.on_hand, offer.variant.product.title) == (Decimal(99), 1, "Schuh")


def test_categories_by_either_name_and_by_path(branch):
    tree = factories.category("Möbel & Wohnen", name_en="Home")
    leaf = factories.category("Küche & Tisch", name_en="Kitchen & table", parent=tree)
    head = "Art.-Nr.;Bezeichnung;VK;MwSt;Warengruppe\n"
    rows = (
        "1;Becher;9,90;19;kueche & tisch\n2;Kanne;9,90;19;Home -> Kitchen & Table\n"
        "3;Bank;9,90;19;Home > Bänke\n4;Rad;9,90;19;Fahrräder\n5;Ball;9,90;19;KÜCHE & TISCH\n"
    )
    receipt = take(head + rows, branch)
    found = dict(Product.objects.values_list("title", "category"))
    assert found == {
        "Becher": None,
        "Kanne": leaf.pk,
        "Bank": tree.pk,
        "Rad": None,
        "Ball": leaf.pk,
    }
    assert [notice.code for notice in receipt.notices] == ["category"]
