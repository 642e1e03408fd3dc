"""Keeps what the gate says with the variants, where every public query reads it.

Whoever changes a category, a fact, a manufacturer or the variants of a product calls `refresh` in
the same transaction. Each call asks a constant number of queries for up to `CHUNK` products.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from shops.domain.categories import below
from shops.domain.gate import judging, rules
from shops.domain.gate.checks import Goods
from shops.domain.gate.judging import Finding, Verdict
from shops.domain.gate.rules import UNKNOWN, Ruling
from shops.models import Category, Facts, Product, Variant

if TYPE_CHECKING:
    from shops.models.catalogue import ProductQuerySet

#: Products judged together.
CHUNK = 500
#: Products a round of the clock judges anew at most.
ROUND = 2000
_COLUMNS = ("gate", "gate_badge", "gate_reasons", "min_age", "unbound", "gated_on")


def day_of(now: datetime) -> date:
    """The town's day."""
    return timezone.localdate(now)


def rulings() -> dict[int, Ruling]:
    """What each category asks; one query."""
    return rules.rulings(Category.objects.all())


def goods_of(
    product: Product, variant: Variant, rulings: dict[int, Ruling], facts: Facts | None = None
) -> Goods:
    """As the gate looks at it; `product` comes with its facts and manufacturer."""
    known = facts or getattr(product, "facts", None) or Facts()
    ruling = rulings.get(product.category_id or 0, UNKNOWN)
    return Goods(product, variant, known, product.manufacturer, ruling)


def judged(products: Sequence[Product], day: date) -> Iterator[tuple[Variant, Verdict]]:
    """Each variant of these products with what the gate says of it; two queries."""
    asked = rulings()
    by_id = {product.pk: product for product in products}
    for variant in Variant.objects.filter(product__in=by_id).order_by("pk"):
        goods = goods_of(by_id[variant.product_id], variant, asked)
        yield variant, judging.verdict(goods, day)


@transaction.atomic
def refresh(*, products: Iterable[int], now: datetime) -> int:
    """Judge these products anew; how many variants now say something else."""
    day, changed = day_of(now), 0
    for ids in _parts(sorted(set(products))):
        loaded = list(_with_facts(Product.objects.filter(pk__in=ids)))
        wrong = []
        for variant, said in judged(loaded, day):
            if _differs(variant, said):
                changed += 1
            elif variant.gated_on == day:
                continue
            for name, value in said.columns.items():
                setattr(variant, name, value)
            variant.gated_on = day
            wrong.append(variant)
        Variant.objects.bulk_update(wrong, _COLUMNS, batch_size=200)
    return changed


def refresh_below(*, category: Category, now: datetime) -> int:
    """The rules of a category have changed: judge all goods in and below it."""
    under = below(list(Category.objects.all()), category.pk)
    ids = Product.objects.filter(category__in=under).values_list("pk", flat=True)
    return refresh(products=ids, now=now)


def renew(*, now: datetime) -> int:
    """Judge goods that never were, and those judged before the last rule began; how many."""
    since = rules.newest_change(day_of(now))
    stale = Variant.objects.filter(gated_on__isnull=True) | Variant.objects.filter(
        gated_on__lt=since
    )
    ids = list(stale.order_by("product_id").values_list("product_id", flat=True)[:ROUND])
    refresh(products=ids, now=now)
    return len(set(ids))


def findings(*, product: Product, now: datetime) -> dict[int, list[Finding]]:
    """Per variant what is not told yet; a constant number of queries."""
    loaded = _with_facts(Product.objects.filter(pk=product.pk)).get()
    asked, day = rulings(), day_of(now)
    return {
        variant.pk: judging.findings(goods_of(loaded, variant, asked), day)
        for variant in loaded.variants.order_by("position", "pk")
    }


def wrong(*, now: datetime) -> Iterator[tuple[Variant, Verdict]]:
    """Variants whose row says something else than their facts, for the audit."""
    day = day_of(now)
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    for part in _parts(ids):
        for variant, said in judged(list(_with_facts(Product.objects.filter(pk__in=part))), day):
            if variant.gated_on is not None and _differs(variant, said):
                yield variant, said


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _with_facts(products: "ProductQuerySet") -> "ProductQuerySet":
    return products.select_related("facts", "manufacturer")


def _differs(variant: Variant, said: Verdict) -> bool:
    return any(getattr(variant, name) != value for name, value in said.columns.items())
