"""Cells to prices, stock, tax classes, barcodes and times."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shops.domain.imports import numbers, words
from shops.domain.imports.numbers import ForeignCurrency, Unreadable


@pytest.mark.parametrize(
    ("text", "mark", "cents"),
    [
        ("14,99", ",", 1499),
        ("14.99", ".", 1499),
        ("14.99", ",", 1499),
        ("1.234,99 €", ",", 123499),
        ("1,234.99", ".", 123499),
        ("1.234", ",", 123400),
        ("1.234", ".", 123),
        ("1 234,50", ",", 123450),
        ("1'234.50", ".", 123450),
        ("35.949999999999", ".", 3595),
        ("2,005", ",", 201),
        ("EUR 5", ",", 500),
        ("5,-", ",", 500),
        ("12,90\xa0€", ",", 1290),
        ("0,01", ",", 1),
    ],
)
def test_prices(text, mark, cents):
    assert numbers.price(text, mark) == Decimal(cents) / 100


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "price_missing"),
        ("€", "price_missing"),
        ("0", "price_zero"),
        ("0,00", "price_zero"),
        ("0,004", "price_zero"),
        ("-5,00", "price_zero"),
        ("auf Anfrage", "price"),
        ("½", "price"),
        ("1e9", "price"),
        ("٣٤", "price"),
        ("1,2,3", "price"),
        ("ab 5,00", "price"),
        ("nan", "price"),
        ("9999999", "price_too_high"),
        ("9" * 400, "price"),
    ],
)
def test_what_is_no_price(text, code):
    with pytest.raises(Unreadable) as trouble:
        numbers.price(text)
    assert trouble.value.code == code
    assert str(trouble.value.message)


@pytest.mark.parametrize("text", ["$5", "12 CHF", "7 USD", "£3", "19,90 DM"])
def test_foreign_money_is_never_euros(text):
    with pytest.raises(ForeignCurrency):
        numbers.price(text)


@given(st.integers(1, 99999999))
def test_every_german_price_survives(cents):
    text = f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"
    assert numbers.price(text) == Decimal(cents) / 100


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234", "14,99"], ","),
        (["1.234", "12.90"], "."),
        (["1.234", "2.000"], ","),
        (["35.949999999999"], "."),
        ([], ","),
    ],
)
def test_how_a_column_writes_decimals(cells, mark):
    assert numbers.decimal_mark(cells) == mark


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("5", 5),
        ("0", 0),
        ("5000", 5000),
        ("1.000", 1000),
        ("5,000", 5),
        ("12 Stk.", 12),
        ("2,5", 2),
        ("", None),
        ("vorhanden", None),
        ("½", None),
        ("Ausverkauft", 0),
    ],
)
def test_stock(text, units):
    assert numbers.quantity(text) == units


@pytest.mark.parametrize(
    ("text", "code"), [("-1", "quantity_negative"), ("4006381333931", "quantity_too_high")]
)
def test_what_is_no_stock(text, code):
    with pytest.raises(Unreadable) as trouble:
        numbers.quantity(text)
    assert trouble.value.code == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("19", "STANDARD"),
        ("19 %", "STANDARD"),
        ("19\xa0%", "STANDARD"),
        ("19,00", "STANDARD"),
        ("0,19", "STANDARD"),
        ("A", "STANDARD"),
        ("voll", "STANDARD"),
        ("7", "REDUCED"),
        ("7,0%", "REDUCED"),
        ("b", "REDUCED"),
        ("ermäßigt", "REDUCED"),
        ("0", "ZERO"),
        ("", None),
    ],
)
def test_tax_classes(text, found):
    assert numbers.tax_class(text) == found


@pytest.mark.parametrize("text", ["16", "5", "C", "10,7", "viel", "190"])
def test_rates_this_country_does_not_have(text):
    with pytest.raises(Unreadable):
        numbers.tax_class(text)


@pytest.mark.parametrize(
    ("text", "gtin", "barcode", "is_trouble"),
    [
        ("9521234500018", "09521234500018", "9521234500018", False),
        ("'9521234500018", "09521234500018", "9521234500018", False),
        ('="9521234500018"', "09521234500018", "9521234500018", False),
        ("036000291452", "00036000291452", "036000291452", False),
        ("3-16-148410-X", "09783161484100", "9783161484100", False),
        ("96385074", "00000096385074", "96385074", False),
        ("9521234500019", "", "9521234500019", True),
        ("4,00E+12", "", "", True),
        ("4.00638E+12", "", "", True),
        ("4006380000000", "", "", True),
        ("2000000000015", "", "2000000000015", False),
        ("2912345000004", "", "2912345000004", False),
        ("0200000000011", "", "0200000000011", False),
        ("20000004", "", "20000004", False),
        ("10000", "", "10000", False),
        ("KÄSE-1", "", "KÄSE1", False),
        ("", "", "", False),
    ],
)
def test_barcodes(text, gtin, barcode, is_trouble):
    mark = numbers.gtin(text)
    assert (mark.gtin, mark.barcode, bool(mark.trouble)) == (gtin, barcode, is_trouble)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("22.11.2026 18:30", "2026-11-22T18:30:00+01:00"),
        ("22.11.26, 18:30 Uhr", "2026-11-22T18:30:00+01:00"),
        ("2026-07-01 09:00:05", "2026-07-01T09:00:05+02:00"),
        ("22.11.2026", "2026-11-22T00:00:00+01:00"),
    ],
)
def test_times_of_a_count(text, iso):
    found = numbers.moment(text)
    assert found == datetime.fromisoformat(iso)


def test_what_is_no_time():
    assert numbers.moment("") is None
    with pytest.raises(Unreadable):
        numbers.moment("31.02.2026")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<p>Warm &amp; weich</p><ul><li>rot</li><li>blau</li></ul>",
            "Warm & weich\n\n– rot\n\n– blau",
        ),
        ("&lt;b&gt;fett&lt;/b&gt;", "fett"),
        ("a<script>alert(1)</script>b", "ab"),
        ("3 < 5 und 7 > 2", "3 < 5 und 7 > 2"),
        ("<img src=x onerror=alert(1)>Bild", "Bild"),
        ("erste\r\nzweite", "erste\nzweite"),
    ],
)
def test_markup_becomes_text(markup, text):
    assert words.plain(markup) == text


def test_article_numbers_in_one_piece():
    assert words.article_number("AD-04\n-blue-OS") == "AD-04-blue-OS"


def test_languages_by_small_words():
    assert words.language(["Der Becher ist aus Steinzeug und liegt gut"], default="en") == "de"
    assert words.language(["With a handle that stays cool"], default="de") == "en"
    assert words.language([""], default="en") == "en"


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://laden.example/a?b=c", True),
        ("http://laden.example", True),
        ("javascript:alert(1)", False),
        ("https://laden.example/ x", False),
        ('https://laden.example/"onx', False),
        ("//laden.example", False),
        ("", False),
    ],
)
def test_web_addresses(address, is_good):
    assert words.is_web_address(address) is is_good
