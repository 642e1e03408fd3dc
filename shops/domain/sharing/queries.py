"""What people read before they decide: proposals with both sides and their differences.

A constant number of queries, however many rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from marketplace.core.models import Picture
from shops.domain.categories import name_of
from shops.domain.sharing import corrections
from shops.enums import Correctable
from shops.models import (
    Category,
    Correction,
    MergeProposal,
    Offer,
    Product,
    ProductPicture,
    Variant,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Side:
    """One of two pages that may be one."""

    product: Product
    variants: Sequence[Variant]
    shops: Sequence[str]
    lowest: Decimal | None
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the two sides."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True, slots=True)
class MergeView:
    """A proposal to join two pages."""

    proposal: MergeProposal
    first: Side
    second: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.first, self.second

    @property
    def differences(self) -> list[Difference]:
        pairs = zip(_facts(self.first), _facts(self.second), strict=True)
        return [Difference(label, first, second) for (label, first), (_same, second) in pairs]


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A proposal to change one thing, as people read it."""

    correction: Correction
    old: str
    new: str
    picture: Picture | None
    #: The page says something else by now: it cannot be taken over any more.
    is_overtaken: bool


def merges(rows: "QuerySet[MergeProposal]") -> list[MergeView]:
    """Proposals with both their sides. Four queries."""
    found = list(rows.select_related("first__category", "second__category", "shop"))
    pages = {page.pk: page for row in found for page in (row.first, row.second)}
    variants: dict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product__in=pages, became=None).order_by(
        "position", "pk"
    ):
        variants[variant.product_id].append(variant)
    shops: dict[int, dict[str, None]] = defaultdict(dict)
    prices: dict[int, list[Decimal]] = defaultdict(list)
    offers = Offer.objects.filter(variant__product__in=pages, is_live=True)
    for pk, name, price in offers.order_by("branch__shop__sort_name", "pk").values_list(
        "variant__product", "branch__shop__name", "price"
    ):
        shops[pk][name] = None
        prices[pk].append(price)
    first: dict[int, Picture] = {}
    shown = ProductPicture.objects.filter(product__in=pages).select_related("picture")
    for row in shown.order_by("position", "pk"):
        first.setdefault(row.product_id, row.picture)

    def side(page: Product) -> Side:
        return Side(
            product=page,
            variants=variants[page.pk],
            shops=list(shops[page.pk]),
            lowest=min(prices[page.pk], default=None),
            picture=first.get(page.pk),
        )

    return [MergeView(row, side(row.first), side(row.second)) for row in found]


def corrected(rows: "QuerySet[Correction]") -> list[CorrectionView]:
    """Corrections as people read them. Four queries."""
    found = list(
        rows.select_related("product__category", "shop").prefetch_related(
            "product__pictures__picture"
        )
    )
    overtaken = corrections.overtaken(found)
    names = _category_names(found)

    def say(row: Correction, text: str) -> str:
        if row.field == Correctable.CATEGORY:
            return names.get(text, text) or _("none")
        return text

    return [
        CorrectionView(
            correction=row,
            old=say(row, row.old),
            new=say(row, row.new),
            picture=_picture(row),
            is_overtaken=row.pk in overtaken,
        )
        for row in found
    ]


def _picture(row: Correction) -> Picture | None:
    if row.field != Correctable.PICTURE:
        return None
    shown = (each.picture for each in row.product.pictures.all())
    return next((picture for picture in shown if str(picture.pk) == row.old), None)


def _category_names(rows: Iterable[Correction]) -> dict[str, str]:
    slugs = {
        slug for row in rows if row.field == Correctable.CATEGORY for slug in (row.old, row.new)
    }
    return {each.slug: name_of(each) for each in Category.objects.filter(slug__in=slugs)}


def _facts(side: Side) -> list[tuple[str, Any]]:
    product = side.product
    return [
        (_("Title"), product.title),
        (_("Brand"), product.brand),
        (_("Category"), name_of(product.category) if product.category else ""),
        (_("Description"), product.text),
        (_("Manufacturer"), product.manufacturer),
        (
            _("Kinds"),
            ", ".join(each.label or (each.gtin or "").removeprefix("0") for each in side.variants),
        ),
        (_("Offered by"), ", ".join(side.shops)),
    ]
