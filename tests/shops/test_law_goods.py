"""What the law's rows E5 to E7 say beyond the gate: no coupon, and what a reader is told."""

import re

import pytest
from django.apps import apps
from django.test import Client

from marketplace.core.domain.history import Actor
from shops.domain import article
from shops.domain.article import Said
from shops.domain.gate import ruled
from shops.enums import Gate
from shops.models import Variant
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
HERE = {"sec-fetch-site": "same-origin"}
OURS = ("shops", "reservations", "payments", "core", "cms", "figures")
#: Engines that could lower a bound price without the owner's hand (BuchPrG § 7), or hold value.
LOWERING = re.compile(r"coupon|voucher|gutschein|discount|rabatt|loyalty|bonus|giftcard|wallet")


@pytest.fixture
def branch(time_machine):
    time_machine.move_to(NOW, tick=False)
    return factories.branch(factories.shop(factories.city(), auto_accept=True))


def columns() -> list[str]:
    return [
        f"{model._meta.label}.{field.name}".lower()
        for label in OURS
        if apps.is_installed(f"marketplace.{label}") or label in ("shops", "cms")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
    ]


@pytest.mark.law("E5", "C6")
def test_e5_no_table_knows_a_coupon_or_stored_value():
    known = columns()
    assert "shops.offer.price" in known
    assert [name for name in known if LOWERING.search(name)] == []


@pytest.mark.law("E5")
def test_e5_a_bound_price_is_the_same_from_shelf_to_reservation(branch):
    book = factories.product(branch.shop.city, "Roman")
    offer = factories.offer(branch, product=book, price="24.00", now=NOW)
    Variant.objects.filter(pk=offer.variant_id).update(gtin="09783161484100")
    client = Client()
    page = client.get(f"/en/produkt/{book.slug}-{book.pk}/").content.decode()
    assert "€24.00" in page
    assert "Fixed book price" in page
    # What a sender adds to the form of the basket changes no price.
    said = {"offer": offer.pk, "quantity": 1, "coupon": "FUENF", "price": "19.00"}
    client.post("/en/korb/dazu/", said, headers=HERE)
    basket = client.get("/en/korb/").content.decode()
    assert "€24.00" in basket
    assert "19.00" not in basket
    assert str(factories.reservation((offer, 1)).lines.get().price) == "24.00"


def food(branch, title: str, rule: str, **facts: object):
    category = factories.category(f"Fach {title}")
    ruled.set_rules(category=category, rules=[rule], by=BY, now=NOW)
    product = factories.product(branch.shop.city, title, category=category)
    factories.offer(branch, product=product)
    if facts:
        article.tell(product=product, shop=branch.shop, said=Said(facts=facts), by=BY, now=NOW)
    return product


@pytest.mark.law("E6", "E7")
@pytest.mark.parametrize(("title", "rule"), [("Helles", "food"), ("Brötchen", "loose_food")])
def test_e6_e7_what_is_not_told_here_is_told_to_be_in_the_shop(branch, title, rule):
    product = food(branch, title, rule)
    page = Client().get(f"/en/produkt/{product.slug}-{product.pk}/")
    assert page.status_code == 200
    assert "Further particulars in the shop" in page.content.decode()
    assert "Pay online now" not in page.content.decode()


@pytest.mark.law("E6")
def test_e6_beer_needs_its_ingredients_like_every_packed_food(branch):
    beer = food(branch, "Pils", "food", food_kind="PACKED", min_age=16, alcohol="4.9")
    variant = beer.variants.get()
    assert (variant.gate, variant.gate_badge) == (Gate.RESERVE_ONLY, True)
    assert variant.gate_reasons == ["food"]
