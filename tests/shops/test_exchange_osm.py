"""Hours of OpenStreetMap: what we take is what the library evaluates; the rest stays words."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import opening_hours as library
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.core.domain.history import Actor
from shops.domain import calendar as calendars
from shops.domain import hours
from shops.domain.calendar import Calendar, Closed, Special, Weekly
from shops.domain.exchange import osm
from shops.enums import Trade
from shops.models import Closure
from tests import factories
from tests.needs import require

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def spans(value: str, day: date) -> list[str]:
    found = osm.read(value, "NI", TODAY)
    assert found.is_structure, value
    on = calendars.on(found.calendar("NI"), day)
    return [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in on.spans]


@pytest.mark.parametrize(
    ("value", "day", "expected"),
    [
        ("Mo-Fr 09:00-18:00; PH off", date(2026, 12, 7), ["09:00-18:00"]),
        ("Mo-Fr 09:00-18:00; PH off", date(2026, 12, 25), []),
        # Lower Saxony's own holiday: no national one, and a Saturday would be open.
        ("Mo-Su 09:00-18:00; PH off", date(2027, 10, 31), []),
        ("Mo-Fr 10:00-18:00; Su,PH 11:00-14:00", date(2026, 12, 25), ["11:00-14:00"]),
        # Says nothing of holidays: they are Sundays, unless it names the day.
        ("Mo-Sa 09:00-18:00", date(2026, 12, 25), []),
        ("Mo-Su 09:00-18:00", date(2026, 12, 25), ["09:00-18:00"]),
        ("Mo-Sa 09:00-18:00; 2026 Dec 25 10:00-12:00", date(2026, 12, 25), ["10:00-12:00"]),
        ("Mo-Sa 09:00-18:00; Dec 24,Dec 31 09:00-13:00", date(2026, 12, 31), ["09:00-13:00"]),
        ("24/7", date(2026, 12, 25), ["00:00-00:00"]),
        ("Fr 20:00-02:00", date(2026, 12, 4), ["20:00-02:00"]),
    ],
)
def test_a_value_becomes_hours(value: str, day: date, expected: list[str]):
    assert spans(value, day) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nach Vereinbarung",
        "Mo-Fr 10-18 Uhr",
        "sunrise-sunset",
        'Mo-Fr 10:00-18:00 "nach Vereinbarung"',
        "Mo-Fr 10:00-18:00; SH off",
        "week 2-52/2 We 10:00-18:00",
        "off",
        "x" * 5000,
    ],
)
def test_what_cannot_be_shown_to_be_right_stays_words(value: str):
    found = osm.read(value, "NI", TODAY)
    assert not found.is_structure
    assert found.text == value


def test_holidays_in_summer_become_one_closure():
    found = osm.read("Mo-Fr 10:00-18:00; 2027 Jul 20-Aug 10 off; PH off", "NI", TODAY)
    assert found.closures == (Closed(date(2027, 7, 20), date(2027, 8, 10)),)


def test_values_of_the_wild_never_raise():
    folder = Path(require("shared data")) / "opening_hours"
    values = (folder / "osm_sample_values.txt").read_text("utf-8").splitlines()
    found = [osm.read(value, "NI", TODAY) for value in values if value.strip()]
    known = sum(each.is_structure for each in found)
    assert known >= 165, f"{known} of {len(found)} values become hours"


_clock = some.builds(time, some.integers(0, 23), some.sampled_from([0, 15, 30]))
_weekly = some.lists(
    some.builds(Weekly, some.integers(0, 6), _clock, _clock), min_size=1, max_size=8
).map(tuple)
_day = some.integers(0, 300).map(lambda number: TODAY + timedelta(days=number))
_calendar = some.builds(
    Calendar,
    weekly=_weekly,
    closures=some.lists(
        some.builds(
            lambda day, long: Closed(day, day + timedelta(days=long)), _day, some.integers(0, 20)
        ),
        max_size=2,
    ).map(tuple),
    specials=some.lists(
        some.builds(lambda day, a, b: Special(day, ((a, b),)), _day, _clock, _clock), max_size=3
    ).map(tuple),
    land=some.sampled_from(["", "NI", "BY"]),
    trade=some.sampled_from(list(Trade)),
)


@settings(max_examples=40, deadline=None)
@given(
    calendar=_calendar, minutes=some.lists(some.integers(0, 364 * 1440), min_size=30, max_size=30)
)
def test_what_we_write_means_what_our_calendar_says(calendar: Calendar, minutes: list[int]):
    value = osm.write(calendar, TODAY)
    theirs = library.OpeningHours(value)
    for minute in minutes:
        wall = datetime.combine(TODAY, time()) + timedelta(minutes=minute)
        if wall.date() in (date(2027, 3, 28), date(2027, 10, 31)):
            continue  # the clock changes: the library counts by the wall
        here = wall.replace(tzinfo=BERLIN)
        assert theirs.is_open(wall) == calendars.is_open(calendar, here), (value, wall)


def test_hours_of_a_shop_as_a_value():
    week = tuple(Weekly(day, time(9, 30), time(18, 30)) for day in range(5))
    calendar = Calendar(weekly=week, land="NI", trade=Trade.RETAIL)
    value = osm.write(calendar, TODAY)
    assert value.startswith("Mo-Fr 09:30-18:30; Sa-Su off; PH off; 2026 Dec 24 09:30-14:00; ")
    assert osm.write(Calendar(text="nach Vereinbarung"), TODAY) == ""


@pytest.mark.django_db
def test_bringing_in_twice_changes_nothing_and_words_are_never_open():
    branch = factories.branch(factories.shop(factories.city()))
    by = Actor.system()
    value = "Mo-Su 10:00-18:00; 2027 Jul 20-Aug 10 off; PH off"
    found = osm.read(value, "NI", TODAY)
    for _again in range(2):
        osm.bring_in(branch=branch, found=found, by=by, now=NOW)
    calendar = hours.calendar(branch)
    # LAW: a shop rests on Sundays, whatever the value says.
    assert {row.weekday for row in calendar.weekly} == set(range(6))
    assert Closure.objects.filter(branch=branch, first_date=date(2027, 7, 20)).count() == 1

    osm.bring_in(branch=branch, found=osm.read("auf Zuruf", "NI", TODAY), by=by, now=NOW)
    calendar = hours.calendar(branch)
    assert calendar.text == "auf Zuruf"
    assert not calendars.is_open(calendar, NOW)
