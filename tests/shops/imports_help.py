"""What the tests of imports share."""

from datetime import timedelta

from marketplace.core.domain.history import Actor
from shops.domain.imports import apply
from shops.domain.imports.receipt import Receipt
from shops.models import Branch
from tests.factories import NOW

SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=3)


def sheet(*lines: str, header: str = "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt") -> str:
    """A till sheet."""
    return "\n".join([header, *lines, ""])


def take(content: str | bytes, branch: Branch, **named) -> Receipt:
    """The receipt of an import whose dry run said the same, and whose sums are right."""
    data = content.encode() if isinstance(content, str) else content
    named = {"now": NOW} | named
    foretold = apply.preview(content=data, branch=branch, **named)
    receipt = apply.take(content=data, branch=branch, by=SYSTEM, **named)
    assert foretold.adds_up
    assert receipt.adds_up
    assert foretold.as_dict() | {"applied": True} == receipt.as_dict()
    return receipt


def sums(receipt: Receipt) -> tuple[int, int, int]:
    return receipt.created, receipt.updated, receipt.unchanged
