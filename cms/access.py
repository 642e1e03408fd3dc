"""Which rows of the city's desk somebody may see."""

from django.db.models import QuerySet

from cms.models import Report
from shops.models import City


def reports(city: City) -> QuerySet[Report]:
    """SECURITY: a city's own; those of another do not exist here."""
    return Report.objects.filter(city=city).select_related("city")
