"""The key to append-only tables. It cannot be left in the lock."""

from django.db import models
from django.db.models import Q


class RetentionPass(models.Model):
    """While such a row is visible, append-only triggers let `retention` through (`core.schema`).

    The row points, by a deferred foreign key, at a row that cannot exist. So a transaction that
    still holds it cannot commit on either database: no other connection ever sees it, a crash takes
    it back, and forgetting it is an error at once. Open it with `core.domain.retention.open_pass`.

    Never alter this table once triggers exist: SQLite rebuilds a table to alter it and refuses
    while a trigger names the missing one.
    """

    #: Name of the rule in the retention schedule, for whoever reads the database log.
    rule = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    #: Always 0, which is nobody's id.
    blocks_commit = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, default=0, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="core_retentionpass_never_commits", condition=Q(blocks_commit=0, id__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.rule
