"""What a number on goods means: world-wide, in one shop, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from shops.domain import gtin


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("4006381333931", "04006381333931"),  # EAN-13
        ("96385074", "00000096385074"),  # EAN-8
        ("036000291452", "00036000291452"),  # UPC-A
        ("0036000291452", "00036000291452"),  # the same as a camera tells it
        ("978-3-551-55167-2", "09783551551672"),
        ("3-551-55167-7", "09783551551672"),  # ISBN-10
    ],
)
def test_numbers_of_the_trade_are_one_number(text, wide):
    assert gtin.read(text).gtin == wide


@pytest.mark.parametrize("text", ["2412345678901", "2000000000008", "0212345678902", "A77"])
def test_numbers_that_shops_print_mean_nothing_elsewhere(text):
    mark = gtin.read(text)

    assert mark.is_in_store
    assert mark.gtin == ""
    assert mark.barcode == text


def test_a_wrong_check_digit_is_said_and_kept_as_the_shops_own():
    mark = gtin.read("4006381333932")

    assert mark.is_in_store
    assert "check digit" in str(mark.trouble)


@pytest.mark.parametrize("text", ["", " ", "4,00638E+12", "40063813000000", '""'])
def test_nothing_and_what_a_spreadsheet_destroyed(text):
    assert gtin.read(text).barcode == ""


@given(st.integers(0, 10**11 - 1), st.sampled_from([7, 11, 12, 13]))
def test_every_spelling_of_a_number_reads_as_itself(number, length):
    """However many zeros a scanner drops or adds, the number stays the same."""
    body = f"{number % 10**length:0{length}d}"
    mark = gtin.read(body + ean.calc_check_digit(body))
    for spelling in mark.spellings:
        again = gtin.read(spelling)
        if again.gtin:
            assert again.gtin.lstrip("0") == mark.barcode.lstrip("0")
        assert spelling in mark.spellings
    assert mark.barcode in mark.spellings or not mark.barcode


def test_in_store_numbers_are_found_with_and_without_leading_zeros():
    assert "0012345670" not in gtin.read("12345670").spellings
    assert gtin.read("012345678905").spellings & gtin.read("0012345678905").spellings
