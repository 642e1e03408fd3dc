"""What goods do not tell, rule by rule. Pure: reads fields of rows that are loaded already.

Each check yields the field that mends it, by its name on the article's page, and a sentence that
fits beside it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shops.domain import particulars
from shops.domain.gate.rules import Ruling
from shops.enums import (
    AllergenState,
    Condition,
    FoodKind,
    MediaRating,
    Review,
    Rule,
    TaxClass,
    Withdrawal,
)
from shops.models import Facts, Manufacturer, Product, Variant

#: % vol above which alcohol is told (LMIV annex X) and young people are asked for their age.
ALCOHOL = Decimal("1.2")
Missing = tuple[str, str | Promise]


@dataclass(frozen=True, slots=True)
class Goods:
    """Everything the gate looks at."""

    product: Product
    variant: Variant
    facts: Facts
    manufacturer: Manufacturer | None
    ruling: Ruling

    @property
    def is_new(self) -> bool:
        return self.facts.condition == Condition.NEW

    @property
    def has_alcohol(self) -> bool:
        return self.facts.alcohol is not None and self.facts.alcohol > ALCOHOL

    @property
    def weee_number(self) -> str:
        of_maker = self.manufacturer.weee_number if self.manufacturer else ""
        return self.product.weee_number or of_maker

    @property
    def min_age(self) -> int:
        """Years one must have. LAW: JuSchG §§ 9, 12: unrated media are as those from 18."""
        rated = {MediaRating.R16: 16, MediaRating.R18: 18, MediaRating.UNRATED: 18}
        of_rating = next((age for rate, age in rated.items() if rate == self.facts.rating), 0)
        return max(self.ruling.min_age, self.facts.min_age or 0, of_rating)

    def applies(self, rule: Rule) -> bool:
        if rule in self.facts.exemptions.split():
            return False
        # A toy or a bicycle light with a battery is a device, too (ElektroG § 3).
        told = rule == Rule.ELECTRICAL and bool(self.facts.has_battery)
        return told or rule in self.ruling.rules


def for_all(goods: Goods) -> Iterator[tuple[Rule, Missing]]:
    """What concerns every article."""
    if goods.ruling.blocked:
        text = _("Goods of this category are not offered here.")
        yield Rule.BLOCKED, ("category", text)
    if goods.product.review == Review.WAITING:
        yield Rule.REVIEW, ("title", _("The city has to look at these goods first."))
    elif goods.product.review == Review.REFUSED:
        yield Rule.REVIEW, ("title", _("The city has refused these goods."))
    if not goods.product.title.strip():
        yield Rule.TITLE, ("title", _("Please enter a name."))
    if not goods.ruling.is_known:
        yield Rule.CATEGORY, ("category", _("Please choose a category."))
    if goods.has_alcohol and goods.min_age == 0:
        text = _("Goods with alcohol have a minimum age: 16, spirits 18.")
        yield Rule.AGE, ("min_age", text)


def _content(goods: Goods) -> Iterator[Missing]:
    # LAW: PAngV § 4; a served loaf has its price per piece.
    if goods.variant.content_amount is None and goods.facts.food_kind != FoodKind.LOOSE:
        yield "content", _("Please enter how much is in it, such as 250 g.")


def _safety(goods: Goods) -> Iterator[Missing]:
    if not goods.is_new:
        return
    made = goods.manufacturer
    if made is None:
        yield "manufacturer", _("Please enter the manufacturer.")
    elif not made.address:
        yield "manufacturer", _("The manufacturer's postal address is missing.")
    elif not made.email:
        yield "manufacturer", _("The manufacturer's e-mail address is missing.")
    if not (goods.facts.model or goods.variant.gtin or goods.variant.barcode or _is_own(goods)):
        text = _("Please enter a model name or number, or the barcode.")
        yield "model", text


def _is_own(goods: Goods) -> bool:
    """The shop's own key tells own goods apart: an article number, or what the file has."""
    return goods.product.shop_id is not None and bool(goods.product.source_key)


def _warnings(goods: Goods) -> Iterator[Missing]:
    if goods.is_new and not goods.facts.warnings:
        text = _("Please enter the warnings on the package, or that it has none.")
        yield "warnings", text


def _textile(goods: Goods) -> Iterator[Missing]:
    if goods.is_new and not goods.facts.fibres:
        yield "fibres", _("Please enter what it is made of, such as 100 % cotton.")


