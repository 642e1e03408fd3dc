"""What taking a file would change: the one plan that dry run and import share.

Goods are recognised by GTIN (a shared product's variant in this city), else by the article number
among the shop's own offers, else by the product's key in the shop's own file and the choice. A file
may reword a product only as long as it is this shop's word alone: its own product, or a shared one
that nobody else offers and whose variants all stand in the file.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain import article, catalogue, naming, registry
from shops.domain.gate import refresh as gate
from shops.domain.imports import lookup, match, shows
from shops.domain.imports.doubts import Doubts
from shops.domain.imports.folder import Folder
from shops.domain.imports.goods import Goods, Group, Item, Notice, Reject
from shops.domain.imports.held import Held
from shops.domain.imports.lookup import Known
from shops.domain.imports.match import Match
from shops.domain.imports.plans import BatchPlan, GroupPlan, Wish
from shops.domain.imports.receipt import Receipt
from shops.domain.imports.runs import Run
from shops.domain.naming import Categories
from shops.enums import Source
from shops.models import Category, Facts, Offer, Product, Variant

#: Variants written in one transaction: on SQLite shoppers wait for its end.
BATCH = 100


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
        self.rulings = gate.rulings()
        self.held = Held()
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
            if found.pairs and not self._is_blocked(batch, found):
                batch.groups.append(self._group(batch, found, known))
        self._makers(batch, known)
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
        self.held.look(batch.groups, self.rulings, gate.day_of(self.now))

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
        self.held.tell(receipt, pays=self.run.branch.shop.pay_open_since is not None)

    def _is_blocked(self, batch: BatchPlan, found: Match) -> bool:
        """LAW: goods of a category that is not offered here are turned away by name (law E4)."""
        category = self.categories.find(found.group.category)
        ruling = self.rulings.get(category.pk) if category else None
        if ruling is None or not ruling.blocked:
            return False
        text = _("Goods of this category are not offered here: {why}")
        batch.rejected += [
            Reject(item.line, "category_blocked", format_lazy(text, why=ruling.blocked))
            for item, _variant in found.pairs
        ]
        return True

    def _makers(self, batch: BatchPlan, known: Known) -> None:
        """Who makes these goods, as the registry will say it. A product has its maker from whoever
        leads, or from whoever names one first."""
        naming = [plan for plan in batch.groups if self._may_name(plan, known)]
        batch.makers = registry.plan(
            (plan.group.manufacturer for plan in naming), shop=self.run.branch.shop
        )
        for plan in naming:
            planned = batch.makers[registry.key_of(plan.group.manufacturer.name)]
            was = plan.home.manufacturer_id if plan.home else None
            plan.maker = planned.row
            plan.changes_maker = planned.changes or was != planned.row.pk

    def _may_name(self, plan: GroupPlan, known: Known) -> bool:
        said = plan.group.manufacturer
        if not registry.key_of(said.name) or self.run.repeated:
            return False
        home = plan.home
        if home is None or home.manufacturer is None:
            return home is None or home.shop_id is None or plan.leads
        return plan.leads or (
            home.shop_id is None and home.manufacturer.key == registry.key_of(said.name)
        )

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
        plan = GroupPlan(
            group,
            found.shared,
            home,
            words,
            apart=found.apart,
            category=category,
            leads=leads,
        )
        if found.apart:
            text = _("These goods stand on several pages. The city is asked to join them.")
            batch.notices.append(Notice(group.items[0].line, "apart", text))
        if not self.run.repeated and (leads or home is None or home.shop_id is None):
            told = getattr(home, "facts", None) or Facts()
            plan.facts = article.merged(told, group.facts, leads=leads)
        for item, variant in found.pairs:
            may_word = (
                leads and home is not None and variant is not None and variant.product_id == home.pk
            )
            plan.wishes.append(self._wish(batch, group, item, variant, known, may_word=may_word))
        if self.folder is not None:
            plan.pictures = shows.of(self.folder, plan, known, leads=leads)
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
        return found | catalogue.reviewed(home, found)

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
