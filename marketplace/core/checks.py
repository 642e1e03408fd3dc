"""What must hold before anything starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from marketplace import sqlite
from marketplace.core import official


@register()
def wal_is_safe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """No WAL mode on a SQLite that can corrupt it (3.7.0 to 3.51.2)."""
    found: list[CheckMessage] = []
    for alias, database in settings.DATABASES.items():
        start = str(database.get("OPTIONS", {}).get("init_command", "")).replace(" ", "").lower()
        if "journal_mode=wal" in start and sqlite.version() < sqlite.SAFE_WAL:
            version = ".".join(map(str, sqlite.version()))
            found.append(
                Error(
                    f"Database {alias!r} uses WAL mode on SQLite {version}, which can corrupt it.",
                    hint="Install pysqlite3 or SQLite 3.51.3, or use journal_mode=TRUNCATE.",
                    id="core.E001",
                )
            )
    return found


@register()
def requests_are_not_atomic(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ATOMIC_REQUESTS would make every page view take SQLite's one write lock."""
    return [
        Error(f"Database {alias!r} has ATOMIC_REQUESTS.", hint="Remove it.", id="core.E002")
        for alias, database in settings.DATABASES.items()
        if database.get("ATOMIC_REQUESTS")
    ]


@register(Tags.staticfiles, deploy=True)
def official_drawings_are_there(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """LAW: the harmonised notice must be shown since 27 September 2026 (law A14)."""
    found: list[CheckMessage] = []
    for name, what in official.DRAWINGS.items():
        hint = f"Lay the published file below marketplace/static/ and set {name}=path,SHA-256."
        try:
            drawing = official.look(name)
        except official.Wrong as wrong:
            found.append(Error(f"Not {what}: {wrong}.", hint=hint, id="core.E003"))
            continue
        if drawing is None:
            text = f"There is no official file of {what}; pages show our own words instead."
            found.append(Warning(text, hint=hint, id="core.W001"))
    return found
