"""Until when one may withdraw: every day of two years in all sixteen Länder against an oracle that
counts on its fingers, and the law's own examples."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from marketplace.reservations.domain.withdrawal import dates

pytestmark = pytest.mark.law("A7")

NORTH = ["BB", "BE", "HB", "HH", "MV", "NI", "SH", "ST"]
SOUTH = ["BW", "BY", "HE", "NW", "RP", "SL", "SN", "TH"]
LAENDER = [*NORTH, *SOUTH]
#: (month, day) -> Länder where it is a public holiday; None for all. From the Länder's own acts.
FIXED = {
    (1, 1): None,
    (1, 6): "BW BY ST",
    (3, 8): "BE MV",
    (5, 1): None,
    (8, 15): "SL",
    (9, 20): "TH",
    (10, 3): None,
    (10, 31): "BB HB HH MV NI SH SN ST TH",
    (11, 1): "BW BY NW RP SL",
    (12, 25): None,
    (12, 26): None,
}
#: Days after Easter Sunday.
MOVING = {-2: None, 1: None, 39: None, 50: None, 60: "BW BY HE NW RP SL"}
YEARS = (2026, 2027)
DAY = timedelta(days=1)


def easter(year: int) -> date:
    """The anonymous Gregorian rule."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def rests(land: str) -> set[date]:
    found = set()
    for year in range(YEARS[0], YEARS[-1] + 3):
        for (month, day), where in FIXED.items():
            if where is None or land in where:
                found.add(date(year, month, day))
        for after, where in MOVING.items():
            if where is None or land in where:
                found.add(easter(year) + after * DAY)
        if land == "SN":  # the Wednesday before 23 November
            found.add(
                next(d for n in range(1, 8) if (d := date(year, 11, 23) - n * DAY).weekday() == 2)
            )
    return found


def oracle(begin: date, closed: set[date]) -> date:
    """Fourteen days on the fingers; then on to a day on which people work."""
    day = begin
    for _finger in range(14):
        day = date.fromordinal(day.toordinal() + 1)
    while day.weekday() in (5, 6) or day in closed:
        day = date.fromordinal(day.toordinal() + 1)
    return day


def every_day() -> Iterator[date]:
    day = date(YEARS[0], 1, 1)
    while day.year <= YEARS[-1]:
        yield day
        day += DAY


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@pytest.mark.parametrize("land", LAENDER)
def test_each_day_of_two_years_like_the_oracle(land):
    closed = rests(land)
    for number, day in enumerate(every_day()):
        handed = at(day, number % 24, number % 60)

        last = dates.last_day(handed=[handed], land=land, instructed=True)

        assert last == oracle(day, closed), day
        ends = dates.ends_at(handed=[handed], land=land, instructed=True)
        assert timezone.localtime(ends).replace(tzinfo=None) == datetime.combine(last + DAY, time())
        assert ends.astimezone(UTC) > handed + 14 * DAY - timedelta(hours=1)


def test_the_oracle_is_not_trivial():
    moved = {
        land: sum(oracle(d, rests(land)) != d + 14 * DAY for d in every_day()) for land in LAENDER
    }
    assert min(moved.values()) > 2 * len(list(every_day())) // 7
    assert len(set(moved.values())) > 3


def test_collected_on_11_december_ends_on_the_28th():
    handed = at(date(2026, 12, 11), 15, 10)

    ends = dates.ends_at(handed=[handed], land="NI", instructed=True)

    assert dates.last_day(handed=[handed], land="NI", instructed=True) == date(2026, 12, 28)
    assert ends == at(date(2026, 12, 29), 0)


def test_the_last_part_counts():
    handed = [at(date(2026, 11, 26), 9), at(date(2026, 11, 24), 18)]

    assert dates.last_day(handed=handed, land="NI", instructed=True) == date(2026, 12, 10)
    assert dates.last_day(handed=handed[1:], land="NI", instructed=True) == date(2026, 12, 8)
    with pytest.raises(ValueError, match="empty"):
        dates.last_day(handed=[], land="NI", instructed=True)


@pytest.mark.parametrize(
    ("begin", "last"),
    [
        (date(2026, 11, 24), date(2027, 12, 8)),
        (date(2027, 2, 28), date(2028, 3, 13)),  # the 13th is a Monday
        (date(2028, 2, 29), date(2029, 3, 14)),  # no 29 February: its month's last, a fortnight on
        (date(2026, 12, 12), date(2027, 12, 27)),  # 26 is a holiday and a Sunday
    ],
)
def test_without_an_instruction_a_year_and_a_fortnight(begin, last):
    assert dates.last_day(handed=[at(begin, 12)], land="NI", instructed=False) == last


def test_the_day_is_the_towns_on_both_sides_of_midnight_and_of_the_clock_change():
    before = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)  # 23:59 in town
    after = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # midnight in town

    assert dates.last_day(handed=[before], land="NI", instructed=True) == date(2026, 12, 7)
    assert dates.last_day(handed=[after], land="NI", instructed=True) == date(2026, 12, 8)
    spring = dates.ends_at(handed=[at(date(2026, 3, 20), 10)], land="NI", instructed=True)
    assert spring == datetime(2026, 4, 7, 22, tzinfo=UTC)  # 3 and 6 April rest; summer time


@pytest.mark.law("A10")
def test_the_money_is_due_a_fortnight_after_the_declaration_and_reminded_three_days_before():
    due = dates.refund_due_at(at(date(2026, 11, 22), 14, 5))

    assert due == at(date(2026, 12, 7), 0)  # the whole of the 6th, a Sunday, is in time
    assert dates.remind_at(due) == at(date(2026, 12, 3), 0)  # the eleventh day
    assert dates.return_until(at(date(2026, 11, 22), 14, 5)) == date(2026, 12, 6)
