"""Goods that may be handed over on certain days only, by the rule of their category (law E3)."""

from collections.abc import Iterable

from shops.models import Category, Offer


def ruled() -> dict[int, str]:
    """Category id -> rule, of the few categories that have one. One query."""
    rows = Category.objects.exclude(window_rule="").values_list("pk", "window_rule")
    return dict(rows)


def rule_of(offer: Offer) -> str:
    """The rule an offer's goods are under, or "". Needs the offer's category."""
    category = offer.variant.product.category
    return category.window_rule if category else ""


def combined(rules: Iterable[str]) -> str:
    """What several goods that are collected together are under; there is one rule so far."""
    return next((rule for rule in rules if rule), "")
