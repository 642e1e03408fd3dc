"""Shopify, Vendure, Oscar, Google's local inventory, workbooks: the same goods by other doors."""

import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from marketplace.core.errors import Refused
from shops.domain.imports import detect, workbook
from shops.domain.imports.goods import Goods
from shops.enums import TaxClass
from shops.models import Offer, Product
from tests import factories
from tests.shops.imports_help import LATER, sheet, sums, take


def read(text: str | bytes) -> Goods:
    goods = detect.read(text.encode() if isinstance(text, str) else text)
    assert goods.variants == (
        sum(len(group.items) for group in goods.groups)
        + len(goods.rejected)
        + goods.left_out.total()
    )
    return goods


# --- Shopify --------------------------------------------------------------------------------------

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Price,Variant Compare At Price,"
    "Variant Requires Shipping,Variant Barcode,Image Src,Gift Card,Status\n"
)


def shopify(*rows: str) -> Goods:
    return read(SHOPIFY + "\n".join(row + "," * (17 - row.count(",")) for row in rows) + "\n")


def test_rows_of_a_handle_are_one_product() -> None:
    goods = shopify(
        "ball,Ball,<p>Ein Ball aus Leder und mehr.</p>,Lederhof,Sport,TRUE,Größe,4,B-4,shopify,3,"
        "29.9,,TRUE,'9520061000272,https://cdn.example/files/ball.webp?v=7,FALSE,active",
        "ball,,,,,,,5,B-5,shopify,0,34.90,49.00,TRUE,,,,",
        "ball,,,,,,,,,,,,,,,https://cdn.example/files/ball-2.webp,,",
    )
    (group,) = goods.groups
    assert (group.key, group.title, group.brand) == ("handle:ball", "Ball", "Lederhof")
    assert (group.text, group.category) == ("Ein Ball aus Leder und mehr.", "Sport")
    assert group.pictures == ["ball.webp", "ball-2.webp"]
    four, five = group.items
    assert (four.options, four.price, four.quantity) == ([["Größe", "4"]], Decimal("29.90"), 3)
    assert four.gtin == "09520061000272"
    # A compare-at price is nobody's 30-day lowest price: it is not taken.
    assert (five.options, five.price, five.quantity) == ([["Größe", "5"]], Decimal("34.90"), 0)
    assert (goods.rows, goods.products, goods.variants) == (3, 1, 2)
    assert [notice.code for notice in goods.notices] == ["tax_assumed"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,A,,,,FALSE,,,A,shopify,1,9,,TRUE", "not_active"),
        ("a,A,,,,TRUE,,,A,shopify,1,9,,TRUE,,,,draft", "not_active"),
        ("a,A,,,,TRUE,,,A,shopify,1,9,,TRUE,,,TRUE", "gift_card"),
        ("a,A,,,,TRUE,,,A,shopify,1,9,,FALSE", "digital"),
    ],
)
def test_what_nobody_can_collect_stays_out(row: str, reason: str) -> None:
    assert shopify(row).left_out == {reason: 1}


def test_untracked_stock_is_unknown_and_oversold_too() -> None:
    goods = shopify(
        "a,A,,,,TRUE,Title,Default Title,A,,100,9,,TRUE", "b,B,,,,TRUE,,,B,shopify,-2,9,,TRUE"
    )
    assert [group.items[0].quantity for group in goods.groups] == [None, None]
    assert goods.groups[0].items[0].options == []
    assert {notice.code for notice in goods.notices} == {"quantity_negative", "tax_assumed"}


def test_bad_rows_are_named() -> None:
    goods = shopify("a,,,,,TRUE,,,A,,,9,,TRUE", ",X,,,,,,,,,,9", "b,B,,,,TRUE,,,B,,,0,,TRUE")
    assert [(one.line, one.code) for one in goods.rejected] == [
        (2, "title"),
        (3, "slug"),
        (4, "price_zero"),
    ]


# --- Vendure and Oscar: files of their projects ---------------------------------------------------


@pytest.mark.parametrize(
    "name", ["multiple-products-multiple-variants", "products", "single-product-multiple-variants"]
)
def test_vendure_as_csv_reading_finds_it(shared_data, name: str) -> None:
    path = f"products/vendure/{name}.csv"
    said = json.loads((shared_data / "expected.json").read_text())[path]
    goods = read((shared_data / path).read_bytes())
    assert (goods.kind, goods.rows, goods.products) == ("vendure", said["rows"], said["products"])
    assert goods.variants == said["variants"]
    # Its three chairs share one article number, which can only name one of them.
    repeated = [(one.line, one.code) for one in goods.rejected]
    assert repeated == ([(88, "repeated"), (89, "repeated")] if name == "products" else [])
    items = [item for group in goods.groups for item in group.items]
    prices = [min(item.price for item in items), max(item.price for item in items)]
    assert prices == [Decimal(price).quantize(Decimal("0.01")) for price in said["price_span"]]


def test_vendure_joins_options_and_reads_facets(shared_data) -> None:
    goods = read((shared_data / "products/vendure/products.csv").read_bytes())
    laptop = goods.groups[0]
    assert laptop.items[3].options == [["screen size", "15 inch"], ["RAM", "16GB"]]
    assert (laptop.brand, laptop.category) == ("Apple", "Electronics > Computers")
    assert laptop.pictures == ["derick-david-409858-unsplash.jpg"]
    assert (laptop.language, laptop.items[0].quantity) == ("en", 100)
    few = read((shared_data / "products/vendure/single-product-multiple-variants.csv").read_bytes())
    assert [item.quantity for item in few.groups[0].items] == [None] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "offers"),
    [("products/vendure/products.csv", 86), ("products/oscar/books.essential.csv", 82)],
)
def test_real_files_are_taken_twice(shared_data, path: str, offers: int) -> None:
    branch = factories.branch(factories.shop(factories.city()))
    content = (shared_data / path).read_bytes()
    assert sums(take(content, branch)) == (offers, 0, 0)
    assert sums(take(content, branch, now=LATER)) == (0, 0, offers)


