"""The limits of the safety brake, from both sides."""

from decimal import Decimal

from shops.domain import brake


def test_an_emptied_shelf():
    assert not brake.empties_shelf(emptied=9, in_stock=9)
    assert brake.empties_shelf(emptied=10, in_stock=10)
    assert not brake.empties_shelf(emptied=25, in_stock=100)
    assert brake.empties_shelf(emptied=26, in_stock=100)


def test_prices_that_jump():
    old = Decimal("10.00")
    assert brake.price(old=old, new=Decimal("39.99")) == ""
    assert brake.price(old=old, new=Decimal("40.00")) == brake.PRICE_UP
    assert brake.price(old=old, new=Decimal("1.00")) == ""
    assert brake.price(old=old, new=Decimal("0.99")) == brake.PRICE_DOWN


def test_numbers_that_no_shelf_has_held():
    assert brake.quantity(old=None, new=2_000) == ""
    assert brake.quantity(old=None, new=2_001) == brake.TOO_MANY
    assert brake.quantity(old=101, new=2_001) == ""
    assert brake.quantity(old=100, new=2_001) == brake.TOO_MANY
