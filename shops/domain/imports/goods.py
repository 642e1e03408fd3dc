"""What a reader hands over: goods in the file's own order, and everything it did not take.

The sum that must always hold: `variants == items + rejected + left out`. Each entry of `rejected`
stands for exactly one variant, also when a row was too broken to tell which one.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain import contents
from shops.domain.particulars import Maker
from shops.enums import TaxClass

Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Reject:
    """One variant the file offers and we cannot take; `line` is the physical line it starts on."""

    line: int
    code: str
    message: Sentence


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the shop should know although the goods were taken. `line` 0: the whole file."""

    line: int
    code: str
    message: Sentence


@dataclass(slots=True)
class Item:
    """One variant as the file describes it. `price` is gross EUR, `quantity` None means unknown."""

    line: int
    sku: str
    price: Decimal
    gtin: str = ""
    barcode: str = ""
    options: list[list[str]] = field(default_factory=list)
    quantity: int | None = None
    tax_class: TaxClass = TaxClass.STANDARD
    pictures: list[str] = field(default_factory=list)
    content: str = ""
    #: As `contents.read_deposit` reads it.
    deposit: str = ""
    #: A letter from A to G.
    energy_class: str = ""
    #: A former or list price the file names and does not explain; told to the shop only.
    claimed_price: Decimal | None = None
    #: What the manufacturer recommends, where the file says so, and the column that says it.
    recommended_price: Decimal | None = None
    recommended_source: str = ""
    online_url: str = ""
    as_of: datetime | None = None
    #: The branch a file for several names on each row; empty: whichever the file is for.
    store: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """Columns of a variant: what is in it, what comes back with the empty one, its energy."""
        content = contents.read(self.content)
        pawn = contents.read_deposit(self.deposit)
        return {
            "content_amount": content.amount if content else None,
            "content_unit": content.unit if content else "",
            "deposit_amount": pawn.amount if pawn else None,
            "deposit_kind": pawn.kind if pawn else "",
            "energy_class": self.energy_class,
        }

    @property
    def other_prices(self) -> dict[str, object]:
        """Columns of an offer: prices that are not asked."""
        return {
            "claimed_price": self.claimed_price,
            "recommended_price": self.recommended_price,
            "recommended_source": self.recommended_source if self.recommended_price else "",
        }

    @property
    def label(self) -> str:
        """`Farbe: Blau · Größe: 42`; empty for goods without a choice."""
        return " · ".join(f"{name}: {value}" for name, value in self.options)[:200]


@dataclass(slots=True)
class Group:
    """One product with its variants. `key` names it in the shop's file, import after import."""

    key: str
    title: str
    text: str = ""
    brand: str = ""
    category: str = ""
    manufacturer: Maker = field(default_factory=Maker)
    weee_number: str = ""
    #: Columns of `Facts` that the file speaks of.
    facts: dict[str, object] = field(default_factory=dict)
    language: str = "de"
    pictures: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Goods:
    """A whole file. `counts_stock` is False when it has no stock column at all."""

    kind: str
    rows: int = 0
    products: int = 0
    counts_stock: bool = True
    #: False when rows only speak of goods that are known already: no titles, taxes, choices.
    names_goods: bool = True
    groups: list[Group] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def variants(self) -> int:
        """Variants read, whatever became of them."""
        items = sum(len(group.items) for group in self.groups)
        return items + len(self.rejected) + self.left_out.total()

    def reject(self, line: int, code: str, message: Sentence) -> None:
        self.rejected.append(Reject(line, code, message))

    def notice(self, line: int, code: str, message: Sentence) -> None:
        self.notices.append(Notice(line, code, message))


def without_repeats(goods: Goods) -> Goods:
    """Reject what stands in the file twice: a number names one thing per branch."""
    seen: dict[tuple[str, str], int] = {}
    for group in goods.groups:
        kept = []
        for item in group.items:
            marks = [("sku", item.sku), ("gtin", item.gtin)]
            if not item.sku and not item.gtin:
                marks = [(group.key, item.label)]
            marks = [
                (f"{item.store}/{name}", value)
                for name, value in marks
                if value or name == group.key
            ]
            earlier = next((seen[mark] for mark in marks if mark in seen), None)
            if earlier is None:
                seen.update(dict.fromkeys(marks, item.line))
                kept.append(item)
            else:
                goods.reject(
                    item.line,
                    "repeated",
                    format_lazy(_("The same goods already stand in line {line}."), line=earlier),
                )
        group.items = kept
    goods.groups = [group for group in goods.groups if group.items]
    goods.rejected.sort(key=lambda reject: reject.line)
    return goods


def of_store(goods: Goods, store: str) -> Goods:
    """Leave out what a file for several branches says of the others."""
    for group in goods.groups:
        ours = [item for item in group.items if item.store.casefold() in ("", store.casefold())]
        if len(ours) < len(group.items):
            goods.left_out["other_branch"] += len(group.items) - len(ours)
            group.items = ours
    goods.groups = [group for group in goods.groups if group.items]
    return goods
