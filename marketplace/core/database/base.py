"""SQLite whose writers wait in Python.

SQLite's own busy handler sleeps with the connection's mutex held. When Python's garbage collector,
running in the thread that holds the write lock, drops a cursor of a connection that is waiting for
that very lock, it needs that mutex: both stand still until the waiting one gives up, and with them
every other writer. Here a writer that finds the lock taken comes back at once, sleeps without
holding anything and asks again.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

#: Milliseconds between two questions: short, and uneven, so that nobody is always the later one.
PAUSE = (1, 10)
#: What SQLite raises, and what Django makes of it where it wraps.
REFUSALS = (base.Database.OperationalError, OperationalError)  # type: ignore[attr-defined]


def _is_busy(error: Exception) -> bool:
    return str(error) == "database is locked"


def _patiently(act: Callable[[], Any], *, seconds: float, may_repeat: Callable[[], bool]) -> Any:
    """Do `act` again while another connection writes; after `seconds` its error stands."""
    until = time.monotonic() + seconds
    while True:
        try:
            return act()
        except REFUSALS as error:
            if not (_is_busy(error) and may_repeat()) or time.monotonic() > until:
                raise
        time.sleep(random.uniform(*PAUSE) / 1000)  # noqa: S311 no secret


class Cursor(base.SQLiteCursorWrapper):
    """Waits for the write lock where a statement begins a transaction or is one."""

    def __init__(self, connection: Any, *, patience: float) -> None:
        super().__init__(connection)
        self.patience = patience

    def execute(self, query: str, params: Any = None) -> Any:
        # RACE: inside a transaction a refused statement may not be repeated: what it was decided
        # on may be old. Outside of one, a refused statement has done nothing.
        return _patiently(
            lambda: super(Cursor, self).execute(query, params),
            seconds=self.patience,
            may_repeat=lambda: not self.connection.in_transaction,
        )


class DatabaseWrapper(base.DatabaseWrapper):
    """`OPTIONS["patience"]`: seconds a writer waits for another. Replaces SQLite's `timeout`."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        self.patience = params.pop("patience", 20)
        params["timeout"] = 0
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # Asking for WAL is refused while another process opens, closes or sets up the file.
        connect = super().get_new_connection
        return _patiently(
            lambda: connect(conn_params), seconds=self.patience, may_repeat=lambda: True
        )

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(
            factory=lambda connection: Cursor(connection, patience=self.patience)
        )

    def _commit(self) -> Any:
        # Without WAL a commit waits for readers; refused, the transaction stays as it was.
        commit = super()._commit  # type: ignore[misc]
        return _patiently(commit, seconds=self.patience, may_repeat=lambda: True)
