"""Writers of SQLite wait for each other without standing in each other's way."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper as Plain

from marketplace import sqlite
from marketplace.core.database import base

PATIENCE = 3


@pytest.fixture
def made(tmp_path: Path, django_db_blocker) -> Iterator:
    """`made(kind)` opens one more connection to the same file."""
    opened = []

    def connect(kind, *, patience: float = PATIENCE, journal: str = "WAL"):
        options = sqlite.options()
        options["init_command"] = options["init_command"].replace("WAL", journal)
        if kind is Plain:
            options["timeout"] = patience
            del options["patience"]
        else:
            options["patience"] = patience
        settings = {
            **dict.fromkeys(("USER", "PASSWORD", "HOST", "PORT"), ""),
            "ENGINE": "",
            "NAME": tmp_path / "db.sqlite3",
            "OPTIONS": options,
            "TIME_ZONE": None,
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": False,
            "AUTOCOMMIT": True,
            "ATOMIC_REQUESTS": False,
            "TEST": {},
        }
        connection = kind(settings, alias=f"other{len(opened)}")
        connection.inc_thread_sharing()
        opened.append(connection)
        return connection

    with django_db_blocker.unblock():
        first = connect(base.DatabaseWrapper)
        with first.cursor() as cursor:
            cursor.execute("CREATE TABLE shelf (units integer)")
            cursor.execute("INSERT INTO shelf VALUES (0)")
        first.close()
        yield connect
        for connection in opened:
            connection.close()


def begin(connection) -> None:
    """Take the write lock, as `atomic()` does."""
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def add(connection) -> None:
    begin(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shelf SET units = units + 1")
    connection.commit()
    connection.set_autocommit(True)


def seconds_with_a_foreign_cursor(writer, waiting) -> float:
    """How long the writer stands still when it drops a cursor of the connection that waits for it.

    The garbage collector does that: it runs in any thread, and empties cycles of all of them.
    """
    waiting.ensure_connection()
    unfinished = waiting.connection.cursor()
    unfinished.execute("SELECT 1 UNION SELECT 2")
    unfinished.fetchone()
    garbage = [unfinished]
    del unfinished
    begin(writer)
    other = threading.Thread(target=_try, args=(waiting,))
    other.start()
    time.sleep(0.5)  # by now it waits
    start = time.monotonic()
    garbage.clear()
    took = time.monotonic() - start
    writer.commit()
    writer.set_autocommit(True)
    other.join()
    return took


def _try(connection) -> None:
    try:
        add(connection)
    except OperationalError:
        connection.rollback()


def test_a_dropped_cursor_does_not_stop_the_writer(made):
    writer, waiting = made(base.DatabaseWrapper), made(base.DatabaseWrapper)

    assert seconds_with_a_foreign_cursor(writer, waiting) < PATIENCE / 10


def test_control_inside_sqlite_both_stand_still(made):
    writer, waiting = made(Plain), made(Plain)

    assert seconds_with_a_foreign_cursor(writer, waiting) > PATIENCE / 2


def test_a_writer_waits_for_the_other(made):
    first, second = made(base.DatabaseWrapper), made(base.DatabaseWrapper)
    begin(first)
    other = threading.Thread(target=add, args=(second,))
    other.start()
    time.sleep(0.2)
    assert other.is_alive()
    with first.cursor() as cursor:
        cursor.execute("UPDATE shelf SET units = units + 1")
    first.commit()
    other.join()
    with second.cursor() as cursor:
        assert cursor.execute("SELECT units FROM shelf").fetchone() == (2,)


def test_a_statement_of_its_own_waits_too(made):
    first, second = made(base.DatabaseWrapper), made(base.DatabaseWrapper)
    begin(first)
    threading.Timer(0.2, first.commit).start()

    with second.cursor() as cursor:
        cursor.execute("UPDATE shelf SET units = 7")
        assert cursor.execute("SELECT units FROM shelf").fetchone() == (7,)


def test_without_a_log_a_commit_waits_for_readers(made):
    writer, reader = (made(base.DatabaseWrapper, journal="TRUNCATE") for _ in range(2))
    writer.ensure_connection()
    reader.ensure_connection()
    rows = reader.connection.cursor()
    rows.execute("SELECT 1 FROM shelf UNION ALL SELECT 2 FROM shelf")
    rows.fetchone()
    threading.Timer(0.3, rows.close).start()
    start = time.monotonic()

    add(writer)

    assert time.monotonic() - start > 0.2


def test_a_connection_waits_until_the_file_is_free(made):
    first, second = made(base.DatabaseWrapper, journal="TRUNCATE"), made(base.DatabaseWrapper)
    first.ensure_connection()
    first.connection.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.3, first.connection.commit).start()

    second.ensure_connection()

    assert second.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_patience_ends(made):
    first, second = made(base.DatabaseWrapper), made(base.DatabaseWrapper, patience=0.2)
    begin(first)
    start = time.monotonic()

    with pytest.raises(OperationalError, match="locked"):
        add(second)

    assert 0.2 <= time.monotonic() - start < PATIENCE
    second.rollback()
    first.commit()


def test_other_errors_are_not_repeated(made):
    connection = made(base.DatabaseWrapper, patience=60)
    start = time.monotonic()

    with pytest.raises(OperationalError, match="no such table"), connection.cursor() as cursor:
        cursor.execute("UPDATE nowhere SET units = 1")

    assert time.monotonic() - start < PATIENCE


def test_an_embedded_installation_uses_it():
    assert base.__name__.removesuffix(".base") == sqlite.ENGINE
    assert "timeout" not in sqlite.options()
