"""Who operates the marketplace of a city (law.md 1), in one place for all of `cms`."""

from shops.models import City

#: The city itself; a company of the city; a private company or association.
CITY_ITSELF, CITY_COMPANY, PRIVATE = "A", "B", "C"
ALL = (CITY_ITSELF, CITY_COMPANY, PRIVATE)


def model(*, city: City) -> str:
    """A, B or C."""
    return CITY_COMPANY
