"""Until when claims about a defect do not lapse, against days counted one by one."""

from datetime import date, timedelta

import pytest

from marketplace.reservations.domain.complaints.limitation import is_presumed, months_later, until

DAY = timedelta(days=1)


@pytest.mark.law("A15")
def test_a15_two_years_and_twelve_months_more_after_a_repair() -> None:
    bought, shown = date(2026, 12, 1), date(2027, 3, 1)
    assert until(handed_over=bought, shown=shown) == date(2028, 12, 1)
    repaired = until(handed_over=bought, shown=shown, repaired=True, given_back=date(2027, 3, 20))
    assert repaired == date(2029, 12, 1)


def test_late_in_the_period_four_months_are_left() -> None:
    bought = date(2026, 12, 1)
    assert until(handed_over=bought, shown=date(2028, 7, 31)) == date(2028, 12, 1)
    assert until(handed_over=bought, shown=date(2028, 8, 1)) == date(2028, 12, 1)
    assert until(handed_over=bought, shown=date(2028, 8, 2)) == date(2028, 12, 2)
    assert until(handed_over=bought, shown=date(2028, 12, 1)) == date(2029, 4, 1)


def test_what_shows_after_the_period_prolongs_nothing() -> None:
    ends = until(
        handed_over=date(2026, 12, 1), shown=date(2028, 12, 2), given_back=date(2029, 1, 1)
    )
    assert ends == date(2028, 12, 1)


def test_two_months_are_left_once_the_goods_are_back() -> None:
    ends = until(
        handed_over=date(2026, 12, 1), shown=date(2028, 11, 1), given_back=date(2029, 2, 28)
    )
    assert ends == date(2029, 4, 28)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
    ],
)
def test_months_end_with_the_same_number_or_the_last_of_the_month(day, months, later) -> None:
    assert months_later(day, months) == later


def _slowly(day: date, months: int) -> date:
    """Day by day into the month that is meant, then on while the number is not reached."""
    here, left = day, months
    while left:
        here = here.replace(day=28) + 4 * DAY
        here, left = here.replace(day=1), left - 1
    while here.day < day.day and (here + DAY).month == here.month:
        here += DAY
    return here


def test_every_day_of_four_years_agrees_with_counting() -> None:
    day = date(2026, 1, 1)
    while day < date(2030, 1, 1):
        for months in (2, 4, 12, 24, 36):
            assert months_later(day, months) == _slowly(day, months)
        plain = until(handed_over=day, shown=day)
        assert plain == _slowly(day, 24)
        assert until(handed_over=day, shown=day, repaired=True) == _slowly(day, 36) > plain
        day += DAY


def test_for_a_year_the_defect_is_presumed_to_have_been_there() -> None:
    bought = date(2026, 12, 1)
    assert is_presumed(handed_over=bought, shown=date(2027, 12, 1))
    assert not is_presumed(handed_over=bought, shown=date(2027, 12, 2))
