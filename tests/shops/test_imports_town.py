"""The demo town's own files: what they say, and that every import of them adds up."""

from collections import defaultdict
from datetime import timedelta

import pytest
from stdnum import ean

from marketplace.core.domain.history import Actor
from marketplace.workbench import town
from shops.domain import tree
from shops.domain.gate import ruled
from shops.domain.imports import detect, tabular
from shops.enums import Gate
from shops.models import Offer, Product, Variant
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import sums, take

FILES = sorted(path.name for path in town.FILES.iterdir())


@pytest.fixture
def branches(db) -> dict[tuple[str, str], object]:
    """The first town's shops and branches, with the goods tree."""
    tree.plant()
    ruled.plant(by=Actor.system(), now=NOW)
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
        ("laufwerk.csv", "utf-8", "shopify", (27, 16, 27), 0, 2),
        ("laufwerk-inventar.tsv", "utf-8", "google_local", (26, 26, 26), 0, 0),
        ("okerstein.csv", "utf-8", "till", (9, 8, 9), 0, 0),
        ("kiosk.csv", "cp850", "till", (9, 9, 9), 3, 0),
        ("gruenspan.csv", "cp1252", "till", (19, 19, 19), 0, 0),
    ],
)
def test_each_file(name, encoding, kind, figures, rejected, left_out):
    content = town.file(name).read_bytes()
    goods = detect.read(content)
    assert (tabular.read(content).encoding, goods.kind) == (encoding, kind)
    assert (goods.rows, goods.products, goods.variants) == figures
    assert (len(goods.rejected), goods.left_out.total()) == (rejected, left_out)
    assert {group.language for group in goods.groups} == {"de" if goods.names_goods else ""}


