"""A write that is worth little and must keep nobody waiting: it gives up where others wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def hasty(*, seconds: float) -> Iterator[None]:
    """A transaction that waits for another's lock for so long at most, then `OperationalError`.

    On SQLite the wait is for the whole file, on PostgreSQL for a row.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Of this transaction only: a pooled connection keeps nothing of it.
                cursor.execute(
                    "SELECT set_config('lock_timeout', %s, true)", [f"{int(seconds * 1000)}ms"]
                )
            yield
        return
    connection.ensure_connection()
    # The wrapper of this installation waits in Python (`core.database.base`).
    before, connection.patience = connection.patience, seconds  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            yield
    finally:
        connection.patience = before  # type: ignore[attr-defined]
