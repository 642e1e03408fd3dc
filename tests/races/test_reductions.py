"""One reduction at a time, measured by what the goods cost before it (law B3)."""

import itertools
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.operations.domain import audit
from shops.domain.prices import amounts, reductions, sales
from shops.models import Offer, Reduction, Sale
from tests import factories
from tests.factories import NOW
from tests.races.crowd import amount, barrier, rush

pytestmark = pytest.mark.timeout(1200)

BY = Actor.system()
NONCE = UUID("00000000-0000-4000-8000-00000000000a")


def shelf(city, goods: int) -> list[int]:
    branch = factories.branch(factories.shop(city))
    before = NOW - timedelta(days=60)
    return [factories.offer(branch, price="100", count=None, now=before).pk for _ in range(goods)]


def announcing(pk: int):
    def announce(number: int) -> str:
        offer = Offer.objects.get(pk=pk)
        try:
            price = Decimal(90 - number % 8)
            reductions.announce(offer=offer, price=price, by=BY, now=NOW)
        except Refused:
            return "refused"
        except IntegrityError:
            return "two at once"
        return "announced"

    return announce


def test_many_announcements_are_steps_of_one_reduction(town):
    _engine, city = town
    (pk,) = shelf(city, 1)
    told = rush(announcing(pk), tries=amount(80), processes=4, threads=2)
    assert set(told) <= {"announced", "refused"}
    offer = Offer.objects.get(pk=pk)
    assert (offer.price, offer.reference_price) == (Decimal(83), Decimal(100))
    steps = list(Reduction.objects.filter(offer=pk).order_by("pk"))
    assert len(steps) == told["announced"]
    assert [step.ended_at is None for step in steps] == [False] * (len(steps) - 1) + [True]
    assert all(later.price < step.price for step, later in itertools.pairwise(steps))
    assert {step.reference_price for step in steps} == {Decimal(100)}
    assert audit.run(now=NOW).violations == []


def test_the_same_sale_started_by_everybody_lowers_everything_once(town):
    _engine, city = town
    shelf(city, 30)
    branch = Offer.objects.first().branch

    def start(_number: int) -> str:
        sales.start(
            branch=branch,
            percent=10,
            category=None,
            last_day=None,
            nonce=NONCE,
            by=BY,
            now=NOW,
        )
        return "started"

    assert rush(start, tries=8, processes=4, threads=2) == {"started": 8}
    assert Sale.objects.count() == 1
    assert Reduction.objects.count() == 30
    assert set(Offer.objects.values_list("price", flat=True)) == {Decimal(90)}
    assert audit.run(now=NOW).violations == []


def test_control_without_the_hold_two_begin_at_once(town, monkeypatch):
    engine, city = town
    if engine == "sqlite":
        pytest.skip("one writer at a time: without the offer's hold the file's own holds")
    (pk,) = shelf(city, 1)
    gathered, judge = barrier(2), reductions.judge

    def late(*args, **named):
        found = judge(*args, **named)
        # Both have looked before either writes.
        gathered.wait(timeout=30)
        return found

    def look(ids):
        rows = Offer.objects.filter(pk__in=ids).select_related("variant", "branch__shop")
        return list(rows.order_by("pk"))

    monkeypatch.setattr(amounts, "hold", look)
    monkeypatch.setattr(reductions, "judge", late)
    told = rush(announcing(pk), tries=2, processes=2, threads=1)
    assert told == {"announced": 1, "two at once": 1}
