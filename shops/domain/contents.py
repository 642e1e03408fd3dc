"""How much is in it, and what that makes the price per kilogram or litre. Pure.

PAngV § 4: whoever offers goods by weight, volume, length or area shows the base price beside the
total; § 5: per 1 kg, 1 l, 1 m or 1 m², pieces have none. Exempt: less than 10 g or 10 ml (§ 4 (3)
no. 1), and where base price and total are the same (§ 4 (1) sentence 2).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.money import round_gross
from shops.enums import Deposit, Unit

#: What a kilogram, litre, metre or square metre is made of.
_UNITS: dict[str, tuple[Unit, Decimal]] = {
    "kg": (Unit.KG, Decimal(1)),
    "g": (Unit.KG, Decimal("0.001")),
    "gr": (Unit.KG, Decimal("0.001")),
    "gramm": (Unit.KG, Decimal("0.001")),
    "l": (Unit.L, Decimal(1)),
    "liter": (Unit.L, Decimal(1)),
    "cl": (Unit.L, Decimal("0.01")),
    "ml": (Unit.L, Decimal("0.001")),
    "m": (Unit.M, Decimal(1)),
    "meter": (Unit.M, Decimal(1)),
    "m²": (Unit.M2, Decimal(1)),
    "m2": (Unit.M2, Decimal(1)),
    "qm": (Unit.M2, Decimal(1)),
}
_CONTENT = re.compile(
    r"(?:([0-9]{1,3})\s*[x×]\s*)?([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*([a-zäöü²2]+)\.?", re.IGNORECASE
)
_DEPOSIT = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*(?:€|EUR)?\s*(EINWEG|MEHRWEG)?", re.I)
_LEAST = Decimal("0.01")
_MOST = Decimal(99999)


@dataclass(frozen=True, slots=True)
class Content:
    """An amount in kilograms, litres, metres or square metres."""

    amount: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class BasePrice:
    """Gross EUR per kg, l, m or m²."""

    amount: Decimal
    unit: Unit


@dataclass(frozen=True, slots=True)
class Pawn:
    """What comes back with the bottle: EUR, and whether it is filled again (VerpackDG)."""

    amount: Decimal
    kind: Deposit


def read(text: str) -> Content | None:
    """`250 g`, `0,75 l`, `6 × 0,33 l`; None for pieces and whatever else has no base price."""
    match = _CONTENT.fullmatch(text.strip())
    if match is None or match[3].casefold() not in _UNITS:
        return None
    unit, part = _UNITS[match[3].casefold()]
    amount = int(match[1] or 1) * Decimal(match[2].replace(",", ".")) * part
    amount = amount.quantize(Decimal("0.0001"))
    return Content(amount, unit) if 0 < amount <= _MOST else None


def read_deposit(text: str) -> Pawn | None:
    """`0,25 EINWEG`; without a word it is MEHRWEG. None for nothing and for what cannot be read."""
    match = _DEPOSIT.fullmatch(text.strip())
    if match is None:
        return None
    amount = round_gross(Decimal(match[1].replace(",", ".")))
    return Pawn(amount, Deposit((match[2] or "MEHRWEG").upper())) if amount else None


def told(amount: Decimal | None, unit: str) -> str:
    """As people write it back: `0.25 kg` as `250 g`, with a comma; empty where nothing is known."""
    if amount is None or not unit:
        return ""
    small = {Unit.KG: "g", Unit.L: "ml"}.get(Unit(unit)) if amount < 1 else None
    number = (amount * 1000 if small else amount).normalize()
    return f"{number:f} {small or Unit(unit).label}".replace(".", ",")


def told_deposit(amount: Decimal | None, kind: str) -> str:
    """`0,25 EINWEG`."""
    return f"{amount:.2f} {kind}".replace(".", ",") if amount is not None else ""


def base_price(
    price: Decimal, amount: Decimal | None, unit: str, *, is_exempt: bool = False
) -> BasePrice | None:
    """What one kilogram, litre, metre or square metre costs; None where the law wants none.

    `amount` is what is eaten where liquid is poured off (PAngV § 5 (3)). `is_exempt`: a reason of
    `NoBasePrice`, or loose goods, whose price is a base price itself.
    """
    if is_exempt or amount is None or not unit or amount == 1:
        return None
    if unit in (Unit.KG, Unit.L) and amount < _LEAST:
        return None
    return BasePrice(round_gross(price / amount), Unit(unit))


def loose(amount: Decimal | None, unit: str) -> str:
    """What the price of loose goods is for, as the law has it: `kg`, `100 g`, `l`, `100 ml`."""
    small = {Unit.KG: "100\N{NO-BREAK SPACE}g", Unit.L: "100\N{NO-BREAK SPACE}ml"}
    if not unit:
        return ""
    return str(Unit(unit).label) if amount == 1 else small.get(Unit(unit), "")
