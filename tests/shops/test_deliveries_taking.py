"""A delivery on the shelf: what is taken, held back, refused, and that the sums add up."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.operations.domain import audit
from marketplace.reservations.domain import counter
from shops.domain import counts, moments, stock
from shops.domain.deliveries import deciding, receipts, taking
from shops.domain.stock import Units
from shops.enums import HeldState, Source
from shops.models import Delivery, HeldRow, Movement, Offer, PriceChange
from tests import factories
from tests.factories import NOW
from tests.shops.deliveries_help import push, sums

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=30)
BY = Actor.system()


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


def offer(branch, sku="L-1", **fields):
    return factories.offer(branch, sku=sku, **({"count": 5, "price": "10.00"} | fields))


def test_a_new_number_is_a_count_with_a_movement(branch):
    row = offer(branch)
    found = push(branch, {"sku": "L-1", "quantity": 7, "price": 11})
    assert sums(found) == (1, 0, 0, 0, 0)
    row.refresh_from_db()
    assert (row.on_hand, row.counted_at, row.source) == (7, NOW, Source.TILL)
    assert row.price == Decimal("11.00")
    moved = Movement.objects.latest("pk")
    assert (moved.delta, moved.as_of, moved.ref) == (2, NOW, f"delivery:{found.pk}")
    assert PriceChange.objects.filter(offer=row).count() == 2
    assert audit.run(now=LATER).ok


def test_the_same_number_is_a_fresh_count_without_a_line_of_history(branch):
    row = offer(branch)
    lines = Movement.objects.count()
    assert sums(push(branch, {"sku": "L-1", "quantity": 5, "price": 10})) == (0, 1, 0, 0, 0)
    before, fresh = row, Offer.objects.get(pk=row.pk)
    assert fresh.counted_at == NOW > before.counted_at
    assert fresh.sure_until > before.sure_until
    assert fresh.version > before.version
    assert Movement.objects.count() == lines
    assert audit.run(now=LATER).ok


def test_the_audit_sees_a_count_that_nobody_made(branch):
    row = offer(branch)
    push(branch, {"sku": "L-1", "quantity": 5})
    Delivery.objects.update(as_of=NOW - timedelta(hours=1))
    found = audit.run(now=LATER)
    assert [each.subject for each in found.violations] == [f"offer:{row.pk}"]


def test_a_row_with_a_time_of_its_own_has_a_movement_of_its_own(branch):
    offer(branch)
    at = NOW - timedelta(minutes=10)
    assert sums(push(branch, {"sku": "L-1", "quantity": 5, "as_of": at})) == (0, 1, 0, 0, 0)
    assert Movement.objects.latest("pk").as_of == at
    assert audit.run(now=LATER).ok


def test_rows_that_cannot_be_taken(branch):
    offer(branch)
    twin = factories.product(branch.shop.city, "Zwilling", shop=branch.shop)
    twin.variants.update(barcode="4006381333931")
    factories.offer(branch, product=twin, sku="T-1")
    again = factories.product(branch.shop.city, "Drilling", shop=branch.shop)
    again.variants.update(barcode="4006381333931")
    factories.offer(branch, product=again, sku="T-2")
    found = push(
        branch,
        {"sku": "L-1", "quantity": 4, "as_of": NOW - timedelta(days=1)},
        {"sku": "L-1", "quantity": 4},
        {"sku": "T-1", "quantity": 4, "as_of": NOW + timedelta(minutes=6)},
        {"barcode": "4006381333931", "quantity": 1},
        {"sku": "T-2", "quantity": -1},
        {"sku": "T-2", "quantity": 1_000_000},
        {"sku": "T-2", "price": "viel"},
        {"sku": "T-2", "price": "12 $"},
        {"sku": "T-2"},
        {"quantity": 3},
        ["T-2", 3],
        {"sku": "X-1", "quantity": 3},
    )
    assert sums(found) == (0, 0, 1, 0, 11)
    assert [each.code for each in receipts.refusals(found)] == [
        "older_count", "repeated", "count_in_future", "ambiguous", "quantity_negative",
        "quantity_too_high", "price", "no_eur_price", "no_news", "no_mark", "row",
    ]  # fmt: skip
    assert [each.mark for each in receipts.unknowns(found)] == ["X-1"]
    assert receipts.as_dict(found)["waiting"] == 0


def test_barcode_and_number_of_different_goods(branch):
    first = offer(branch)
    first.variant.gtin = "04006381333931"
    first.variant.save()
    offer(branch, "L-2")
    found = push(
        branch,
        {"sku": "L-2", "barcode": "4006381333931", "quantity": 1},
        {"barcode": "4006381333931", "quantity": 3},
    )
    assert [each.code for each in receipts.refusals(found)] == ["two_goods"]
    assert sums(found) == (1, 0, 0, 0, 1)


def test_a_price_that_jumps_and_a_number_too_large_are_held_back(branch):
    rows = [offer(branch, f"L-{number}") for number in range(5)]
    found = push(
        branch,
        {"sku": "L-0", "quantity": 3, "price": 40},
        {"sku": "L-1", "quantity": 3, "price": "0,99"},
        {"sku": "L-2", "quantity": 2001},
        {"sku": "L-3", "quantity": 3, "price": "39,99"},
        {"sku": "L-4", "quantity": 0},
    )
    assert sums(found) == (2, 0, 0, 3, 0)
    held = {row.offer_id: row.code for row in HeldRow.objects.all()}
    assert held == {rows[0].pk: "price_up", rows[1].pk: "price_down", rows[2].pk: "too_many"}
    assert Offer.objects.get(pk=rows[0].pk).on_hand == 5


def emptied(branch, number=12):
    rows = [offer(branch, f"L-{each}") for each in range(number)]
    return rows, push(branch, *({"sku": f"L-{each}", "quantity": 0} for each in range(number)))


def test_an_emptied_shelf_is_held_back_until_somebody_has_looked(branch):
    rows, found = emptied(branch)
    assert sums(found) == (0, 0, 0, 12, 0)
    first = HeldRow.objects.get(offer=rows[0])
    decided = deciding.take_over(delivery=found, rows=[first.pk], by=BY, now=LATER)
    assert (decided.taken, decided.overtaken) == (1, 0)
    assert Offer.objects.get(pk=rows[0].pk).on_hand == 0
    assert deciding.take_over(delivery=found, rows=[first.pk], by=BY, now=LATER).taken == 0
    second = HeldRow.objects.get(offer=rows[1])
    assert deciding.leave(delivery=found, rows=[second.pk], by=BY, now=LATER).left == 1
    assert Offer.objects.get(pk=rows[1].pk).on_hand == 5
    counts.count_by_eye(offer_id=rows[2].pk, on_shelf=4, by=BY, now=LATER)
    decided = deciding.take_over(delivery=found, rows=None, by=BY, now=LATER)
    assert (decided.taken, decided.overtaken) == (9, 1)
    assert Offer.objects.get(pk=rows[2].pk).on_hand == 4
    assert Offer.objects.filter(on_hand=0).count() == 10
    assert audit.run(now=LATER).ok


def test_ten_of_a_hundred_may_sell_out_at_once(branch):
    for each in range(48):
        offer(branch, f"L-{each}")
    found = push(branch, *({"sku": f"L-{each}", "quantity": 0} for each in range(12)))
    assert sums(found) == (12, 0, 0, 0, 0)


def test_a_younger_word_takes_the_place_of_a_question(branch):
    row = offer(branch)
    first = push(branch, {"sku": "L-1", "price": 99}, number="1")
    second = push(branch, {"sku": "L-1", "price": 98}, number="2")
    assert [each.state for each in first.held_rows.all()] == [HeldState.OVERTAKEN]
    assert [each.state for each in second.held_rows.all()] == [HeldState.OPEN]
    push(branch, {"sku": "L-1", "price": 10}, number="3")
    assert not HeldRow.objects.filter(state=HeldState.OPEN).exists()
    assert PriceChange.objects.filter(offer=row).count() == 1


def test_what_was_handed_over_since_is_subtracted_and_doubted(branch):
    row = offer(branch)
    at = NOW - timedelta(minutes=10)
    reservation = factories.reservation((row, 2))
    by = Actor.member(factories.member(branch.shop))
    counter.hand_over(reservation_id=reservation.pk, client_id=uuid.uuid4(), by=by, now=NOW)
    assert sums(push(branch, {"sku": "L-1", "quantity": 5}, as_of=at)) == (0, 1, 0, 0, 0)
    row.refresh_from_db()
    assert (row.on_hand, row.unsure_since) == (3, NOW)
    assert row.sure_until is None
    assert audit.run(now=LATER).ok


def test_claimed_while_it_was_planned(branch, monkeypatch):
    """Offers that moved between plan and write are planned again from their new numbers."""
    row = offer(branch)
    write = taking.writing.write

    def meanwhile(*args, **fields):
        stock.claim(units=[Units(row.pk, 3)], now=NOW)
        monkeypatch.setattr(taking.writing, "write", write)
        return write(*args, **fields)

    monkeypatch.setattr(taking.writing, "write", meanwhile)
    assert sums(push(branch, {"sku": "L-1", "quantity": 4})) == (1, 0, 0, 0, 0)
    row.refresh_from_db()
    assert (row.on_hand, row.reserved, row.free) == (4, 3, 1)
    assert moments.rewrite(branch_id=branch.pk) == 0


def test_the_same_name_with_other_content(branch):
    offer(branch)
    first = push(branch, {"sku": "L-1", "quantity": 4})
    assert push(branch, {"sku": "L-1", "quantity": 4}, now=LATER) == first
    with pytest.raises(Stale) as no:
        push(branch, {"sku": "L-1", "quantity": 3}, now=LATER)
    assert no.value.code == "delivery_differs"
    other = factories.branch(branch.shop)
    assert push(other, {"sku": "L-1", "quantity": 3}).unknown == 1


def test_a_time_ahead_of_us(branch):
    with pytest.raises(Refused) as no:
        push(branch, {"sku": "L-1", "quantity": 4}, as_of=NOW + timedelta(minutes=6))
    assert no.value.code == "as_of"


def test_taken_in_parts_and_gone_on_with_after_an_interruption(branch, monkeypatch):
    for each in range(9):
        offer(branch, f"L-{each}")
    rows = [{"sku": f"L-{each}", "quantity": 6 + each % 2} for each in range(9)]
    rows.append({"sku": "X", "quantity": 1})
    monkeypatch.setattr(taking, "CHANGES", 4)

    def stop(name):
        if name == "push.part":
            raise KeyboardInterrupt

    monkeypatch.setattr(taking, "fault", stop)
    with pytest.raises(KeyboardInterrupt):
        push(branch, *rows)
    half = Delivery.objects.get()
    assert (half.position, half.accepted, half.finished_at) == (4, 4, None)
    assert receipts.as_dict(half)["waiting"] == 6
    assert Offer.objects.filter(on_hand__gt=5).count() == 4
    monkeypatch.undo()
    whole = push(branch, *rows, now=LATER)
    assert whole.pk == half.pk
    assert sums(whole) == (9, 0, 1, 0, 0)
    assert set(Offer.objects.values_list("counted_at", flat=True)) == {NOW}
    assert audit.run(now=LATER).ok
