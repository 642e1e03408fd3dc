"""What a delivery did, for people and for tills: one shape, and its sums always add up."""

from dataclasses import dataclass
from typing import Any

from shops.domain.deliveries import words
from shops.domain.deliveries.planning import Fate
from shops.models import Delivery

#: Held rows that a receipt names; the room shows all of them.
NAMED = 100


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, and why."""

    line: int
    code: str

    @property
    def message(self) -> str:
        """In the active language."""
        return words.sentence(self.code)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A row about goods the branch does not have here."""

    line: int
    mark: str


def refusals(delivery: Delivery) -> list[Refusal]:
    """The first rows that were refused."""
    return [Refusal(line, code) for line, code in delivery.details.get("refused", [])]


def unknowns(delivery: Delivery) -> list[Unknown]:
    """The first rows whose goods we do not know."""
    return [Unknown(line, mark) for line, mark in delivery.details.get("unknown", [])]


def waiting(delivery: Delivery) -> int:
    """Rows whose turn has not come: the delivery was interrupted and wants to be sent again."""
    return delivery.rows - delivery.position


def as_dict(delivery: Delivery) -> dict[str, Any]:
    """Plain values in the active language. `accepted + unchanged + unknown + held + refused +
    waiting == rows`, always."""
    held = delivery.held_rows.order_by("line").values("line", "code", "state")[:NAMED]
    return {
        "delivery": delivery.number,
        "state": "done" if delivery.finished_at else "open",
        "as_of": delivery.as_of,
        "received_at": delivery.received_at,
        "finished_at": delivery.finished_at,
        "rows": delivery.rows,
        **{fate.value: getattr(delivery, fate.value) for fate in Fate},
        "waiting": waiting(delivery),
        "unknown_rows": [{"line": each.line, "number": each.mark} for each in unknowns(delivery)],
        "held_rows": [
            {
                "line": row["line"],
                "code": row["code"],
                "message": words.sentence(row["code"]),
                "decision": row["state"].lower(),
            }
            for row in held
        ],
        "refused_rows": [
            {"line": each.line, "code": each.code, "message": each.message}
            for each in refusals(delivery)
        ],
    }
