"""What the database knows of its own rows, so that it finds the short way to them.

PostgreSQL counts by itself. SQLite only when it is told to: without, it takes a city with a hundred
thousand offers for one with ten, sorts all of them to show the freshest, and a front page takes
five times as long. Counting them takes a tenth of a second.
"""

from datetime import datetime, timedelta

from django.db import connection

from marketplace.core.domain import limits

#: Often enough for a town whose shops bring their goods one after the other.
EVERY = timedelta(hours=1)


def refresh(*, now: datetime) -> bool:
    """Count anew where that is ours to do; False where it was done within the hour.

    Whole tables, not samples: of few rows all seem alike, and the long way is taken again.
    """
    hour = int(now.timestamp() // EVERY.total_seconds())
    seconds = int(EVERY.total_seconds())
    if connection.vendor != "sqlite" or not limits.once(name=f"statistics:{hour}", seconds=seconds):
        return False
    count()
    return True


def count() -> None:
    """Count every table now, on either database: for who has just brought in many rows at once.

    PostgreSQL's own count comes a minute later, and may have seen the tables while they were empty:
    it then joins ten of them row by row and is stopped by its time limit.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
