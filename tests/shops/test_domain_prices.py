"""Prices as the law's rows B1 to B5 and E5 have them; C1 is in `test_domain_tax`."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain.prices import amounts, binding, history, reductions, sales, tag
from shops.domain.prices.reductions import Why
from shops.enums import Cut, Unbound
from shops.models import Offer, Reduction, Sale, Variant
from tests import factories

pytestmark = pytest.mark.django_db

BY = Actor.system()
START = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def at(day: str) -> datetime:
    month, number = map(int, day.split("-"))
    return datetime(2026, month, number, 9, 0, tzinfo=UTC)


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


def made(branch, price="39.99", **variant) -> Offer:
    offer = factories.offer(branch, price=price, count=None, now=START)
    if variant:
        Variant.objects.filter(pk=offer.variant_id).update(**variant)
    return Offer.objects.select_related("variant", "branch__shop").get(pk=offer.pk)


def cost(offer: Offer, price: str, day: str) -> None:
    amounts.set_price(offer=offer, price=Decimal(price), now=at(day))


def reduce(offer: Offer, price: str, day: str, **how) -> Reduction:
    return reductions.announce(offer=offer, price=Decimal(price), by=BY, now=at(day), **how)


def told(offer: Offer, on: date = date(2026, 11, 22)) -> tag.Tag:
    row = Offer.objects.select_related("variant", "branch__shop").get(pk=offer.pk)
    return tag.of(row, shop=row.branch.shop, on=on)


# B2 base price ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "content", "unit", "drained", "base"),
    [
        ("8.99", "0.75", "L", None, "11.99"),
        ("6.49", "0.25", "KG", None, "25.96"),
        ("1.99", "0.4", "KG", "0.24", "8.29"),
        ("2.50", "1", "KG", None, None),
    ],
)
@pytest.mark.law("B2")
def test_b2_base_price(branch, price, content, unit, drained, base):
    offer = made(
        branch,
        price,
        content_amount=Decimal(content),
        content_unit=unit,
        drained_amount=Decimal(drained) if drained else None,
    )
    found = told(offer).base
    assert (found and str(found.amount)) == base


@pytest.mark.law("B2")
def test_b2_exempt_goods_and_loose_goods_have_no_second_price(branch):
    perfume = made(
        branch, content_amount=Decimal("0.05"), content_unit="L", no_base_price="PERFUME"
    )
    assert told(perfume).base is None
    cheese = made(branch, "2.49", content_amount=Decimal("0.1"), content_unit="KG", is_loose=True)
    assert told(cheese).base is None
    assert told(cheese).per == "100\N{NO-BREAK SPACE}g"
    with pytest.raises(IntegrityError), transaction.atomic():
        made(branch, content_amount=Decimal("0.3"), content_unit="KG", is_loose=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        made(branch, is_loose=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        made(branch, content_amount=Decimal("0.3"), content_unit="KG", drained_amount=Decimal(1))


# B3 lowest price of 30 days -----------------------------------------------------------------------


@pytest.mark.law("B3")
def test_b3_a_price_of_the_last_30_days_forbids_the_claim(branch):
    offer = made(branch, "39.99")
    cost(offer, "29.99", "11-05")
    cost(offer, "39.99", "11-07")
    with pytest.raises(Refused) as refused:
        reduce(offer, "34.99", "11-22")
    assert refused.value.code == Why.LOWER_BEFORE
    assert "29,99" in str(refused.value.message)
    offer.refresh_from_db()
    assert (offer.price, offer.reference_price) == (Decimal("39.99"), None)
    # The price itself may be set; it is only no reduction.
    cost(offer, "34.99", "11-22")
    assert told(offer).reference is None
    # Below it, the reference is the 29.99 of early November, not the price of yesterday.
    assert reduce(offer, "24.99", "11-23").reference_price == Decimal("29.99")


@pytest.mark.law("B3")
def test_b3_steps_without_a_gap_keep_the_first_reference(branch):
    offer = made(branch, "50")
    reduce(offer, "45", "11-02")
    reduce(offer, "40", "11-09")
    assert told(offer).reference == Decimal(50)
    assert told(offer).percent_off == 20
    # A file that lowers the price further is a step as well.
    cost(offer, "35", "11-16")
    assert (told(offer).reference, told(offer).amount) == (Decimal(50), Decimal(35))
    assert Reduction.objects.filter(offer=offer, ended_at=None).count() == 1
    steps = list(Reduction.objects.filter(offer=offer).order_by("pk"))
    assert [step.follows for step in steps] == [None, *steps[:-1]]


@pytest.mark.law("B3")
def test_b3_a_rise_ends_it_and_the_next_one_is_measured_anew(branch):
    offer = made(branch, "50")
    reduce(offer, "40", "11-02")
    with pytest.raises(Refused) as refused:
        reduce(offer, "45", "11-09")
    assert refused.value.code == Why.REDUCED
    cost(offer, "45", "11-10")
    assert told(offer).reference is None
    with pytest.raises(Refused):
        reduce(offer, "42", "11-12")
    assert reduce(offer, "39", "11-12").reference_price == Decimal(40)


@pytest.mark.law("B3")
def test_b3_a_sale_of_60_days_still_shows_what_it_cost_before(branch):
    offer = made(branch, "80")
    reduce(offer, "60", "10-20")
    cost(made(branch, "10"), "11", "10-21")
    assert told(offer, on=date(2026, 12, 19)).reference == Decimal(80)


@pytest.mark.law("B3")
def test_b3_ends_by_itself_and_by_hand(branch):
    first, second = made(branch, "80"), made(branch, "90")
    reduce(first, "60", "11-02", last_day=date(2026, 11, 8))
    reduce(second, "60", "11-02")
    assert reductions.end_due(now=datetime(2026, 11, 8, 22, 59, tzinfo=UTC)) == 0
    # Midnight in Wolfsburg is 23:00 UTC.
    assert reductions.end_due(now=datetime(2026, 11, 8, 23, 1, tzinfo=UTC)) == 1
    assert reductions.end_due(now=datetime(2026, 11, 8, 23, 1, tzinfo=UTC)) == 0
    assert (told(first).amount, told(first).reference) == (Decimal(80), None)
    assert reductions.end(offer=second, now=at("11-20"))
    assert not reductions.end(offer=second, now=at("11-20"))
    assert (second.price, second.reference_price) == (Decimal(90), None)
    with pytest.raises(Refused):
        reduce(first, "50", "11-20", last_day=date(2026, 11, 19))


@pytest.mark.law("B3")
def test_b3_perishable_goods_are_measured_by_the_price_before(branch):
    offer = made(branch, "5")
    cost(offer, "3", "11-10")
    cost(offer, "5", "11-12")
    found = reduce(offer, "4", "11-22", kind=Cut.PERISHING)
    assert found.reference_price == Decimal(5)


@pytest.mark.law("B3")
def test_b3_what_was_frozen_stays_frozen(branch):
    cut = reduce(made(branch, "50"), "45", "11-02")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reduction.objects.filter(pk=cut.pk).update(reference_price=Decimal(99))
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=cut.offer_id).update(price=Decimal(50))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 70)), min_size=1, max_size=12),
    st.integers(1, 4000),
)
@pytest.mark.law("B3")
def test_b3_lowest_price_as_a_naive_reader_finds_it(moves, asked):
    """Against the plainest reading: minute by minute, what did it cost?"""
    with transaction.atomic():
        place = factories.branch(factories.shop(factories.city()))
        offer = made(place, "40")
        days = {0: Decimal(40)}
        for cents, day in sorted(moves, key=lambda move: move[1]):
            price = Decimal(cents) / 100
            amounts.set_price(offer=offer, price=price, now=START + timedelta(days=day, hours=1))
            days[day + 1] = price
        now = START + timedelta(days=71, hours=2)
        naive = [days[max(each for each in days if each <= day)] for day in range(42, 73)]
        # The price that held when the span began, and every one set on its days.
        naive += [
            change.price
            for change in offer.price_changes.filter(at__gte=now - history.SPAN, at__lt=now)
        ]
        assert history.lowest(offer_ids=[offer.pk], before=now)[offer.pk] == min(naive)
        try:
            reductions.announce(offer=offer, price=Decimal(asked) / 100, by=BY, now=now)
        except Refused:
            assert Decimal(asked) / 100 >= min(naive)
        else:
            assert Decimal(asked) / 100 < min(naive)
        transaction.set_rollback(True)


# B4 percentages and recommendations ---------------------------------------------------------------


@pytest.mark.law("B4")
def test_b4_percent_is_computed_and_rounded_down(branch):
    offer = made(branch, "29.99")
    reduce(offer, "20.00", "11-02")
    assert told(offer).percent_off == 33
    reduce(offer, "19.99", "11-03")
    assert told(offer).percent_off == 33
    tiny = made(branch, "10.00")
    reduce(tiny, "9.99", "11-02")
    assert told(tiny).percent_off is None


@pytest.mark.law("B4")
def test_b4_a_recommendation_is_labelled_and_no_former_price(branch):
    offer = made(branch, "39.99")
    Offer.objects.filter(pk=offer.pk).update(
        recommended_price=Decimal("49.99"), recommended_source="Katalog 2026"
    )
    assert told(offer).recommended == Decimal("49.99")
    assert told(offer).reference is None
    assert told(offer).percent_off is None
    cost(offer, "49.99", "11-02")
    assert told(offer).recommended is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(recommended_source="")


# B5 deposit ---------------------------------------------------------------------------------------


@pytest.mark.law("B5")
def test_b5_deposit_stands_beside_price_and_base_price(branch):
    offer = made(
        branch,
        "5.94",
        content_amount=Decimal("1.98"),
        content_unit="L",
        deposit_amount=Decimal("1.50"),
        deposit_kind="EINWEG",
    )
    found = told(offer)
    assert (str(found.base.amount), found.deposit.amount) == ("3.00", Decimal("1.50"))
    assert found.deposit.mark == "EINWEG"
    battery = made(branch, deposit_amount=Decimal("7.50"), deposit_kind="BATTERY")
    assert told(battery).deposit.mark == ""


# E5 book price binding ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gtin", "barcode", "bound"),
    [
        ("09783161484100", "", True),
        (None, "9783161484100", True),
        (None, "9790060115615", True),
        ("04006381333931", "", False),
        (None, "978", False),
        (None, "2000000000978", False),
        (None, "", False),
    ],
)
@pytest.mark.law("E5")
def test_e5_books_maps_and_sheet_music_are_bound(gtin, barcode, bound):
    assert binding.is_bound(Variant(gtin=gtin, barcode=barcode)) is bound
    for exception in Unbound:
        assert not binding.is_bound(Variant(gtin=gtin, barcode=barcode, unbound=exception))


@pytest.mark.law("E5")
def test_e5_a_bound_price_is_never_announced_as_reduced(branch):
    book = made(branch, "24.00", gtin="09783161484100")
    with pytest.raises(Refused) as refused:
        reduce(book, "20", "11-02")
    assert refused.value.code == Why.BOUND
    Variant.objects.filter(pk=book.variant_id).update(unbound=Unbound.DEFECT)
    assert reduce(book, "20", "11-02").reference_price == Decimal(24)


@pytest.mark.law("E5")
def test_e5_ten_percent_on_everything_leaves_books_alone(branch):
    book = made(branch, "24.00", gtin="09783161484100")
    mug, cheap, cut = made(branch, "10.00"), made(branch, "30"), made(branch, "100")
    cost(cheap, "20", "11-05")
    cost(cheap, "30", "11-06")
    reduce(cut, "95", "11-07")
    found = sales.preview(branch=branch, percent=10, category=None, now=at("11-22"))
    assert found.falls == 1
    assert {why: kept.number for why, kept in found.kept.items()} == {
        Why.BOUND: 1,
        Why.LOWER_BEFORE: 1,
        Why.REDUCED: 1,
    }
    nonce = uuid4()
    sale, number = start(branch, nonce)
    assert number == 1
    assert [told(offer).amount for offer in (book, mug, cheap, cut)] == [24, 9, 30, 95]
    assert told(book).is_bound
    assert told(mug).percent_off == 10
    # The same form again, then its end.
    assert start(branch, nonce) == (sale, 1)
    assert sales.running(branch=branch) == [sale]
    assert sales.end(sale=sale, now=at("11-24")) == 1
    assert sales.end(sale=sale, now=at("11-24")) == 0
    assert told(mug).amount == 10
    assert told(cut).amount == 95
    # An ended sale does not rise again.
    assert start(branch, nonce)[1] == 1
    assert told(mug).amount == 10


def start(branch, nonce: UUID) -> tuple[Sale, int]:
    return sales.start(
        branch=branch,
        percent=10,
        category=None,
        last_day=None,
        nonce=nonce,
        by=BY,
        now=at("11-22"),
    )


def test_a_sale_of_a_category_takes_what_lies_below_it(branch):
    top = factories.category("Sport")
    below = factories.category("Schuhe", parent=top)
    other = factories.category("Spiel")
    prices = {}
    for category in (top, below, other):
        offer = made(branch, "10")
        offer.variant.product.category = category
        offer.variant.product.save()
        prices[category.pk] = offer
    sales.start(
        branch=branch,
        percent=50,
        category=top,
        last_day=None,
        nonce=uuid4(),
        by=BY,
        now=at("11-22"),
    )
    assert [told(offer).amount for offer in prices.values()] == [5, 5, 10]
