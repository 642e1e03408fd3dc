"""The calendar against an oracle that walks minute by minute with one eye on the wall clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shops.domain import calendar as calendars
from shops.domain.calendar import Calendar, Closed, Interval, Weekly
from tests.shops.walk import BERLIN, DAY, MINUTE, Walk, berlin, weekly

AUTUMN, SPRING = date(2026, 10, 25), date(2027, 3, 28)


SHOP = Calendar(weekly("01234", "10:00-18:00") + weekly("5", "10:00-16:00"))
LUNCH = Calendar(
    weekly("0124", "09:00-13:00", "14:30-18:30"), (Closed(AUTUMN - DAY, AUTUMN + 2 * DAY),)
)
BAR = Calendar(
    weekly("3456", "22:00-02:30"),
    (Closed(AUTUMN - DAY, AUTUMN - DAY), Closed(AUTUMN - 12 * DAY, AUTUMN - 4 * DAY)),
)
NIGHT = Calendar(weekly("0123456", "20:00-06:00", "05:00-07:15", "02:15-02:45"))
ALWAYS = Calendar(weekly("0123456", "00:00-00:00"))
SMALL_HOURS = Calendar(weekly("56", "02:30-03:30", "02:00-02:20"))
NEVER = Calendar()
TOWN = (SHOP, LUNCH, BAR, NIGHT, ALWAYS, SMALL_HOURS, NEVER)


def agrees(found: datetime | None, expected: datetime | None, walk: Walk) -> bool:
    """Equal; where the walk ends before an answer, the answer may only lie behind its last day."""
    if expected and expected <= walk.end - DAY:
        return found == expected
    return found is None or found > walk.end - DAY


DAYS = st.sampled_from([AUTUMN, SPRING, date(2026, 11, 23), date(2026, 12, 31)])
TIMES = st.one_of(
    st.sampled_from([time(0), time(2), time(2, 15), time(2, 30), time(2, 45), time(3), time(10)]),
    st.sampled_from([time(12, 30), time(18), time(20), time(22), time(23, 59), time(1, 30)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
ROWS = st.lists(st.builds(Weekly, st.integers(0, 6), TIMES, TIMES), max_size=9).map(tuple)


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    middle = draw(DAYS)
    near = st.integers(-3, 3).map(lambda days: middle + days * DAY)
    gaps = st.lists(st.builds(lambda a, b: Closed(min(a, b), max(a, b)), near, near), max_size=2)
    calendar = Calendar(draw(ROWS), tuple(draw(gaps)))
    return Walk(calendar, middle - 2 * DAY, 5)


def instants(walk: Walk, numbers: list[int]) -> Iterator[datetime]:
    """Some minutes, and for each the change of state that follows, with a minute around it."""
    for at in map(walk.at, numbers):
        yield at
        change = walk.first(at, is_open=at not in walk.open)
        if change and change < walk.end - DAY:
            yield from (change - MINUTE, change, change + MINUTE)


EXAMPLES = 50
NUMBERS = st.lists(st.integers(0, 10_000), min_size=2, max_size=4)


@settings(max_examples=EXAMPLES, deadline=None)
@given(walk=walks(), numbers=NUMBERS, zone=st.sampled_from([UTC, BERLIN]))
def test_every_answer_is_the_walkers(walk: Walk, numbers: list[int], zone: ZoneInfo) -> None:
    calendar, span = walk.calendar, numbers[0] % 700
    for at in instants(walk, numbers):
        asked = at.astimezone(zone)
        opens = walk.first(at, is_open=True)
        assert calendars.is_open(calendar, asked) is (at in walk.open)
        assert calendars.is_open(calendar, asked + timedelta(seconds=59)) is (at in walk.open)
        assert agrees(calendars.next_opening(calendar, asked), opens, walk)
        if at in walk.open:
            closes = walk.first(at, is_open=False)
            assert agrees(calendars.closes_at(calendar, asked), closes, walk)
        else:
            assert calendars.closes_at(calendar, asked) is None
        added = walk.add(at, span)
        assert agrees(calendars.add_opening_minutes(calendar, asked, span), added, walk)
        ready = walk.first(added, is_open=True) if added else None
        assert agrees(calendars.ready_from(calendar, asked, span), ready, walk)
        for days in range(4):
            last = walk.collect_by(at, days)
            assert agrees(calendars.collect_by(calendar, asked, days), last, walk)


@settings(max_examples=EXAMPLES, deadline=None)
@given(walk=walks(), numbers=NUMBERS)
def test_minutes_between_are_the_minutes_walked(walk: Walk, numbers: list[int]) -> None:
    for one, other in pairwise(map(walk.at, numbers)):
        start, end = min(one, other), max(one, other)
        walked = sum(start <= minute < end for minute in walk.open)
        assert calendars.opening_minutes_between(walk.calendar, start, end) == walked
        assert calendars.opening_minutes_between(walk.calendar, end, start) == 0


@settings(max_examples=EXAMPLES, deadline=None)
@given(walk=walks())
def test_intervals_are_the_minutes_of_their_day(walk: Walk) -> None:
    for number in range(1, 4):
        day = walk.begin.astimezone(BERLIN).date() + number * DAY
        found = calendars.intervals(walk.calendar, day)
        assert all(one.opens < one.closes for one in found)
        assert all(one.closes < other.opens for one, other in pairwise(found))
        minutes = [m for m in walk.minutes if any(i.opens <= m < i.closes for i in found)]
        assert minutes == walk.of_day.get(day, [])


@pytest.mark.parametrize("first", [AUTUMN - 16 * DAY, SPRING - 16 * DAY])
@pytest.mark.parametrize("calendar", TOWN)
def test_a_month_around_a_clock_change(calendar: Calendar, first: date) -> None:
    walk = Walk(calendar, first, 32)
    start, total = walk.begin, len(walk.open)
    assert calendars.opening_minutes_between(calendar, start, walk.end) == total
    for minutes in range(1, total, 1999):
        assert calendars.add_opening_minutes(calendar, start, minutes) == walk.add(start, minutes)


@settings(max_examples=150, deadline=None)
@given(
    rows=ROWS,
    closed=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 30)), max_size=4),
    hours=st.integers(0, 4000),
    minutes=st.floats(0.001, 90_000),
)
def test_adding_and_measuring_are_inverse_over_a_year(
    rows: tuple[Weekly, ...], closed: list[tuple[int, int]], hours: int, minutes: float
) -> None:
    first = date(2026, 10, 1)
    gaps = tuple(
        Closed(first + begin * DAY, first + (begin + days) * DAY) for begin, days in closed
    )
    calendar, start = Calendar(rows, gaps), berlin(f"{first}T00:00") + timedelta(hours=hours)
    end = calendars.add_opening_minutes(calendar, start, minutes)
    if end is None:
        longest = start + calendars.HORIZON
        assert calendars.opening_minutes_between(calendar, start, longest) < minutes
        return
    assert end.tzinfo is UTC
    measured = calendars.opening_minutes_between(calendar, start, end)
    assert measured == pytest.approx(minutes, abs=1e-6)
    just_before = end - timedelta(microseconds=1)
    assert calendars.opening_minutes_between(calendar, start, just_before) < measured
    middle = start + (end - start) / 3
    halves = [(start, middle), (middle, end)]
    parts = [calendars.opening_minutes_between(calendar, one, other) for one, other in halves]
    assert sum(parts) == pytest.approx(measured)


# --- cases one can check with a calendar on the wall (2026-11-23 is a Monday) -------------------


def test_an_ordinary_day() -> None:
    monday = (Interval(berlin("2026-11-23T10:00"), berlin("2026-11-23T18:00")),)
    assert calendars.intervals(SHOP, date(2026, 11, 23)) == monday
    assert not calendars.is_open(SHOP, berlin("2026-11-23T09:59"))
    assert calendars.is_open(SHOP, berlin("2026-11-23T10:00"))
    assert not calendars.is_open(SHOP, berlin("2026-11-23T18:00"))
    assert calendars.next_opening(SHOP, berlin("2026-11-28T16:00")) == berlin("2026-11-30T10:00")
    assert calendars.closes_at(SHOP, berlin("2026-11-23T12:00")) == berlin("2026-11-23T18:00")


def test_what_overlaps_or_touches_is_one_opening() -> None:
    calendar = Calendar(weekly("0", "14:00-18:00", "09:00-12:00", "12:00-13:00", "08:00-10:00"))
    found = calendars.intervals(calendar, date(2026, 11, 23))
    assert [(i.opens.hour + 1, i.closes.hour + 1) for i in found] == [(8, 13), (14, 18)]
    assert calendars.closes_at(calendar, found[0].opens) == found[0].closes


def test_an_evening_that_touches_the_next_morning_closes_there() -> None:
    calendar = Calendar(weekly("0", "22:00-06:00") + weekly("1", "05:00-09:00"))
    start, end = berlin("2026-11-23T22:00"), berlin("2026-11-24T09:00")
    assert calendars.closes_at(calendar, start) == end
    assert calendars.opening_minutes_between(calendar, start, end) == 11 * 60


def test_never_and_always() -> None:
    at = berlin("2026-11-23T12:00")
    assert calendars.next_opening(NEVER, at) is None
    assert calendars.ready_from(NEVER, at, 0) is None
    assert calendars.collect_by(NEVER, at, 0) is None
    assert calendars.add_opening_minutes(NEVER, at, 1) is None
    assert calendars.add_opening_minutes(NEVER, at, 0) == at
    assert calendars.closes_at(ALWAYS, at) is None
    assert calendars.is_open(ALWAYS, at)
    assert calendars.add_opening_minutes(ALWAYS, at, 1440 * 30) == at + 30 * DAY
    for minutes in (1e18, float("inf")):
        assert calendars.add_opening_minutes(ALWAYS, at, minutes) is None


def test_a_closure_takes_its_own_days_but_not_the_evening_before() -> None:
    holiday = Closed(date(2026, 11, 27), date(2026, 11, 28), "Inventur")
    calendar = Calendar(weekly("345", "20:00-02:00"), (holiday,))
    assert calendars.closure_on(calendar, date(2026, 11, 28)) == holiday
    assert calendars.closure_on(calendar, date(2026, 11, 29)) is None
    assert calendars.is_open(calendar, berlin("2026-11-27T01:59"))
    assert not calendars.is_open(calendar, berlin("2026-11-27T21:00"))
    assert not calendars.is_open(calendar, berlin("2026-11-29T01:00"))
    assert calendars.closes_at(calendar, berlin("2026-11-26T23:00")) == berlin("2026-11-27T02:00")


def test_closed_for_longer_than_we_look() -> None:
    calendar = Calendar(SHOP.weekly, (Closed(date(2026, 11, 24), date(2029, 1, 1)),))
    at = berlin("2026-11-23T12:00")
    assert calendars.closes_at(calendar, at) == berlin("2026-11-23T18:00")
    assert calendars.next_opening(calendar, berlin("2026-11-23T18:00")) is None
    assert calendars.collect_by(calendar, at, 1) is None


@pytest.mark.parametrize(
    ("opens", "closes", "hours"),
    [
        (berlin("2026-10-25T01:30"), berlin("2026-10-25T04:00"), 3.5),  # an hour comes twice
        (berlin("2027-03-28T01:30"), berlin("2027-03-28T04:00"), 1.5),  # an hour is missing
    ],
)
def test_a_night_in_which_the_clock_changes(
    opens: datetime, closes: datetime, hours: float
) -> None:
    calendar = Calendar(weekly("6", "01:30-04:00"))
    assert calendars.next_opening(calendar, opens - DAY) == opens
    assert calendars.closes_at(calendar, opens) == closes
    assert calendars.opening_minutes_between(calendar, opens - DAY, closes) == hours * 60


def test_times_that_come_twice_or_never() -> None:
    calendar = Calendar(weekly("6", "02:15-02:45"))
    first = Interval(berlin("2026-10-25T02:15", fold=0), berlin("2026-10-25T02:45", fold=0))
    assert calendars.intervals(calendar, AUTUMN) == (first,)
    assert not calendars.is_open(calendar, datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1))
    assert calendars.is_open(calendar, datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0))
    assert calendars.intervals(calendar, SPRING) == ()
    until = Calendar(weekly("5", "22:00-02:30"))
    assert calendars.closes_at(until, berlin("2027-03-27T23:00")) == berlin("2027-03-28T03:00")
    seconds = Calendar((Weekly(6, time(2, 30, 15), time(12)),))
    assert calendars.intervals(seconds, SPRING)[0].opens == berlin("2027-03-28T03:00")


def test_time_that_just_fits_ends_at_the_closing_time() -> None:
    add = calendars.add_opening_minutes
    monday, sunday = berlin("2026-11-23T12:00"), berlin("2026-11-29T12:00")
    assert add(SHOP, monday, 6 * 60) == berlin("2026-11-23T18:00")
    assert add(SHOP, sunday, 46 * 60) == berlin("2026-12-05T16:00")  # a week's hours
    assert add(SHOP, sunday, 46 * 60 + 1) == berlin("2026-12-07T10:01")


def test_the_wall_is_not_asked_how_long_a_night_was() -> None:
    start, end = (datetime(2026, 10, day, 12, tzinfo=BERLIN) for day in (24, 25))
    assert calendars.opening_minutes_between(ALWAYS, start, end) == 25 * 60
    assert calendars.add_opening_minutes(ALWAYS, start, 25 * 60) == end.astimezone(UTC)
    once, again = (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1))
    assert calendars.opening_minutes_between(ALWAYS, once, again) == 60


def test_ready_in_opening_time() -> None:
    ready = calendars.ready_from
    assert ready(SHOP, berlin("2026-11-23T12:00"), 30) == berlin("2026-11-23T12:30")
    assert ready(SHOP, berlin("2026-11-23T17:45"), 30) == berlin("2026-11-24T10:15")
    assert ready(SHOP, berlin("2026-11-23T17:30"), 30) == berlin("2026-11-24T10:00")  # not at 18:00
    assert ready(SHOP, berlin("2026-11-28T15:50"), 30) == berlin("2026-11-30T10:20")
    assert ready(SHOP, berlin("2026-11-23T08:00"), 0) == berlin("2026-11-23T10:00")


def test_a_pause_stops_preparing_but_not_hand_over() -> None:
    paused = Calendar(SHOP.weekly, paused_until=datetime(2026, 11, 24, 14, tzinfo=BERLIN))
    at = berlin("2026-11-23T12:00")
    assert calendars.is_open(paused, at)
    assert calendars.ready_from(paused, at, 30) == berlin("2026-11-24T14:30")
    assert calendars.ready_from(paused, berlin("2026-11-25T12:00"), 30) == berlin(
        "2026-11-25T12:30"
    )
    assert calendars.collect_by(paused, at, 0) == berlin("2026-11-23T18:00")


@pytest.mark.parametrize(
    ("ready_at", "days", "closing"),
    [
        ("2026-11-23T11:00", 0, "2026-11-23T18:00"),
        ("2026-11-23T11:00", 1, "2026-11-24T18:00"),
        ("2026-11-23T09:00", 1, "2026-11-23T18:00"),  # all of Monday lies ahead
        ("2026-11-23T10:00", 1, "2026-11-23T18:00"),
        ("2026-11-23T10:01", 1, "2026-11-24T18:00"),
        ("2026-11-27T11:00", 2, "2026-11-30T18:00"),  # Saturday, Monday
        ("2026-11-28T11:00", 1, "2026-11-30T18:00"),
        ("2026-11-29T11:00", 0, "2026-11-30T18:00"),
        ("2026-11-29T11:00", 1, "2026-11-30T18:00"),
        ("2026-12-23T11:00", 2, "2026-12-28T18:00"),  # Thursday; then Christmas until Sunday
        ("2026-10-24T11:00", 1, "2026-10-26T18:00"),
    ],
)
def test_collect_by_counts_opening_days(ready_at: str, days: int, closing: str) -> None:
    calendar = Calendar(SHOP.weekly, (Closed(date(2026, 12, 25), date(2026, 12, 26)),))
    assert calendars.collect_by(calendar, berlin(ready_at), days) == berlin(closing)


def test_after_midnight_it_is_still_the_same_opening_day() -> None:
    at = berlin("2026-11-27T01:00")
    assert calendars.collect_by(BAR, at, 0) == berlin("2026-11-27T02:30")
    assert calendars.collect_by(BAR, at, 1) == berlin("2026-11-28T02:30")


def test_answers_are_utc_and_naive_questions_are_refused() -> None:
    answer = calendars.next_opening(SHOP, datetime(2026, 11, 23, 9, tzinfo=BERLIN))
    assert answer is not None
    assert answer.tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        calendars.is_open(SHOP, datetime(2026, 11, 23, 9))  # noqa: DTZ001


def test_a_week_is_walked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calendar = Calendar(SHOP.weekly, (Closed(date(2026, 12, 25), date(2026, 12, 26)),))
    days: list[date] = []

    def counted(calendar: Calendar, day: date) -> tuple[Interval, ...]:
        days.append(day)
        return original(calendar, day)

    original = calendars.intervals
    monkeypatch.setattr(calendars, "intervals", counted)
    calendars._week.cache_clear()
    end = calendars.add_opening_minutes(calendar, berlin("2026-11-23T12:00"), 28 * 600)
    assert end == berlin("2027-01-06T14:00")  # 6 weeks of 46 hours, less 14 of Christmas, and 18
    assert len(days) <= 7 * 9
    days.clear()
    for hour in range(12, 18):
        assert calendars.add_opening_minutes(calendar, berlin(f"2026-11-23T{hour}:00"), 6000)
    assert not days
