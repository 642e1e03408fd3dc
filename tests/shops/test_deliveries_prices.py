"""A till's list and reductions that run (law B3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from shops.domain.prices import reductions
from shops.models import Offer, Reduction, Variant
from tests import factories
from tests.factories import NOW
from tests.shops.deliveries_help import push

pytestmark = pytest.mark.django_db


def reduced(branch, barcode) -> Offer:
    offer = factories.offer(branch, price="50", now=NOW - timedelta(days=60))
    Variant.objects.filter(pk=offer.variant_id).update(barcode=barcode)
    before = NOW - timedelta(days=1)
    reductions.announce(offer=offer, price=Decimal(40), by=Actor.system(), now=before)
    return offer


def told(offer):
    offer.refresh_from_db()
    return offer.price, offer.reference_price


@pytest.mark.law("B3")
def test_b3_a_tills_list_goes_on_with_a_reduction_or_ends_it():
    branch = factories.branch(factories.shop(factories.city()))
    further, back = reduced(branch, "lower"), reduced(branch, "higher")
    push(branch, {"barcode": "lower", "price": "35"}, {"barcode": "higher", "price": "45"})
    assert told(further) == (Decimal(35), Decimal(50))
    assert told(back) == (Decimal(45), None)
    assert Reduction.objects.filter(ended_at=None).get().offer == further
    assert further.price_changes.count() == 3
