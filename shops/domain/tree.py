"""The goods tree of every town, from its file into the database."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
    known = {category.slug: category for category in Category.objects.all()}
    changed = list(_plant(read() if rows is None else rows, None, known))
    _reindex(changed)
    return changed


def _plant(
    rows: Sequence[Row], parent: Category | None, known: dict[str, Category]
) -> Iterator[Category]:
    for row in rows:
        drawing = row.get("drawing") or (parent.drawing if parent else "")
        said = {
            "parent_id": parent.pk if parent else None,
            "name": row["name"],
            "name_en": row["name_en"],
            "search_words": row.get("search_words", ""),
            "search_words_en": row.get("search_words_en", ""),
            "sort_name": fold(row["name"])[:80],
            "turnover": row["turnover"],
            "drawing": drawing,
            "window_rule": row.get("window_rule", ""),
        }
        category = known.get(row["slug"])
        if category is None:
            # RACE: two towns founded at once plant one tree; the unique slug decides.
            category, _made = Category.objects.get_or_create(slug=row["slug"], defaults=said)
            yield category
        else:
            differs = {
                name: value for name, value in said.items() if getattr(category, name) != value
            }
            for name, value in differs.items():
                setattr(category, name, value)
            if differs:
                category.save(update_fields=list(differs))
                yield category
        yield from _plant(row.get("children", ()), category, known)


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
