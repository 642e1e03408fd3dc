"""A product with its branches side by side, and what stands in for one that is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from marketplace.core.models import Picture
from shops import access
from shops.domain import dayband, hours, listings
from shops.domain.listings import Group, Row
from shops.domain.prices.tag import Tag
from shops.domain.sharing import merging
from shops.enums import Code
from shops.models import Category, City, Product, Variant

if TYPE_CHECKING:
    from shops.models.catalogue import ProductQuerySet

ALTERNATIVES = 4
#: Levels of the goods tree that a page names.
DEPTH = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant as one may choose it."""

    variant: Variant
    label: str
    is_chosen: bool
    #: Whether any branch may still have it.
    is_around: bool


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with its branches side by side."""

    product: Product
    variant: Variant | None
    #: What one chooses, where all kinds differ in one thing only: "Größe".
    option: str
    choices: list[Choice]
    pictures: list[Picture]
    rows: list[Row]
    #: Other goods of its category; only where nobody has this one.
    alternatives: list[Group]

    @property
    def best(self) -> Row | None:
        return self.rows[0] if self.rows else None

    @property
    def places(self) -> int:
        """Branches that surely have it."""
        return sum(row.availability.code == Code.THERE for row in self.rows)

    @property
    def crumbs(self) -> list[Category]:
        """Its categories from the top."""
        found: list[Category] = []
        category = self.product.category
        while category is not None and len(found) < DEPTH:
            found.insert(0, category)
            category = category.parent if len(found) < DEPTH else None
        return found

    @property
    def lowest(self) -> Decimal | None:
        return min((row.offer.price for row in self.rows), default=None)

    @property
    def can_pay(self) -> bool:
        """Whether some shop sells it online."""
        return any(row.can_pay for row in self.rows)

    @property
    def tag(self) -> Tag | None:
        """What all branches ask, where it is the same."""
        return self.rows[0].tag if self.rows else None

    @property
    def has_one_tag(self) -> bool:
        """Whether every branch tells the same, reductions and taxes included."""
        return len({row.tag for row in self.rows}) == 1

    @property
    def highest(self) -> Decimal | None:
        return max((row.offer.price for row in self.rows), default=None)


def product(
    *, city: City, product_id: int, variant_id: int | None, now: datetime
) -> ProductPage | None:
    """The page of a product everybody may see here; an unknown variant gives the best one."""
    visible = access.public_products(city).select_related(
        "category__parent__parent", "shop", "city", "manufacturer", "facts"
    )
    found = visible.filter(pk=product_id).first()
    if found is None:
        return None
    rows = _rows_of(found, city, now)
    variants = list(found.variants.order_by("position", "pk"))
    by_variant = {
        variant.pk: [row for row in rows if row.offer.variant_id == variant.pk]
        for variant in variants
    }
    offered = [variant for variant in variants if by_variant[variant.pk]]
    chosen = _choose(offered, by_variant, variant_id)
    option = _common_option(offered)
    here = by_variant[chosen.pk] if chosen else []
    is_gone = all(row.availability.code == Code.GONE for row in here)
    return ProductPage(
        product=found,
        variant=chosen,
        option=option,
        choices=[
            Choice(
                variant=variant,
                label=variant.options[0][1] if option else variant.label,
                is_chosen=variant == chosen,
                is_around=by_variant[variant.pk][0].availability.code != Code.GONE,
            )
            for variant in offered
        ],
        pictures=listings.pictures(found, chosen),
        rows=here,
        alternatives=alternatives(product=found, now=now) if is_gone else [],
    )


def moved(*, city: City, product_id: int) -> Product | None:
    """The product that one of this number has become a part of."""
    return merging.moved_to(city_id=city.pk, number=product_id)


def gone(*, city: City, product_id: int) -> Product | None:
    """A product of this city that is no longer shown."""
    rows = Product.objects.of(city).select_related("category", "city")
    return rows.filter(pk=product_id).exclude(pk__in=access.public_products(city)).first()


def count_goods(*, city: City) -> int:
    """How many goods this city's shops offer."""
    return _offered(city).count()


def alternatives(*, product: Product, now: datetime) -> list[Group]:
    """A few goods of the same category that are offered."""
    if product.category_id is None:
        return []
    offered = _offered(product.city).select_related("category")
    near = offered.filter(category_id=product.category_id).exclude(pk=product.pk)
    few = list(near.order_by("sort_title", "pk")[:ALTERNATIVES])
    return listings.groups(few, access.public_offers(product.city), product.city, now)


# Inside ---------------------------------------------------------------------------------------


def _offered(city: City) -> "ProductQuerySet":
    """Goods that at least one branch offers."""
    offers = access.public_offers(city)
    return access.public_products(city).filter(
        Exists(offers.filter(variant__product=OuterRef("pk")))
    )


def _rows_of(product: Product, city: City, now: datetime) -> list[Row]:
    """Each branch's word on each variant, with the branch's day."""
    offers = access.public_offers(city).filter(variant__product=product)
    return [
        replace(
            row,
            band=dayband.band(
                hours.calendar(row.branch),
                now,
                collect_from=row.availability.collect_from
                if row.availability.code in (Code.THERE, Code.PROBABLY)
                else None,
            ),
        )
        for row in listings.rows(offers, city, now)
    ]


def _common_option(offered: Sequence[Variant]) -> str:
    """The name of the one option in which all these differ."""
    names = {tuple(name for name, _value in variant.options) for variant in offered}
    only = names.pop() if len(names) == 1 else ()
    return only[0] if len(only) == 1 else ""


def _choose(
    offered: Sequence[Variant], by_variant: dict[int, list[Row]], wanted: int | None
) -> Variant | None:
    for variant in offered:
        if variant.pk == wanted:
            return variant
    return min(
        offered,
        key=lambda variant: listings.RANK[by_variant[variant.pk][0].availability.code],
        default=None,
    )
