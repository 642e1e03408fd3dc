"""Bytes to rows: encodings, separators, quotes, line ends, limits. Never anything but `Refused`."""

import json
from contextlib import suppress
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.core.errors import Refused
from shops.domain.imports import detect, tabular

GERMAN = (
    "Bezeichnung;VK;Text\nMüsliriegel „Öko“;3,40;süß & knusprig, größer als früher\n"
    "Käse;5,90;Äpfel\n"
)


def cells(content: bytes | str) -> list[tuple[str, ...]]:
    data = content.encode() if isinstance(content, str) else content
    return [row.cells for row in tabular.read(data).rows]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_separators_and_line_ends(encoding, told, ends, separator):
    text = GERMAN.replace("früher", "").replace(", ", " ").replace(",", ".")
    text = text.replace(";", separator).replace("\n", ends)
    table = tabular.read(text.encode(encoding))
    assert (table.encoding, table.separator) == (told, separator)
    assert table.rows[1].cells == ("Müsliriegel „Öko“", "3.40", "süß & knusprig größer als")
    assert [row.line for row in table.rows] == [1, 2, 3]


def test_code_page_850_of_old_tills():
    text = GERMAN.replace("„", '"').replace("“", '"').replace("ü", "ue")
    for sample in (text, GERMAN.replace("„", "'").replace("“", "'")):
        table = tabular.read(sample.encode("cp850"))
        assert table.encoding == "cp850"
        assert table.rows[2].cells == ("Käse", "5,90", "Äpfel")


def test_windows_quotes_alone_do_not_look_like_code_page_850():
    table = tabular.read("Bezeichnung;VK\n„Abend“;3,40\n".encode("cp1252"))
    assert table.encoding == "cp1252"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "商品名稱;價格\n蘋果汁很好喝;35\n紅茶與咖啡;120\n" * 5),
        ("koi8-r", "Название;Цена\nЧай и кофе;10\n" * 5),
    ],
)
def test_foreign_alphabets_in_old_encodings_are_refused(encoding, text):
    with pytest.raises(Refused) as refusal:
        tabular.read(text.encode(encoding))
    assert refusal.value.code == "encoding"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b";;;\n;;\n", "empty"),
        (b"PK\x03\x04rest", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "binary"),
        (b"%PDF-1.7\n", "binary"),
        (b"a;b\n1;\x002\n", "binary"),
        (b"\xff\xfea\x00;", "encoding"),
        (b"x" * (tabular.MAX_BYTES + 1), "too_large"),
        (b"1;2\n" * (tabular.MAX_ROWS + 100), "too_many_rows"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_what_is_no_table(content, code):
    with pytest.raises(Refused) as refusal:
        tabular.read(content)
    assert refusal.value.code == code
    assert str(refusal.value)


def test_excel_says_its_separator():
    table = tabular.read(b"sep=,\na,b\n1,2;3;4\n")
    assert (table.separator, table.rows[1].cells, table.rows[1].line) == (",", ("1", "2;3;4"), 3)


def test_commas_in_prices_and_texts_do_not_mislead():
    text = "Name;Preis\nSchön, warm, weich;1,00\nBunt, hell;2,00\nRot;3,00\n"
    assert tabular.read(text.encode()).separator == ";"


def test_line_breaks_in_quotes_keep_the_line_numbers():
    table = tabular.read(b'a;b\n1;"x\r\ny\rz"\n2;"q"""\n')
    assert [(row.line, row.cells) for row in table.rows[1:]] == [
        (2, ("1", "x\r\ny\rz")),
        (5, ("2", 'q"')),
    ]


def test_backslashes_before_quotes():
    assert cells('a,b\n1,"ein \\"gutes\\" Buch"\n')[1] == ("1", 'ein "gutes" Buch')


def test_a_quote_never_closed_costs_one_line():
    table = tabular.read(b'a;b\n1;2\n"Zoll;3\n4;5\n6;7\n')
    assert table.broken == [(3, "quote")]
    assert [row.cells for row in table.rows[1:]] == [("1", "2"), ("4", "5"), ("6", "7")]


def test_short_and_long_rows():
    table = tabular.read(b"a;b;c\n1\n1;2;3;;\n1;2;3;4\n")
    rows, broken = tabular.body(table, 0)
    assert [row.cells for row in rows] == [("1", "", ""), ("1", "2", "3")]
    assert broken == [(4, "too_wide")]


def test_cells_too_long_and_rows_too_wide():
    long = "x" * (tabular.MAX_CELL + 1)
    wide = ";".join("1" * (tabular.MAX_COLUMNS + 5))
    table = tabular.read(f"a;b\n1;{long}\n{wide}\n2;3\n".encode())
    assert table.broken == [(2, "too_long"), (3, "too_wide")]


def test_the_spectrum_of_csv(shared_data):
    """Read as its authors say; none of it is goods."""
    folder = shared_data / "malformed/csv-spectrum"
    files = sorted(folder.glob("*.csv"))
    assert len(files) == 12
    for path in files:
        expected = json.loads((folder / "expected" / f"{path.stem}.json").read_text())
        header, *rows = cells(path.read_bytes())
        expected = expected if isinstance(expected, list) else [expected]
        read = [dict(zip(header, row, strict=True)) for row in rows]
        plain = [{key: value.strip() for key, value in row.items()} for row in expected]
        if path.stem == "location_coordinates":
            # Its authors' answer names another telephone number than their file.
            plain[0]["Contact Phone Number"] = "2095257564"
        assert read == plain, path.name
        with pytest.raises(Refused):
            detect.read(path.read_bytes())


def test_other_peoples_formats_are_refused_by_name(shared_data):
    """No other format slips in as a till sheet."""
    for path in sorted((shared_data / "products").rglob("*")):
        # Those three have doors (test_imports_spree, test_imports_doors).
        if path.is_dir() or path.parent.name in {"spree", "vendure", "oscar"}:
            continue
        with pytest.raises(Refused) as refusal:
            detect.read(path.read_bytes())
        assert refusal.value.code in {"unknown_file", "workbook", "binary"}, path.name


WORDS = ["Bezeichnung", "VK", "EAN", "slug", "sku", "name", "price", "currency", "EUR", "Müll"]
CELLS = ["14,99", "1.234,50", "-1", "½", "1e9", "", "9521234500018", "4,00E+12", "\u2028", "\x00"]
SIGNS = ['"', '""', ";", ",", "\t", "|", "\n", "\r", "\\", "sep=;\n", "\ufeff"]
FRAGMENTS = st.sampled_from([*WORDS, *CELLS, *SIGNS])


@settings(max_examples=300, deadline=None)
@example("Bezeichnung;VK\n" + '"' * 3)
@example("slug,sku,name,price,currency\na,,,1,EUR\n,,,,\na,b,c,2,EUR\n")
@given(st.lists(FRAGMENTS, max_size=60).map("".join))
def test_anything_like_a_table_is_read_or_refused(text):
    heads = (
        "",
        "Bezeichnung;EAN;VK;Bestand;Modell\n",
        "slug,sku,name,price,currency,option1_name\n",
    )
    for head, encoding in product(heads, ("utf-8", "utf-16")):
        with suppress(Refused):
            goods = detect.read((head + text).encode(encoding))
            taken = sum(len(group.items) for group in goods.groups)
            assert goods.variants == taken + len(goods.rejected) + goods.left_out.total()
            assert all(entry.line > 0 and str(entry.message) for entry in goods.rejected)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    for data in (content, b"Bezeichnung;VK\n" + content):
        with suppress(Refused):
            detect.read(data)
