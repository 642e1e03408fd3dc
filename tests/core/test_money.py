from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import money
from marketplace.core.errors import Refused

amounts = st.decimals(0, money.MOST, places=2)
rates = st.sampled_from([Decimal(0), Decimal(7), Decimal(19)])


@given(amounts, rates)
def test_net_and_tax_are_gross_to_the_cent(gross, rate):
    price = money.TaxedPrice(gross, rate)
    assert price.net + price.tax == price.gross
    assert abs(price.net * (100 + rate) / 100 - gross) <= Decimal("0.01")


def test_tax_is_taken_out_of_the_gross_price():
    price = money.TaxedPrice(Decimal("129.95"), Decimal(19))
    assert (price.net, price.tax) == (Decimal("109.20"), Decimal("20.75"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"net": Decimal("100.00"), "tax": Decimal("20.00")},
        {"net": Decimal("130.00")},
        {"net": Decimal("99.995"), "tax": Decimal("19.005")},
    ],
)
def test_a_price_that_does_not_add_up_cannot_exist(wrong):
    with pytest.raises(ValueError, match=r"gross|negative|cents"):
        money.TaxedPrice(Decimal("119.00"), Decimal(19), **wrong)


def test_a_price_is_frozen():
    price = money.TaxedPrice(Decimal("1.00"), Decimal(7))
    with pytest.raises(AttributeError):
        price.gross = Decimal("2.00")  # type: ignore[misc]


@given(st.decimals(0, 10_000, places=4))
def test_half_a_cent_is_rounded_up(amount):
    rounded = money.round_gross(amount)
    assert -Decimal("0.005") < rounded - amount <= Decimal("0.005")


def test_half_a_cent_upwards_not_to_even():
    assert money.round_gross(Decimal("2.665")) == Decimal("2.67")
    assert money.round_gross(Decimal("2.675")) == Decimal("2.68")


@given(amounts)
def test_cents_lose_nothing(amount):
    assert Decimal(money.cents(amount)) / 100 == amount


def test_cents_refuse_parts_of_a_cent():
    with pytest.raises(ValueError, match="cents"):
        money.cents(Decimal("1.005"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567,89", "1234567.89"),
        ("14,99", "14.99"),
        ("14.99", "14.99"),
        ("14,9", "14.90"),
        (" 12 €", "12.00"),
        ("12\N{NO-BREAK SPACE}€", "12.00"),
        ("€12.50", "12.50"),
        ("EUR 12,50", "12.50"),
        ("0", "0.00"),
        ("1234,5", "1234.50"),
    ],
)
def test_prices_as_people_and_tills_write_them(text, amount):
    assert money.parse_price(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "½",
        "1e9",
        "-1",
        "+1",
        "1.234",
        "1,234",
        "12,345,6",
        "1.23.456,00",
        "NaN",
        "Infinity",
        "١٢",
        "12 $",
        "12 USD",
        "0x10",
        "1_000",
        "14,99 €/kg",
        "\0",
        "12\n13",
        "1 234,50",
        "999999999",
    ],
)
def test_what_is_not_a_price_is_refused_in_words(text):
    with pytest.raises(Refused) as refusal:
        money.parse_price(text)
    assert refusal.value.code.startswith("price")
    assert str(refusal.value)


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_refused(text):
    try:
        amount = money.parse_price(text)
    except Refused:
        return
    assert Decimal(0) <= amount <= money.MOST
    assert amount == round(amount, 2)


@given(amounts, st.sampled_from(["de", "en"]))
def test_what_we_write_we_can_read(amount, language):
    assert money.parse_price(money.format_price(amount, language)) == amount


def test_german_and_english():
    assert money.format_price(Decimal("1299"), "de") == "1.299,00\N{NO-BREAK SPACE}€"
    assert money.format_price(Decimal("1299"), "en") == "€1,299.00"
    assert money.format_price(Decimal("-5.5"), "en") == "-€5.50"
    assert money.format_price(Decimal("-5.5"), "de") == "-5,50\N{NO-BREAK SPACE}€"
