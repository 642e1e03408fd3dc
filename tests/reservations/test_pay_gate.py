"""What may not be sold at a distance is reserved only: refused, and parted in the basket."""

import pytest
import time_machine

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import queries
from marketplace.reservations.models import Reservation
from shops.domain import article
from shops.domain.article import Said
from shops.domain.gate import ruled
from tests import factories
from tests.factories import NOW
from tests.tills import SETTINGS, open_till

BY = Actor.system()


@pytest.fixture(autouse=True)
def clock(db, settings):
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def branch(db):
    made = factories.branch(factories.shop(factories.city(), auto_accept=True))
    open_till(made.shop)
    return made


@pytest.fixture
def bread(branch):
    category = factories.category("Brot")
    ruled.set_rules(category=category, rules=["loose_food", "withdrawal"], by=BY, now=NOW)
    return factories.offer(
        branch, product=factories.product(branch.shop.city, "Brot", category=category)
    )


def tell(offer, **facts):
    product, shop = offer.variant.product, offer.branch.shop
    article.tell(product=product, shop=shop, said=Said(facts=facts), by=BY, now=NOW)


@pytest.mark.law("E7")
def test_e7_bread_without_allergens_is_reserved_and_not_paid(bread):
    with pytest.raises(Refused) as refusal:
        factories.placed((bread, 1), pay=True)
    assert refusal.value.code == "pay_gate"
    assert not Reservation.objects.exists()
    assert factories.reservation((bread, 1)).mode == "RESERVE"
    tell(bread, allergen_state="IN_SHOP", withdrawal="PERISHABLE")
    bread = type(bread).objects.select_related("branch__shop__city").get(pk=bread.pk)
    assert factories.reservation((bread, 1), pay=True, email="b@example.de").mode == "PAY"


def test_a_mixed_basket_pays_for_what_may_be_paid(bread, branch):
    book = factories.offer(branch)
    basket = baskets.start(city=branch.shop.city, now=NOW)
    for row in (bread, book):
        baskets.put(basket=basket, offer=row, quantity=1, now=NOW)
    [group] = queries.basket_view(basket, now=NOW).groups
    assert group.can_pay_now
    assert [row.offer for row in group.to_pay] == [book]
    assert [row.offer for row in group.only_reserved] == [bread]
    assert group.pay_total == book.price
    [paid] = queries.basket_view(basket, now=NOW, pay_branch=branch.pk).groups
    assert [row.offer for row in paid.rows] == [book]
