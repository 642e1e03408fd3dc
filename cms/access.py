"""Which rows of the city's desk somebody may see."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from cms.models import PageVersion, Report
from marketplace.reservations import access as reservation_access
from shops.models import City

if TYPE_CHECKING:
    from marketplace.reservations.models.withdrawal import WithdrawalQuerySet


def reports(city: City) -> QuerySet[Report]:
    """SECURITY: a city's own; those of another do not exist here."""
    return Report.objects.filter(city=city).select_related("city")


def withdrawals(city: City) -> "WithdrawalQuerySet":
    """SECURITY: a city's own; those of another do not exist here."""
    return reservation_access.city_withdrawals(city)


def versions(city: City) -> QuerySet[PageVersion]:
    """Published wordings of a city's legal pages; once published they stay for everybody."""
    return PageVersion.objects.filter(city=city).order_by("-number")
