"""Clicks to shops' own web shops: summed by day and kind, lost rather than waited for."""

from datetime import date, timedelta

import pytest
from django.db import OperationalError

from shops.domain import outward
from shops.enums import Way
from shops.models import OutwardClicks
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.shop(factories.city(), online_shop="https://www.laufwerk.example/")


def gate_of(shop) -> outward.Gate:
    gate = outward.to_shop(city=shop.city, shop_id=shop.pk)
    assert gate is not None
    return gate


def test_clicks_add_up_by_day_and_kind(shop):
    offer = factories.offer(factories.branch(shop), online_url="https://laden.example/strada")
    goods = outward.to_offer(city=shop.city, offer_id=offer.pk)
    assert goods is not None
    for gate in (goods, gate_of(shop), goods):
        assert outward.count(gate=gate, now=NOW)
    outward.count(gate=goods, now=NOW + timedelta(days=1))

    rows = OutwardClicks.objects.order_by("day", "way").values_list("day", "way", "clicks")
    assert list(rows) == [
        (date(2026, 12, 3), Way.OFFER, 2),
        (date(2026, 12, 3), Way.SHOP, 1),
        (date(2026, 12, 4), Way.OFFER, 1),
    ]


def test_an_offer_without_its_own_address_counts_for_the_web_shop(shop):
    offer = factories.offer(factories.branch(shop))
    gate = outward.to_offer(city=shop.city, offer_id=offer.pk)
    assert gate is not None
    assert (gate.online.url, gate.online.way) == (shop.online_shop, Way.SHOP)


def test_the_day_is_the_towns(shop):
    late = NOW.replace(hour=23, minute=30)  # half past midnight in Wolfsburg
    outward.count(gate=gate_of(shop), now=late)
    assert OutwardClicks.objects.get().day == date(2026, 12, 4)


def test_a_busy_database_loses_the_click_and_says_so(shop, monkeypatch):
    def busy(row):
        raise OperationalError("database is locked")

    monkeypatch.setattr(outward, "_one_more", busy)
    assert outward.count(gate=gate_of(shop), now=NOW) is False


def test_thirty_days_by_week_latest_first(shop):
    gate = gate_of(shop)
    for days in (0, 3, 4, 29, 30):
        outward.count(gate=gate, now=NOW - timedelta(days=days))
    seen = outward.traffic(shop=shop, now=NOW)

    assert seen.all == 4  # the one of 30 days ago is no longer seen
    assert seen.weeks[0].first == date(2026, 11, 30)
    assert seen.weeks[0].last == date(2026, 12, 3)
    assert [week.all for week in seen.weeks] == [2, 1, 0, 0, 1]
    assert seen.weeks[-1].first == date(2026, 11, 4)
    assert seen.most == 2


def test_another_shops_clicks_are_not_ours(shop):
    other = factories.shop(shop.city, "Lindner", online_shop="https://lindner.example/")
    outward.count(gate=gate_of(other), now=NOW)
    assert outward.traffic(shop=shop, now=NOW).all == 0
