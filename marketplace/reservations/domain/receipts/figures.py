"""What stands on a receipt, in figures. Pure: rows in, plain data out, nothing looked up.

`Goods` are what a document can be about; `content` is what it keeps of them, ready for JSON:

    {"seller": {...}, "lines": [{"line": 7, "title": "…", "label": "", "units": 2,
     "price": "14.90", "gross": "29.80", "class": "STANDARD", "rate": "19.00"}],
     "taxes": [{"class": "STANDARD", "rate": "19.00", "net": "25.04", "tax": "4.76",
     "gross": "29.80"}], "deposit": "0.25", "small": false, …}

Amounts are never below zero in there; a correction's sign is its kind's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from marketplace.core.money import CENT, TaxedPrice, cents

ZERO = Decimal("0.00")
#: LAW: up to and with this a receipt needs no name and address (UStDV § 33).
SMALL = Decimal("250.00")
#: So many sums are kept in mind while looking for the units of an amount; enough for any basket.
MOST_SUMS = 20_000

Tax = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class Goods:
    """Units of one line that money was taken or given back for. `line` 0: none in particular."""

    line: int
    title: str
    label: str
    units: int
    price: Decimal
    tax_class: str
    rate: Decimal
    #: EUR per unit, paid in the shop.
    deposit: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return self.price * self.units

    @property
    def tax(self) -> Tax:
        return self.tax_class, self.rate

    def with_units(self, units: int) -> "Goods":
        return Goods(
            self.line,
            self.title,
            self.label,
            units,
            self.price,
            self.tax_class,
            self.rate,
            self.deposit,
        )


def sum_of(goods: Iterable[Goods]) -> Decimal:
    """Gross, EUR."""
    return sum((each.gross for each in goods), ZERO)


def choose(goods: Sequence[Goods], amount: Decimal) -> list[Goods] | None:
    """Units of these goods that cost exactly `amount`: all of them where that fits, else the first
    that do, in order; None where no choice does."""
    if sum_of(goods) == amount:
        return [each for each in goods if each.units]
    wanted = cents(amount)
    reached: dict[int, tuple[int, ...]] = {0: ()}
    for each in goods:
        price = cents(each.price)
        further: dict[int, tuple[int, ...]] = {}
        # Many units first, so that of two choices the one with earlier lines is found.
        for total, units in reached.items():
            for count in range(each.units, -1, -1) if price else (0,):
                if total + count * price <= wanted:
                    further.setdefault(total + count * price, (*units, count))
        if len(further) > MOST_SUMS:
            return None
        reached = further
    found = reached.get(wanted)
    if found is None:
        return None
    chosen = zip(goods, found, strict=True)
    return [each.with_units(count) for each, count in chosen if count]


def shared(amount: Decimal, over: Mapping[Tax, Decimal], *, title: str) -> list[Goods]:
    """`amount` laid upon the tax rates of `over` in proportion, to the cent, nowhere more than
    there is. One line per rate, about no goods in particular.

    LAW: money given back for goods of several rates lowers each rate's tax (UStG § 17).
    """
    whole = sum(over.values(), ZERO)
    if not ZERO < amount <= whole:
        raise ValueError(f"{amount} cannot be laid upon {whole}")
    exact = {tax: amount * part / whole for tax, part in over.items()}
    parts = {tax: part.quantize(CENT, rounding=ROUND_DOWN) for tax, part in exact.items()}
    left = cents(amount - sum(parts.values(), ZERO))
    by_rest = sorted(parts, key=lambda tax: (parts[tax] - exact[tax], tax))
    for tax in by_rest[:left]:
        parts[tax] += CENT
    return [Goods(0, title, "", 1, part, *tax) for tax, part in parts.items() if part]


def taxes(goods: Iterable[Goods]) -> list[dict[str, str]]:
    """Net, tax and gross per rate, from the gross sum of the rate, highest rate first."""
    sums: dict[Tax, Decimal] = {}
    for each in goods:
        sums[each.tax] = sums.get(each.tax, ZERO) + each.gross
    rows = []
    for (tax_class, rate), gross in sorted(sums.items(), key=lambda row: (-row[0][1], row[0][0])):
        price = TaxedPrice(gross, rate)
        rows.append(
            {
                "class": tax_class,
                "rate": f"{rate:.2f}",
                "net": str(price.net),
                "tax": str(price.tax),
                "gross": str(gross),
            }
        )
    return rows


def lines(goods: Iterable[Goods]) -> list[dict[str, Any]]:
    """The goods as a document keeps them."""
    return [
        {
            "line": each.line,
            "title": each.title,
            "label": each.label,
            "units": each.units,
            "price": f"{each.price:.2f}",
            "gross": f"{each.gross:.2f}",
            "class": each.tax_class,
            "rate": f"{each.rate:.2f}",
            "deposit": f"{each.deposit:.2f}",
        }
        for each in goods
    ]


def goods(content: Mapping[str, Any]) -> list[Goods]:
    """What a document was about, from what it keeps."""
    return [
        Goods(
            each["line"],
            each["title"],
            each["label"],
            each["units"],
            Decimal(each["price"]),
            each["class"],
            Decimal(each["rate"]),
            Decimal(each["deposit"]),
        )
        for each in content["lines"]
    ]


def left(
    receipt: Mapping[str, Any], corrections: Iterable[Mapping[str, Any]]
) -> tuple[list[Goods], dict[Tax, Decimal]]:
    """What is left of a receipt after its corrections: units per line, and gross per rate."""
    rows = goods(receipt)
    rates: dict[Tax, Decimal] = {}
    for each in rows:
        rates[each.tax] = rates.get(each.tax, ZERO) + each.gross
    taken: dict[int, int] = {}
    for content in corrections:
        for each in goods(content):
            rates[each.tax] -= each.gross
            taken[each.line] = taken.get(each.line, 0) + each.units * bool(each.line)
    units = [
        each.with_units(max(each.units - taken.get(each.line, 0), 0)) if each.line else each
        for each in rows
    ]
    return units, {tax: part for tax, part in rates.items() if part > 0}


def fits(chosen: Iterable[Goods], rates: Mapping[Tax, Decimal]) -> bool:
    """Whether a correction by these goods leaves no rate below zero."""
    sums: dict[Tax, Decimal] = {}
    for each in chosen:
        sums[each.tax] = sums.get(each.tax, ZERO) + each.gross
    return all(rates.get(tax, ZERO) >= gross for tax, gross in sums.items())
