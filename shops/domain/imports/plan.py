"""What taking a file would change: the one plan that dry run and import share.

Goods are recognised by GTIN (a shared product's variant in this city), else by the article number
among the shop's own offers, else by the product's key in the shop's own file and the choice. A file
may reword a product only as long as it is this shop's word alone: its own product, or a shared one
that nobody else offers and whose variants all stand in the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain import naming
from shops.domain.imports import lookup, match
from shops.domain.imports.doubts import Doubts
from shops.domain.imports.folder import Folder, Found
from shops.domain.imports.goods import Goods, Group, Item, Notice, Reject
from shops.domain.imports.lookup import Known
from shops.domain.imports.match import Match
from shops.domain.imports.receipt import Receipt
from shops.domain.imports.runs import Run
from shops.domain.naming import Categories
from shops.domain.particulars import Manufacturer
from shops.enums import Source
from shops.models import Category, Offer, Product, Variant

#: Variants written in one transaction: on SQLite shoppers wait for its end.
BATCH = 100


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
                elif wish.changes or plan.words:
                    receipt.updated += 1
                else:
                    receipt.unchanged += 1


def batches(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Whole groups, together about `BATCH` variants."""
    batch: list[Group] = []
    size = 0
    for group in groups:
        if batch and size + len(group.items) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += len(group.items)
    if batch:
        yield batch


