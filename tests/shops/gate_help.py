"""Goods for the gate: rows that are never saved, and the seeded rules of a category."""

from datetime import date
from typing import Any

from shops.domain.gate import judging
from shops.domain.gate.checks import Goods
from shops.domain.gate.judging import Finding
from shops.domain.gate.rules import Ruling
from shops.enums import Gate, Rule
from shops.models import Facts, Manufacturer, Product, Variant

TODAY = date(2026, 12, 3)
MAKER = {"name": "Nord", "key": "nord", "address": "Weg 1, 38440 Wolfsburg", "email": "a@n.example"}
NUTRITION = {
    "nutrition_basis": "100G", "energy_kj": 1388, "fat": 0, "saturates": 0, "carbohydrate": 81,
    "sugars": 80, "protein": 1, "salt": 0,
}  # fmt: skip
PACKED = {
    "ingredients": "*Haferflocken*",
    "allergen_state": "LISTED",
    "allergens": "GLUTEN",
    "storage": "Trocken lagern.",
    "operator_name": "Mühle",
    "operator_address": "Mühlenweg 1, 38444 Wolfsburg",
    **NUTRITION,
}


def goods(
    *rules: Rule,
    min_age: int = 0,
    blocked: str = "",
    maker: dict[str, Any] | None = MAKER,
    product: dict[str, Any] | None = None,
    variant: dict[str, Any] | None = None,
    **facts: Any,
) -> Goods:
    """An article of a category with these rules that tells these facts."""
    return Goods(
        product=Product(**{"title": "Ding", **(product or {})}),
        variant=Variant(**{"gtin": "09520081100198", **(variant or {})}),
        facts=Facts(**facts),
        manufacturer=Manufacturer(**maker) if maker else None,
        ruling=Ruling(frozenset(rules), min_age, blocked),
    )


def gate(of: Goods, day: date = TODAY) -> Gate:
    return judging.verdict(of, day).gate


def badge(of: Goods, day: date = TODAY) -> bool:
    return judging.verdict(of, day).badge


def fields(of: Goods, day: date = TODAY) -> list[str]:
    """Where it is mended."""
    return [each.field for each in found(of, day)]


def found(of: Goods, day: date = TODAY) -> list[Finding]:
    return judging.findings(of, day)
