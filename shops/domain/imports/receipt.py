"""What an import did, or would do: one shape for screens, command and machines (design 10)."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain.imports.goods import Goods, Notice, Reject, Sentence

#: Single notices shown per kind; the rest are summed up in one line.
MOST_ALIKE = 20

#: Why goods of the file are none for our shelf, for people.
LEFT_OUT: dict[str, Sentence] = {
    "no_eur_price": _("no price in euros"),
    "not_active": _("draft or archived"),
    "digital": _("nothing to collect (digital)"),
    "gift_card": _("gift cards"),
    "other_branch": _("of another branch"),
    "held_back": _("held back: they look like a mistake"),
}


@dataclass(slots=True)
class Receipt:
    """`created + updated + unchanged + rejected + left out == variants`, always.

    `created`, `updated` and `unchanged` are offers of the branch. An offer whose stock was counted
    anew with the same result is unchanged, though the count is on record.
    """

    kind: str
    applied: bool
    rows: int
    products: int
    variants: int
    #: The very same file had been taken before; nothing of it is news.
    repeated: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    #: Pictures newly shown with goods.
    pictures: int = 0
    rejected: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    #: Articles that were taken and are not shown yet, and those that cannot be paid online yet, by
    #: the rule they do not keep; an article may stand under several.
    held_back: dict[str, int] = field(default_factory=dict)
    not_payable: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, goods: Goods, *, applied: bool) -> "Receipt":
        """What reading alone says; the offers are added while they are planned."""
        return cls(
            kind=goods.kind,
            applied=applied,
            rows=goods.rows,
            products=goods.products,
            variants=goods.variants,
            rejected=list(goods.rejected),
            notices=list(goods.notices),
            left_out=Counter(goods.left_out),
        )

    @property
    def adds_up(self) -> bool:
        taken = self.created + self.updated + self.unchanged
        return taken + len(self.rejected) + self.left_out.total() == self.variants

    def as_dict(self) -> dict[str, Any]:
        """Plain values in the active language, ready for JSON."""
        return {
            "kind": self.kind,
            "applied": self.applied,
            "repeated": self.repeated,
            "rows": self.rows,
            "products": self.products,
            "variants": self.variants,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "pictures": self.pictures,
            "rejected": [_plain(entry) for entry in sorted(self.rejected, key=_by_line)],
            "notices": [_plain(entry) for entry in _bounded(sorted(self.notices, key=_by_line))],
            "left_out": dict(sorted(self.left_out.items())),
            "held_back": dict(sorted(self.held_back.items())),
            "not_payable": dict(sorted(self.not_payable.items())),
        }


def _by_line(entry: Reject | Notice) -> int:
    return entry.line


def _plain(entry: Reject | Notice) -> dict[str, Any]:
    return {"line": entry.line, "code": entry.code, "message": str(entry.message)}


def _bounded(notices: list[Notice]) -> list[Notice]:
    """A file of 20,000 bad barcodes must not answer with 20,000 sentences."""
    alike = Counter(notice.code for notice in notices)
    shown: Counter[str] = Counter()
    kept = []
    for notice in notices:
        shown[notice.code] += 1
        if shown[notice.code] <= MOST_ALIKE:
            kept.append(notice)
    for code, many in alike.items():
        if many > MOST_ALIKE:
            more = format_lazy(_("More notices of this kind: {n}."), n=many - MOST_ALIKE)
            kept.append(Notice(0, code, more))
    return kept
