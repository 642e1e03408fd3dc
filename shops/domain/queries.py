"""What the public pages of shops and goods read, each with a constant number of queries.

Writes nothing. Pages get dataclasses with everything loaded, so that a template only shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch

from marketplace.core.models import Picture
from shops import access
from shops.domain import categories, hours, listings, opening
from shops.domain import search as searching
from shops.domain.calendar import Calendar, Closed
from shops.domain.categories import CategoryLink
from shops.domain.listings import Group, Online, Row
from shops.domain.opening import Day, Opening
from shops.enums import Code
from shops.models import Branch, Category, City, Product, Shop, Variant

if TYPE_CHECKING:
    from django.core.paginator import Page

    from shops.models.branch import BranchQuerySet
    from shops.models.catalogue import ProductQuerySet
    from shops.models.offer import OfferQuerySet

PER_PAGE = 24
ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class Results:
    """A page of goods."""

    text: str
    category: Category | None
    categories: list[CategoryLink]
    page: "Page[Product]"
    groups: list[Group]


@dataclass(frozen=True, slots=True)
class Choice:
    """A variant as one may choose it."""

    variant: Variant
    is_chosen: bool
    #: Whether any branch may still have it.
    is_around: bool


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A product with its branches side by side."""

    product: Product
    variant: Variant | None
    choices: list[Choice]
    pictures: list[Picture]
    rows: list[Row]
    #: Other goods of its category; only where nobody offers this one.
    alternatives: list[Group]

    @property
    def lowest(self) -> Decimal | None:
        return min((row.offer.price for row in self.rows), default=None)

    @property
    def highest(self) -> Decimal | None:
        return max((row.offer.price for row in self.rows), default=None)


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch with its hours."""

    branch: Branch
    opening: Opening
    week: list[Day]
    closures: list[Closed]


@dataclass(frozen=True, slots=True)
class ShopView:
    """A shop in the list, or on its own page, with its branches."""

    shop: Shop
    branches: list[BranchView]
    online: Online | None


@dataclass(frozen=True, slots=True)
class Letter:
    """Shops under one letter of the list."""

    letter: str
    shops: list[ShopView]


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A shop and a page of its goods."""

    view: ShopView
    page: "Page[Product]"
    groups: list[Group]


def search(*, city: City, text: str, category: str, page: int, now: datetime) -> Results:
    """Goods that match `text`, within a category where its slug names one; all without a text."""
    offered = _offered(city)
    tree = list(Category.objects.order_by("sort_name", "pk"))
    chosen = next((each for each in tree if each.slug == category), None)
    found = offered.order_by("sort_title", "pk")
    if searching.words(text):
        found = searching.find(offered, text=text)
    if chosen is not None:
        found = found.filter(category_id__in=categories.below(tree, chosen.pk))
    shown = Paginator(found, PER_PAGE).get_page(page)
    return Results(
        text=text,
        category=chosen,
        categories=categories.links(tree, offered, chosen),
        page=shown,
        groups=listings.groups(shown.object_list, access.public_offers(city), city, now),
    )


def product(
    *, city: City, product_id: int, variant_id: int | None, now: datetime
) -> ProductPage | None:
    """The page of a product everybody may see here; an unknown variant gives the best one."""
    visible = access.public_products(city).select_related("category", "shop", "city")
    found = visible.filter(pk=product_id).first()
    if found is None:
        return None
    rows = listings.rows(access.public_offers(city).filter(variant__product=found), city, now)
    variants = list(found.variants.order_by("position", "pk"))
    by_variant = {
        variant.pk: [row for row in rows if row.offer.variant_id == variant.pk]
        for variant in variants
    }
    offered = [variant for variant in variants if by_variant[variant.pk]]
    chosen = _choose(offered, by_variant, variant_id)
    return ProductPage(
        product=found,
        variant=chosen,
        choices=[
            Choice(
                variant=variant,
                is_chosen=variant == chosen,
                is_around=by_variant[variant.pk][0].availability.code != Code.GONE,
            )
            for variant in offered
        ],
        pictures=listings.pictures(found, chosen),
        rows=by_variant[chosen.pk] if chosen else [],
        alternatives=[] if rows else alternatives(product=found, now=now),
    )


def gone(*, city: City, product_id: int) -> Product | None:
    """A product of this city that is no longer shown."""
    rows = Product.objects.of(city).select_related("category", "city")
    return rows.filter(pk=product_id).exclude(pk__in=access.public_products(city)).first()


def alternatives(*, product: Product, now: datetime) -> list[Group]:
    """A few goods of the same category that are offered."""
    if product.category_id is None:
        return []
    near = _offered(product.city).filter(category_id=product.category_id).exclude(pk=product.pk)
    few = list(near.order_by("sort_title", "pk")[:ALTERNATIVES])
    return listings.groups(few, access.public_offers(product.city), product.city, now)


def shops(*, city: City, now: datetime) -> list[Letter]:
    """All shops of a city from A to Z."""
    branches = access.public_branches(city).order_by("name", "pk")
    found = access.public_shops(city).order_by("sort_name", "pk")
    listed = list(found.prefetch_related(_with(branches)))
    views = _shop_views(listed, _calendars(listed), now)
    return [
        Letter(letter, list(few))
        for letter, few in groupby(views, lambda view: _letter(view.shop.sort_name))
    ]


def shop(*, city: City, slug: str, page: int, now: datetime) -> ShopPage | None:
    """A shop everybody may see here, its branches and a page of its goods."""
    branches = access.public_branches(city).order_by("name", "pk")
    found = access.public_shops(city).filter(slug=slug).prefetch_related(_with(branches)).first()
    if found is None:
        return None
    offers = access.public_offers(city).filter(branch__shop=found)
    goods = access.public_products(city).filter(_is_among(offers)).order_by("sort_title", "pk")
    shown = Paginator(goods, PER_PAGE).get_page(page)
    calendars = _calendars([found])
    return ShopPage(
        view=_shop_views([found], calendars, now)[0],
        page=shown,
        groups=listings.groups(shown.object_list, offers, city, now, calendars=calendars),
    )


# Inside ---------------------------------------------------------------------------------------


def _offered(city: City) -> "ProductQuerySet":
    """Goods that at least one branch offers."""
    return access.public_products(city).filter(_is_among(access.public_offers(city)))


def _is_among(offers: "OfferQuerySet") -> Exists:
    return Exists(offers.filter(variant__product=OuterRef("pk")))


def _with(branches: "BranchQuerySet") -> "Prefetch[Any]":
    return Prefetch("branches", queryset=branches, to_attr="shown_branches")


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


def _calendars(found: Sequence[Shop]) -> dict[int, Calendar]:
    return hours.calendars(branch.pk for each in found for branch in _branches(each))


def _branches(shop: Shop) -> list[Branch]:
    """The branches that `_with` has loaded."""
    return getattr(shop, "shown_branches", [])


def _shop_views(
    found: Sequence[Shop], calendars: dict[int, Calendar], now: datetime
) -> list[ShopView]:
    return [
        ShopView(
            shop=each,
            branches=[
                _branch_view(branch, calendars[branch.pk], now) for branch in _branches(each)
            ],
            online=listings.online(each.online_shop),
        )
        for each in found
    ]


def _branch_view(branch: Branch, calendar: Calendar, now: datetime) -> BranchView:
    return BranchView(
        branch=branch,
        opening=opening.line(calendar, now),
        week=opening.week(calendar, now),
        closures=opening.closures(calendar, now),
    )


def _letter(sort_name: str) -> str:
    first = sort_name[:1].upper()
    return first if "A" <= first <= "Z" else "0–9"
