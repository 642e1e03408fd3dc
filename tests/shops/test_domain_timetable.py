"""What a shop says about its hours, said twice (a double tap, a repeated form) is said once."""

from datetime import time, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from marketplace.core.domain.history import Actor
from shops.domain import hours, timetable
from shops.domain.calendar import Weekly
from shops.domain.timetable import Closing
from shops.models import Closure, OpeningHours, Season
from tests import factories
from tests.factories import NOW

BY = Actor.system()
FIRST, LAST = NOW.date() + timedelta(days=3), NOW.date() + timedelta(days=9)
SUMMER = {"name": "Sommer", "first": (6, 1), "last": (8, 31), "by": BY, "now": NOW}


@pytest.fixture
def branch(db):
    return factories.branch(factories.shop(factories.city()), "Mitte")


def close(branch, reason: str) -> None:
    timetable.close(branch=branch, first=FIRST, last=LAST, reason=reason, by=BY, now=NOW)


def test_the_same_closure_twice_is_one_with_the_last_reason(branch):
    for reason in ("Urlaub", "Urlaub", "Betriebsferien"):
        close(branch, reason)
    (row,) = Closure.objects.filter(branch=branch)
    assert row.reason == "Betriebsferien"
    assert [each.reason for each in hours.calendar_of(branch.pk).closures] == ["Betriebsferien"]


def test_other_days_are_another_closure(branch):
    close(branch, "Urlaub")
    timetable.close(branch=branch, first=FIRST, last=FIRST, reason="Inventur", by=BY, now=NOW)
    assert Closure.objects.filter(branch=branch).count() == 2


def test_the_same_season_twice_is_one_with_the_last_week(branch):
    early = [Weekly(0, time(8), time(12))]
    late = [Weekly(0, time(14), time(20)), Weekly(1, time(14), time(20))]
    for weekly in (early, early, late):
        timetable.add_season(branch=branch, weekly=weekly, **SUMMER)
    (season,) = Season.objects.filter(branch=branch)
    kept = OpeningHours.objects.filter(season=season).order_by("weekday")
    assert [(row.weekday, row.opens) for row in kept] == [(0, time(14)), (1, time(14))]


def test_the_database_keeps_both_to_one(branch):
    close(branch, "Urlaub")
    (row,) = Closure.objects.filter(branch=branch)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    timetable.add_season(branch=branch, weekly=[], **SUMMER)
    (season,) = Season.objects.filter(branch=branch)
    season.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        season.save(force_insert=True)


def change(branch, *add: Closing) -> None:
    timetable.change_closures(branch=branch, add=add, move={}, remove=[], by=BY, now=NOW)


@pytest.mark.parametrize(("said", "kept"), [("", "Urlaub"), ("Ferien", "Ferien")])
def test_a_file_takes_over_what_was_closed_by_hand(branch, said, kept):
    close(branch, "Urlaub")
    change(branch, Closing(first=FIRST, last=LAST, reason=said, uid="a@example"))
    (row,) = Closure.objects.filter(branch=branch)
    assert (row.uid, row.reason) == ("a@example", kept)


def test_two_events_of_the_same_days_both_stand(branch):
    close(branch, "Urlaub")
    change(
        branch,
        Closing(first=FIRST, last=LAST, uid="a@example"),
        Closing(first=FIRST, last=LAST, uid="b@example"),
    )
    assert sorted(Closure.objects.values_list("uid", flat=True)) == ["a@example", "b@example"]


def test_what_stood_there_twice_before_is_forgotten_and_then_forbidden(own_database):
    """The migration's own function, on rows from before the constraints."""
    branch = factories.branch(factories.shop(factories.city()), "Mitte")
    once = [
        (model, constraint)
        for model in (Closure, Season)
        for constraint in model._meta.constraints
        if constraint.name.endswith("days_once")
    ]
    before = MigrationLoader(connection).project_state(("shops", "0011_forget_repeats")).apps
    for model, constraint in once:
        with connection.schema_editor() as editor:
            editor.remove_constraint(before.get_model(model._meta.label), constraint)
    days = {"first_date": FIRST, "last_date": LAST}
    year = {"first_month": 6, "first_day": 1, "last_month": 8, "last_day": 31}
    for number in range(3):
        Closure.objects.create(branch=branch, reason=str(number), **days)
        season = Season.objects.create(branch=branch, name=str(number), **year)
        week = {"weekday": 0, "opens": time(9), "closes": time(12)}
        OpeningHours.objects.create(branch=branch, season=season, **week)
    Closure.objects.create(branch=branch, uid="a@example", **days)
    forget = import_module("shops.migrations.0011_forget_repeats").forget_repeats
    forget(before, None)
    assert list(Closure.objects.order_by("pk").values_list("reason", "uid")) == [
        ("2", ""),
        ("", "a@example"),
    ]
    assert [season.name for season in Season.objects.all()] == ["2"]
    for model, constraint in once:
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
