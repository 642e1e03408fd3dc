"""Who may see what of shops and goods: the only place that answers, always as a queryset.

A row outside the queryset does not exist for the asker: views answer 404, never 403.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from shops.enums import Role
from shops.models import (
    Branch,
    CategoryAlias,
    City,
    Correction,
    Delivery,
    LegalText,
    ManufacturerNote,
    Merge,
    MergeProposal,
    Offer,
    Product,
    Sale,
    Shop,
    ShopLegal,
    StockToken,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.core.models import User

    Asker = User | AnonymousUser


def public_shops(city: City) -> "ShopRows":
    """Shops everybody may see in this city."""
    return Shop.objects.of(city).live()


def public_branches(city: City) -> "BranchRows":
    """Branches everybody may see in this city."""
    return Branch.objects.of(city).live()


def public_products(city: City) -> "ProductRows":
    """Products everybody may see in this city: live, and offered somewhere or kept for the link."""
    return Product.objects.of(city).live()


def public_offers(city: City) -> "OfferRows":
    """Offers everybody may see in this city."""
    return Offer.objects.of(city).live()


def member_shops(user: "Asker", city: City) -> "ShopRows":
    """Shops a person works in. SECURITY: one join: role and activity are of one membership."""
    if not user.is_authenticated:
        return Shop.objects.none()
    return Shop.objects.of(city).filter(Q(members__user=user, members__is_active=True)).distinct()


def member_branches(user: "Asker", city: City) -> "BranchRows":
    """Branches of the shops a person works in."""
    return Branch.objects.filter(shop__in=member_shops(user, city))


def owned_shops(user: "Asker", city: City) -> "ShopRows":
    """Shops a person owns: what binds the shop is not decided at its counter."""
    if not user.is_authenticated:
        return Shop.objects.none()
    # SECURITY: one join: role and activity are of one membership.
    owns = Q(members__user=user, members__is_active=True, members__role=Role.OWNER)
    return Shop.objects.of(city).filter(owns)


def owned_branches(user: "Asker", city: City) -> "BranchRows":
    """Branches of those shops."""
    return Branch.objects.filter(shop__in=owned_shops(user, city))


def city_products(city: City) -> "ProductRows":
    """All products of a city, for its desk."""
    return Product.objects.of(city)


def city_notes(city: City) -> "QuerySet[ManufacturerNote]":
    """What shops of a city have told the desk about manufacturers."""
    return ManufacturerNote.objects.filter(shop__city=city)


def branch_offers(branches: Iterable[Branch]) -> "OfferRows":
    """All offers of branches their member has been let into (`member_branches`)."""
    return Offer.objects.filter(branch__in=branches)


def branch_sales(branches: Iterable[Branch]) -> "models.QuerySet[Sale]":
    """All sales of branches their owner has been let into (`owned_branches`)."""
    return Sale.objects.filter(branch__in=branches)


def offered_products(shop: Shop) -> "ProductRows":
    """Products a shop that its member has been let into has on a shelf, or has described itself."""
    offered = Exists(Offer.objects.filter(variant__product=OuterRef("pk"), branch__shop=shop))
    return Product.objects.filter(Q(shop=shop) | Q(offered, shop=None, city=shop.city_id))


def arranged_products(shop: Shop) -> "ProductRows":
    """Those of them whose pictures it arranges: its own, and shared ones nobody else offers."""
    others = Offer.objects.filter(variant__product=OuterRef("pk")).exclude(branch__shop=shop)
    return offered_products(shop).filter(Q(shop=shop) | ~Exists(others))


def shop_texts(shop: Shop) -> "QuerySet[LegalText]":
    """All versions of the legal texts of a shop its owner has been let into (`owned_shops`)."""
    return LegalText.objects.of(shop)


def city_facts(city: City) -> "QuerySet[ShopLegal]":
    """What a city's shops say of themselves by law, for its desk."""
    return ShopLegal.objects.filter(shop__city=city)


def branch_tokens(branches: Iterable[Branch]) -> "models.QuerySet[StockToken]":
    """Tills' keys to branches their owner has been let into (`owned_branches`)."""
    return StockToken.objects.filter(branch__in=branches)


def branch_deliveries(branches: Iterable[Branch]) -> "models.QuerySet[Delivery]":
    """Deliveries to branches their member has been let into (`member_branches`)."""
    return Delivery.objects.filter(branch__in=branches)


def shop_corrections(shop: Shop) -> QuerySet[Correction]:
    """Corrections that wait for this shop: other shops' wishes for pages it shares."""
    mine = Offer.objects.filter(branch__shop=shop, variant__product=OuterRef("product"))
    return Correction.objects.filter(Exists(mine), verdict="").exclude(shop=shop)


def own_corrections(shop: Shop) -> QuerySet[Correction]:
    """What the shop itself has proposed."""
    return Correction.objects.filter(shop=shop)


def shop_merges(shop: Shop) -> QuerySet[MergeProposal]:
    """Pages to be joined that this shop alone offers, both of them."""

    def of_others(side: str) -> Exists:
        rows = Offer.objects.filter(variant__product=OuterRef(side))
        return Exists(rows.exclude(branch__shop=shop))

    def ours(side: str) -> Exists:
        return Exists(Offer.objects.filter(variant__product=OuterRef(side), branch__shop=shop))

    return MergeProposal.objects.filter(
        ours("first"), ours("second"), ~of_others("first"), ~of_others("second"), verdict=""
    )


def shop_aliases(shop: Shop) -> QuerySet[CategoryAlias]:
    """What the shop's files call the branches of the goods tree."""
    return CategoryAlias.objects.filter(shop=shop)


def city_corrections(city: City) -> QuerySet[Correction]:
    """All corrections of the city's pages."""
    return Correction.objects.filter(product__city=city)


def city_merges(city: City) -> QuerySet[MergeProposal]:
    """All pages of the city that are proposed to be joined."""
    return MergeProposal.objects.filter(city=city)


def city_merged(city: City) -> QuerySet[Merge]:
    """All pages of the city that were joined."""
    return Merge.objects.filter(city=city)


if TYPE_CHECKING:
    from shops.models.branch import BranchQuerySet as BranchRows
    from shops.models.catalogue import ProductQuerySet as ProductRows
    from shops.models.offer import OfferQuerySet as OfferRows
    from shops.models.shop import ShopQuerySet as ShopRows
