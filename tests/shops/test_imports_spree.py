"""The Spree export: rows of one product, euros on rows of their own, masters not for sale."""

from decimal import Decimal

from shops.domain.imports import detect
from shops.domain.imports.goods import Goods

HEADER = (
    "slug,sku,name,price,currency,status,description,tax_category,category1,option1_name,"
    "option1_value,option2_name,option2_value,image1_src,inventory_count,track_inventory,digital\n"
)


def read(*rows: str) -> Goods:
    lines = [row + "," * (HEADER.count(",") - row.count(",")) for row in rows]
    goods = detect.read((HEADER + "\n".join(lines) + "\n").encode())
    taken = sum(len(group.items) for group in goods.groups)
    assert goods.variants == taken + len(goods.rejected) + goods.left_out.total()
    return goods


MASTER = (
    "cup,CUP,Cup,0,USD,active,A cup.,Default,Home -> Cups,,,,,https://cdn.example/a/cup.webp?v=1"
)
RED = "cup,CUP-R,,20,USD,,,,,Color,Red,Size,L,https://cdn.example/cup-red.webp,7,TRUE"


def test_the_price_is_the_one_in_euros():
    goods = read(MASTER, RED, "cup,CUP-R,,17.50,EUR")
    (group,) = goods.groups
    (item,) = group.items
    assert (item.price, item.quantity, item.line) == (Decimal("17.50"), 7, 4)
    assert item.options == [["Color", "Red"], ["Size", "L"]]
    assert (group.pictures, item.pictures) == (["cup.webp"], ["cup-red.webp"])
    assert (group.title, group.text, group.key) == ("Cup", "A cup.", "slug:cup")
    assert (goods.rows, goods.products, goods.variants) == (3, 1, 1)


def test_euros_may_come_first():
    goods = read("cup,CUP-R,,17.50,EUR", MASTER, RED)
    assert goods.groups[0].items[0].price == Decimal("17.50")


def test_without_euros_nothing_is_for_sale():
    goods = read(MASTER, RED)
    assert (goods.groups, goods.left_out) == ([], {"no_eur_price": 1})


def test_goods_without_variants_are_their_own_row():
    goods = read("pot,POT,Pot,0,USD,active,,,,,,,,,3,TRUE", "pot,POT,,30,EUR")
    (item,) = goods.groups[0].items
    assert (item.sku, item.price, item.options, item.quantity) == ("POT", Decimal(30), [], 3)


def test_a_master_without_price_and_variants_is_no_variant():
    goods = read("pot,POT,Pot,0,EUR,active")
    assert (goods.rows, goods.products, goods.variants) == (1, 1, 0)


def test_a_priced_master_above_variants_is_not_for_sale():
    goods = read(MASTER.replace(",0,USD", ",25,EUR"), RED, "cup,CUP-R,,17.50,EUR")
    assert [item.sku for item in goods.groups[0].items] == ["CUP-R"]


def test_drafts_and_downloads_are_left_out():
    goods = read(
        "a,A,Draft,0,USD,draft",
        "a,A1,,5,EUR,,,,,Size,S",
        "b,B,Archived,5,EUR,archived",
        "c,C,Download,5,EUR,active,,,,,,,,,,,TRUE",
    )
    assert goods.left_out == {"not_active": 2, "digital": 1}


def test_stock_nobody_tracks_is_unknown():
    goods = read("pot,POT,Pot,5,EUR,active,,,,,,,,,3,FALSE")
    assert goods.groups[0].items[0].quantity is None


def test_stock_below_zero_is_unknown():
    goods = read("pot,POT,Pot,5,EUR,active,,,,,,,,,-4,TRUE")
    assert goods.groups[0].items[0].quantity is None
    assert [notice.code for notice in goods.notices] == ["quantity_negative"]


def test_article_numbers_broken_over_lines_are_one():
    goods = read(MASTER, RED.replace("CUP-R", '"CUP\n-R"'), "cup,CUP-R,,17.50,EUR")
    assert [item.sku for item in goods.groups[0].items] == ["CUP-R"]


def test_rows_that_cannot_be_taken():
    goods = read(
        MASTER,
        RED,
        "cup,CUP-R,,auf Anfrage,EUR",
        ",X,,5,EUR",
        "cup,CUP-GONE,,5,EUR",
        "cup,,,5,EUR",
        "b,B,,5,EUR,active",
    )
    found = [(entry.line, entry.code) for entry in goods.rejected]
    assert found == [(4, "price"), (5, "slug"), (6, "options"), (7, "sku"), (8, "title")]


def test_a_second_price_in_euros():
    goods = read(MASTER, RED, "cup,CUP-R,,17.50,EUR", "cup,CUP-R,,18,EUR", "cup,CUP-R,,17.50,EUR")
    assert [(entry.line, entry.code) for entry in goods.rejected] == [(5, "second_price")]
    assert goods.variants == 2


def test_tax_categories():
    goods = read(
        "a,A,Brot,5,EUR,active,,Ermäßigt 7 %",
        "b,B,Becher,5,EUR,active,,Default",
        "c,C,Hemd,5,EUR,active,,Clothing",
    )
    assert [group.items[0].tax_class for group in goods.groups] == [
        "REDUCED",
        "STANDARD",
        "STANDARD",
    ]
    assert [notice.code for notice in goods.notices] == ["tax_assumed"]


def test_the_language_is_that_of_the_descriptions():
    assert read(MASTER, RED, "cup,CUP-R,,5,EUR").groups[0].language == "en"
    german = MASTER.replace("A cup.", "Ein Becher mit Henkel und Deckel.")
    assert read(german, RED, "cup,CUP-R,,5,EUR").groups[0].language == "de"


def test_what_csv_reading_finds(shared_data):
    goods = detect.read((shared_data / "products/spree/products.csv").read_bytes())
    assert (goods.kind, goods.rows, goods.products, goods.variants) == ("spree", 211, 37, 87)
    items = [item for group in goods.groups for item in group.items]
    assert (len(items), goods.rejected, goods.notices) == (87, [], [])
    pictures = [*(group.pictures for group in goods.groups), *(item.pictures for item in items)]
    assert sum(map(len, pictures)) == 124
    assert {item.quantity for item in items} == {5000}
    assert min(item.price for item in items) == Decimal("32.99")
