"""Counting in the shared cache."""

from datetime import UTC, datetime, timedelta

from django.core.cache import cache

from marketplace.core.domain import limits

NOW = datetime(2026, 12, 3, 13, 5, tzinfo=UTC)


def take(now=NOW, name="door"):
    return limits.take(name=name, most=3, seconds=60, now=now)


def test_so_many_and_no_more():
    assert [bool(take()) for _each in range(5)] == [True, True, True, False, False]


def test_names_and_windows_are_apart():
    for _each in range(3):
        take()

    assert take(name="window")
    assert take(now=NOW + timedelta(seconds=60))
    assert take(now=NOW + timedelta(seconds=59)) is None


def test_what_is_given_back_can_be_taken_again():
    places = [take() for _each in range(3)]
    limits.give_back(places[1])

    assert take() == places[1]
    assert take() is None


def test_who_lost_the_race_for_a_place_takes_the_next(monkeypatch):
    monkeypatch.setattr(cache, "get_many", lambda keys: {})  # looked before the others added

    assert len({take(), take(), take()}) == 3
    assert take() is None


def test_once_is_once_until_again():
    assert limits.once(name="button", seconds=60)
    assert not limits.once(name="button", seconds=60)
    limits.again(name="button")
    assert limits.once(name="button", seconds=60)
