"""Prices and counts of many offers at once, each cell as somebody saw it before they typed.

A cell is written only where its figure is still the one that was seen. What somebody else changed
meanwhile is told and kept; a reservation that came in between changes neither figure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models import F

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import counts
from shops.domain.prices import amounts
from shops.models import Branch, Offer

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Cell(Generic[Value]):
    """What somebody saw, and what they want."""

    seen: Value
    wanted: Value


@dataclass(frozen=True, slots=True)
class Row:
    """The changed cells of one offer. `shelf`: units on the shelf, set-aside ones not among them;
    seen as None where the stock was unknown."""

    offer_id: int
    price: Cell[Decimal] | None = None
    shelf: Cell[int | None] | None = None


class Column(StrEnum):
    PRICE = "price"
    SHELF = "shelf"


@dataclass(slots=True)
class Written:
    """What became of the cells, by offer and column."""

    prices: int = 0
    counts: int = 0
    #: What somebody else wrote meanwhile.
    changed: dict[tuple[int, Column], Decimal | int | None] = field(default_factory=dict)
    #: What cannot be, in a sentence.
    refused: dict[tuple[int, Column], Refused] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not self.changed and not self.refused


def on_shelf(offer: Offer) -> int | None:
    """Units that stand on the shelf; None when not counted. Of a short offer perhaps none."""
    return None if offer.on_hand is None else max(offer.on_hand - offer.set_aside, 0)


def write(*, branch: Branch, rows: Iterable[Row], by: Actor, now: datetime) -> Written:
    """Write the changed cells of these offers of the branch; offers of others do not exist.

    Each offer is a transaction of its own, so that one somebody else is at holds up no other.
    """
    wanted = {row.offer_id: row for row in rows}
    found = Offer.objects.filter(branch=branch, pk__in=wanted)
    done = Written()
    for offer_id in found.order_by("pk").values_list("pk", flat=True):
        _write(wanted[offer_id], done, by, now)
    return done


@transaction.atomic
def _write(row: Row, done: Written, by: Actor, now: datetime) -> None:
    # RACE: held by a write that changes nothing, then compared: nobody writes in between.
    Offer.objects.filter(pk=row.offer_id).update(version=F("version"))
    offer = Offer.objects.get(pk=row.offer_id)
    if row.price is not None:
        _price(row.price, offer, done, now)
    if row.shelf is not None:
        _shelf(row.shelf, offer, done, by, now)


def _price(cell: Cell[Decimal], offer: Offer, done: Written, now: datetime) -> None:
    key = (offer.pk, Column.PRICE)
    if offer.price not in (cell.seen, cell.wanted):
        done.changed[key] = offer.price
        return
    try:
        done.prices += amounts.set_price(offer=offer, price=cell.wanted, now=now)
    except Refused as no:
        done.refused[key] = no


def _shelf(cell: Cell[int | None], offer: Offer, done: Written, by: Actor, now: datetime) -> None:
    key, there = (offer.pk, Column.SHELF), on_shelf(offer)
    if there not in (cell.seen, cell.wanted):
        done.changed[key] = there
        return
    try:
        if cell.wanted is None:
            counts.forget(offer_id=offer.pk, by=by, now=now)
        else:
            counts.count_by_eye(offer_id=offer.pk, on_shelf=cell.wanted, by=by, now=now)
        done.counts += 1
    except Refused as no:
        done.refused[key] = no
