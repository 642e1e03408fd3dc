"""Goods of somebody else's real file, from the file to the shopper's hands."""

from datetime import timedelta
from decimal import Decimal

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.enums import State
from shops.domain.imports import apply
from shops.models import Offer
from tests import factories
from tests.factories import NOW


def test_from_the_real_export_to_a_collected_reservation(db, shared_data):
    branch = factories.branch(factories.shop(factories.city(), auto_accept=True))
    content = (shared_data / "products/spree/products.csv").read_bytes()
    apply.take(content=content, branch=branch, by=Actor.system(), now=NOW)
    offer = Offer.objects.get(sku="AUTOMATIC-ESPRESSO-MACHINE-SILVER")
    staff = Actor.member(factories.member(branch.shop))

    placed = factories.reservation((offer, 2), now=NOW + timedelta(minutes=1))
    assert placed.state == State.CONFIRMED
    ready_at = NOW + timedelta(minutes=20)
    lifecycle.mark_ready(reservation_id=placed.pk, shelf="4", by=staff, now=ready_at)
    done = lifecycle.hand_over(
        reservation_id=placed.pk, by=staff, now=ready_at + timedelta(minutes=30)
    )

    assert done.state == State.COLLECTED
    line = done.lines.get()
    assert (line.title, line.price) == ("Automatic Espresso Machine", Decimal("819.99"))
    offer.refresh_from_db()
    assert (offer.on_hand, offer.reserved) == (4998, 0)
    # The same file once more does not bring the two back.
    later = NOW + timedelta(hours=5)
    apply.take(content=content, branch=branch, by=Actor.system(), now=later)
    offer.refresh_from_db()
    assert offer.on_hand == 4998
