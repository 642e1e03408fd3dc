"""The tree of goods, as far as a city has any in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import translation

from shops.models import Category

if TYPE_CHECKING:
    from shops.models.catalogue import ProductQuerySet


@dataclass(frozen=True, slots=True)
class CategoryLink:
    """A category with goods, its own and those below it counted together."""

    category: Category
    count: int
    is_chosen: bool
    children: list["CategoryLink"]


def name_of(category: Category) -> str:
    """Its name in the language of the page."""
    is_english = (translation.get_language() or "").startswith("en")
    return category.name_en if is_english else category.name


def words_of(category: Category | None) -> list[str]:
    """By which words goods of a category are found: its names and what else people call it, and
    the same of the branches it hangs on. As many queries as the tree is deep."""
    found: list[str] = []
    seen: set[int] = set()
    while category is not None and category.pk not in seen:
        seen.add(category.pk)
        found += [category.name, category.name_en, category.search_words, category.search_words_en]
        category = category.parent
    return [words for words in found if words]


def below(tree: Sequence[Category], root: int) -> set[int]:
    """A category and all below it. Ends on a tree that bites its tail, too."""
    found = {root}
    grown = True
    while grown:
        more = {each.pk for each in tree if each.parent_id in found} - found
        found |= more
        grown = bool(more)
    return found


def links(
    tree: Sequence[Category], offered: "ProductQuerySet", chosen: Category | None
) -> list[CategoryLink]:
    """Categories with goods; opened down to the chosen one."""
    counted = offered.order_by().values("category_id").annotate(goods=Count("pk"))
    counts = {row["category_id"]: row["goods"] for row in counted}

    def inner(parent: int | None, seen: frozenset[int]) -> list[CategoryLink]:
        found = []
        for each in tree:
            if each.parent_id != parent or each.pk in seen:
                continue
            under = below(tree, each.pk)
            count = sum(counts.get(pk, 0) for pk in under)
            is_open = chosen is not None and chosen.pk in under
            children = inner(each.pk, seen | {each.pk}) if is_open else []
            if count:
                found.append(CategoryLink(each, count, each == chosen, children))
        return found

    return inner(None, frozenset())
