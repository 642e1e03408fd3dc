"""Where the cache table lives on SQLite: in a file of its own, so that it never waits for sales."""

from typing import Any

ALIAS = "cache"
_LABEL = "django_cache"  # Django's name for the table behind DatabaseCache


class CacheRouter:
    """Sends the cache table to alias `cache` and keeps everything else out of it."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return ALIAS if model._meta.app_label == _LABEL else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == ALIAS) == (app_label == _LABEL)
