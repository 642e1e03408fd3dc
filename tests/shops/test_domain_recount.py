"""What a recount gains: one rule, said in Python and in SQL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.domain.history import Actor
from shops import access
from shops.domain import catalogue, counts, keeping, moments, recount
from shops.domain.recount import Gain, Why
from shops.models import Branch, Offer
from tests import factories
from tests.factories import NOW

BY = Actor.system()
PLAIN = {
    "on_hand": 3, "reserved": 0, "pace": 0.1, "price": Decimal(10),
    "sure_until": NOW + timedelta(days=1), "unsure_since": None, "now": NOW,
}  # fmt: skip


def gain(**more):
    return recount.gain(**(PLAIN | more))


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        ({}, None),
        ({"on_hand": None}, None),
        ({"on_hand": 0}, None),
        ({"on_hand": 0, "sure_until": None}, None),
        ({"reserved": 4}, Why.SHORT),
        ({"reserved": 4, "unsure_since": NOW}, Why.SHORT),
        ({"unsure_since": NOW}, Why.DOUBTFUL),
        ({"on_hand": 0, "unsure_since": NOW}, Why.DOUBTFUL),
        ({"sure_until": NOW}, Why.FADED),
        ({"sure_until": None}, Why.FADED),
    ],
)
def test_why(numbers, why):
    found = gain(**numbers)
    assert (found and found.why) == why


def test_what_people_wait_for_comes_before_what_is_worth_more():
    order = [
        gain(reserved=4, price=Decimal(1)),
        gain(unsure_since=NOW, price=Decimal(5)),
        gain(unsure_since=NOW, price=Decimal(4)),
        gain(sure_until=NOW, pace=2.0),
        gain(sure_until=NOW, pace=0.1, price=Decimal(99)),
    ]
    assert sorted([*order[2:], *order[:2]]) == order


@given(st.lists(st.tuples(st.sampled_from(Why), st.integers(0, 10**6)), max_size=5))
def test_the_order_is_one(pairs):
    gains = sorted(Gain(why, float(worth)) for why, worth in pairs)
    assert [(g.why, -g.worth) for g in gains] == sorted((why, -worth) for why, worth in pairs)


@pytest.mark.django_db
def test_rows_come_in_the_order_of_the_rule():
    branch = factories.branch(factories.shop(factories.city()), "Mitte")
    dear = factories.category("Uhren", turnover=0.5)
    for number, (price, count, age) in enumerate(
        [("5", 4, 90), ("80", 4, 90), ("30", 0, 90), ("20", 9, 0), ("12", None, 0), ("7", 2, 60)]
    ):
        made = factories.product(branch.shop.city, f"Ding {number}", category=dear)
        factories.offer(branch, product=made, price=price, count=count, counted=timedelta(days=age))
    doubtful = factories.offer(branch, price="1", count=3, counted=timedelta(days=1))
    Offer.objects.filter(pk=doubtful.pk).update(unsure_since=NOW, sure_until=None)
    mine = access.branch_offers([branch])

    told = {offer.pk: recount.of(offer, now=NOW) for offer in mine}
    wanted = sorted((pk for pk in told if told[pk]), key=lambda pk: (told[pk], pk))
    assert list(recount.Queue(mine, now=NOW)) == wanted
    assert [told[pk].why for pk in wanted] == [1, 2, 2, 2]
    prices = [offer.price for offer in (Offer.objects.get(pk=pk) for pk in wanted)]
    assert prices == [1, 80, 7, 5]


@pytest.mark.django_db
def test_low_is_what_lasts_no_week():
    branch = factories.branch(factories.shop(factories.city()), "Mitte")
    bread = factories.category("Brot", turnover=1.0)
    low, plenty = (
        factories.offer(
            branch, product=factories.product(branch.shop.city, title, category=bread), count=count
        )
        for title, count in (("Brot", 40), ("Brötchen", 90))
    )
    gone = factories.offer(branch, count=0)
    unknown = factories.offer(branch, count=None)

    assert set(Offer.objects.filter(recount.LOW)) == {low}
    for offer in (low, plenty, gone, unknown):
        assert recount.runs_low(free=offer.free, pace=offer.pace) == (offer == low)


# --- kept for the shop floor ----------------------------------------------------------------------


@pytest.fixture
def offer(db):
    branch = factories.branch(factories.shop(factories.city(), auto_accept=True), "Mitte")
    return factories.offer(branch, count=3)


def test_what_is_kept_is_not_promised(offer):
    changed = keeping.keep(offer_id=offer.pk, units=3, by=BY, now=NOW)

    assert (changed.buffer, changed.free, changed.sure_until) == (3, 0, None)
    again = keeping.keep(offer_id=offer.pk, units=0, by=BY, now=NOW)
    assert again.sure_until == offer.sure_until


def test_the_branchs_word_is_for_new_articles_and_on_request_for_old_ones(offer):
    branch, other = offer.branch, factories.offer(offer.branch, count=3)
    keeping.keep(offer_id=other.pk, units=2, by=BY, now=NOW)

    def everywhere(units, *, follow):
        return keeping.keep_everywhere(branch=branch, units=units, follow=follow, by=BY, now=NOW)

    assert everywhere(1, follow=False) == 0
    assert factories.offer(Branch.objects.get(pk=branch.pk), count=1).buffer == 1
    assert everywhere(0, follow=True) == 1
    assert everywhere(1, follow=True) == 2
    moments.rewrite(branch_id=branch.pk)
    offer.refresh_from_db()
    other.refresh_from_db()
    assert (offer.buffer, other.buffer) == (1, 2)
    fresh = counts.count_by_eye(offer_id=offer.pk, on_shelf=3, by=BY, now=offer.counted_at)
    assert offer.sure_until == fresh.sure_until


def test_a_title_that_changes_is_told_to_all_its_offers(offer):
    product = offer.variant.product
    sibling = factories.branch(offer.branch.shop, "Vorsfelde")
    second = factories.offer(sibling, product=product)

    catalogue.update_product(product=product, now=NOW, title="Zebra")
    assert {row.sort_title for row in Offer.objects.filter(pk__in=[offer.pk, second.pk])} == {
        "zebra"
    }
