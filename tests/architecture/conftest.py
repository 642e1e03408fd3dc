"""The town that the doors are asked about, built once per file."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction

from tests.architecture import world
from tests.architecture.access_table import ROLES
from tests.factories import NOW


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker) -> Iterator[world.World]:
    """Each test's own transaction lies inside this one, and takes back what the test wrote.

    Everybody is signed in beforehand: a session begun in a test would be gone in the next.
    """
    around = transaction.atomic()
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        around.__enter__()
        try:
            built = world.build()
            built.cookies = {role: built.client(role).cookies for role in ROLES}
        except BaseException:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
            raise
    yield built
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
