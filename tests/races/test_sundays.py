"""A zone never gets more Sundays a year than the law allows, however many sign at once (law F2)."""

from datetime import date, time, timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import sundays
from shops.enums import SundayStatus
from shops.models import SundayOpening
from tests.factories import NOW
from tests.races.crowd import barrier, rush

pytestmark = pytest.mark.timeout(1200)

BY = Actor.system()
#: Eight lawful Sundays of one year.
DAYS = [date(2027, 8, 1) + number * timedelta(days=7) for number in range(8)]


def planned(city) -> list[int]:
    zone = sundays.set_zone(city=city, name="Mitte", is_excursion=False, by=BY, now=NOW)
    wanted = [
        sundays.Plan(date=day, opens=time(13), closes=time(18), reason="Fest", zone=zone)
        for day in DAYS
    ]
    return [sundays.plan(city=city, wanted=each, by=BY, now=NOW).pk for each in wanted]


def permitting(city, ids):
    def permit(number: int) -> str:
        try:
            sundays.permit(city=city, opening_id=ids[number], permit="32-14", by=BY, now=NOW)
        except Refused:
            return "refused"
        return "permitted"

    return permit


def permitted() -> int:
    return SundayOpening.objects.filter(status=SundayStatus.PERMITTED).count()


def test_eight_permits_at_once_give_four_sundays(town):
    _engine, city = town
    told = rush(permitting(city, planned(city)), tries=8, processes=4, threads=2)
    assert told == {"permitted": 4, "refused": 4}
    assert permitted() == 4


def test_control_without_the_lock_the_year_has_too_many(town, monkeypatch):
    engine, city = town
    if engine == "sqlite":
        pytest.skip("one writer at a time: without the lock of the city the file's own holds")
    ids, gathered = planned(city), barrier(8)
    check = sundays._check_year

    def late(*args):
        # Everybody counts before anybody commits.
        check(*args)
        gathered.wait(timeout=30)

    monkeypatch.setattr(sundays, "_hold", lambda city: None)
    monkeypatch.setattr(sundays, "_check_year", late)
    rush(permitting(city, ids), tries=8, processes=4, threads=2)
    assert permitted() > 4
