"""History: one line for each thing that somebody did."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.core.enums import ActorKind


class LogEntry(models.Model):
    """Who did what to which thing, when. Append-only by trigger (truth 8), ids only."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    #: The signed-in person, if there was one. `retention` blanks it.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: "reservation.mark_ready": the domain function in short.
    verb = models.CharField(max_length=60)
    #: "reservation:12": what it happened to.
    subject = models.CharField(max_length=80)
    #: "shop:3": whose page shows it; empty for the whole installation.
    scope = models.CharField(max_length=80, blank=True)
    #: Ids, numbers and codes only.
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        indexes = [
            models.Index(fields=["subject", "at"], name="core_logentry_subject"),
            models.Index(fields=["scope", "at"], name="core_logentry_scope"),
        ]
        constraints = [
            models.CheckConstraint(
                name="core_logentry_actor_kind_known", condition=Q(actor_kind__in=ActorKind.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
