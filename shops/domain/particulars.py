"""Particulars as people write them: who made it, register, energy class, ISBN. Pure.

Regulation (EU) 2023/988 Art. 19 (a): an offer names the manufacturer with postal and electronic
address. ElektroG § 6: devices of producers without a register number must not be offered. EnVKV
§ 5: the energy class and its scale stand beside goods that have a label.
"""

import re
from dataclasses import dataclass

from shops.enums import EnergyClass

_WEEE = re.compile(
    r"(?:WEEE[-\s]*(?:Reg)?[.\s-]*(?:Nr|No)?[.:\s]*)?DE[\s-]*([0-9]{8})", re.IGNORECASE
)
#: `E`, `Klasse E`, `E (A–G)`, `E (Spektrum A bis G)`.
_ENERGY = re.compile(
    r"(?:Klasse|class)?\s*([A-G])(?:\s*\(?(?:\w+:?\s+)?A\s*(?:bis|to|[-–])\s*G\)?)?", re.IGNORECASE
)


#: Longer cells are prose; the patterns above would take long over them.
_MOST = 60


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made it, as a file or a page says. One fact: an address is never told beside another
    one's name."""

    name: str = ""
    address: str = ""
    email: str = ""

    def corrected(self, said: "Maker", *, leads: bool) -> "Maker":
        """What is known after somebody spoke; who does not lead only fills what is empty."""
        if not said.name or (self.name and self.name != said.name and not leads):
            return self
        known = self if self.name == said.name else Maker()
        first, second = (said, known) if leads else (known, said)
        return Maker(said.name, first.address or second.address, first.email or second.email)


def read_weee_number(text: str) -> str:
    """`DE 12345678`, however it is spaced; empty for what is no number of the register."""
    match = _WEEE.fullmatch(text.strip()) if len(text) <= _MOST else None
    return f"DE {match[1]}" if match else ""


def read_energy_class(text: str) -> EnergyClass | None:
    """A letter from A to G, its scale beside it or not; None for the classes of older labels."""
    match = _ENERGY.fullmatch(text.strip()) if len(text) <= _MOST else None
    return EnergyClass(match[1].upper()) if match else None


def is_isbn(number: str) -> bool:
    """Whether a barcode is an ISBN-13 (or the ISMN of sheet music, which begins with 979-0)."""
    digits = number.lstrip("0") if len(number) == 14 else number
    if not re.fullmatch(r"97[89][0-9]{10}", digits):
        return False
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return weighed % 10 == 0


def is_ufi(text: str) -> bool:
    """Four groups of four, as the label of a hazardous mixture has them."""
    return bool(re.fullmatch(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text))