def test_oscar_has_no_header(shared_data) -> None:
    path = "products/oscar/books.essential.csv"
    said = json.loads((shared_data / "expected.json").read_text())[path]
    goods = read((shared_data / path).read_bytes())
    items = [item for group in goods.groups for item in group.items]
    assert (goods.kind, goods.rows, len(items)) == ("oscar", said["rows"], said["rows"])
    assert sum(item.quantity for item in items) == said["stock_total"]
    assert sum(bool(item.gtin) for item in items) == said["gtin"]["valid"]
    assert "<" not in "".join(group.title for group in goods.groups)


# --- Google's local inventory ---------------------------------------------------------------------

LOCAL = "store_code\tid\tquantity\tprice\tavailability\n"


@pytest.fixture
def branch(db):
    return factories.branch(factories.shop(factories.city()), slug="mitte")


def test_it_brings_stock_of_known_goods(branch) -> None:
    take(sheet("A1;Ball;9,90;;7", "A2;Netz;4,90;3;19"), branch)
    receipt = take(
        LOCAL
        + "mitte\tA1\t7\t8.90 EUR\tin_stock\n"
        + "mitte\tA2\t\t4.90 EUR\tout_of_stock\n"
        + "nord\tA1\t1\t9.90 EUR\tin_stock\n"
        + "mitte\tA9\t1\t9.90 EUR\tin_stock\n"
        + "mitte\tA3\t1\t9.90 USD\tin_stock\n",
        branch,
        now=LATER,
    )
    assert receipt.kind == "google_local"
    assert sums(receipt) == (0, 2, 0)
    assert receipt.left_out == {"other_branch": 1, "no_eur_price": 1}
    assert [(one.line, one.code) for one in receipt.rejected] == [(5, "unknown_goods")]
    ball, net = Offer.objects.order_by("sku")
    assert (ball.on_hand, ball.price, net.on_hand) == (7, Decimal("8.90"), 0)
    product = Product.objects.get(title="Ball")
    assert product.language == "de"
    assert product.variants.get().tax_class == TaxClass.REDUCED


def test_a_new_branch_may_start_with_it(branch) -> None:
    take(sheet("A1;Ball;9,90;1;19"), branch)
    other = factories.branch(branch.shop, slug="nord")
    feed = LOCAL + "nord\tA1\t2\t9.90 EUR\tin_stock\n"
    assert sums(take(feed, other, now=LATER)) == (1, 0, 0)
    assert Offer.objects.get(branch=other).on_hand == 2


# --- workbooks ------------------------------------------------------------------------------------


def book(*rows: list[object], title: str = "Artikel", **more: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for name, lines in more.items():
        other = made.create_sheet(name)
        for line in lines:
            other.append(line)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


HEADER = ["Art.-Nr.", "Bezeichnung", "EAN", "VK", "Bestand", "Gezählt am"]


def test_a_till_sheet_as_workbook() -> None:
    counted = datetime(2026, 11, 24, 18, 5)  # noqa: DTZ001 as a workbook keeps it
    goods = read(
        book(
            ["Preisliste"],
            HEADER,
            [1001, "Lampe", 9520051000138, 1069.5, 3, counted],
            ["A-2", "Schirm", "=1+1", 4.999, None, None],
            [None, None],
            [1003, "Uhr", None, "auf Anfrage", 2.0, None],
        )
    )
    lamp, umbrella = (group.items[0] for group in goods.groups)
    assert (lamp.sku, lamp.gtin, lamp.price) == ("1001", "09520051000138", Decimal("1069.50"))
    assert lamp.as_of is not None
    assert lamp.as_of.replace(tzinfo=None) == counted
    assert (umbrella.price, umbrella.quantity) == (Decimal("5.00"), None)
    assert [(one.line, one.code) for one in goods.rejected] == [(6, "price")]


def test_the_sheet_with_goods_is_found() -> None:
    goods = read(book(["Notizen"], ["nichts"], Waren=[HEADER, [1, "Ball", None, 9, 1, None]]))
    assert goods.groups[0].title == "Ball"


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
        if name not in old.namelist():
            new.writestr(name, part)
    return file.getvalue()


GOOD = book(HEADER, [1, "Ball", None, 9, 1, None])
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
        (archive(**{"goods.csv": b"Bezeichnung;VK\nBall;9\n"}), "workbook"),
        (with_part(GOOD, "xl/vbaProject.bin", b"macro"), "workbook"),
        (with_part(GOOD, "xl/worksheets/sheet1.xml", BOMB), "workbook"),
        (with_part(GOOD, "xl/worksheets/sheet1.xml", BOMB.decode().encode("utf-16")), "workbook"),
        (with_part(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet>"), "workbook"),
        (with_part(GOOD, "xl/worksheets/sheet1.xml", b"not xml at all"), "workbook"),
        (
            archive(**{"xl__workbook.xml": b"<workbook/>", "big": b"0" * (workbook.MAX_UNPACKED)}),
            "too_large",
        ),
        (GOOD[: len(GOOD) // 2], "workbook"),
        (book([None]), "empty"),
        (book(HEADER), "empty"),
        (book(["a", "b"], [1, 2]), "unknown_file"),
    ],
)
def test_what_is_no_sheet(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        detect.read(content)
    assert refusal.value.code == code
    assert str(refusal.value)
