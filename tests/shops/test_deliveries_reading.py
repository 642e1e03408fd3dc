"""What tills write, as rows: JSON of all sorts, tables as Germans and others write them."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from marketplace.core.errors import Refused
from shops.domain.deliveries import reading
from shops.domain.deliveries.reading import Row


def one(**said):
    return reading.from_json(json.dumps({"rows": [said]}).encode()).rows[0]


def table(text, encoding="utf-8"):
    return list(reading.from_table(text.encode(encoding)).rows)


def test_numbers_as_numbers_and_as_text():
    assert one(sku="a", quantity=3, price=2.95) == Row(1, "", "a", 3, Decimal("2.95"))
    assert one(sku=17, quantity="3", price="2,95") == Row(1, "", "17", 3, Decimal("2.95"))
    assert one(sku="a", quantity="1.234", price="1.234,50") == Row(
        1, "", "a", 1234, Decimal("1234.50")
    )
    assert one(sku="a", quantity=2.7).quantity == 2
    assert one(sku="a", price=0.005).price == Decimal("0.01")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"quantity": True}, "quantity"),
        ({"quantity": "viele"}, "quantity"),
        ({"quantity": [1]}, "quantity"),
        ({"quantity": -1}, "quantity_negative"),
        ({"quantity": "-1"}, "quantity_negative"),
        ({"quantity": 10**400}, "quantity_too_high"),
        ({"price": 0}, "price_zero"),
        ({"price": 0.001}, "price_zero"),
        ({"price": 1e300}, "price_too_high"),
        ({"price": {}}, "price"),
        ({"price": "$3"}, "no_eur_price"),
        ({"quantity": 1, "as_of": 1764770700}, "as_of"),
        ({"quantity": 1, "as_of": "2026-13-01T00:00:00Z"}, "as_of"),
        ({"sku": True, "quantity": 1}, "no_mark"),
        ({"sku": "x" * 81, "quantity": 1}, "no_mark"),
        ({"sku": " ", "quantity": 1}, "no_mark"),
        ({}, "no_news"),
    ],
)
def test_what_cannot_be_read_spoils_its_own_row_only(said, code):
    assert one(**({"sku": "a"} | said)).trouble == code


def test_times_have_a_zone_or_the_tills():
    noon = datetime(2026, 12, 3, 11, tzinfo=UTC)
    for said in ("2026-12-03T12:00:00+01:00", "2026-12-03T11:00:00Z", "2026-12-03T12:00:00",
                 "03.12.2026 12:00"):  # fmt: skip
        assert one(sku="a", quantity=1, as_of=said).as_of == noon


def test_tables_of_two_countries():
    expected = [Row(2, "4006381333931", "L-1", 12, Decimal("2.95")), Row(3, "", "L-2", 0, None)]
    assert table("EAN;Art.-Nr.;Bestand;VK\n4006381333931;L-1;12;2,95\n;L-2;0;\n") == expected
    assert table("barcode,sku,quantity,price\n4006381333931,L-1,12,2.95\n,L-2,0,\n") == expected
    titled = "Kassenexport Möller\n\nEAN;Artikelnummer;Lagerbestand;Preis\n"
    found = table(f"{titled}4006381333931;L-1;12;2,95 €\n", "cp1252")
    assert [(row.line, row.price) for row in found] == [(4, Decimal("2.95"))]


def test_a_column_says_how_its_decimals_are_written():
    found = table("sku;price\na;1.234\nb;12.90\n")
    assert [row.price for row in found] == [Decimal("1.23"), Decimal("12.90")]
    found = table("sku;price\na;1.234\nb;12,90\n")
    assert [row.price for row in found] == [Decimal("1234.00"), Decimal("12.90")]


def test_rows_that_are_broken_keep_their_line():
    found = table('sku;quantity\na;1\nb;2;3;4\nc;"5\nd;6\n')
    assert [(row.line, row.sku, row.trouble) for row in found] == [
        (2, "a", ""), (3, "", "too_wide"), (4, "", "quote"), (5, "d", ""),
    ]  # fmt: skip


def test_a_header_needs_goods_and_news():
    for header in ("sku", "Bestand;VK", "Bezeichnung;VK", "a;b"):
        with pytest.raises(Refused) as no:
            table(f"{header}\n1;2\n")
        assert no.value.code == "no_header"
