"""The safety brake: which numbers and prices look so much like a mistake that somebody is asked.

A till whose stock module was switched off, a column that slipped, a price in cents: each arrives as
a perfectly readable list, and taken as it stands it empties a shelf or sells a coat for the price
of a button. Such rows are held back; the others are taken. Asking costs a shop two taps, a wrong
shelf costs its customers the way there.

Pure: numbers in, a code or nothing out.
"""

from decimal import Decimal

#: Codes of rows that are held back; `deliveries.words` has the sentences.
EMPTIED, PRICE_UP, PRICE_DOWN, TOO_MANY = "emptied", "price_up", "price_down", "too_many"

EMPTIED_SHARE = 0.25
"""More than this share of the goods in stock, gone in one list. A good Saturday empties one article
in twenty, a closing sale perhaps one in six; a quarter at once is a stock module, not customers."""

EMPTIED_LEAST = 10
"""Fewer than so many may all go at once: in a shop with twelve articles that is an afternoon."""

PRICE_UP_FROM = 4
"""From this factor on a price has jumped. Decimals lost on the way are a factor of 100, a dozen's
price in place of one piece's is 12, gross for net is 1.19: no honest rise is as large as 4."""

PRICE_DOWN_BELOW = Decimal("0.1")
"""Below a tenth of the old price. Clearances at 70 or 80 % off are common, at 90 % they happen."""

MANY = 2_000
MANY_TIMES = 20
"""A quantity above `MANY` and above so many times what was there: an article number or half a
barcode in the wrong column. A wholesaler's pallet of screws was large before as well."""


def empties_shelf(*, emptied: int, in_stock: int) -> bool:
    """Whether so many goods going from some to none are too many at once.

    `in_stock`: goods of the branch with something left, whether the list names them or not.
    """
    return emptied >= EMPTIED_LEAST and emptied > EMPTIED_SHARE * in_stock


def price(*, old: Decimal, new: Decimal) -> str:
    """The code of a price that has jumped, else ""."""
    if new >= old * PRICE_UP_FROM:
        return PRICE_UP
    return PRICE_DOWN if new < old * PRICE_DOWN_BELOW else ""


def quantity(*, old: int | None, new: int) -> str:
    """The code of a number that no shelf of this shop has held, else ""."""
    return TOO_MANY if new > MANY and new > MANY_TIMES * (old or 0) else ""
