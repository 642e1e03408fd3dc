"""Many hands on one branch's hours at once: nobody's word is lost, a double tap is one word."""

from datetime import timedelta

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import hours, timetable
from shops.models import Branch, Closure
from tests import factories
from tests.factories import NOW
from tests.races.crowd import barrier, rush

pytestmark = pytest.mark.timeout(1200)

BY = Actor.system()
DAY = timedelta(days=1)
HANDS = 8


def closing(branch, *, apart: bool):
    def close(number: int) -> str:
        here = Branch.objects.get(pk=branch.pk)
        day = NOW.date() + (number + 1 if apart else 1) * DAY
        timetable.close(branch=here, first=day, last=day, reason="Inventur", by=BY, now=NOW)
        return "closed"

    return close


@pytest.fixture
def branch(town):
    _engine, city = town
    return factories.branch(factories.shop(city), "Mitte")


def known(branch) -> int:
    """Closures that pages, windows and promises know of."""
    return len(hours.calendar(Branch.objects.get(pk=branch.pk)).closures)


def test_days_closed_at_once_are_all_in_the_calendar(branch):
    told = rush(closing(branch, apart=True), tries=HANDS, processes=4, threads=2)
    assert told == {"closed": HANDS}
    assert known(branch) == Closure.objects.count() == HANDS


def test_one_day_closed_fifty_times_is_closed_once(branch):
    told = rush(closing(branch, apart=False), tries=50, processes=4, threads=2)
    assert told == {"closed": 50}
    assert known(branch) == Closure.objects.count() == 1


def test_control_without_the_hold_a_day_is_missing_from_the_calendar(town, branch, monkeypatch):
    engine, _city = town
    if engine == "sqlite":
        pytest.skip("one writer at a time: without the hold of the branch the file's own holds")
    gathered = barrier(HANDS)
    publish = hours.publish

    def late(ids):
        # Everybody has written, nobody has committed: each publishes its own row alone.
        gathered.wait(timeout=30)
        publish(ids)

    monkeypatch.setattr(timetable, "_hold", lambda ids, now: None)
    monkeypatch.setattr(hours, "publish", late)
    rush(closing(branch, apart=True), tries=HANDS, processes=4, threads=2)
    assert Closure.objects.count() == HANDS
    assert known(branch) < HANDS
