"""Races run on real databases with real commits: SQLite and PostgreSQL, each test on its own."""

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def _quiet_tasks():
    """Mails are owed, not sent: the tick finds them; here only the rows matter."""
    dummy = {
        "default": {
            "BACKEND": "django_tasks.backends.dummy.DummyBackend",
            "QUEUES": ["default", "mail", "pictures"],
        }
    }
    with override_settings(TASKS=dummy):
        yield


@pytest.fixture
def town(own_database):
    """The database of this test with one city; returns the engine's name."""
    from tests import factories  # noqa: PLC0415 after the settings

    return own_database.engine, factories.city()
