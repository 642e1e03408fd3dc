"""The table of prices and counts: one form, two cells a row, each with what stood there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import forms

from marketplace.retail.forms.goods import WHOLE
from marketplace.retail.forms.scanning import read_price, typed
from shops.domain import counts, table
from shops.domain.table import Cell, Column, Row, Written
from shops.models import Offer

#: A cell's name: what it holds, and of which offer.
_NAME = re.compile(r"(price|shelf)_([0-9]{1,18})")


@dataclass(slots=True)
class Box:
    """One cell as the page shows it."""

    name: str
    value: str
    #: What stood there when the page was made; sent along.
    seen: str
    error: object = ""
    #: Somebody else has changed it meanwhile: what stands there now.
    is_changed: bool = False


@dataclass(slots=True)
class Grid:
    """The cells of a page: as they are, or as they were sent and could not be written."""

    boxes: dict[tuple[int, Column], Box] = field(default_factory=dict)

    def box(self, offer: Offer, column: Column) -> Box:
        """The cell of an offer."""
        stands = shown(offer, column)
        known = self.boxes.get((offer.pk, column))
        return known or Box(f"{column}_{offer.pk}", stands, stands)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the rows to write, and the cells that cannot be read."""

    rows: list[Row]
    grid: Grid

    @classmethod
    def of(cls, data: Mapping[str, str]) -> "Sent":
        """Cells that say what they said before are nobody's wish."""
        prices: dict[int, Cell[Decimal]] = {}
        shelves: dict[int, Cell[int | None]] = {}
        grid = Grid()
        for name in data:
            match = _NAME.fullmatch(name)
            if match is None:
                continue
            column, pk = Column(match[1]), int(match[2])
            value, seen = data[name].strip(), data.get(f"seen_{name}", "").strip()
            if value == seen:
                continue
            try:
                if column == Column.PRICE:
                    prices[pk] = Cell(_decimal(seen), read_price(value))
                else:
                    shelves[pk] = Cell(_whole(seen), _whole(value))
            except forms.ValidationError as error:
                grid.boxes[pk, column] = Box(name, value, seen, error.messages[0])
        ids = sorted(prices.keys() | shelves.keys())
        return cls([Row(pk, prices.get(pk), shelves.get(pk)) for pk in ids], grid)

    def left(self, written: Written, data: Mapping[str, str], offers: Iterable[Offer]) -> Grid:
        """What has to be looked at again: each cell as typed, with what is wrong beside it."""
        by_id = {offer.pk: offer for offer in offers}
        for pk, column in [*written.changed, *written.refused]:
            name = f"{column}_{pk}"
            box = Box(name, data.get(name, "").strip(), data.get(f"seen_{name}", "").strip())
            if (pk, column) in written.refused:
                box.error = written.refused[pk, column].message
            elif pk in by_id:
                box.is_changed, box.seen = True, shown(by_id[pk], column)
            self.grid.boxes[pk, column] = box
        return self.grid


def shown(offer: Offer, column: Column) -> str:
    """What a cell shows; empty where the stock is unknown."""
    if column == Column.PRICE:
        return typed(offer.price)
    number = table.on_shelf(offer)
    return "" if number is None else str(number)


def ids_in(data: Iterable[str]) -> list[int]:
    """Which offers a form speaks of, in its order."""
    found = (_NAME.fullmatch(name) for name in data)
    return list(dict.fromkeys(int(each[2]) for each in found if each))


def _decimal(seen: str) -> Decimal:
    try:
        return Decimal(seen.replace(",", "."))
    except InvalidOperation:
        # Nobody has seen this: then whatever stands there has changed.
        return Decimal(-1)


def _whole(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) > counts.MOST:
        raise forms.ValidationError(WHOLE)
    return int(text)
