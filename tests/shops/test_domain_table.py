"""Many cells at once: only what changed, and only where it still stood as it was seen."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import lifecycle
from shops.domain import counts, table
from shops.domain.table import Cell, Column, Row
from shops.models import Movement, PriceChange
from tests import factories
from tests.factories import NOW

BY = Actor.system()


@pytest.fixture
def branch(db):
    return factories.branch(factories.shop(factories.city(), auto_accept=True), "Mitte")


@pytest.fixture
def offer(branch):
    return factories.offer(branch, price="5.00", count=7, counted=timedelta(hours=2))


def price(seen, wanted):
    return Cell(Decimal(seen), Decimal(wanted))


def write(branch, *rows):
    return table.write(branch=branch, rows=rows, by=BY, now=NOW)


def numbers(offer):
    offer.refresh_from_db()
    return offer.price, offer.on_hand


def test_only_what_changed_is_written(branch, offer):
    other = factories.offer(branch, count=4)
    done = write(branch, Row(offer.pk, price("5.00", "6.00")), Row(other.pk, shelf=Cell(4, 5)))

    assert (done.prices, done.counts, done.is_whole) == (1, 1, True)
    assert numbers(offer) == (Decimal(6), 7)
    assert numbers(other)[1] == 5
    assert PriceChange.objects.count() == 3
    assert Movement.objects.filter(offer=offer).count() == 1


def test_what_somebody_else_wrote_is_told_and_kept(branch, offer):
    counts.count_by_eye(offer_id=offer.pk, on_shelf=9, by=BY, now=NOW)

    done = write(branch, Row(offer.pk, price("5.00", "6.00"), Cell(7, 5)))
    assert done.changed == {(offer.pk, Column.SHELF): 9}
    assert (done.prices, done.counts) == (1, 0)
    assert numbers(offer) == (Decimal(6), 9)
    # Seen what is there now, the same wish is written.
    assert write(branch, Row(offer.pk, shelf=Cell(9, 5))).is_whole
    assert numbers(offer)[1] == 5


def test_a_price_that_somebody_else_set_is_told_and_kept(branch, offer):
    write(branch, Row(offer.pk, price("5.00", "6.00")))
    done = write(branch, Row(offer.pk, price("5.00", "7.00")))

    assert done.changed == {(offer.pk, Column.PRICE): Decimal("6.00")}
    assert numbers(offer)[0] == Decimal(6)


def test_both_wanted_the_same(branch, offer):
    write(branch, Row(offer.pk, price("5.00", "6.00")))
    assert write(branch, Row(offer.pk, price("5.00", "6.00"))).is_whole
    assert PriceChange.objects.filter(offer=offer).count() == 2


def test_a_reservation_in_between_changes_no_cell(branch, offer):
    factories.reservation((offer, 2))

    assert write(branch, Row(offer.pk, shelf=Cell(7, 6))).is_whole
    assert numbers(offer)[1] == 6


def test_set_aside_goods_are_not_on_the_shelf(branch, offer):
    row = factories.reservation((offer, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=BY, now=NOW)
    offer.refresh_from_db()

    assert table.on_shelf(offer) == 5
    write(branch, Row(offer.pk, shelf=Cell(5, 4)))
    assert numbers(offer)[1] == 6


def test_from_unknown_to_a_count_and_back(branch):
    offer = factories.offer(branch, count=None)
    assert write(branch, Row(offer.pk, shelf=Cell(None, 3))).counts == 1
    assert numbers(offer)[1] == 3
    write(branch, Row(offer.pk, shelf=Cell(3, None)))
    assert numbers(offer)[1] is None


def test_what_cannot_be_is_refused_and_the_rest_written(branch, offer):
    done = write(branch, Row(offer.pk, price("5.00", "0"), Cell(7, 6)))

    assert done.refused[offer.pk, Column.PRICE].code == "price_out_of_range"
    assert numbers(offer) == (Decimal(5), 6)


def test_rows_of_others_do_not_exist(branch, offer):
    other = factories.branch(branch.shop, "Vorsfelde")

    assert write(other, Row(offer.pk, price("5.00", "6.00"))).is_whole
    assert numbers(offer)[0] == Decimal(5)
