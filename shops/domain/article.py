"""What a shop says of an article beside price and stock, and whose word it is.

An own product is its shop's word. A shared one is the word of the shop that offers it alone; where
several do, each may tell what nobody has told, and overwrites nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.domain import catalogue
from shops.domain.gate import refresh as gate
from shops.models import Facts, Offer, Product, Shop, Variant
from shops.models.facts import NUTRIENTS

#: Columns that are one fact: told together, or left alone together.
TOGETHER: tuple[tuple[str, ...], ...] = (
    ("allergen_state", "allergens"),
    ("operator_name", "operator_address"),
    ("nutrition_basis", *NUTRIENTS),
    ("fibres", "fibre_total"),
)
#: A tick that nobody has set says nothing.
ANIMAL = ("animal_parts",)
_EMPTY: tuple[object, ...] = ("", None)


@dataclass(frozen=True, slots=True)
class Said:
    """New values by column; what is not named stays."""

    facts: Mapping[str, object] = field(default_factory=dict)
    product: Mapping[str, object] = field(default_factory=dict)
    #: By variant id.
    variants: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


def is_alone(*, product: Product, shop: Shop) -> bool:
    """Whether the words of a product are this shop's alone."""
    if product.shop_id is not None:
        return product.shop_id == shop.pk
    others = Offer.objects.filter(variant__product=product).exclude(branch__shop=shop)
    return not others.exists()


def merged(known: Facts, said: Mapping[str, object], *, leads: bool) -> dict[str, object]:
    """What changes of these facts; who does not lead only fills what nobody has told. Rules that
    do not concern the goods add up."""
    changes: dict[str, object] = {}
    for names in _groups(said):
        told = [getattr(known, name) for name in names]
        if names == ("exemptions",) and known.exemptions and not leads:
            continue
        if leads or all(value in _EMPTY or (names == ANIMAL and not value) for value in told):
            changes |= {name: said[name] for name in names if name in said}
    return {name: value for name, value in changes.items() if getattr(known, name) != value}


@transaction.atomic
def tell(*, product: Product, shop: Shop, said: Said, by: Actor, now: datetime) -> bool:
    """Write what a shop says of an article and let the gate look again; returns whether anything
    changed. What is another shop's word as well is only filled in."""
    # RACE: the product's row is held, so two shops do not overwrite one another's first word.
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    leads = is_alone(product=product, shop=shop)
    known = Facts.objects.filter(product=product).first() or Facts(product=product)
    changes = merged(known, said.facts, leads=leads)
    if changes:
        Facts.objects.update_or_create(product=product, defaults=changes)
    words = _open(product, said.product, leads)
    changed = bool(changes) | catalogue.update_product(product=product, now=now, **words)
    for variant in Variant.objects.filter(product=product, pk__in=said.variants).order_by("pk"):
        own = _open(variant, said.variants[variant.pk], leads)
        changed |= bool(own)
        if own:
            Variant.objects.filter(pk=variant.pk).update(**own)
    if changed:
        history.record(
            verb="product.tell",
            subject=f"product:{product.pk}",
            scope=f"shop:{shop.pk}",
            by=by,
            now=now,
            data={"facts": sorted(changes)},
        )
    gate.refresh(products=[product.pk], now=now)
    return changed


def _open(row: Product | Variant, said: Mapping[str, object], leads: bool) -> dict[str, object]:
    """Values that differ and are this shop's to say."""
    return {
        name: value
        for name, value in said.items()
        if getattr(row, name) != value and (leads or getattr(row, name) in _EMPTY)
    }


def _groups(said: Mapping[str, object]) -> list[tuple[str, ...]]:
    grouped = {name: names for names in TOGETHER for name in names}
    return list(dict.fromkeys(grouped.get(name, (name,)) for name in said))
