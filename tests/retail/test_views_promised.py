"""The price that was promised holds at the counter (law B6)."""

from decimal import Decimal

import pytest

from marketplace.reservations.domain import lifecycle
from shops.domain.prices import amounts
from tests import factories
from tests.factories import NOW

WORDS = "this price holds"


@pytest.fixture
def ready(branch, city, clerk):
    offer = factories.offer(branch, product=factories.product(city, "Becher"), price="10.00")
    row = factories.reservation((offer, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=clerk, now=NOW)
    return offer, row


@pytest.mark.parametrize(("price", "told"), [("12.00", True), ("10.00", False), ("8.00", False)])
@pytest.mark.law("B6")
def test_b6_a_higher_price_of_now_is_told_beside_the_promised_one(base, client, ready, price, told):
    offer, row = ready
    amounts.set_price(offer=offer, price=Decimal(price), now=NOW)
    page = client.get(f"{base}/theke/{row.pk}/").content.decode()
    assert "€20.00" in page
    assert (WORDS in page) is told
