"""What the gate will say of the goods of a file: the same before writing and after.

Looks at rows as the plan would leave them; asks the database nothing.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain.gate import judging
from shops.domain.gate.checks import Goods
from shops.domain.gate.rules import UNKNOWN, Ruling
from shops.domain.imports.goods import Notice
from shops.domain.imports.plans import GroupPlan, Wish
from shops.domain.imports.receipt import Receipt
from shops.enums import Review, Rule
from shops.models import Facts, Product, Variant

#: Lines that a notice names.
LINES = 10


@dataclass(slots=True)
class Held:
    """Lines of the file by the rule that its goods do not keep."""

    closed: dict[Rule, list[int]] = field(default_factory=lambda: defaultdict(list))
    unpaid: dict[Rule, list[int]] = field(default_factory=lambda: defaultdict(list))

    def look(self, plans: Iterable[GroupPlan], rulings: Mapping[int, Ruling], day: date) -> None:
        """Count what these goods are held back for, once they are certain."""
        for plan in plans:
            home, told = _product(plan), _facts(plan)
            for wish in plan.wishes:
                product, facts = home, told
                variant = _variant(plan, wish)
                if wish.variant is not None and wish.variant.product_id != home.pk:
                    # Known under a barcode of another product: nothing of it is reworded.
                    product = wish.variant.product
                    facts = getattr(product, "facts", None) or Facts()
                ruling = rulings.get(product.category_id or 0, UNKNOWN)
                goods = Goods(product, variant, facts, product.manufacturer, ruling)
                found = judging.findings(goods, day)
                for rule in {each.rule for each in found if each.closes}:
                    self.closed[rule].append(wish.item.line)
                for rule in {each.rule for each in found if each.stops_pay and not each.closes}:
                    self.unpaid[rule].append(wish.item.line)

    def tell(self, receipt: Receipt, *, pays: bool) -> None:
        """Enter the counts, with one sentence per rule; about paying only where the shop takes
        payments."""
        receipt.held_back = {rule.value: len(lines) for rule, lines in self.closed.items()}
        receipt.not_payable = {rule.value: len(lines) for rule, lines in self.unpaid.items()}
        for rule in filter(self.closed.get, Rule):
            text = _(
                "Not shown until this is told: {what}. Articles: {n}, lines {lines}. They were"
                " taken all the same."
            )
            receipt.notices.append(_notice(f"held_{rule.value}", text, rule, self.closed[rule]))
        for rule in filter(self.unpaid.get, Rule if pays else ()):
            text = _(
                "Can be reserved, not paid online, until this is told: {what}. Articles: {n},"
                " lines {lines}."
            )
            receipt.notices.append(_notice(f"unpaid_{rule.value}", text, rule, self.unpaid[rule]))


def _notice(code: str, text: object, rule: Rule, lines: list[int]) -> Notice:
    first = ", ".join(map(str, sorted(lines)[:LINES])) + (" …" if len(lines) > LINES else "")
    return Notice(0, code, format_lazy(str(text), what=rule.label, n=len(lines), lines=first))


def _product(plan: GroupPlan) -> Product:
    if plan.home is None:
        product = Product(
            title=plan.group.title,
            category=plan.category,
            weee_number=plan.group.weee_number,
            source_key="" if plan.shared else plan.group.key,
            shop_id=None if plan.shared else 0,
        )
        product.review = Review.WAITING if plan.review_words else Review.NONE
    else:
        product = copy.copy(plan.home)
        product._state = copy.copy(plan.home._state)
        product._state.fields_cache = dict(plan.home._state.fields_cache)
        for name, value in plan.words.items():
            setattr(product, name, value)
    if plan.maker is not None:
        product.manufacturer = plan.maker
    return product


def _facts(plan: GroupPlan) -> Facts:
    known = getattr(plan.home, "facts", None)
    facts = copy.copy(known) if known else Facts()
    for name, value in plan.facts.items():
        setattr(facts, name, value)
    return facts


def _variant(plan: GroupPlan, wish: Wish) -> Variant:
    item = wish.item
    if wish.variant is None:
        return Variant(
            gtin=item.gtin if plan.shared else None,
            barcode=item.barcode,
            tax_class=item.tax_class,
            **item.facts,
        )
    variant = copy.copy(wish.variant)
    for name, value in wish.variant_changes.items():
        setattr(variant, name, value)
    return variant
