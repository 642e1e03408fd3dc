"""Every minute of 2026 and 2027 on a dozen calendars, against rules written down a second time."""

from datetime import date, time
from pathlib import Path

import pytest

from shops.domain import calendar as calendars
from shops.domain import restdays
from shops.domain.calendar import Calendar, Closed, Season, Special
from shops.enums import Trade, WindowRule
from tests.needs import require
from tests.shops.walk import BERLIN, DAY, MINUTE, berlin, clock, weekly

FIRST, DAYS = date(2026, 1, 1), 730
#: Lower Saxony, from the calendar on the wall.
HOLIDAYS = {
    date(2026, month, day)
    for month, day in (
        (1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (10, 31), (12, 25), (12, 26),
    )
} | {
    date(2027, month, day)
    for month, day in (
        (1, 1), (3, 26), (3, 29), (5, 1), (5, 6), (5, 17), (10, 3), (10, 31), (12, 25), (12, 26),
    )
}  # fmt: skip

WEEK = weekly("01234", "09:30-18:30") + weekly("5", "09:30-16:00")
SPECIAL = (
    Special(date(2026, 12, 5), ((time(8), time(12)), (time(14), time(22)))),
    Special(date(2026, 12, 6), ((time(13), time(18)),)),
    Special(date(2026, 12, 24), ((time(8), time(16)),)),
)
NI = {"land": "NI", "trade": Trade.RETAIL}
TOWN = {
    "shop": Calendar(WEEK, **NI),
    "lunch": Calendar(
        weekly("0124", "09:00-13:00", "14:30-18:30"),
        (Closed(date(2026, 7, 6), date(2026, 7, 25)),),
        **NI,
    ),
    "late": Calendar(weekly("345", "18:00-01:30"), **NI),
    "sunday": Calendar(WEEK + weekly("6", "10:00-16:00"), **NI),
    "bakery": Calendar(
        weekly("012345", "06:00-18:00") + weekly("6", "08:00-11:00"), land="NI", trade=Trade.BAKERY
    ),
    "station": Calendar(weekly("0123456", "05:00-23:30"), land="NI", trade=Trade.FREE),
    "always": Calendar(weekly("0123456", "00:00-00:00"), land="NI", trade=Trade.FREE),
    "bar": Calendar(weekly("456", "20:00-04:00"), land="NI", trade=Trade.FREE),
    "special": Calendar(WEEK, specials=SPECIAL, **NI),
    "winter": Calendar(
        WEEK,
        seasons=(
            Season("Winter", (11, 1), (2, 29), weekly("0123", "10:00-17:00")),
            Season("Sommer", (6, 15), (8, 31), weekly("012345", "08:00-20:00")),
        ),
        **NI,
    ),
    "market": Calendar(
        WEEK,
        sundays=(
            Special(date(2026, 4, 12), ((time(13), time(18)),)),
            Special(date(2027, 9, 5), ((time(12), time(17)),)),
        ),
        **NI,
    ),
    "no law": Calendar(weekly("0123456", "10:00-20:00", "22:00-02:15")),
    "fireworks": Calendar(WEEK, rule=WindowRule.FIREWORKS_F2, **NI),
}


def door(calendar: Calendar, day: date) -> bytearray:
    """The minutes of a day and of the night behind it by the wall clock: 0 closed, 1 open."""
    minutes = bytearray(2 * 1440)
    bound = calendar.land == "NI" and calendar.trade != Trade.FREE
    holiday = calendar.land == "NI" and day in HOLIDAYS
    if any(each.first <= day <= each.last for each in calendar.closures):
        return minutes
    if calendar.rule and (day.month, day.day) not in {(12, 29), (12, 30), (12, 31)}:
        return minutes  # neither of these years has a Sunday among the three
    spans: list[tuple[time, time]] = []
    sundays = [each for each in calendar.sundays if each.day == day]
    specials = [each for each in calendar.specials if each.day == day]
    if sundays:
        spans = list(sundays[0].spans)
    elif bound and calendar.trade == Trade.RETAIL and (holiday or day.weekday() == 6):
        pass
    elif specials:
        spans = list(specials[0].spans)
    else:
        rows = calendar.weekly
        for season in calendar.seasons:
            start, end, here = season.first, season.last, (day.month, day.day)
            over = start > end and (here >= start or here <= end)
            if over or start <= here <= end:
                rows = season.weekly
                break
        wanted = 6 if holiday else day.weekday()
        spans = [(row.opens, row.closes) for row in rows if row.weekday == wanted]
    for opens, closes in spans:
        start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
        end += 1440 if end <= start else 0
        for minute in range(start, end):
            minutes[minute] = 1
    if bound and not sundays:
        tomorrow = day + DAY
        if (day.month, day.day) in {(12, 24), (12, 31)}:
            minutes[14 * 60 :] = bytes(len(minutes) - 14 * 60)
        elif tomorrow in HOLIDAYS or tomorrow.weekday() == 6:
            minutes[1440:] = bytes(1440)
    return minutes


def naive(calendar: Calendar) -> bytearray:
    """Open or closed for each minute of both years, in UTC."""
    doors = {FIRST + n * DAY: door(calendar, FIRST + n * DAY) for n in range(-2, DAYS + 1)}
    minutes, shown = clock(FIRST, DAYS)
    found = bytearray(len(minutes))
    for number, wall in enumerate(shown):
        day, minute = wall.date(), wall.hour * 60 + wall.minute
        found[number] = doors[day][minute] or doors[day - DAY][minute + 1440]
    return found


def resolved(calendar: Calendar) -> bytearray:
    begin = clock(FIRST, DAYS)[0][0]
    found = bytearray(len(clock(FIRST, DAYS)[0]))
    for number in range(-2, DAYS + 1):
        for opening in calendars.intervals(calendar, FIRST + number * DAY):
            first = max(int((opening.opens - begin) / MINUTE), 0)
            last = max(min(int((opening.closes - begin) / MINUTE), len(found)), first)
            found[first:last] = b"\1" * (last - first)
    return found


@pytest.mark.parametrize("name", TOWN)
def test_every_minute_of_two_years(name: str) -> None:
    calendar = TOWN[name]
    expected, found = naive(calendar), resolved(calendar)
    assert any(expected)
    wrong = next((n for n in range(len(found)) if found[n] != expected[n]), None)
    if wrong is not None:
        at = clock(FIRST, DAYS)[0][wrong].astimezone(BERLIN)
        pytest.fail(f"{name} at {at:%a %d.%m.%Y %H:%M}: {found[wrong]}, by hand {expected[wrong]}")
    # The minute asked for one by one says the same, at each change and around it.
    minutes = clock(FIRST, DAYS)[0]
    changes = [n for n in range(1, len(found)) if found[n] != found[n - 1]]
    for number in changes:
        for near in (number - 1, number, number + 1):
            if 1440 < near < len(found) - 1440:
                at = minutes[near]
                assert calendars.is_open(calendar, at) is bool(expected[near])
                opens = expected.find(1, near)
                if opens >= 0:
                    assert calendars.next_opening(calendar, at) == minutes[opens]


@pytest.mark.parametrize("name", TOWN)
def test_opening_time_is_counted_alike_over_weeks_and_by_the_minute(name: str) -> None:
    calendar = TOWN[name]
    found, minutes = naive(calendar), clock(FIRST, DAYS)[0]
    for first in range(2000, len(found) - 90 * 1440, 61_337):
        last = first + 77 * 1440 + first % 997
        counted = calendars.opening_minutes_between(calendar, minutes[first], minutes[last])
        assert counted == found.count(1, first, last)
        if counted:
            end = calendars.add_opening_minutes(calendar.under(""), minutes[first], counted)
            assert end is not None
            assert (
                calendars.opening_minutes_between(calendar.under(""), minutes[first], end)
                == counted
            )


# Law ----------------------------------------------------------------------------------------------


def is_open(calendar: Calendar, text: str) -> bool:
    return calendars.is_open(calendar, berlin(text))


def test_reformation_day_is_a_holiday_in_lower_saxony() -> None:
    """Law F1: 31.10.2026 is a Saturday and closed by default; Christmas Eve ends at 14:00."""
    shop = TOWN["shop"]
    assert not is_open(shop, "2026-10-31T11:00")
    assert calendars.on(shop, date(2026, 10, 31)).reason == "Reformationstag"
    assert is_open(shop, "2026-12-24T13:59")
    assert not is_open(shop, "2026-12-24T14:00")
    assert calendars.on(shop, date(2026, 12, 24)).is_cut
    assert not calendars.on(TOWN["winter"], date(2026, 12, 25)).is_cut
    assert is_open(TOWN["bakery"], "2026-12-06T08:30")
    assert not is_open(TOWN["bakery"], "2026-12-06T11:00")
    assert is_open(TOWN["bakery"], "2026-10-31T10:00"), "a holiday is a Sunday"
    berlin_shop = Calendar(WEEK, land="BE", trade=Trade.RETAIL)
    assert is_open(berlin_shop, "2026-10-31T11:00")


@pytest.mark.law("E3")
def test_fireworks_are_handed_over_on_three_days() -> None:
    """Law E3: 2026 from the 29th, 2028 from the 28th because the 31st is a Sunday."""
    shop = Calendar(weekly("012345", "09:00-18:00"), **NI)
    fireworks = shop.under(WindowRule.FIREWORKS_F2)
    days = [
        day
        for day in (date(2026, 12, n) for n in range(1, 32))
        if calendars.intervals(fireworks, day)
    ]
    assert days == [date(2026, 12, n) for n in (29, 30, 31)]
    assert calendars.intervals(fireworks, days[-1])[-1].closes == berlin("2026-12-31T14:00")
    assert restdays.may_hand_over(WindowRule.FIREWORKS_F2, date(2028, 12, 28))
    assert not restdays.may_hand_over(WindowRule.FIREWORKS_F2, date(2026, 12, 28))
    asked = berlin("2026-12-10T10:00")
    assert calendars.ready_from(fireworks, asked, 30) == berlin("2026-12-29T09:00")
    assert calendars.collect_by(fireworks, berlin("2026-12-29T09:00"), 5) == berlin(
        "2026-12-31T14:00"
    )


@pytest.mark.parametrize("land", [
    "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH",
])  # fmt: skip
def test_holidays_of_all_laender_are_those_of_the_shared_file(land: str) -> None:
    path = Path(require("shared data")) / "holidays" / "holidays.public.csv"
    told = set()
    # BayFTG Art. 1 (1) 2: where most people are Catholic. The file gives it to the whole Land.
    some_places = {"BY": (8, 15)}.get(land)
    for line in path.read_text(encoding="utf-8-sig").splitlines()[1:]:
        _id, country, start, _end, kind, _scope, _tags, _name, subdivisions = line.split(";")
        where = {each for each in subdivisions.split(",") if each}
        if country == "DE" and kind == "Public" and (not where or land in where):
            day = date.fromisoformat(start)
            told |= {day} - ({day} if (day.month, day.day) == some_places else set())
    years = [year for year in range(2025, 2029) if any(day.year == year for day in told)]
    assert years, "the shared file holds none of these years"
    for year in years:
        days = {date(year, 1, 1) + n * DAY for n in range(366)}
        ours = {day for day in days if day.year == year and restdays.holiday(land, day)}
        assert ours == {day for day in told if day.year == year}, (land, year)


# Hand-over and preparing --------------------------------------------------------------------------


def test_hand_over_has_hours_of_its_own() -> None:
    calendar = Calendar(WEEK, pickup=weekly("01234", "07:00-08:00", "12:00-20:00"), **NI)
    monday = berlin("2026-11-23T17:50")
    assert calendars.ready_from(calendar, monday, 60) == berlin("2026-11-24T12:00")
    assert calendars.is_open(calendar.collecting, berlin("2026-11-23T19:00"))
    assert not calendars.is_open(calendar, berlin("2026-11-23T19:00"))
    assert calendars.collect_by(calendar, monday, 1) == berlin("2026-11-24T20:00")
    assert calendars.intervals(calendar.collecting, date(2026, 12, 25)) == ()


def test_after_the_cut_off_it_is_prepared_the_next_day() -> None:
    calendar = Calendar(WEEK, cutoff=time(16), **NI)
    assert calendars.ready_from(calendar, berlin("2026-11-23T15:59"), 30) == berlin(
        "2026-11-23T16:29"
    )
    assert calendars.ready_from(calendar, berlin("2026-11-23T16:00"), 30) == berlin(
        "2026-11-24T10:00"
    )
    assert calendars.ready_from(calendar, berlin("2026-11-28T16:00"), 30) == berlin(
        "2026-11-30T10:00"
    )


def test_new_year_and_leap_day() -> None:
    shop = Calendar(weekly("012345", "09:00-18:00"), **NI)
    assert calendars.collect_by(shop, berlin("2026-12-31T12:00"), 1) == berlin("2027-01-02T18:00")
    assert calendars.ready_from(shop, berlin("2028-02-28T17:50"), 30) == berlin("2028-02-29T09:20")
