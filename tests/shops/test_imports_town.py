"""The demo town's own files: what they say, and that every import of them adds up."""

import csv
from datetime import timedelta

import pytest
from stdnum import ean

from marketplace.workbench import town
from shops.domain.imports import detect, tabular
from shops.models import Category, Offer, Product, ProductPicture, Variant
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import sums, take

FILES = sorted(path.name for path in town.FOLDER.glob("*.csv"))


def grow(children: list[dict], parent: Category | None = None) -> None:
    for one in children:
        fields = {name: one[name] for name in ("name_en", "slug", "turnover")}
        grow(one.get("children", []), factories.category(one["name"], parent=parent, **fields))


@pytest.fixture
def branches(db) -> dict[tuple[str, str], object]:
    """The town's shops and branches, with its goods tree."""
    grow(town.categories())
    city = factories.city()
    made = {}
    for shop in town.load()["shops"]:
        row = factories.shop(city, shop["name"], slug=shop["slug"], online_shop=shop["online_shop"])
        for branch in shop["branches"]:
            made[shop["slug"], branch["slug"]] = factories.branch(
                row, branch["name"], slug=branch["slug"]
            )
    return made


@pytest.mark.parametrize(
    ("name", "encoding", "kind", "figures", "rejected", "left_out"),
    [
        ("haushaltswaren-lindhorst.csv", "utf-8", "spree", (89, 26, 41), 2, 3),
        ("allerwinkel-kontor.csv", "cp1252", "till", (25, 21, 25), 3, 0),
        ("seitenwind-porschestrasse.csv", "utf-8", "till", (19, 16, 19), 2, 0),
        ("seitenwind-vorsfelde.csv", "utf-8", "till", (12, 10, 12), 0, 0),
    ],
)
def test_each_file(name, encoding, kind, figures, rejected, left_out):
    content = town.file(name).read_bytes()
    goods = detect.read(content)
    assert (tabular.read(content).encoding, goods.kind) == (encoding, kind)
    assert (goods.rows, goods.products, goods.variants) == figures
    assert (len(goods.rejected), goods.left_out.total()) == (rejected, left_out)
    assert {group.language for group in goods.groups} == {"de"}


def test_an_older_till_writes_windows_line_ends():
    content = town.file("allerwinkel-kontor.csv").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_town_is_imported(branches, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    created = 0
    for one in town.load()["imports"]:
        as_of = NOW - timedelta(minutes=one["counted_minutes_ago"])
        receipt = take(
            town.file(one["file"]).read_bytes(),
            branches[one["shop"], one["branch"]],
            as_of=as_of,
            folder=town.PICTURES,
        )
        assert receipt.updated == receipt.unchanged == 0
        assert not {"category", "picture_missing"} & {notice.code for notice in receipt.notices}
        created += receipt.created

    assert created == Offer.objects.count() == 36 + 22 + 17 + 12
    products = Product.objects.all()
    assert (products.count(), products.filter(shop=None).count()) == (53, 16)
    assert not products.filter(category=None).exists()
    assert products.filter(text="").count() == 0
    # Five articles are in two shops, so one can take another way to them.
    shared = [
        product
        for product in products.filter(shop=None)
        if len({offer.branch.shop_id for v in product.variants.all() for offer in v.offers.all()})
        > 1
    ]
    assert len(shared) == 5
    assert {offer.on_hand for offer in Offer.objects.all()} >= {None, 0, 1}
    pictured = set(ProductPicture.objects.values_list("product", flat=True))
    assert {product.title for product in products.exclude(pk__in=pictured)} == {
        "Holzkistchen, leer"
    }
    food = Variant.objects.filter(product__category__name__in=["Brot & Gebäck", "Kaffee & Tee"])
    assert set(food.values_list("tax_class", flat=True)) == {"REDUCED"}

    for one in town.load()["imports"]:
        branch = branches[one["shop"], one["branch"]]
        as_of = NOW - timedelta(minutes=one["counted_minutes_ago"])
        again = take(town.file(one["file"]).read_bytes(), branch, as_of=as_of, folder=town.PICTURES)
        assert sums(again) == (0, 0, branch.offers.count())


def test_the_pictures_are_those_the_files_name():
    named = set()
    for name in FILES:
        for group in detect.read(town.file(name).read_bytes()).groups:
            named.update(group.pictures)
            named.update(picture for item in group.items for picture in item.pictures)
    assert named == {path.name for path in town.PICTURES.iterdir()}


def test_barcodes_belong_to_nobody():
    """952 is GS1's prefix for examples, 20 is for numbers a shop prints itself."""
    for name in FILES:
        content = (
            town.file(name).read_bytes().decode("cp1252" if "allerwinkel" in name else "utf-8")
        )
        delimiter = "," if "lindhorst" in name else ";"
        for row in csv.DictReader(content.splitlines(), delimiter=delimiter):
            code = row.get("EAN") or row.get("barcode") or ""
            if code and "E+" not in code:
                assert code.startswith(("952", "20")), code
                assert ean.is_valid(code), code


def test_people_and_places():
    loaded = town.load()
    assert len(loaded["shops"]) == 3
    branches = [branch for shop in loaded["shops"] for branch in shop["branches"]]
    assert len(branches) == 4
    for branch in branches:
        assert 52.3 < branch["latitude"] < 52.5
        assert 10.6 < branch["longitude"] < 10.9
        assert {weekday for weekday, _opens, _closes in branch["hours"]} == set(range(6))
    people = [
        *loaded["shoppers"],
        *(person for shop in loaded["shops"] for person in shop["members"]),
    ]
    assert len({person["email"] for person in people}) == len(people)
    assert all(person["email"].endswith("@example.de") for person in people)
    assert {shop["auto_accept"] for shop in loaded["shops"]} == {True, False}