def test_an_older_till_writes_windows_line_ends():
    content = town.file("allerwinkel-kontor.csv").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_town_is_imported(branches, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    receipts = {}
    for one in town.load()["imports"]:
        as_of = NOW - timedelta(minutes=one["counted_minutes_ago"])
        receipts[one["file"]] = receipt = take(
            town.file(one["file"]).read_bytes(),
            branches[one["shop"], one["branch"]],
            as_of=as_of,
            folder=town.PICTURES,
        )
        assert not {"category", "picture_missing"} & {notice.code for notice in receipt.notices}

    # Laufwerk's stock comes beside its goods; what it says of others is turned away.
    beside = receipts.pop("laufwerk-inventar.tsv")
    assert sums(beside) == (0, 24, 0)
    assert [(one.line, one.code) for one in beside.rejected] == [(27, "unknown_goods")]
    assert beside.left_out == {"other_branch": 1}
    assert all(each.updated == each.unchanged == 0 for each in receipts.values())
    assert sum(each.created for each in receipts.values()) == Offer.objects.count() > 200

    products = Product.objects.all()
    assert products.count() >= 150
    # Of one shop nearly everything is missing.
    kiosk = products.filter(shop__slug="kiosk-am-hallenbad")
    assert kiosk.filter(category=None).exists()
    proper = products.exclude(pk__in=kiosk)
    assert not proper.filter(category=None).exists()
    assert proper.filter(text="").count() == 0
    # Articles that several shops have, so one can take another way to them.
    shops = defaultdict(set)
    for product, shop in products.filter(shop=None).values_list(
        "pk", "variants__offers__branch__shop"
    ):
        shops[product].add(shop)
    assert sum(len(those) > 1 for those in shops.values()) >= 12
    assert sum(len(those) > 2 for those in shops.values()) >= 2
    assert {offer.on_hand for offer in Offer.objects.all()} >= {None, 0, 1}
    pictured = products.filter(pictures__isnull=False).distinct()
    assert pictured.count() >= 90
    food = Variant.objects.filter(product__category__name__in=["Brot & Gebäck", "Kaffee & Tee"])
    assert set(food.values_list("tax_class", flat=True)) == {"REDUCED"}
    assert Variant.objects.filter(content_amount__isnull=False).count() > 20
    assert Variant.objects.filter(deposit_amount__isnull=False).exists()

    for one in town.load()["imports"]:
        branch = branches[one["shop"], one["branch"]]
        as_of = NOW - timedelta(minutes=one["counted_minutes_ago"])
        again = take(town.file(one["file"]).read_bytes(), branch, as_of=as_of, folder=town.PICTURES)
        assert again.created == again.updated == 0


def test_what_the_law_wants_told_is_told_of_goods_that_need_it(branches, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    told = {}
    for one in town.load()["imports"]:
        branch = branches[one["shop"], one["branch"]]
        told[one["file"]] = take(town.file(one["file"]).read_bytes(), branch)

    products = Product.objects.all()
    made = products.exclude(manufacturer=None)
    assert made.count() >= 80
    assert not made.filter(manufacturer__address="").exists()
    # Nobody's: numbers of the register are not given out that low, and no host ends like this.
    assert not made.exclude(manufacturer__email__endswith=".example").exists()
    devices = products.exclude(weee_number="")
    assert devices.count() >= 15
    assert not devices.exclude(weee_number__startswith="DE 0001").exists()
    assert not devices.filter(manufacturer=None).exists()
    # Only light sources here carry the label.
    classes = Variant.objects.exclude(energy_class="").values_list("product__title", "energy_class")
    assert {title[:8]: energy for title, energy in classes} == {"LED-Lamp": "F", "LED-Kerz": "E"}
    # New goods that are no food and no plants, from shops that tell: nearly all have one.
    silent = ["kiosk-am-hallenbad", "zweitliebe"]
    fresh = products.exclude(category__parent__slug="essen-trinken").exclude(shop__slug__in=silent)
    fresh = fresh.exclude(category__slug="blumen-pflanzen").exclude(category=None)
    assert made.count() >= 0.9 * fresh.count()
    # Windows-1252, a workbook, fields of two web shops.
    for title, address in {
        "Gießkanne mit langem Ausguss, 1,5 l": "Gewerbering 18, 38518 Gifhorn",
        "Kreisel aus Ahorn": "Spänegasse 1, 38471 Rühen",
        "Stirnlampe „Frühschicht“": "Werkhof 6, 29525 Uelzen",
        "Keramikvase „Feldweg“": "Drehscheibe 10, 38154 Königslutter am Elm",
    }.items():
        assert products.get(title=title).manufacturer.address == address
    # What missing looks like.
    assert not made.filter(shop__slug="kiosk-am-hallenbad").exists()
    spoken = told["kiosk.csv"]
    assert spoken.held_back == {"electrical": 1, "review": 1}
    assert "held_electrical" in {notice.code for notice in spoken.notices}
    assert not Offer.objects.live().filter(variant__product__title="Taschenlampe").exists()


def test_the_whole_town_passes_the_gate_but_for_the_kiosk(branches, settings, tmp_path):
    """Everything can be reserved, and nearly everything paid; the kiosk shows what missing is."""
    settings.MEDIA_ROOT = tmp_path
    for one in town.load()["imports"]:
        branch = branches[one["shop"], one["branch"]]
        take(town.file(one["file"]).read_bytes(), branch)
    offers = Offer.objects.exclude(branch__shop__slug="kiosk-am-hallenbad")
    rows = offers.values_list("variant__product__title", "variant__gate", "variant__gate_reasons")
    assert {(title, *why) for title, gate, why in rows if gate == Gate.CLOSED} == set()
    unpaid = {(title, *why) for title, gate, why in rows if gate == Gate.RESERVE_ONLY}
    assert len(unpaid) <= 3, unpaid
    kiosk = Offer.objects.filter(branch__shop__slug="kiosk-am-hallenbad")
    assert set(kiosk.values_list("variant__gate", flat=True)) == {Gate.CLOSED, Gate.RESERVE_ONLY}
    assert set(Variant.objects.filter(product__facts__condition="USED").values_list("gate")) == {
        (Gate.OPEN,)
    }


def test_the_pictures_are_those_the_files_name():
    named = set()
    for name in FILES:
        for group in detect.read(town.file(name).read_bytes()).groups:
            named.update(group.pictures)
            named.update(picture for item in group.items for picture in item.pictures)
    assert named == {path.name for path in town.PICTURES.iterdir()}


def test_barcodes_belong_to_nobody():
    """952 is GS1's prefix for examples, 20 is for numbers a shop prints itself; no agency gives
    out ISBN that begin with 978-99999."""
    codes = 0
    for name in FILES:
        for group in detect.read(town.file(name).read_bytes()).groups:
            for code in filter(None, (item.barcode for item in group.items)):
                assert code.startswith(("952", "20", "97899999")), code
                assert ean.is_valid(code), code
                codes += 1
    assert codes > 100


BOXES = {"wolfsburg": (52.3, 52.5, 10.6, 10.9), "braunschweig": (52.2, 52.3, 10.4, 10.6)}


@pytest.mark.parametrize("name", town.TOWNS)
def test_people_and_places(name):
    south, north, west, east = BOXES[name]
    loaded = town.load(name)
    branches = [branch for shop in loaded["shops"] for branch in shop["branches"]]
    for branch in branches:
        assert south < branch["latitude"] < north
        assert west < branch["longitude"] < east
        # Kept free for films by the Bundesnetzagentur.
        assert branch["phone"].startswith("+49 171 39200")
    assert len({branch["phone"] for branch in branches}) == len(branches)
    people = [
        *loaded["shoppers"],
        *(person for shop in loaded["shops"] for person in shop["members"]),
    ]
    assert len({person["email"] for person in people}) == len(people)
    assert all(person["email"].endswith("@example.de") for person in people)
    assert {shop["auto_accept"] for shop in loaded["shops"]} == {True, False}
    files = {one["shop"] for one in loaded["imports"]}
    # Shops without goods, with a web shop of their own.
    silent = [shop for shop in loaded["shops"] if shop["slug"] not in files]
    assert any(shop["online_shop"] for shop in silent)
    trades = {row["slug"] for row in tree.read()} | {""}
    assert {shop["trade"] for shop in loaded["shops"]} <= trades


def test_the_first_town_is_a_town():
    shops = town.load()["shops"]
    assert len(shops) >= 12
    assert any(not branch["hours"] for shop in shops for branch in shop["branches"])
    assert {shop["front"] for shop in shops if shop["front"]} <= {
        path.stem for path in town.FRONTS.iterdir()
    }
