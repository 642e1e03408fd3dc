"""The goods tree of every town, from its file into the database."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from marketplace.core.text import fold
from shops.domain import categories, search
from shops.models import Category, Product

FILE = Path(__file__).parent.parent / "trees" / "goods.json"

Row = Mapping[str, Any]


def read() -> list[Row]:
    """Roots first: name, name_en, slug, search_words, search_words_en, turnover, drawing, children.

    `turnover` is the prior of the confidence model: units one offer sells per opening hour.
    """
    rows: list[Row] = json.loads(FILE.read_text(encoding="utf-8"))
    return rows


@transaction.atomic
def plant(rows: Sequence[Row] | None = None) -> list[Category]:
    """Make the tree what its file says, by slug; returns what is new or different.

    Safe to repeat. Branches that the file does not know stay: goods hang on them. Goods of branches
    that are called otherwise now are found by their new words at once.
    """
    changed: list[Category] = []
    level: list[tuple[Row, Category | None]] = [
        (row, None) for row in (read() if rows is None else rows)
    ]
    while level:
        planted = _plant(level, changed)
        level = [
            (child, planted[row["slug"]])
            for row, _parent in level
            for child in row.get("children", ())
        ]
    _reindex(changed)
    return changed


def _plant(
    level: Sequence[tuple[Row, Category | None]], changed: list[Category]
) -> dict[str, Category]:
    """One level of the tree by slug, in a fixed number of queries besides what differs."""
    said = {row["slug"]: _columns(row, parent) for row, parent in level}
    known = Category.objects.filter(slug__in=said).in_bulk(field_name="slug")
    missing = [slug for slug in said if slug not in known]
    # RACE: two towns founded at once plant one tree; the unique slug decides.
    Category.objects.bulk_create(
        [Category(slug=slug, **said[slug]) for slug in missing], ignore_conflicts=True
    )
    for slug, category in known.items():
        differs = {
            name: value for name, value in said[slug].items() if getattr(category, name) != value
        }
        for name, value in differs.items():
            setattr(category, name, value)
        if differs:
            category.save(update_fields=list(differs))
            changed.append(category)
    made = Category.objects.filter(slug__in=missing).in_bulk(field_name="slug")
    changed += made.values()
    return known | made


def _columns(row: Row, parent: Category | None) -> dict[str, Any]:
    return {
        "parent_id": parent.pk if parent else None,
        "name": row["name"],
        "name_en": row["name_en"],
        "search_words": row.get("search_words", ""),
        "search_words_en": row.get("search_words_en", ""),
        "sort_name": fold(row["name"])[:80],
        "turnover": row["turnover"],
        "drawing": row.get("drawing") or (parent.drawing if parent else ""),
        "window_rule": row.get("window_rule", ""),
    }


def _reindex(changed: Sequence[Category]) -> None:
    tree = list(Category.objects.all())
    under: set[int] = set()
    for category in changed:
        under |= categories.below(tree, category.pk)
    if not under:
        return
    goods = Product.objects.filter(category_id__in=under).order_by("pk")
    for product in goods.select_related("category").iterator():
        search.index(product=product)
