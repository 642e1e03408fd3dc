"""An article as its shop's page shows it: what is asked of it, what is missing and where."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shops.domain import article as articles
from shops.domain import registry
from shops.domain.categories import name_of
from shops.domain.gate import judging, refresh, rules
from shops.domain.gate.judging import Finding, Verdict
from shops.domain.gate.rules import EXEMPTIBLE, UNKNOWN, Ruling
from shops.enums import Condition, Gate, Rule
from shops.models import Category, Facts, Manufacturer, Product, ProductPicture, Shop, Variant
from shops.models.facts import NUTRIENTS

#: Levels by which a choice of categories is indented.
DEPTH = 4
_VARIANT = ("content", "deposit", "energy_class")


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, and whether the category asks for them."""

    title: str | Promise
    fields: list[str]
    is_asked: bool


#: Title, the rules that ask for it, its fields; a name of `_VARIANT` stands once per kind.
_SECTIONS: tuple[tuple[Any, tuple[Rule, ...], tuple[str, ...]], ...] = (
    (_("What it is"), tuple(Rule), ("category", "condition", "model")),
    (_("Contents and deposit"), (Rule.CONTENT, Rule.DEPOSIT), ("content", "deposit")),
    (
        _("Ingredients and allergens"),
        (Rule.FOOD, Rule.LOOSE_FOOD),
        (
            "food_kind", "ingredients", "allergen_state", "allergens", "storage", "operator_name",
            "operator_address", "origin", "alcohol",
        ),
    ),
    (
        _("Nutrition values"),
        (Rule.FOOD,),
        ("nutrition_basis", *NUTRIENTS, "nutrition_exempt"),
    ),
    (_("Meat"), (Rule.HUSBANDRY,), ("husbandry",)),
    (_("Material"), (Rule.TEXTILE,), ("fibres", "animal_parts")),
    (_("Electrical devices and batteries"), (Rule.ELECTRICAL,), ("weee_number", "has_battery")),
    (_("Energy label"), (Rule.ENERGY,), ("energy_class", "eprel_id", "data_sheet")),
    (_("Films and games"), (Rule.MEDIA,), ("rating",)),
    (
        _("Hazard information"),
        (Rule.HAZARD,),
        ("pictograms", "signal_word", "phrases", "phrases_text", "ufi"),
    ),
    (_("Warnings"), (Rule.WARNINGS,), ("warnings",)),
    (_("Returning it"), (Rule.WITHDRAWAL,), ("withdrawal",)),
    (
        _("Age and guarantee"), (Rule.AGE,),
        ("min_age", "guarantee_years", "guarantor", "guarantee_proof"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Article:
    """A product of the shop with everything its page says."""

    product: Product
    shop: Shop
    variants: list[Variant]
    ruling: Ruling
    findings: list[Finding]
    tree: list[Category]
    is_alone: bool
    #: Other shops' goods name the manufacturer, too.
    maker_is_shared: bool
    has_picture: bool
    facts: Facts = field(default_factory=Facts)

    @property
    def manufacturer(self) -> Manufacturer | None:
        return self.product.manufacturer

    @cached_property
    def verdict(self) -> Verdict:
        return judging.of_findings(self.findings, 0)

    @property
    def is_closed(self) -> bool:
        return self.verdict.gate == Gate.CLOSED

    @property
    def can_pay(self) -> bool:
        return self.verdict.gate == Gate.OPEN

    @property
    def closing(self) -> list[Finding]:
        return [each for each in self.findings if each.closes]

    @property
    def unpaid(self) -> list[Finding]:
        """What stops paying only."""
        return [each for each in self.findings if each.stops_pay and not each.closes]

    @property
    def hints(self) -> list[Finding]:
        return [each for each in self.findings if not each.stops_pay]

    @cached_property
    def missing(self) -> dict[str, Any]:
        """Sentence by field, to stand beside it."""
        found: dict[str, Any] = {}
        for each in self.findings:
            for name in self._names(_FIELD.get(each.field, each.field)):
                if self._is_missing(name):
                    found.setdefault(name, each.sentence)
        return found

    def _is_missing(self, name: str) -> bool:
        """Of several kinds only those that do not tell it."""
        for variant in self.variants:
            if name == f"content_{variant.pk}":
                return variant.content_amount is None
            if name == f"deposit_{variant.pk}":
                return not variant.deposit_kind
            if name == f"energy_class_{variant.pk}":
                return not variant.energy_class
        return True

    def says(self, name: str) -> list[Any]:
        """Sentences about something that has a place of its own on the page."""
        return [each.sentence for each in self.findings if each.field == name]

    @property
    def maker_missing(self) -> list[Any]:
        return self.says("manufacturer")

    @property
    def file_missing(self) -> list[Any]:
        """What only the till's file can mend."""
        return [*self.says("gtin"), *self.says("tax_class"), *self.says("title")]

    @property
    def exemptible(self) -> list[Rule]:
        asked = self.ruling.rules | {Rule(name) for name in self.facts.exemptions.split()}
        if self.facts.has_battery:
            asked |= {Rule.ELECTRICAL}
        return [rule for rule in EXEMPTIBLE if rule in asked]

    @cached_property
    def sections(self) -> list[Section]:
        """Those the category asks for first, then what else may be told."""
        found = []
        told = set(self.missing)
        for title, of_rules, names in _SECTIONS:
            fields = [each for name in names for each in self._names(name)]
            asked = bool(set(of_rules) & self.ruling.rules) or bool(told & set(fields))
            asked = asked or title is _SECTIONS[0][0] or self._is_told(names)
            found.append(Section(title, fields, asked))
        return found

    @property
    def asked(self) -> list[Section]:
        return [each for each in self.sections if each.is_asked]

    @property
    def others(self) -> list[Section]:
        return [each for each in self.sections if not each.is_asked]

    @property
    def shown(self) -> set[str]:
        """Names of all fields on the page."""
        return {name for each in self.sections for name in each.fields} | {"exemptions"}

    @cached_property
    def locked(self) -> set[str]:
        """Fields that are another shop's word as well and have been told."""
        if self.is_alone:
            return set()
        names = {name for _title, _rules, names in _SECTIONS for name in names}
        told = {name for name in names - set(_VARIANT) if self._is_told((name,))}
        for group in articles.TOGETHER:
            if told & set(group):
                told |= set(group)
        for variant in self.variants:
            told |= {f"content_{variant.pk}"} if variant.content_amount is not None else set()
            told |= {f"deposit_{variant.pk}"} if variant.deposit_kind else set()
            told |= {f"energy_class_{variant.pk}"} if variant.energy_class else set()
        told |= {"exemptions"} if self.facts.exemptions else set()
        told |= {"condition"}
        return told | ({"category"} if self.product.category_id else set())

    @cached_property
    def categories(self) -> list[tuple[int, str]]:
        """The tree as a choice, below ones indented; none whose goods are not taken."""
        asked = rules.rulings(self.tree)

        def inner(parent: int | None, depth: int) -> list[tuple[int, str]]:
            found: list[tuple[int, str]] = []
            for each in self.tree:
                if each.parent_id == parent and not asked[each.pk].blocked and depth < DEPTH:
                    found.append((each.pk, "\u2003" * depth + name_of(each)))
                    found += inner(each.pk, depth + 1)
            return found

        return inner(None, 0)

    def category_of(self, pk: int | None) -> Category | None:
        return next((each for each in self.tree if each.pk == pk), None)

    def _names(self, name: str) -> list[str]:
        if name in _VARIANT:
            return [f"{name}_{variant.pk}" for variant in self.variants]
        return [name]

    def _is_told(self, names: tuple[str, ...]) -> bool:
        if "weee_number" in names and self.product.weee_number:
            return True
        # A battery that is not in it has been told; nothing else is told by False.
        if "has_battery" in names and self.facts.has_battery is not None:
            return True
        told = [getattr(self.facts, name, "") for name in names]
        return any(value not in ("", None, False, Condition.NEW) for value in told)


#: Where a finding's field has another name on the page.
_FIELD = {"nutrition": "nutrition_basis"}


def of(*, product: Product, shop: Shop, now: datetime) -> Article:
    """The page of a product; a constant number of queries."""
    loaded = Product.objects.select_related("facts", "manufacturer", "category").get(pk=product.pk)
    tree = list(Category.objects.order_by("sort_name", "pk"))
    asked = rules.rulings(tree)
    variants = list(loaded.variants.order_by("position", "pk"))
    day = refresh.day_of(now)
    found: dict[tuple[Rule, str], Finding] = {}
    for variant in variants:
        for each in judging.findings(refresh.goods_of(loaded, variant, asked), day):
            found.setdefault((each.rule, each.field), each)
    maker = loaded.manufacturer
    return Article(
        product=loaded,
        shop=shop,
        variants=variants,
        ruling=asked.get(loaded.category_id or 0, UNKNOWN),
        findings=sorted(found.values(), key=lambda one: (not one.closes, not one.stops_pay)),
        tree=tree,
        is_alone=articles.is_alone(product=loaded, shop=shop),
        maker_is_shared=bool(maker and registry.used_elsewhere([maker.pk], shop=shop)),
        has_picture=ProductPicture.objects.filter(product=loaded).exists(),
        facts=getattr(loaded, "facts", None) or Facts(product=loaded),
    )
