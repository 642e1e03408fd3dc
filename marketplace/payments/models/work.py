"""What waits for the provider: intended calls, and events to be looked into."""

from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from marketplace.payments.enums import Lane, OperationKind, WorkState


class WorkQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> Self:
        """Waiting, its time has come and nobody holds it."""
        return self.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now),
            state=WorkState.DUE,
            due_at__lte=now,
        )


class Work(models.Model):
    """Something to be done at least once, by whoever holds the lease."""

    state = models.CharField(max_length=4, choices=WorkState, default=WorkState.DUE)
    #: Earliest next try; moves with each failure.
    due_at = models.DateTimeField()
    #: Tries so far; also the token that keeps a late worker from writing over a newer one.
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    #: A code, never the provider's sentence, which could name a person.
    error = models.CharField(max_length=80, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True


def new_key() -> str:
    """An idempotency key that no other row has."""
    return f"op-{uuid4()}"


class Operation(Work):
    """One intended call to the provider, committed before it is made (truth 10).

    Kind, key and payload never change: the provider answers a repeated key with the stored answer
    only while the parameters are the same.
    """

    kind = models.CharField(max_length=16, choices=OperationKind)
    lane = models.CharField(max_length=8, choices=Lane)
    payment = models.ForeignKey(
        "payments.Payment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operations",
    )
    refund = models.ForeignKey(
        "payments.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    account = models.ForeignKey(
        "payments.ProviderAccount", on_delete=models.PROTECT, related_name="operations"
    )
    key = models.CharField(max_length=60, unique=True, default=new_key)
    #: Counts up when a look-up has shown that the calls under the old key had no effect.
    generation = models.PositiveSmallIntegerField(default=1)
    #: Amounts are text here: "12.50".
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    #: When this generation of the key first left us; the provider may forget it after 24 hours.
    first_sent_at = models.DateTimeField(null=True, blank=True)
    #: The provider repeats a stored failure: asking again under this key is of no use.
    look_first = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="payments_operation_due", condition=Q(state=WorkState.DUE)
            ),
            models.Index(
                fields=["state"],
                name="payments_operation_dead",
                condition=Q(state=WorkState.DEAD),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "kind"],
                condition=Q(kind__in=("OPEN_CHECKOUT", "CAPTURE")),
                name="payments_operation_once",
            ),
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(refund__isnull=False),
                name="payments_operation_one_per_refund",
            ),
            models.CheckConstraint(
                name="payments_operation_state_known", condition=Q(state__in=WorkState.values)
            ),
            models.CheckConstraint(
                name="payments_operation_kind_known", condition=Q(kind__in=OperationKind.values)
            ),
            models.CheckConstraint(
                name="payments_operation_lane_known", condition=Q(lane__in=Lane.values)
            ),
            models.CheckConstraint(
                name="payments_operation_ended_with_time",
                condition=Q(state=WorkState.DUE, done_at__isnull=True)
                | (~Q(state=WorkState.DUE) & Q(done_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def sent_key(self) -> str:
        """The idempotency key of the present generation."""
        return f"{self.key}-{self.generation}"


class ProviderEvent(Work):
    """One event id of the provider: a hint that something has changed there, and no more.

    Holds ids, never the object: what is true is fetched (reliability W2, law G7).
    """

    provider_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=80)
    #: The connected account as the provider signed it; empty for our own.
    account_ref = models.CharField(max_length=80, blank=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_ref = models.CharField(max_length=120, blank=True)
    #: The payment the object belongs to, in the provider's words, where the event names it.
    intent_ref = models.CharField(max_length=120, blank=True)
    #: Our own word on the object; only says where to look.
    reference = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    #: When the provider made it.
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="payments_event_due", condition=Q(state=WorkState.DUE)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="payments_event_state_known", condition=Q(state__in=WorkState.values)
            ),
            models.CheckConstraint(
                name="payments_event_ended_with_time",
                condition=Q(state=WorkState.DUE, done_at__isnull=True)
                | (~Q(state=WorkState.DUE) & Q(done_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_id}"
