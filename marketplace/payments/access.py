"""Whose payments and cases somebody may see: always a queryset; foreign rows do not exist."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from marketplace.payments.models import Case, Payment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from shops.models import City, Shop


def shop_payments(shops: "Iterable[Shop]") -> "QuerySet[Payment]":
    """Payments to shops whose owner has been let in (`shops.access.owned_shops`)."""
    return Payment.objects.filter(shop__in=shops)


def city_cases(city: "City") -> "QuerySet[Case]":
    """SECURITY: cases of a city's own shops; those of another do not exist here."""
    return Case.objects.filter(shop__city=city).select_related("shop")
