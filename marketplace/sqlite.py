"""The one place that decides which SQLite this process uses. Imported before Django loads.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode (the WAL-reset bug, fixed in 3.51.3). The
library that comes with Python is often older, so the one bundled with `pysqlite3` takes its place
where that package has a wheel. Where it has none, the journal mode is TRUNCATE: slower, but safe.
"""

import sqlite3 as _own
import sys

#: First release in which WAL mode is safe.
SAFE_WAL = (3, 51, 3)


def swap() -> None:
    """Make `import sqlite3` mean the newest SQLite there is. Does nothing the second time."""
    try:
        import pysqlite3  # noqa: PLC0415
    except ImportError:
        return
    if pysqlite3.sqlite_version_info > _own.sqlite_version_info:
        sys.modules["sqlite3"] = pysqlite3
        sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def version() -> tuple[int, ...]:
    """Version of the SQLite library that Django will use."""
    return tuple(sys.modules["sqlite3"].sqlite_version_info)


#: Django's SQLite, with writers that wait in Python.
ENGINE = "marketplace.core.database"

#: Seconds a connection serves one request after the other; its thread has it for itself.
KEEP = 600


def options(*, patience: int = 20) -> dict[str, object]:
    """OPTIONS of an embedded database; `patience` in seconds is how long a writer waits.

    IMMEDIATE takes the write lock at BEGIN: with DEFERRED, readers that turn into writers fail at
    once with "database is locked". FULL survives a power cut. `mmap_size` stays unset on purpose.
    """
    journal = "WAL" if version() >= SAFE_WAL else "TRUNCATE"
    return {
        "transaction_mode": "IMMEDIATE",
        "patience": patience,
        "init_command": (
            f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA cache_size=-20000"
        ),
    }


swap()
