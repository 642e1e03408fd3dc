"""Search of goods: one folded document per product, read by words (design section 9)."""

from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.text import Truncator

from marketplace.core.text import fold
from shops.models import Product, SearchDocument

if TYPE_CHECKING:
    from shops.models.catalogue import ProductQuerySet

#: Longer queries are cut: nobody types more, and it bounds the work.
MAX_LENGTH = 100
MAX_WORDS = 8


def words(text: str) -> list[str]:
    """The folded words of a query, NUL and surplus removed."""
    clean = text.replace("\0", " ")[:MAX_LENGTH]
    return fold(clean).split()[:MAX_WORDS]


def find(products: "ProductQuerySet", *, text: str) -> "ProductQuerySet":
    """Those of `products` whose document holds every word; titles that begin with it come first."""
    wanted = words(text)
    if not wanted:
        return products.none()
    match = Q()
    for word in wanted:
        match &= Q(document__text__contains=word)
    first = wanted[0]
    rank = Case(
        When(document__title__startswith=first, then=Value(0)),
        When(document__title__contains=first, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return products.filter(match).order_by(rank, "sort_title", "pk")


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
        },
    )