def _electrical(goods: Goods) -> Iterator[Missing]:
    # LAW: ElektroG § 6 (2): goods of producers without a number must not be offered.
    if goods.is_new and not goods.weee_number:
        text = _("The WEEE number of the manufacturer is missing. It begins with DE.")
        yield "weee_number", text
    if goods.facts.has_battery is None:
        yield "has_battery", _("Please say whether a battery is in it.")


def _energy(goods: Goods) -> Iterator[Missing]:
    if not goods.is_new:
        return
    if not goods.variant.energy_class:
        yield "energy_class", _("Please choose the energy class on the label.")
    elif not (goods.facts.eprel_id or goods.facts.data_sheet):
        text = _("Please enter the EPREL number or a link to the data sheet.")
        yield "eprel_id", text


def _food(goods: Goods) -> Iterator[Missing]:
    if goods.facts.food_kind == FoodKind.LOOSE:
        yield from _told_loose(goods)
    else:
        yield from _told_packed(goods)


def _loose_food(goods: Goods) -> Iterator[Missing]:
    if goods.facts.food_kind == FoodKind.PREPACKED:
        yield from _told_packed(goods)
    else:
        yield from _told_loose(goods)


def _told_packed(goods: Goods) -> Iterator[Missing]:
    facts = goods.facts
    if not facts.ingredients:
        yield "ingredients", _("Please enter the list of ingredients on the package.")
    if facts.allergen_state not in (AllergenState.NONE, AllergenState.LISTED):
        yield "allergen_state", _("Please say which of the 14 allergens are in it.")
    if not (facts.operator_name and facts.operator_address):
        text = _("Please enter who answers for the food, with the address.")
        yield "operator_name", text
    if facts.energy_kj is None and not facts.nutrition_exempt:
        text = _("Please enter the nutrition values, or why it needs none.")
        yield "nutrition", text
    if not facts.storage:
        yield "storage", _("Please enter how it is stored or used.")


def _told_loose(goods: Goods) -> Iterator[Missing]:
    if not goods.facts.allergen_state:
        yield "allergen_state", _("Please say how shoppers learn of allergens.")


def _husbandry(goods: Goods) -> Iterator[Missing]:
    if not goods.facts.husbandry:
        yield "husbandry", _("Please choose how the animals were kept.")


def _deposit(goods: Goods) -> Iterator[Missing]:
    if not goods.variant.deposit_kind:
        yield "deposit", _("Please enter the deposit, or that there is none.")


def _media(goods: Goods) -> Iterator[Missing]:
    if not goods.facts.rating:
        yield "rating", _("Please choose the age rating (FSK or USK).")


def _book(goods: Goods) -> Iterator[Missing]:
    # LAW: BuchPrG § 7: used and defective copies are free of the fixed price.
    if not goods.is_new:
        return
    if not particulars.is_isbn(goods.variant.gtin or goods.variant.barcode):
        yield "gtin", _("Please enter the ISBN: 13 digits that begin with 978 or 979.")
    if goods.variant.tax_class != TaxClass.REDUCED:
        yield "tax_class", _("Books have 7 % VAT.")


def _hazard(goods: Goods) -> Iterator[Missing]:
    facts = goods.facts
    if not (facts.pictograms or facts.phrases or facts.phrases_text):
        text = _("Please enter the hazard information of the label, or that it has none.")
        yield "pictograms", text


def _withdrawal(goods: Goods) -> Iterator[Missing]:
    if goods.facts.withdrawal == Withdrawal.UNTOLD:
        text = _("Please say whether it may be given back when it was paid online.")
        yield "withdrawal", text


CHECKS: Mapping[Rule, Callable[[Goods], Iterator[Missing]]] = {
    Rule.CONTENT: _content,
    Rule.SAFETY: _safety,
    Rule.WARNINGS: _warnings,
    Rule.TEXTILE: _textile,
    Rule.ELECTRICAL: _electrical,
    Rule.ENERGY: _energy,
    Rule.FOOD: _food,
    Rule.LOOSE_FOOD: _loose_food,
    Rule.HUSBANDRY: _husbandry,
    Rule.DEPOSIT: _deposit,
    Rule.MEDIA: _media,
    Rule.BOOK: _book,
    Rule.HAZARD: _hazard,
    Rule.WITHDRAWAL: _withdrawal,
}
