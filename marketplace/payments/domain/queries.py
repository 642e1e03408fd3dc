"""What pages, probes and the audit read of payments."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Min

from marketplace.payments import access
from marketplace.payments.enums import (
    CLOSED,
    LIVE,
    AccountState,
    DisputeState,
    PaymentState,
    Standing,
    WorkState,
)
from marketplace.payments.gateway import is_configured
from marketplace.payments.models import (
    Case,
    Dispute,
    Operation,
    Payment,
    ProviderAccount,
    ProviderEvent,
)

if TYPE_CHECKING:
    from shops.models import City


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


def open_cases(city: "City | None" = None) -> int:
    """How many cases wait for a person, in all or about the shops of one city."""
    rows = Case.objects.all() if city is None else access.city_cases(city)
    return rows.filter(closed_at__isnull=True).count()


def provider_here() -> bool:
    """Whether this installation has a provider at all."""
    return is_configured()


def standing(payment: Payment) -> Standing:
    """How it stands for the shop, in one word."""
    if payment.open_disputes:
        return Standing.DISPUTED
    if payment.owed_back:
        return Standing.OWED
    if payment.refunded:
        return Standing.PARTLY if payment.kept else Standing.REFUNDED
    if payment.state == PaymentState.CAPTURED:
        return Standing.PAID
    if payment.state == PaymentState.AUTHORISED:
        return Standing.AUTHORISED
    return Standing.CLOSED if payment.state in CLOSED else Standing.WAITING


def takes_part(city: "City") -> bool:
    """Whether the desk of this city has to do with payments at all; one query at most."""
    return provider_here() or access.city_cases(city).exists()


def last_of(subject: UUID) -> Payment | None:
    """The youngest payment of a subject, with its refunds."""
    found = Payment.objects.filter(subject=subject).prefetch_related("refunds")
    return found.order_by("-pk").first()


def account_of(shop_id: int) -> ProviderAccount | None:
    """The account that takes a shop's payments now, if it can."""
    current = ProviderAccount.objects.all().current()
    return current.filter(shop_id=shop_id, state=AccountState.READY).first()


def live_of(subject: UUID) -> Payment | None:
    """The attempt that can still be paid, or is being paid."""
    return Payment.objects.filter(subject=subject, state__in=sorted(LIVE)).first()


def lost(payment: Payment) -> Decimal:
    """What the shopper's bank has taken back for good, in EUR; it cannot be refunded as well."""
    rows = Dispute.objects.filter(payment=payment, state=DisputeState.LOST)
    return sum(rows.values_list("amount", flat=True), Decimal("0.00"))
