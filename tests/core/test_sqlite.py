import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from marketplace import sqlite
from marketplace.core import checks
from marketplace.core.cache import CacheRouter

ROOT = Path(__file__).resolve().parents[2]


def test_the_newest_sqlite_is_used():
    code = "import marketplace.sqlite, sqlite3; print(sqlite3.sqlite_version)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert tuple(map(int, run.stdout.decode().split("."))) >= sqlite3.sqlite_version_info


@pytest.mark.parametrize(("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 3), "WAL")])
def test_wal_only_where_it_is_safe(version, mode, monkeypatch):
    monkeypatch.setattr(sqlite, "version", lambda: version)
    assert f"journal_mode={mode}" in str(sqlite.options()["init_command"])


def test_the_check_refuses_wal_on_an_old_sqlite(monkeypatch):
    database = {"OPTIONS": {"init_command": "PRAGMA journal_mode = wal"}}
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES={"default": database}))
    assert checks.wal_is_safe(None) == [] or sqlite.version() < sqlite.SAFE_WAL
    monkeypatch.setattr(sqlite, "version", lambda: (3, 51, 2))
    (error,) = checks.wal_is_safe(None)
    assert error.id == "core.E001"
    assert error.is_serious()


def test_the_check_refuses_atomic_requests(monkeypatch):
    databases = {"default": {"ATOMIC_REQUESTS": True}}
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES=databases))
    assert [error.id for error in checks.requests_are_not_atomic(None)] == ["core.E002"]


def test_the_cache_has_a_file_of_its_own():
    router = CacheRouter()
    assert router.allow_migrate("cache", "django_cache")
    assert not router.allow_migrate("default", "django_cache")
    assert not router.allow_migrate("cache", "shops")
    assert router.allow_migrate("default", "shops")
