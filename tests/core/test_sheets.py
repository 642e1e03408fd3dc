"""Tables for a spreadsheet: whole cells, readable umlauts, no formulas of strangers."""

import csv
import io

import pytest

from marketplace.core import sheets


def test_cells_come_back_as_they_were():
    rows = [["Laden", "Ort"], ["Käse; Wein", 'Zum "Löwen"'], ["zwei\nZeilen", ""]]
    text = sheets.text(rows)
    assert text.startswith("\ufeffLaden;Ort\r\n")
    assert list(csv.reader(io.StringIO(text[1:]), delimiter=";")) == rows


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_nothing_begins_a_formula(sign):
    cell = f"{sign}HYPERLINK(1)"
    text = sheets.text([[cell, f"A{cell}"]])
    assert list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";")) == [
        [f"'{cell}", f"A{cell}"]
    ]
