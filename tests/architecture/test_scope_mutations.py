"""Every filter of every scope is needed: without one, the knocks of the access table get in."""

import ast
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db.models import Q

from cms import access as cms_access
from cms.models import PageVersion, Report
from marketplace.payments import access as payments_access
from marketplace.payments.models import Case, Payment
from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain import links
from marketplace.reservations.models import (
    Basket,
    Checkout,
    Complaint,
    Receipt,
    Reservation,
    Withdrawal,
    WithdrawalDeclaration,
)
from shops import access as shop_access
from shops.enums import Role
from shops.models import (
    Branch,
    CategoryAlias,
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
from tests.architecture import knocks, source
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Mutation:
    """One scope function with one filter taken away."""

    module: Any
    name: str
    without: str
    loose: Callable[..., Any]

    def __str__(self) -> str:
        return f"{self.name} without {self.without}"


def _basket(key: str | None, city: Any) -> Basket | None:
    return Basket.objects.filter(key=key).first() if key else None


def _any_basket(key: str | None, city: Any) -> Basket | None:
    return Basket.objects.filter(city=city).order_by("pk").first()


def _checkouts(*filters: str) -> Callable[..., Any]:
    def loose(token: str, city: Any) -> Any:
        found = links.read(token)
        if found is None:
            return Checkout.objects.none()
        every = {"link_nonce": found[1], "city": city}
        return Checkout.objects.filter(pk=found[0], **{name: every[name] for name in filters})

    return loose


def _any_mode(token: str, city: Any) -> Any:
    found = reservation_access.checkouts_by_token(token, city)
    return Reservation.objects.filter(checkout__in=found)


def _declarations(*filters: str) -> Callable[..., Any]:
    def loose(token: str, city: Any) -> Any:
        pk, nonce = _read_any(token)
        every = {"nonce": nonce, "city": city}
        kept = {name: every[name] for name in filters}
        return WithdrawalDeclaration.objects.filter(pk=pk, **kept)

    return loose


def _read_any(token: str) -> tuple[int, str]:
    """The parts of a receipt's link; of any other text, and of another kind of link, one that
    exists."""
    found = links.read_receipt(token)
    return found or (WithdrawalDeclaration.objects.earliest("pk").pk, uuid.UUID(int=0).hex)


def _members(**more: Any) -> Callable[..., Any]:
    def loose(user: Any, city: Any) -> Any:
        if not user.is_authenticated:
            return Shop.objects.none()
        return Shop.objects.of(city).filter(Q(members__user=user, **more)).distinct()

    return loose


def _members_anywhere(user: Any, city: Any) -> Any:
    if not user.is_authenticated:
        return Shop.objects.none()
    return Shop.objects.filter(members__user=user, members__is_active=True).distinct()


def _owners(**more: Any) -> Callable[..., Any]:
    def loose(user: Any, city: Any) -> Any:
        if not user.is_authenticated:
            return Shop.objects.none()
        owns = Q(members__user=user, **more)
        return Shop.objects.filter(owns) if city is None else Shop.objects.of(city).filter(owns)

    return loose


def _owners_anywhere(user: Any, city: Any) -> Any:
    return _owners(members__is_active=True, members__role=Role.OWNER)(user, None)


SHOPS, RESERVATIONS, PAYMENTS = shop_access, reservation_access, payments_access
MUTATIONS = (
    Mutation(SHOPS, "public_shops", "city", lambda city: Shop.objects.live()),
    Mutation(SHOPS, "public_shops", "live", lambda city: Shop.objects.of(city)),
    Mutation(SHOPS, "public_branches", "city", lambda city: Branch.objects.live()),
    Mutation(SHOPS, "public_branches", "live", lambda city: Branch.objects.of(city)),
    Mutation(SHOPS, "public_products", "city", lambda city: Product.objects.live()),
    Mutation(SHOPS, "public_products", "live", lambda city: Product.objects.of(city)),
    Mutation(SHOPS, "public_offers", "city", lambda city: Offer.objects.live()),
    Mutation(SHOPS, "public_offers", "live", lambda city: Offer.objects.of(city)),
    Mutation(SHOPS, "member_shops", "user", lambda user, city: Shop.objects.of(city)),
    Mutation(SHOPS, "member_shops", "city", _members_anywhere),
    Mutation(SHOPS, "member_shops", "activity", _members()),
    Mutation(SHOPS, "member_branches", "shop", lambda user, city: Branch.objects.of(city)),
    Mutation(SHOPS, "owned_shops", "user", lambda user, city: Shop.objects.of(city)),
    Mutation(SHOPS, "owned_shops", "city", _owners_anywhere),
    Mutation(SHOPS, "owned_shops", "activity", _owners(members__role=Role.OWNER)),
    Mutation(SHOPS, "owned_shops", "role", _owners(members__is_active=True)),
    Mutation(SHOPS, "owned_branches", "shop", lambda user, city: Branch.objects.of(city)),
    Mutation(SHOPS, "branch_offers", "branch", lambda branches: Offer.objects.all()),
    Mutation(SHOPS, "branch_sales", "branch", lambda branches: Sale.objects.all()),
    Mutation(SHOPS, "offered_products", "shop", lambda shop: Product.objects.all()),
    Mutation(SHOPS, "arranged_products", "shop", lambda shop: Product.objects.all()),
    Mutation(SHOPS, "arranged_products", "others", shop_access.offered_products),
    Mutation(SHOPS, "shop_texts", "shop", lambda shop: LegalText.objects.all()),
    Mutation(SHOPS, "city_facts", "city", lambda city: ShopLegal.objects.all()),
    Mutation(SHOPS, "branch_tokens", "branch", lambda branches: StockToken.objects.all()),
    Mutation(SHOPS, "branch_deliveries", "branch", lambda branches: Delivery.objects.all()),
    Mutation(SHOPS, "shop_corrections", "shop", lambda shop: Correction.objects.exclude(shop=shop)),
    Mutation(SHOPS, "own_corrections", "shop", lambda shop: Correction.objects.all()),
    Mutation(SHOPS, "shop_merges", "shop", lambda shop: MergeProposal.objects.all()),
    Mutation(SHOPS, "shop_aliases", "shop", lambda shop: CategoryAlias.objects.all()),
    Mutation(SHOPS, "city_corrections", "city", lambda city: Correction.objects.all()),
    Mutation(SHOPS, "city_merges", "city", lambda city: MergeProposal.objects.all()),
    Mutation(SHOPS, "city_merged", "city", lambda city: Merge.objects.all()),
    Mutation(SHOPS, "city_products", "city", lambda city: Product.objects.all()),
    Mutation(SHOPS, "city_notes", "city", lambda city: ManufacturerNote.objects.all()),
    Mutation(RESERVATIONS, "basket_of", "city", _basket),
    Mutation(RESERVATIONS, "basket_of", "key", _any_basket),
    Mutation(RESERVATIONS, "checkouts_by_token", "city", _checkouts("link_nonce")),
    Mutation(RESERVATIONS, "checkouts_by_token", "nonce", _checkouts("city")),
    Mutation(
        RESERVATIONS, "branch_reservations", "branch", lambda branches: Reservation.objects.all()
    ),
    Mutation(cms_access, "versions", "city", lambda city: PageVersion.objects.order_by("-number")),
    Mutation(RESERVATIONS, "shop_complaints", "shop", lambda shops: Complaint.objects.all()),
    Mutation(RESERVATIONS, "paid_by_token", "mode", _any_mode),
    Mutation(RESERVATIONS, "declarations_by_token", "city", _declarations("nonce")),
    Mutation(RESERVATIONS, "declarations_by_token", "nonce", _declarations("city")),
    Mutation(
        RESERVATIONS, "branch_withdrawals", "branch", lambda branches: Withdrawal.objects.all()
    ),
    Mutation(RESERVATIONS, "city_withdrawals", "city", lambda city: Withdrawal.objects.all()),
    Mutation(cms_access, "withdrawals", "city", lambda city: Withdrawal.objects.all()),
    Mutation(RESERVATIONS, "checkout_receipts", "checkout", lambda checkout: Receipt.objects.all()),
    Mutation(RESERVATIONS, "shop_receipts", "shop", lambda shops: Receipt.objects.all()),
    Mutation(cms_access, "reports", "city", lambda city: Report.objects.all()),
    Mutation(PAYMENTS, "city_cases", "city", lambda city: Case.objects.all()),
    Mutation(PAYMENTS, "shop_payments", "shop", lambda shops: Payment.objects.all()),
)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_without_this_filter_somebody_gets_in(town, mutation, monkeypatch):
    monkeypatch.setattr(mutation.module, mutation.name, mutation.loose)

    assert next(knocks.scopes(town), None), f"nothing noticed that {mutation}"


def test_every_scope_is_taken_apart():
    """A new function in an `access.py` is mutated here as well."""
    taken = {(each.module.__name__, each.name) for each in MUTATIONS}
    there = {
        (module, node.name)
        for module, path in source.python_files()
        if path.name == "access.py"
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }

    assert there == taken
