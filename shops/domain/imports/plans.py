"""What a plan consists of: offers, products and batches as the file wants them."""

from dataclasses import dataclass, field
from datetime import datetime

from shops.domain.gate import suspicion
from shops.domain.imports.folder import Found
from shops.domain.imports.goods import Group, Item, Notice, Reject
from shops.domain.imports.receipt import Receipt
from shops.domain.registry import Planned
from shops.models import Category, Manufacturer, Offer, Product, Variant


@dataclass(slots=True)
class Wish:
    """One offer as the file wants it. Empty `offer` or `variant`: to be created."""

    item: Item
    variant: Variant | None = None
    offer: Offer | None = None
    #: New values by name; what is not named stays.
    variant_changes: dict[str, object] = field(default_factory=dict)
    offer_changes: dict[str, object] = field(default_factory=dict)
    #: A count to record: how many, and since when that is true.
    count: tuple[int, datetime] | None = None
    #: The shop no longer counts what it counted by file before.
    forget: bool = False
    #: Whether shoppers will see another number.
    restocks: bool = False
    #: Why nothing of this row is taken before somebody has looked; a code of `brake`.
    doubt: str = ""

    @property
    def changes(self) -> bool:
        return bool(self.variant_changes or self.offer_changes or self.restocks)


@dataclass(slots=True)
class Show:
    """A picture to show with the product, or with the variant of one wish."""

    found: Found
    alt: str
    position: int
    wish: Wish | None = None


@dataclass(slots=True)
class GroupPlan:
    """One product: created when `home` is empty, reworded by `words`."""

    group: Group
    shared: bool
    home: Product | None
    words: dict[str, object]
    wishes: list[Wish] = field(default_factory=list)
    pictures: list[Show] = field(default_factory=list)
    #: Shared products that this one product of the file lies in.
    apart: list[int] = field(default_factory=list)
    category: Category | None = None
    #: Whether its words are this file's alone.
    leads: bool = True
    #: New values of its facts by column.
    facts: dict[str, object] = field(default_factory=dict)
    #: Who makes it, as the registry will have it; None where that stays as it is.
    maker: Manufacturer | None = None
    #: The registry learns something, or the product gets another maker.
    changes_maker: bool = False

    @property
    def review_words(self) -> list[str]:
        """Words of a new product that a person has to look at (law E4)."""
        return suspicion.hits(self.group.title, self.group.brand, self.group.text)

    @property
    def changes_words(self) -> bool:
        return bool(self.words or self.facts or self.changes_maker)

    @property
    def changes_search(self) -> bool:
        """Whether the words change by which shoppers find it."""
        return bool(self.home is None or self.words) or any(
            wish.variant is None or wish.variant_changes for wish in self.wishes
        )


@dataclass(slots=True)
class BatchPlan:
    """What one transaction writes, and its part of the receipt."""

    groups: list[GroupPlan] = field(default_factory=list)
    #: Makers that the registry learns, by key.
    makers: dict[str, Planned] = field(default_factory=dict)
    rejected: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    #: Numbers older than the count we have.
    older: int = 0

    def add_to(self, receipt: Receipt) -> None:
        """Enter this batch; done once it is certain (committed, or planned for good)."""
        receipt.rejected += self.rejected
        receipt.notices += self.notices
        for plan in self.groups:
            receipt.pictures += len(plan.pictures)
            for wish in plan.wishes:
                if wish.doubt:
                    receipt.left_out["held_back"] += 1
                elif wish.offer is None:
                    receipt.created += 1
                elif wish.changes or plan.changes_words:
                    receipt.updated += 1
                else:
                    receipt.unchanged += 1
