"""What the demo needs before it can serve, each step skipped cheaply when it is done already."""

import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from marketplace.core.cache import ALIAS
from marketplace.core.errors import Refused
from marketplace.workbench.domain import seed
from marketplace.workbench.domain.seed import Ground

try:
    import fcntl
except ImportError:  # Windows: nobody keeps two demos from meeting in one folder
    fcntl = None  # type: ignore[assignment]


#: The books of the stand-in for Stripe, beside the town they are about.
STATE = "provider.sqlite3"


def free_port(host: str, wish: int) -> int:
    """That port if it is free, else one that is."""
    if 1024 <= wish < 65_536 and is_free(host, wish):
        return wish
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A port whose connections have just ended is free, as it is for the server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError:
            return False
    return True


def may_copy() -> bool:
    """Whether a forked process may go on with what we have: no other threads (a connection pool has
    some), and a system whose libraries bear it."""
    return sys.platform == "linux" and connection.vendor == "sqlite"


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock; False where another demo has it. A killed one lets go by itself."""
    with (folder / "demo.lock").open("w") as file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_migrated() -> bool:
    """Whether every migration there is has run. Loading all 290 of them would take a second."""
    if not MigrationRecorder(connection).has_table():
        return False
    rows = MigrationRecorder.Migration.objects.values_list("app", "name")
    return _migrations() <= set(rows)


def _migrations() -> set[tuple[str, str]]:
    return {
        (app.label, path.stem)
        for app in apps.get_app_configs()
        for path in (Path(app.path) / "migrations").glob("*.py")
        if path.stem[0] not in "_~"  # as Django's loader does
    }


def migrate() -> None:
    """Tables as this version wants them."""
    call_command("migrate", verbosity=0, interactive=False)


def has_cache_table() -> bool:
    """Always true where the cache is a server."""
    backend = settings.CACHES["default"]
    if not backend["BACKEND"].endswith("DatabaseCache"):
        return True
    alias = ALIAS if ALIAS in settings.DATABASES else "default"
    return backend["LOCATION"] in connections[alias].introspection.table_names()


def make_cache_table() -> None:
    call_command("createcachetable", verbosity=0)


def ground() -> Ground:
    """What the database holds; no tables yet is empty."""
    try:
        return seed.look()
    except DatabaseError:
        return Ground.EMPTY


def clear() -> None:
    """Throw the town away: database files, pictures, mails, logs. The keys stay.

    SECURITY: only files of an embedded database, and only where no city but the demo's lives.
    """
    if connection.vendor != "sqlite":
        raise Refused("Only an embedded town can be thrown away.", code="not_embedded")
    if ground() == Ground.FOREIGN:
        raise Refused("This database holds a city that the demo did not make.", code="foreign")
    files = [Path(settings.DATABASES[alias]["NAME"]) for alias in settings.DATABASES]
    for alias in settings.DATABASES:
        connections[alias].close()
    for file in files:
        for suffix in ("", "-wal", "-shm", "-journal"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
    for suffix in ("", "-wal", "-shm"):
        (settings.VAR_DIR / (STATE + suffix)).unlink(missing_ok=True)
    for name in ("media", "mail", "log"):
        shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)
