"""Settings of the suite: the product's own, with what must differ inside one process.

`DATABASE_URL` moves the whole suite to another database. Tests that start processes of their own
give them `marketplace.settings` unchanged (`Database.env`).
"""

import os

from tests import databases

os.environ["VAR_DIR"] = str(databases.worker_dir())
for _name, _value in {
    "DEMO": "1",
    "BASE_URL": "http://localhost:8000",
    "SECRET_KEY": "for the tests only: sessions and forms are signed with it",
    "LINK_KEY": "for the tests only: links in mails are made with it",
    "DATABASE_URL": f"sqlite:///{databases.worker_dir() / 'db.sqlite3'}",
    "STRICT_PAGES": "1",
    "LOG_LEVEL": "WARNING",
}.items():
    os.environ.setdefault(_name, _value)

from marketplace import sqlite  # noqa: E402
from marketplace.settings import *  # noqa: E402, F403
from marketplace.settings import DATABASES  # noqa: E402

# Every test is rolled back, so nothing here needs to survive a power cut.
if DATABASES["default"]["ENGINE"] == sqlite.ENGINE:
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
DATABASES.pop("cache", None)
DATABASE_ROUTERS = []
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
}

# Tests read the sentences of the source; the catalogue is proved by tests/architecture.
LOCALE_PATHS = []
