"""A goods file that empties the shelf or makes prices jump is held back until somebody is sure."""

import pytest

from shops.models import Offer
from tests import factories
from tests.shops.imports_help import LATER, sheet, sums, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


def goods(number, quantity="5", price="10,00"):
    return [f"L-{each};Ding {each};{price};{quantity};19" for each in range(number)]


def codes(receipt):
    return [notice.code for notice in receipt.notices]


def test_an_emptied_shelf_is_asked_about(branch):
    take(sheet(*goods(12)), branch)
    empty = sheet(*goods(11, quantity="0"), "L-11;Ding 11;12,00;4;19")
    receipt = take(empty, branch, now=LATER)
    assert sums(receipt) == (0, 1, 0)
    assert receipt.left_out == {"held_back": 11}
    assert codes(receipt) == ["held_back", "held_back"]
    assert "11 (2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …)" in str(receipt.notices[0].message)
    assert "--sure" in str(receipt.notices[1].message)
    assert Offer.objects.filter(on_hand=5).count() == 11
    sure = take(empty, branch, now=LATER, sure=True)
    assert sums(sure) == (0, 11, 1)
    assert not sure.repeated
    assert Offer.objects.filter(on_hand=0).count() == 11
    assert take(empty, branch, now=LATER, sure=True).repeated


def test_numbers_that_a_file_no_longer_tells_are_dropped_with_the_same_care(branch):
    take(sheet(*goods(12)), branch)
    receipt = take(sheet(*goods(12, quantity="")), branch, now=LATER)
    assert receipt.left_out == {"held_back": 12}
    assert Offer.objects.filter(on_hand=5).count() == 12


def test_a_few_may_sell_out(branch):
    take(sheet(*goods(12)), branch)
    receipt = take(sheet(*goods(9, quantity="0")), branch, now=LATER)
    assert receipt.left_out == {}
    assert Offer.objects.filter(on_hand=0).count() == 9


def test_prices_that_jump_and_numbers_out_of_the_blue(branch):
    take(sheet(*goods(4)), branch)
    receipt = take(
        sheet(
            "L-0;Ding 0;1000;5;19",
            "L-1;Ding 1;0,10;5;19",
            "L-2;Ding 2;10,00;5000;19",
            "L-3;Ding 3;39,99;6;19",
        ),
        branch,
        now=LATER,
    )
    assert sums(receipt) == (0, 1, 0)
    assert receipt.left_out == {"held_back": 3}
    assert [str(notice.message)[:12] for notice in receipt.notices[:3]] == [
        "Prices four ", "Prices below", "Numbers that",
    ]  # fmt: skip
    assert sorted(str(each.price) for each in Offer.objects.all()) == [
        "10.00", "10.00", "10.00", "39.99",
    ]  # fmt: skip
