"""Whoever has not declared to be a trader offers nothing here (law D3)."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shops import access
from shops.models import Shop
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(db):
    return factories.offer(factories.branch(factories.shop(factories.city(), "Laufwerk")))


@pytest.mark.law("D3")
def test_d3_a_shop_that_has_not_declared_cannot_be_live(offer):
    shop = Shop.objects.filter(pk=offer.branch.shop_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        shop.update(trader_declared_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shop.objects.create(
            city=offer.branch.shop.city, name="Privat", slug="privat", sort_name="privat",
            is_live=True,
        )  # fmt: skip


@pytest.mark.law("D3")
def test_d3_its_goods_are_on_no_page(offer):
    product = offer.variant.product
    address = f"/produkt/{product.slug}-{product.pk}/"
    city = offer.branch.shop.city
    assert Client().get(address).status_code == 200
    assert access.public_offers(city).exists()
    Shop.objects.filter(pk=offer.branch.shop_id).update(is_live=False, trader_declared_at=None)
    assert not access.public_offers(city).exists()
    left = Client().get(address).content.decode()
    assert "Laufwerk" not in left
    assert "/korb/dazu/" not in left
    assert product.title not in Client().get("/suche/").content.decode()
    assert Client().get("/laden/laufwerk/").status_code == 404
