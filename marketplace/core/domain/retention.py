"""Opening append-only tables for the retention schedule, for one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from marketplace.core.models import RetentionPass


@contextmanager
def open_pass(*, rule: str, now: datetime) -> Iterator[RetentionPass]:
    """Let this transaction delete from append-only tables and blank what they allow to be blanked.

    `rule` names the line of the retention schedule that asks. Only the caller's own connection is
    let through, only until the block ends. Refuses (RuntimeError) outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a retention pass lives inside a transaction")
    row = RetentionPass.objects.create(rule=rule, opened_at=now)
    # No `finally`: an exception dooms the caller's transaction, and the row cannot commit.
    yield row
    row.delete()
