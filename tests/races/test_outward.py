"""Clicks at the same instant are all counted, and a busy database keeps nobody waiting."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from shops.domain import outward
from shops.models import OutwardClicks
from tests import factories
from tests.factories import NOW
from tests.races.crowd import barrier, rush

pytestmark = pytest.mark.timeout(600)

CLICKS = 48


def gate_of(city) -> outward.Gate:
    shop = factories.shop(city, online_shop="https://www.laufwerk.example/")
    gate = outward.to_shop(city=city, shop_id=shop.pk)
    assert gate is not None
    return gate


def counted() -> int:
    return sum(OutwardClicks.objects.values_list("clicks", flat=True))


def clicking(gate):
    return lambda number: "counted" if outward.count(gate=gate, now=NOW) else "lost"


def test_every_click_is_counted_once(town, monkeypatch):
    _engine, city = town
    monkeypatch.setattr(outward, "PATIENCE", 30)
    told = rush(clicking(gate_of(city)), tries=CLICKS, processes=4, threads=2)

    assert told == {"counted": CLICKS}
    assert counted() == CLICKS
    assert OutwardClicks.objects.count() == 1


def test_control_read_and_written_back_clicks_are_lost(town, monkeypatch):
    _engine, city = town
    gate, gathered = gate_of(city), barrier(4)
    outward.count(gate=gate, now=NOW)

    def one_more(row):
        seen = OutwardClicks.objects.get(**row).clicks
        gathered.wait(timeout=30)
        return OutwardClicks.objects.filter(**row).update(clicks=seen + 1)

    def click(number: int) -> str:
        # Outside of a transaction, as code would do it that reads first.
        one_more({"shop_id": gate.shop_id, "day": NOW.date(), "way": gate.online.way})
        return "counted"

    assert rush(click, tries=4, processes=4, threads=1) == {"counted": 4}
    assert counted() == 2


def test_who_meets_a_lock_goes_on_uncounted(town):
    """Somebody writes for seconds; the click takes a fraction of one and is lost."""
    _engine, city = town
    gate = gate_of(city)
    assert outward.count(gate=gate, now=NOW)
    held, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            OutwardClicks.objects.update(clicks=1)
            held.set()
            done.wait(timeout=30)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert held.wait(timeout=30)
        begun = time.monotonic()
        assert outward.count(gate=gate, now=NOW) is False
        assert time.monotonic() - begun < 2
    finally:
        done.set()
        writer.join()
    # The next one waits again as everybody does.
    assert outward.count(gate=gate, now=NOW)
    assert counted() == 2
    assert getattr(connection, "patience", 20) > 1
