"""The outbox: one row per mail the system owes."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from marketplace.core.enums import NoticeState


class NoticeQuerySet(models.QuerySet["Notice"]):
    def queued(self) -> "NoticeQuerySet":
        return self.filter(state=NoticeState.QUEUED)

    def due(self, now: datetime) -> "NoticeQuerySet":
        """Waiting, its time has come and no worker holds it."""
        return self.queued().filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now), not_before__lte=now
        )


class Notice(models.Model):
    """A mail to be sent at least once, always under the same Message-ID.

    Holds what it is about, not to whom: the renderer of its kind looks that up when it is sent, so
    no personal data lies here. Written only through `core.domain.notices`.
    """

    kind = models.CharField(max_length=60)
    #: "checkout:12"
    subject = models.CharField(max_length=80)
    language = models.CharField(max_length=10)
    #: Mails with the same thread are shown as one conversation; empty stands alone.
    thread = models.CharField(max_length=80, blank=True)
    #: The same promise is made once; empty promises nothing.
    unique = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=6, choices=NoticeState, default=NoticeState.QUEUED)
    queued_at = models.DateTimeField()
    #: Earliest next try; moves with each failure.
    not_before = models.DateTimeField()
    #: When a task was last asked to send it.
    nudged_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    #: Tries so far; also the token that keeps a late worker from writing over a newer one.
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    #: Class name of the last exception, nothing else: messages of mail servers name people.
    last_error = models.CharField(max_length=80, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before"],
                name="core_notice_queued",
                condition=Q(state=NoticeState.QUEUED),
            ),
            models.Index(fields=["subject"], name="core_notice_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unique"], name="core_notice_unique_once", condition=~Q(unique="")
            ),
            models.CheckConstraint(
                name="core_notice_state_known", condition=Q(state__in=NoticeState.values)
            ),
            models.CheckConstraint(
                name="core_notice_sent_has_time",
                condition=~Q(state=NoticeState.SENT) | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
