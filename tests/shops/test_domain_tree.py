"""The goods tree: planted once however often, deep enough for a town, found by other words."""

import pytest
from django.db import IntegrityError, transaction

from shops.domain import catalogue, search, tree
from shops.models import Category, Product, SearchDocument, Variant
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ROWS = [
    {
        "name": "Essen", "name_en": "Food", "slug": "essen", "turnover": 0.2, "drawing": "BREAD",
        "children": [
            {"name": "Nudeln", "name_en": "Pasta", "slug": "nudeln", "turnover": 0.1,
             "search_words": "Teigwaren, Spätzle"},
        ],
    }
]  # fmt: skip


def walk(rows, above=()):
    for row in rows:
        yield row, above
        yield from walk(row.get("children", ()), (*above, row))


def found(city, text: str) -> set[str]:
    products = Product.objects.of(city)
    return {product.title for product in search.find(products, text=text)}


def test_planting_again_changes_nothing():
    assert len(tree.plant(ROWS)) == 2
    assert tree.plant(ROWS) == []
    nudeln = Category.objects.get(slug="nudeln")
    assert (nudeln.parent.slug, nudeln.drawing, nudeln.sort_name) == ("essen", "BREAD", "nudeln")


def test_what_the_file_says_otherwise_is_taken_over_and_nothing_goes():
    tree.plant(ROWS)
    mine = factories.category("Eigenes")
    changed = [ROWS[0] | {"name": "Lebensmittel", "children": []}]
    assert [each.name for each in tree.plant(changed)] == ["Lebensmittel"]
    assert set(Category.objects.values_list("slug", flat=True)) == {"essen", "nudeln", mine.slug}


def test_goods_are_found_by_what_else_people_call_their_category():
    tree.plant(ROWS)
    city = factories.city()
    factories.product(city, "Farfalle", category=Category.objects.get(slug="nudeln"))
    for text in ("Teigwaren", "teig\N{SOFT HYPHEN}waren", "Spatzle", "pasta", "Essen", "food"):
        assert found(city, text) == {"Farfalle"}, text
    assert found(city, "Reis") == set()
    # What a category is called otherwise is found whole only.
    assert found(city, "ware") == set()


def test_new_words_reach_goods_that_are_there():
    tree.plant(ROWS)
    city = factories.city()
    factories.product(city, "Farfalle", category=Category.objects.get(slug="nudeln"))
    tree.plant([ROWS[0] | {"search_words": "Vorrat"}])
    assert found(city, "Vorrat") == {"Farfalle"}
    assert SearchDocument.objects.count() == 1


def test_the_towns_tree_is_whole():
    rows = list(walk(tree.read()))
    slugs = [row["slug"] for row, _above in rows]
    assert 120 <= len(rows) <= 220
    assert len(set(slugs)) == len(slugs)
    assert {len(above) for _row, above in rows} == {0, 1, 2}
    for row, above in rows:
        assert row["name"], row
        assert row["name_en"], row
        assert row["search_words"], row
        assert row["search_words_en"], row
        assert row["turnover"] > 0
        assert any(each.get("drawing") for each in (row, *above)), row
    names = [row["name"] for row, _above in rows]
    assert len(set(names)) == len(names)
    tree.plant()
    assert Category.objects.count() == len(rows)


@pytest.mark.parametrize(
    ("word", "slug"),
    [("Teigwaren", "nudeln-reis"), ("Zoohandlung", "tierbedarf"), ("bike", "fahrrad"),
     ("Optiker", "brillen-optik"), ("wool", "stoffe-handarbeit"), ("Böller", "feuerwerk")],
)  # fmt: skip
def test_people_find_it_by_their_own_words(word, slug):
    tree.plant()
    city = factories.city()
    factories.product(city, "Ding", category=Category.objects.get(slug=slug))
    assert found(city, word) == {"Ding"}


def test_a_number_typed_off_the_label_finds_its_page():
    city = factories.city()
    product = catalogue.create_product(city=city, shop=None, title="Strada")
    catalogue.create_variant(product=product, gtin="09521234500018")
    catalogue.finish_product(product=product, now=NOW)
    factories.product(city, "Anderes 9 521234 500018 nicht")
    for text in ("9521234500018", "9 521234 500018", "952-1234-50001-8", "09521234500018"):
        assert "Strada" in found(city, text), text
    assert found(city, "9521234500018") == {"Strada"}
    assert found(city, "9521234500025") == set()


@pytest.mark.parametrize(
    "gtin",
    ["02000000000015", "02912345678905", "00212345678909", "00412345678903", "00000020000004",
     "00000000123457"],
)  # fmt: skip
def test_the_database_refuses_numbers_that_shops_print_themselves(gtin):
    product = factories.product(factories.city(), "Brot")
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(product=product).update(gtin=gtin)
