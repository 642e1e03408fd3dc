"""SQLite counts its rows once an hour; after bringing in many, either database at once."""

from datetime import timedelta

import pytest
from django.db import connection

from marketplace.core.domain import statistics
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def _told(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if not cursor.fetchone():
            return False
        cursor.execute("SELECT 1 FROM sqlite_stat1 WHERE tbl = %s", [table])
        return cursor.fetchone() is not None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts by itself")
def test_rows_are_counted_once_an_hour() -> None:
    factories.offer(factories.branch(factories.shop(factories.city())))
    assert not _told("shops_offer"), "the control: nobody has counted yet"
    assert statistics.refresh(now=NOW)
    assert _told("shops_offer")
    assert not statistics.refresh(now=NOW + timedelta(minutes=5))
    assert statistics.refresh(now=NOW + statistics.EVERY)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite does not")
def test_postgresql_counts_by_itself() -> None:
    assert not statistics.refresh(now=NOW)


def _rows(table: str) -> int:
    """How many rows the planner takes the table to have; 0 where it was never told."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if not _told(table):
                return 0
            cursor.execute(
                "SELECT max(CAST(stat AS INT)) FROM sqlite_stat1 WHERE tbl = %s", [table]
            )
        else:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])


def test_after_many_rows_the_planner_knows_them_at_once() -> None:
    branch = factories.branch(factories.shop(factories.city()))
    for _ in range(7):
        factories.offer(branch)
    assert _rows("shops_offer") <= 0, "the control: nobody has counted yet"
    statistics.count()
    assert _rows("shops_offer") == 7
