"""Who operates the marketplace of a city (law.md 1), and what it has told of itself."""

from datetime import datetime

from shops.domain.legal import operators, texts
from shops.domain.legal.texts import Block
from shops.enums_legal import OperatorModel
from shops.models import City


def model(*, city: City) -> OperatorModel:
    """The city itself, a company of it, or somebody private. While nobody has said, a company of
    the city: the most pages are asked for then. One query."""
    legal = operators.of(city)
    return OperatorModel(legal.operator_model) if legal else OperatorModel.COMPANY


def is_told(*, city: City) -> bool:
    """Whether the operator's imprint is complete. One query."""
    return not operators.missing(operators.of(city))


def told(*, city: City, language: str, on: datetime) -> dict[str, list[Block]]:
    """Kind -> the operator's own texts as they were in force at that moment. One query."""
    rows = texts.current_of_operator(city=city, language=language, on=on)
    return {row.kind: texts.blocks(row.body) for row in rows}
