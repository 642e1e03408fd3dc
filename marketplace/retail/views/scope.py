"""Whose rows a page of the retailer's rooms shows. Foreign rows do not exist: 404, never 403."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from marketplace.core.domain.history import Actor
from marketplace.payments.domain.queries import provider_here
from marketplace.payments.models import Payment
from marketplace.reservations import access as reservation_access
from marketplace.reservations.models import Reservation
from shops import access as shop_access
from shops.models import Branch, Delivery, Offer, Product, Shop, StockToken
from shops.requests import city_of

if TYPE_CHECKING:
    from marketplace.reservations.models.withdrawal import WithdrawalQuerySet as WithdrawalRows
    from shops.models.branch import BranchQuerySet as BranchRows
    from shops.models.shop import ShopQuerySet as ShopRows


def my_shops(request: HttpRequest) -> "ShopRows":
    """Shops the person works in, in the city whose host was asked."""
    shops = shop_access.member_shops(request.user, city_of(request))
    return shops.annotate(
        shows_payments=_shows_payments(request, "pk"), is_owned=_owned(request, "pk")
    )


def my_branches(request: HttpRequest) -> "BranchRows":
    """Branches of those shops."""
    branches = shop_access.member_branches(request.user, city_of(request))
    return branches.annotate(
        shows_payments=_shows_payments(request, "shop"), is_owned=_owned(request, "shop")
    )


def _owned(request: HttpRequest, shop: str) -> Exists:
    """For pages that show more to whoever owns the shop."""
    return Exists(shop_access.owned_shops(request.user, city_of(request)).filter(pk=OuterRef(shop)))


def _shows_payments(request: HttpRequest, shop: str) -> Exists | Q:
    """For the rail: whether they own the shop, and there is a provider or a payment already."""
    mine = _owned(request, shop)
    if provider_here():
        return mine
    return Q(mine, Exists(Payment.objects.filter(shop=OuterRef(shop))))


def shop_of(request: HttpRequest, shop: str) -> Shop:
    """A shop the person works in, in this city."""
    return get_object_or_404(my_shops(request).select_related("city"), slug=shop)


def branch_of(request: HttpRequest, shop: str, branch: str) -> Branch:
    """A branch of such a shop, with shop and city."""
    mine = my_branches(request).select_related("shop__city")
    return get_object_or_404(mine, shop__slug=shop, slug=branch)


def owned_shops(request: HttpRequest) -> "ShopRows":
    """Shops the person owns, in the city whose host was asked."""
    shops = shop_access.owned_shops(request.user, city_of(request))
    return shops.annotate(shows_payments=_shows_payments(request, "pk"))


def owned_shop_of(request: HttpRequest, shop: str) -> Shop:
    """A shop the person owns, with its city."""
    return get_object_or_404(owned_shops(request).select_related("city"), slug=shop)


def owned_branches(request: HttpRequest) -> "BranchRows":
    """Branches of the shops the person owns, in the city whose host was asked."""
    branches = shop_access.owned_branches(request.user, city_of(request))
    return branches.annotate(shows_payments=_shows_payments(request, "shop"))


def owned_branch_of(request: HttpRequest, shop: str, branch: str) -> Branch:
    """A branch of a shop the person owns, with shop and city."""
    mine = owned_branches(request).select_related("shop__city")
    return get_object_or_404(mine, shop__slug=shop, slug=branch)


def reservation_of(branch: Branch, pk: int) -> Reservation:
    """A reservation at that branch."""
    return get_object_or_404(reservation_access.branch_reservations([branch]), pk=pk)


def withdrawals_of(request: HttpRequest, shop: Shop) -> "WithdrawalRows":
    """Withdrawals from orders at the branches of that shop the person works at."""
    return reservation_access.branch_withdrawals(my_branches(request).filter(shop=shop))


def offer_of(branch: Branch, pk: int) -> Offer:
    """An offer of that branch, with its title."""
    offers = shop_access.branch_offers([branch]).select_related("variant__product")
    return get_object_or_404(offers, pk=pk)


def token_of(branch: Branch, pk: int) -> StockToken:
    """A till's key to that branch."""
    return get_object_or_404(shop_access.branch_tokens([branch]), pk=pk)


def delivery_of(branch: Branch, pk: int) -> Delivery:
    """A delivery of that branch's till."""
    found = shop_access.branch_deliveries([branch]).select_related("token", "branch")
    return get_object_or_404(found, pk=pk)


def product_of(shop: Shop, pk: int) -> Product:
    """A product that this shop may speak of."""
    return get_object_or_404(shop_access.offered_products(shop), pk=pk)


def offers_of(branches: Iterable[Branch], pks: Iterable[int]) -> list[Offer]:
    """Those of these offers that stand in these branches; others do not exist."""
    offers = shop_access.branch_offers(branches).filter(pk__in=sorted(pks))
    return list(offers.select_related("variant__product").order_by("pk"))


def member(request: HttpRequest) -> Actor:
    """Who acts, for the domain."""
    return Actor.member(request.user)
