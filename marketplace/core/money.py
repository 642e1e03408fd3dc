"""Euro amounts: `Decimal` with two places in the domain, whole cents only at the gateway."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused

CENT = Decimal("0.01")
#: What a column of `Decimal(10, 2)` holds.
MOST = Decimal("99999999.99")
NBSP = "\N{NO-BREAK SPACE}"

_AMOUNT = re.compile(
    r"""
    [0-9]{1,8}                            # 14
    | [0-9]{1,8} [.,] [0-9]{1,2}          # 14,9  14.99
    | [0-9]{1,3} (?:\.[0-9]{3})+ , [0-9]{1,2}   # 1.234,56
    | [0-9]{1,3} (?:,[0-9]{3})+ \. [0-9]{1,2}   # 1,234.56
    """,
    re.VERBOSE,
)


def cents(amount: Decimal) -> int:
    """Whole cents. ValueError where the amount has parts of a cent: they would vanish."""
    scaled = amount * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(scaled)


def round_gross(amount: Decimal) -> Decimal:
    """To the cent, half a cent upwards (commercial rounding)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, init=False)
class TaxedPrice:
    """A gross price with its tax. Cannot exist unless net + tax = gross, to the cent.

    `rate` is percent of the net price (19, 7, 0). Without `net` the tax is computed from the gross
    price, as it must be where prices are quoted gross (PAngV § 3); stored figures pass theirs.
    """

    gross: Decimal
    rate: Decimal
    net: Decimal
    tax: Decimal

    def __init__(
        self,
        gross: Decimal,
        rate: Decimal,
        *,
        net: Decimal | None = None,
        tax: Decimal | None = None,
    ) -> None:
        if gross < 0 or not 0 <= rate < 100:
            raise ValueError("A price is not negative and its tax rate lies below 100 percent.")
        if net is None:
            net = gross - tax if tax is not None else round_gross(gross * 100 / (100 + rate))
        if tax is None:
            tax = gross - net
        for amount in (gross, net, tax):
            cents(amount)
        if net + tax != gross:
            raise ValueError(f"{net} net and {tax} tax are not {gross} gross")
        if net < 0 or tax < 0:
            raise ValueError("Neither net price nor tax is negative.")
        object.__setattr__(self, "gross", gross)
        object.__setattr__(self, "rate", rate)
        object.__setattr__(self, "net", net)
        object.__setattr__(self, "tax", tax)


def parse_price(text: str) -> Decimal:
    """An amount as people and tills write it: 1.234,56 · 14,99 · 14.99 · 12 €.

    `Refused` for anything else, and for 1.234 alone, which is a thousand in German and one and a
    bit elsewhere: guessing would be wrong by a factor of a thousand.
    """
    plain = re.sub(r"^(?:€|EUR)\s*|\s*(?:€|EUR)$", "", text.strip(), flags=re.IGNORECASE)
    plain = plain.replace(NBSP, " ").strip()
    if not _AMOUNT.fullmatch(plain):
        raise Refused(
            _("This is not a price. Please write it like 14.99 or 1234.50, in euros."), code="price"
        )
    point = max(plain.rfind("."), plain.rfind(","))
    whole = plain if point < 0 else plain[:point]
    digits = re.sub(r"[.,]", "", whole) + ("" if point < 0 else "." + plain[point + 1 :])
    amount = Decimal(digits).quantize(CENT)
    if amount > MOST:
        raise Refused(_("This price is too high to be true."), code="price_high")
    return amount


def format_price(amount: Decimal, language: str | None = None) -> str:
    """For people: `1.299,00 €` in German, `€1,299.00` in English; always with cents.

    `language` defaults to the active one. Sign and number never part (no-break space).
    """
    number = f"{round_gross(amount):,.2f}"
    if (language or translation.get_language() or "de").startswith("en"):
        return f"-€{number[1:]}" if number.startswith("-") else f"€{number}"
    return number.translate(str.maketrans(",.", ".,")) + NBSP + "€"