class Planner:
    """Plans one file for one branch, batch by batch; only reads."""

    def __init__(
        self, *, goods: Goods, run: Run, folder: Folder | None, now: datetime, doubts: Doubts
    ) -> None:
        self.goods = goods
        self.run = run
        self.folder = folder
        self.now = now
        self.doubts = doubts
        self.categories = Categories(run.branch.shop)
        #: Variants that rows of earlier batches are.
        self.used: set[int] = set()
        self.older = 0

    def plan(self, groups: Sequence[Group]) -> BatchPlan:
        """What these groups change, as the database is now."""
        known = lookup.known(
            branch=self.run.branch, groups=groups, with_pictures=self.folder is not None
        )
        matched = match.match(groups=groups, known=known, used=self.used)
        batch = BatchPlan(rejected=matched.rejected, notices=matched.notices, used=matched.used)
        for found in matched.matches:
            if not self.goods.names_goods:
                self._turn_away(batch, found)
            if found.pairs:
                batch.groups.append(self._group(batch, found, known))
        return batch

    def settle(self, batch: BatchPlan, receipt: Receipt) -> None:
        """This batch is certain: remember its variants, enter it in the receipt."""
        self.used = batch.used
        self.older += batch.older
        self.doubts.note(
            (wish.item.line, wish.doubt)
            for plan in batch.groups
            for wish in plan.wishes
            if wish.doubt
        )
        batch.add_to(receipt)

    def conclude(self, receipt: Receipt) -> None:
        """Notices about the file as a whole."""
        receipt.notices += self.doubts.notices()
        if self.older:
            text = _("Stock figures older than the count we have, not taken: {n}.")
            receipt.notices.append(Notice(0, "older_count", format_lazy(text, n=self.older)))
        if self.categories.unknown:
            names = ", ".join(sorted(self.categories.unknown)[:10])
            text = _("Categories we do not know: {names}. The goods were taken without one.")
            receipt.notices.append(Notice(0, "category", format_lazy(text, names=names)))
        if self.folder and self.folder.missing:
            names = ", ".join(sorted(self.folder.missing)[:10])
            text = _("Pictures not in the folder: {n} ({names}).")
            missing = format_lazy(text, n=len(self.folder.missing), names=names)
            receipt.notices.append(Notice(0, "picture_missing", missing))

    def _turn_away(self, batch: BatchPlan, found: Match) -> None:
        """Goods that neither this file nor an earlier one has a name for."""
        text = _("We do not know these goods yet: first send a file with their names.")
        batch.rejected += [
            Reject(item.line, "unknown_goods", text)
            for item, variant in found.pairs
            if variant is None
        ]
        found.pairs = [pair for pair in found.pairs if pair[1] is not None]

    def _group(self, batch: BatchPlan, found: Match, known: Known) -> GroupPlan:
        group, home = found.group, found.home
        category = self.categories.find(group.category)
        leads = home is None or self._leads(found, home, known)
        words = (
            {} if home is None or self.run.repeated else self._words(group, home, category, leads)
        )
        plan = GroupPlan(group, found.shared, home, words, apart=found.apart)
        if found.apart:
            text = _("These goods stand on several pages. The city is asked to join them.")
            batch.notices.append(Notice(group.items[0].line, "apart", text))
        for item, variant in found.pairs:
            may_word = (
                leads and home is not None and variant is not None and variant.product_id == home.pk
            )
            plan.wishes.append(self._wish(batch, group, item, variant, known, may_word=may_word))
        if self.folder is not None:
            plan.pictures = self._pictures(self.folder, plan, known, leads)
        return plan

    def _leads(self, found: Match, home: Product, known: Known) -> bool:
        """Whether the words of `home` are this file's alone."""
        if home.shop_id is not None:
            return home.source_key == found.group.key
        if home.pk in known.elsewhere:
            return False
        here = {variant.pk for _item, variant in found.pairs if variant is not None}
        return all(variant.pk in here for variant in known.variants[home.pk])

    def _words(
        self, group: Group, home: Product, category: Category | None, leads: bool
    ) -> dict[str, object]:
        """New words for a product. Where the file is silent, what is known stays."""
        if not leads and home.shop_id is not None:
            return {}
        said: dict[str, object] = {
            "title": group.title,
            "text": group.text,
            "brand": group.brand,
            "category": category,
            "language": group.language,
            "weee_number": group.weee_number,
            "source_category": naming.key_of(group.category),
        }
        found = {
            name: value
            for name, value in said.items()
            if value and (getattr(home, name) != value if leads else not getattr(home, name))
        }
        known = Manufacturer.of(home)
        made = known.corrected(group.manufacturer, leads=leads)
        return found | (dict(made.columns) if made != known else {})

    def _wish(
        self,
        batch: BatchPlan,
        group: Group,
        item: Item,
        variant: Variant | None,
        known: Known,
        *,
        may_word: bool,
    ) -> Wish:
        offer = known.offers.get(variant.pk) if variant else None
        wish = Wish(item, variant, offer)
        if offer is not None and not self.run.repeated:
            wish.doubt = self.doubts.of(item, offer, counts_stock=self.goods.counts_stock)
            if wish.doubt:
                return wish
        if variant is not None and self.goods.names_goods and not self.run.repeated:
            wish.variant_changes = self._variant_changes(batch, item, variant, may_word)
        if offer is None:
            wish.count = (
                None if item.quantity is None else (item.quantity, self._as_of(batch, item))
            )
            return wish
        if not self.run.repeated:
            said = {
                "price": item.price,
                "sku": item.sku,
                "online_url": self.link(group, item),
                **item.other_prices,
            }
            wish.offer_changes = {
                name: value
                for name, value in said.items()
                if value and getattr(offer, name) != value
            }
            self._restock(batch, wish, offer)
        return wish

    def _variant_changes(
        self, batch: BatchPlan, item: Item, variant: Variant, may_word: bool
    ) -> dict[str, object]:
        if not may_word:
            if variant.tax_class != item.tax_class:
                text = _("Other shops sell these goods with another VAT rate; theirs was kept.")
                batch.notices.append(Notice(item.line, "tax_differs", text))
            return self._energy_class(batch, item, variant)
        said = {
            "options": item.options,
            "label": item.label,
            "tax_class": item.tax_class,
            "barcode": item.barcode,
            **item.facts,
        }
        return {
            name: value for name, value in said.items() if value and getattr(variant, name) != value
        }

    def _energy_class(self, batch: BatchPlan, item: Item, variant: Variant) -> dict[str, object]:
        """A shared variant's class: told by whoever knows it first."""
        if variant.product.shop_id is not None or item.energy_class in ("", variant.energy_class):
            return {}
        if not variant.energy_class:
            return {"energy_class": item.energy_class}
        text = _("Other shops sell these goods with another energy class; theirs was kept.")
        batch.notices.append(Notice(item.line, "energy_differs", text))
        return {}

    def _restock(self, batch: BatchPlan, wish: Wish, offer: Offer) -> None:
        """Stock the file speaks of. An empty cell takes back a number only if a file said it."""
        if not self.goods.counts_stock:
            return
        as_of = self._as_of(batch, wish.item)
        if offer.counted_at is not None and as_of <= offer.counted_at:
            batch.older += wish.item.quantity not in (None, offer.on_hand) and not self.run.begun
        elif wish.item.quantity is not None:
            wish.count = (wish.item.quantity, as_of)
            wish.restocks = wish.item.quantity != offer.on_hand
        elif offer.on_hand is not None and offer.source == Source.FILE:
            wish.forget = wish.restocks = True

    def _as_of(self, batch: BatchPlan, item: Item) -> datetime:
        if item.as_of is None:
            return self.run.as_of
        if item.as_of > self.now:
            text = _("The time of the count lies in the future; the time of arrival was taken.")
            batch.notices.append(Notice(item.line, "as_of", text))
            return self.run.as_of
        return item.as_of

    def link(self, group: Group, item: Item) -> str:
        """Where the shop offers this online; Spree's address for a product is a convention."""
        if item.online_url or self.goods.kind != "spree":
            return item.online_url
        online_shop = self.run.branch.shop.online_shop.rstrip("/")
        slug = group.key.removeprefix("slug:")
        address = f"{online_shop}/products/{slug}" if online_shop else ""
        return address if len(address) <= 300 else ""

    def _pictures(self, folder: Folder, plan: GroupPlan, known: Known, leads: bool) -> list[Show]:
        home = plan.home
        of_home: tuple[int, int | None] | None = (home.pk, None) if home else None
        places: list[tuple[Wish | None, list[str], str, tuple[int, int | None] | None]] = [
            (None, plan.group.pictures, plan.group.title, of_home)
        ]
        for wish in plan.wishes:
            values = ", ".join(value for _name, value in wish.item.options)
            alt = f"{plan.group.title}, {values}" if values else plan.group.title
            variant = wish.variant
            key = (variant.product_id, variant.pk) if variant else None
            places.append((wish, wish.item.pictures, alt, key))
        shows: list[Show] = []
        for place, names, alt, of in places:
            shown = list(known.pictures[of]) if of else []
            if shown and not leads:
                continue
            for found in filter(None, map(folder.find, dict.fromkeys(names))):
                if found.sha256 not in shown:
                    shown.append(found.sha256)
                    shows.append(Show(found, alt[:300], len(shown) - 1, place))
        return shows
