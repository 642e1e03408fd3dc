"""Who has to confirm the hours again: one rule for the retailer's morning and the city's list."""

from datetime import UTC, datetime, timedelta

import pytest

from shops.domain import confirming
from shops.models import Branch
from tests.shops.walk import berlin

SUMMER = berlin("2026-07-01T12:00")


def due(confirmed: datetime | None, now: datetime) -> bool:
    return confirming.due(Branch(hours_confirmed_at=confirmed), now)


@pytest.mark.parametrize("now", [SUMMER, berlin("2026-12-03T14:05")])
def test_never_confirmed_is_always_due(now):
    assert due(None, now)


def test_in_most_of_the_year_a_confirmation_holds_for_ninety_days():
    assert not due(SUMMER - timedelta(days=90), SUMMER)
    assert due(SUMMER - timedelta(days=90, microseconds=1), SUMMER)
    assert not due(SUMMER, SUMMER)


@pytest.mark.parametrize(
    ("confirmed", "now", "is_due"),
    [
        # The day before the season a summer's word still counts, at midnight no longer.
        ("2026-10-01T12:00", "2026-11-14T23:59", False),
        ("2026-10-01T12:00", "2026-11-15T00:00", True),
        ("2026-11-14T23:59", "2026-11-15T00:00", True),
        ("2026-11-15T00:00", "2026-11-15T00:00", False),
        ("2026-11-14T23:59", "2026-12-31T23:59", True),
        ("2026-11-15T00:00", "2026-12-31T23:59", False),
        ("2025-12-01T12:00", "2026-12-01T12:00", True),
        # With the new year the 90 days are back.
        ("2026-11-14T23:59", "2027-01-01T00:00", False),
        ("2026-11-15T00:00", "2027-02-13T00:00", False),
        ("2026-11-15T00:00", "2027-02-13T00:01", True),
    ],
)
def test_in_advent_only_this_seasons_word_counts(confirmed, now, is_due):
    assert due(berlin(confirmed), berlin(now)) == is_due


def test_the_season_begins_and_ends_at_midnight_in_town():
    assert not confirming.is_advent(datetime(2026, 11, 14, 22, 59, tzinfo=UTC))
    assert confirming.is_advent(datetime(2026, 11, 14, 23, 0, tzinfo=UTC))
    assert confirming.is_advent(datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    assert not confirming.is_advent(datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert confirming.since(datetime(2026, 12, 3, tzinfo=UTC)) == berlin("2026-11-15T00:00")
