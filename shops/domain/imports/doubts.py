"""Rows of a goods file that are held back until somebody is sure of them (`brake`)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain import brake
from shops.domain.imports.goods import Goods, Item, Notice
from shops.enums import Source
from shops.models import Branch, Offer

#: Lines a notice names.
NAMED = 10

_SENTENCES = {
    brake.EMPTIED: _("Very many goods at once would have none left. Held back: {n} ({lines})."),
    brake.PRICE_UP: _("Prices four times as high or more. Held back: {n} ({lines})."),
    brake.PRICE_DOWN: _("Prices below a tenth of the old one. Held back: {n} ({lines})."),
    brake.TOO_MANY: _("Numbers that were never here before. Held back: {n} ({lines})."),
}


@dataclass(slots=True)
class Doubts:
    """What is doubted in one file, and the lines on which it was."""

    brakes: bool
    #: So many goods would go from some to none that each of them is asked about.
    empties: bool = False
    lines: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def nobody(cls) -> Self:
        """Somebody has looked and is sure."""
        return cls(brakes=False)

    @classmethod
    def about(cls, goods: Goods, branch: Branch) -> Self:
        """Of this file against what the branch has; one query."""
        if not goods.counts_stock:
            return cls(brakes=True)
        stocked = Offer.objects.filter(branch=branch, on_hand__gt=0)
        rows = list(stocked.values_list("pk", "sku", "variant__gtin", "source"))
        by_sku = {sku: (pk, source) for pk, sku, _gtin, source in rows if sku}
        by_gtin = {gtin: (pk, source) for pk, _sku, gtin, source in rows if gtin}
        emptied = set()
        for group in goods.groups:
            for item in group.items:
                found = by_sku.get(item.sku) or by_gtin.get(item.gtin)
                if found and _empties(item, found[1]):
                    emptied.add(found[0])
        empties = brake.empties_shelf(emptied=len(emptied), in_stock=len(rows))
        return cls(brakes=True, empties=empties)

    def of(self, item: Item, offer: Offer, *, counts_stock: bool) -> str:
        """The code of what is doubted of this row, else ""."""
        if not self.brakes:
            return ""
        code = brake.price(old=offer.price, new=item.price)
        if code or not counts_stock:
            return code
        if offer.on_hand and _empties(item, offer.source):
            return brake.EMPTIED if self.empties else ""
        if item.quantity is None:
            return ""
        return brake.quantity(old=offer.on_hand, new=item.quantity)

    def note(self, found: Iterable[tuple[int, str]]) -> None:
        """Remember lines that are held back for good."""
        for line, code in found:
            self.lines[code].append(line)

    def notices(self) -> list[Notice]:
        """What somebody must know of it, and how to go on."""
        made = [
            Notice(0, "held_back", format_lazy(_SENTENCES[code], n=len(lines), lines=_few(lines)))
            for code, lines in self.lines.items()
        ]
        if made:
            text = _("If all that is right, start the import again with --sure.")
            made.append(Notice(0, "held_back", text))
        return made


def _empties(item: Item, source: str) -> bool:
    """None left, or no longer counted what a file has counted."""
    return item.quantity == 0 or (item.quantity is None and source == Source.FILE)


def _few(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in sorted(lines)[:NAMED])
    return f"{shown} …" if len(lines) > NAMED else shown
