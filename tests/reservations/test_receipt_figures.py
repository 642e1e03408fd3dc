"""What stands on a receipt, in figures: pure arithmetic, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.reservations.domain.receipts import figures
from marketplace.reservations.domain.receipts.figures import Goods

D = Decimal
STANDARD, REDUCED = ("STANDARD", D(19)), ("REDUCED", D(7))


def goods(line, price, units=1, tax=STANDARD):
    return Goods(line, f"Ware {line}", "", units, D(price), *tax)


amounts = st.decimals("0.01", "400.00", places=2)
baskets = st.lists(
    st.builds(
        lambda price, units, tax: ("", price, units, tax),
        amounts,
        st.integers(1, 4),
        st.sampled_from([STANDARD, REDUCED]),
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: [goods(n, p, u, t) for n, (_, p, u, t) in enumerate(rows, start=1)])


@given(baskets)
def test_all_units_are_chosen_for_their_sum(basket):
    assert figures.choose(basket, figures.sum_of(basket)) == basket


@given(baskets, st.data())
def test_units_are_found_for_any_sum_that_some_of_them_cost(basket, data):
    some = [each.with_units(data.draw(st.integers(0, each.units))) for each in basket]
    amount = figures.sum_of(some)
    if not amount:
        return
    found = figures.choose(basket, amount)
    assert found is not None
    assert figures.sum_of(found) == amount
    most = {each.line: each.units for each in basket}
    assert all(0 < each.units <= most[each.line] for each in found)


def test_no_units_are_chosen_for_a_sum_that_none_cost():
    assert figures.choose([goods(1, "10.00", 2)], D("5.00")) is None
    assert figures.choose([], D("5.00")) is None


def test_goods_that_cost_nothing_do_not_confuse_the_choice():
    free = goods(1, "0.00", 3)
    assert figures.choose([free, goods(2, "4.00", 2)], D("4.00")) == [goods(2, "4.00", 1)]


def test_of_two_choices_the_earlier_lines_are_taken():
    found = figures.choose([goods(1, "5.00", 2), goods(2, "5.00", 2)], D("5.00"))
    assert found == [goods(1, "5.00", 1)]


@given(amounts, amounts, st.data())
def test_an_amount_laid_upon_rates_adds_up_and_exceeds_none(standard, reduced, data):
    over = {STANDARD: standard, REDUCED: reduced}
    amount = data.draw(st.decimals("0.01", standard + reduced, places=2))
    parts = figures.shared(amount, over, title="x")
    assert figures.sum_of(parts) == amount
    assert all(0 < each.gross <= over[each.tax] for each in parts)


@pytest.mark.law("C2")
@given(baskets)
def test_net_and_tax_are_gross_in_every_rate(basket):
    rows = figures.taxes(basket)
    assert sum(D(row["gross"]) for row in rows) == figures.sum_of(basket)
    assert all(D(row["net"]) + D(row["tax"]) == D(row["gross"]) for row in rows)
    assert len({(row["class"], row["rate"]) for row in rows}) == len(rows)


def test_tax_is_taken_from_the_sum_of_a_rate_and_not_line_by_line():
    rows = figures.taxes([goods(1, "0.03"), goods(2, "0.03"), goods(3, "0.03")])
    assert rows == [
        {"class": "STANDARD", "rate": "19.00", "net": "0.08", "tax": "0.01", "gross": "0.09"}
    ]


@given(baskets)
def test_what_a_document_keeps_is_read_back_as_it_was(basket):
    assert figures.goods({"lines": figures.lines(basket)}) == basket


def test_what_is_left_of_a_receipt_after_its_corrections():
    paid = {"lines": figures.lines([goods(1, "10.00", 3), goods(2, "4.00", 1, REDUCED)])}
    back = {"lines": figures.lines([goods(1, "10.00", 1)])}
    part = {"lines": figures.lines([goods(0, "1.00", 1, REDUCED)])}
    units, rates = figures.left(paid, [back, part])
    assert [each.units for each in units] == [2, 1]
    assert rates == {STANDARD: D("20.00"), REDUCED: D("3.00")}
    assert figures.fits([goods(1, "10.00", 2)], rates)
    assert not figures.fits([goods(2, "4.00", 1, REDUCED)], rates)
    assert figures.left(paid, [back, part, back, back, part, part, part])[1] == {}
