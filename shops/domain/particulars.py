"""What laws want told of goods beside their price: who made them, register, energy class. Pure.

Regulation (EU) 2023/988 Art. 19 (a): an offer names the manufacturer with postal and electronic
address. ElektroG § 6: devices of producers without a register number must not be offered. EnVKV
§ 5: the energy class and its scale stand beside goods that have a label.
"""

import re
from dataclasses import dataclass

from shops.enums import EnergyClass
from shops.models import Product

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
class Manufacturer:
    """Who made it. One fact: an address is never told beside another one's name."""

    name: str = ""
    address: str = ""
    email: str = ""

    @classmethod
    def of(cls, product: Product) -> "Manufacturer":
        return cls(product.manufacturer, product.manufacturer_address, product.manufacturer_email)

    @property
    def columns(self) -> dict[str, str]:
        """As a Product keeps it."""
        return {
            "manufacturer": self.name,
            "manufacturer_address": self.address,
            "manufacturer_email": self.email,
        }

    def corrected(self, said: "Manufacturer", *, leads: bool) -> "Manufacturer":
        """What is known after somebody spoke; who does not lead only fills what is empty."""
        if not said.name or (self.name and self.name != said.name and not leads):
            return self
        known = self if self.name == said.name else Manufacturer()
        first, second = (said, known) if leads else (known, said)
        return Manufacturer(said.name, first.address or second.address, first.email or second.email)


def read_weee_number(text: str) -> str:
    """`DE 12345678`, however it is spaced; empty for what is no number of the register."""
    match = _WEEE.fullmatch(text.strip()) if len(text) <= _MOST else None
    return f"DE {match[1]}" if match else ""


def read_energy_class(text: str) -> EnergyClass | None:
    """A letter from A to G, its scale beside it or not; None for the classes of older labels."""
    match = _ENERGY.fullmatch(text.strip()) if len(text) <= _MOST else None
    return EnergyClass(match[1].upper()) if match else None
