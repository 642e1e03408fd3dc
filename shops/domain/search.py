"""Search of goods: one folded document per product, read by words (design section 9)."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.text import Truncator
from stdnum import ean

from marketplace.core.text import fold
from shops.domain import categories
from shops.models import Product, SearchDocument

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shops.models.catalogue import ProductQuerySet

#: Longer queries are cut: nobody types more, and it bounds the work.
MAX_LENGTH = 100
MAX_WORDS = 8
#: Letters in which a proposed word agrees, titles read for proposals, and how alike it must be.
BEGINNING, READ, ALIKE = 2, 400, 0.6
#: How many digits a GTIN has.
_GTIN = (8, 12, 13, 14)


def words(text: str) -> list[str]:
    """The folded words of a query, NUL and surplus removed."""
    # A soft hyphen parts a word for the eye only.
    clean = _number(text.replace("\0", " ").replace("\N{SOFT HYPHEN}", "")[:MAX_LENGTH])
    return fold(clean).split()[:MAX_WORDS]


def _whole(names: Sequence[str]) -> str:
    """Each word of these names once, a blank around it."""
    found = dict.fromkeys(fold(" ".join(names).replace(",", " ").replace("&", " ")).split())
    return f" {' '.join(found)} " if found else ""


def _number(text: str) -> str:
    """A GTIN or ISBN as people type it off a label, with its spaces and hyphens, is one word."""
    bare = re.sub(r"[\s\-]", "", text)
    return bare if len(bare) in _GTIN and bare.isdecimal() and ean.is_valid(bare) else text


def find(products: "ProductQuerySet", *, text: str) -> "ProductQuerySet":
    """Those of `products` whose document holds every word; titles that begin with it come first."""
    wanted = words(text)
    if not wanted:
        return products.none()
    match = Q()
    for word in wanted:
        match &= Q(document__text__contains=word) | Q(document__words__contains=f" {word} ")
    first = wanted[0]
    rank = Case(
        When(document__title__startswith=first, then=Value(0)),
        When(document__title__contains=first, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return products.filter(match).annotate(match=rank).order_by("match", "sort_title", "pk")


def near(titles: "QuerySet[SearchDocument]", *, words: Sequence[str], at_most: int) -> list[str]:
    """Words of these titles that look like `words`, the most alike first. One query.

    Only titles that hold the beginning of a word are read, so a slip in its first letters stays
    one; a town of any size costs the same.
    """
    begins = Q()
    for word in words:
        begins |= Q(title__contains=word[:BEGINNING])
    lines = titles.filter(begins).order_by("title", "pk").values_list("title", flat=True)[:READ]
    # Shops write "Tee, lose"; nobody types the comma.
    vocabulary = sorted({word.strip(",.;:()!?\"'") for line in lines for word in line.split()})
    found: list[str] = []
    for word in words:
        alike = get_close_matches(word, vocabulary, n=at_most, cutoff=ALIKE)
        found += [each for each in alike if each not in found and each != word]
    return found[:at_most]


def index(*, product: Product) -> None:
    """Write the product's document anew from what the page says about it."""
    category = product.category
    parts = [product.title, product.brand, product.text]
    if category is not None:
        parts += [category.name, category.name_en]
    variants = product.variants.order_by("position", "pk")
    for variant in variants:
        parts += [variant.label, variant.gtin or "", variant.barcode]
    SearchDocument.objects.update_or_create(
        product=product,
        defaults={
            "city_id": product.city_id,
            "title": Truncator(fold(product.title)).chars(200, truncate=""),
            "text": fold(" ".join(filter(None, parts))),
            "words": _whole(categories.words_of(category)),
        },
    )
