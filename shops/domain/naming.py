"""What files call the branches of the goods tree: our names, other words, Google's, a shop's own.

A name that nobody knows is asked once per shop (`CategoryAlias`); the answer sorts the goods that
wait for it, and every file after it.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.text import fold
from shops import access
from shops.domain import catalogue
from shops.models import Category, CategoryAlias, Product, Shop

#: Names asked of one import, and characters of each.
MOST_ASKED, LONGEST = 300, 200
#: How much of the trigrams of two names agree before one is proposed for the other.
ALIKE = 0.3
#: Goods sorted in one transaction: on SQLite shoppers wait for its end.
BATCH = 50

_GOOGLE = Path(__file__).parent.parent / "trees" / "google.json"


@dataclass(frozen=True, slots=True)
class Question:
    """A name that waits for its answer: how many goods wait, and what it may mean."""

    alias: CategoryAlias
    goods: int
    proposal: Category | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shop says of one name: a category, or (none) that its goods stay without one."""

    category: Category | None


def key_of(text: str) -> str:
    """By this a name is remembered."""
    return fold(text)[:LONGEST].strip()


class Categories:
    """The goods tree by every name it is known under, for the files of one shop."""

    def __init__(self, shop: Shop) -> None:
        self.unknown: set[str] = set()
        self._answers = {
            alias.key: alias.category
            for alias in access.shop_aliases(shop).select_related("category")
            if not alias.is_open
        }
        self._by_slug: dict[str, Category] = {}
        self._by_name: dict[str, Category] = {}
        tree = list(Category.objects.order_by("pk"))
        for category in tree:
            self._by_slug[category.slug] = category
            for name in (category.name, category.name_en):
                self._by_name.setdefault(fold(name), category)
        for category in tree:  # what a branch is called goes before what others call it
            for name in _other_words(category):
                self._by_name.setdefault(fold(name), category)

    def find(self, text: str) -> Category | None:
        """The category a cell means: what the shop has answered, else its whole text, else its
        path from the last part up, else Google's number or top level."""
        if not text.strip():
            return None
        key = key_of(text)
        if key in self._answers:
            return self._answers[key]
        parts = [part for part in text.replace("->", ">").split(">") if part.strip()]
        for name in (text, *reversed(parts)):
            category = self._by_name.get(fold(name))
            if category is not None:
                return category
        for name in (text, *reversed(parts)):
            slug = _google().get(fold(name), "")
            if slug in self._by_slug:
                return self._by_slug[slug]
        self.unknown.add(text)
        return None


def ask(*, shop: Shop, names: Iterable[str], now: datetime) -> None:
    """Remember that nobody knows these names; each is asked once, however often it comes.

    RACE: the unique key decides, so two imports at once ask once.
    """
    by_key = {key_of(name): " ".join(name.split())[:LONGEST] for name in sorted(names)}
    known = set(access.shop_aliases(shop).filter(key__in=by_key).values_list("key", flat=True))
    new = sorted((key, name) for key, name in by_key.items() if key and key not in known)
    CategoryAlias.objects.bulk_create(
        [
            CategoryAlias(shop=shop, name=name, key=key, asked_at=now)
            for key, name in new[:MOST_ASKED]
        ],
        ignore_conflicts=True,
    )


def open_names(*, shop: Shop) -> int:
    """How many names nobody has answered."""
    return access.shop_aliases(shop).filter(category=None, is_ignored=False).count()


def questions(*, shop: Shop) -> list[Question]:
    """Names without an answer, those that most goods wait for first. Three queries."""
    rows = list(access.shop_aliases(shop).filter(category=None, is_ignored=False).order_by("key"))
    waiting = Counter(
        access.offered_products(shop)
        .filter(category=None, source_category__in=[row.key for row in rows])
        .values_list("source_category", flat=True)
    )
    alike = Alike(Category.objects.order_by("pk")) if rows else None
    found = [
        Question(row, waiting[row.key], alike.best(row.name) if alike else None) for row in rows
    ]
    return sorted(found, key=lambda each: (-each.goods, each.alias.key))


def answer(*, shop: Shop, answers: Mapping[int, Answer], by: Actor, now: datetime) -> int:
    """Remember what names mean and sort the goods that came with them; returns how many moved.

    An answer may be changed: goods that the earlier one sorted move on, as far as the shop words
    them alone. Names of other shops are none of this one's.
    """
    moved = 0
    rows = access.shop_aliases(shop).filter(pk__in=answers).order_by("pk")
    for row in rows:
        said = answers[row.pk]
        before = row.category_id
        CategoryAlias.objects.filter(pk=row.pk).update(
            category=said.category,
            is_ignored=said.category is None,
            answered_at=now,
            answered_by=by.user_id,
        )
        history.record(
            verb="category.name",
            subject=f"category_alias:{row.pk}",
            scope=f"shop:{shop.pk}",
            by=by,
            now=now,
            data={"category": said.category.pk if said.category else None},
        )
        waiting = (
            access.offered_products(shop) if before is None else access.arranged_products(shop)
        )
        moved += _sort(waiting.filter(source_category=row.key, category=before), said.category, now)
    return moved


def _sort(goods: Iterable[Product], category: Category | None, now: datetime) -> int:
    """Put goods under a category, in the order of their keys, a few at a time."""
    rows = [row for row in goods if row.category_id != (category.pk if category else None)]
    rows.sort(key=lambda row: row.pk)
    for start in range(0, len(rows), BATCH):
        with transaction.atomic():
            for row in rows[start : start + BATCH]:
                catalogue.update_product(product=row, category=category, now=now)
                catalogue.finish_product(product=row, now=now)
    return len(rows)


# How alike names are ---------------------------------------------------------------------------


class Alike:
    """Categories by the trigrams of their names and other words."""

    def __init__(self, tree: Iterable[Category]) -> None:
        self._words: list[tuple[set[str], Category]] = []
        self._by_trigram: dict[str, list[int]] = defaultdict(list)
        for category in tree:
            for name in (category.name, category.name_en, *_other_words(category)):
                grams = trigrams(name)
                for gram in grams:
                    self._by_trigram[gram].append(len(self._words))
                self._words.append((grams, category))

    def best(self, text: str) -> Category | None:
        """What a name is most like, its last part before the parts above it; None if like none."""
        for part in reversed(text.replace("->", ">").replace("/", ">").split(">")):
            found = self._most_like(trigrams(part))
            if found is not None:
                return found
        return None

    def _most_like(self, grams: set[str]) -> Category | None:
        shared = Counter(number for gram in grams for number in self._by_trigram.get(gram, ()))
        best, score = None, ALIKE
        for number, common in sorted(shared.items()):
            others, category = self._words[number]
            alike = common / len(grams | others)
            if alike > score:
                best, score = category, alike
        return best


def trigrams(text: str) -> set[str]:
    """Three letters in a row of each word, its beginning and end marked."""
    found = set()
    for word in fold(text).replace("&", " ").replace(",", " ").split():
        padded = f"  {word} "
        found |= {padded[at : at + 3] for at in range(len(padded) - 2)}
    return found


def _other_words(category: Category) -> Iterator[str]:
    for words in (category.search_words, category.search_words_en):
        yield from filter(None, map(str.strip, words.split(",")))


@cache
def _google() -> Mapping[str, str]:
    """Google's numbers and top levels (German, English), folded, as our slugs."""
    rows: Sequence[dict[str, list[str] | str]] = json.loads(_GOOGLE.read_text(encoding="utf-8"))
    return {fold(str(name)): str(row["slug"]) for row in rows for name in row["names"]}
