"""What pages, probes and the audit read of payments."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min

from marketplace.payments.enums import AccountState, WorkState
from marketplace.payments.models import (
    Case,
    Operation,
    Payment,
    ProviderAccount,
    ProviderEvent,
)


def dead() -> int:
    """How many operations and events were given up and wait for a person."""
    return (
        Operation.objects.filter(state=WorkState.DEAD).count()
        + ProviderEvent.objects.filter(state=WorkState.DEAD).count()
    )


def lag(*, now: datetime) -> timedelta:
    """How long the oldest operation that is due has been waiting; zero if none waits."""
    oldest = Operation.objects.all().due(now).aggregate(Min("due_at"))["due_at__min"]
    return now - oldest if oldest else timedelta(0)


def open_cases() -> int:
    """How many cases wait for a person."""
    return Case.objects.filter(closed_at__isnull=True).count()


def last_of(subject: UUID) -> Payment | None:
    """The youngest payment of a subject, with its refunds."""
    found = Payment.objects.filter(subject=subject).prefetch_related("refunds")
    return found.order_by("-pk").first()


def account_of(shop_id: int) -> ProviderAccount | None:
    """The account that takes a shop's payments now, if it can."""
    return ProviderAccount.objects.filter(
        shop_id=shop_id, state=AccountState.READY, replaced_at__isnull=True
    ).first()
