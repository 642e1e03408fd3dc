"""The rhythm of events: as dateutil has it, and never more work than was granted."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from shops.domain.exchange import repeats

FIRST = date(2026, 11, 27)
LAST = FIRST + timedelta(days=400)

_day = some.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
_number = some.sampled_from(("", "1", "2", "5", "-1", "-2"))
_few = {"min_size": 1, "max_size": 3}


@some.composite
def rules(draw) -> str:
    """A rule as calendars write it, and within what we understand."""
    freq = draw(some.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(some.sampled_from((1, 1, 2, 3, 7)))}"]
    if draw(some.booleans()):
        months = draw(some.lists(some.integers(1, 12), **_few))
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    if freq != "WEEKLY" and draw(some.booleans()):
        days = draw(some.lists(some.sampled_from((1, 15, 29, 30, 31, -1, -31)), **_few))
        parts.append("BYMONTHDAY=" + ",".join(map(str, days)))
    if draw(some.booleans()):
        # Of numbered and plain days in one list dateutil takes those that are both; the RFC all.
        is_numbered = freq in ("MONTHLY", "YEARLY") and draw(some.booleans())
        number = _number.filter(bool) if is_numbered else some.just("")
        days = draw(some.lists(some.builds("".join, some.tuples(number, _day)), **_few))
        parts.append("BYDAY=" + ",".join(days))
    if draw(some.booleans()):
        parts.append(f"COUNT={draw(some.integers(1, 60))}")
    if draw(some.booleans()):
        parts.append(f"WKST={draw(_day)}")
    return ";".join(parts)


def understood(text: str) -> repeats.Rule | None:
    parts = dict(each.split("=") for each in text.split(";"))
    values = {
        name: [int(one) if name in ("INTERVAL", "COUNT") else one for one in value.split(",")]
        for name, value in parts.items()
    }
    return repeats.understood(values, UTC)


def _comes_again(rule: repeats.Rule, start: date) -> bool:
    endless, far = replace(rule, count=None), LAST + timedelta(days=8 * 366)
    days = repeats.occurrences(endless, start, LAST, far, most=1, budget=repeats.Budget())
    return bool(days)


def test_numbered_and_plain_days_are_all_meant():
    """RFC 5545, 3.3.10: a list of days is a union."""
    rule = understood("FREQ=MONTHLY;INTERVAL=1;BYDAY=SU,1MO")
    assert rule is not None
    start, end = date(2026, 12, 1), date(2026, 12, 31)
    found = repeats.occurrences(rule, start, start, end, most=60, budget=repeats.Budget())
    assert [day.day for day in found] == [6, 7, 13, 20, 27]


@settings(max_examples=150, deadline=None)
@given(text=rules(), start=some.dates(date(2019, 1, 1), date(2027, 6, 30)))
def test_days_are_those_of_dateutil(text: str, start: date):
    rule = understood(text)
    # dateutil looks for a 30th of February until the year 9999.
    assume(rule is not None and _comes_again(rule, start))
    found = repeats.occurrences(rule, start, FIRST, LAST, most=60, budget=repeats.Budget())
    theirs = rrulestr(text, dtstart=datetime.combine(start, time())).between(
        datetime.combine(FIRST, time()), datetime.combine(LAST, time()), inc=True
    )
    assert found == [each.date() for each in theirs][:61]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=24",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1",
        "FREQ=YEARLY;RSCALE=HEBREW",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=1000000000",
        "FREQ=DAILY;COUNT=0",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=XX",
    ],
)
def test_what_we_would_get_wrong_is_not_understood(text: str):
    assert understood(text) is None


def test_a_rule_that_never_fits_ends():
    budget = repeats.Budget()
    never = repeats.Rule("YEARLY", months=(2,), month_days=(30,))
    assert repeats.occurrences(never, FIRST, FIRST, LAST, most=60, budget=budget) == []
    assert repeats.BUDGET - budget.left < 1000


def test_work_is_counted():
    budget = repeats.Budget(5_000)
    counting = repeats.Rule("DAILY", count=1_000_000)
    with pytest.raises(repeats.Exhausted):
        repeats.occurrences(counting, date(1901, 1, 1), FIRST, LAST, most=60, budget=budget)
    assert budget.left <= 0
    with pytest.raises(repeats.Exhausted):
        repeats.occurrences(counting, date(1, 1, 1), FIRST, LAST, most=60, budget=repeats.Budget())
