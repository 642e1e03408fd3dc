"""Cities with their pages, and an editor at the desk of one; files with other needs say so."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from cms.domain import pages
from shops.domain import cities
from shops.models import City
from tests import factories
from tests.cms.calendar_help import BY, enter
from tests.factories import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city(clock: time_machine.Traveller) -> City:
    made = factories.city()
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def far(clock: time_machine.Traveller) -> City:
    made = factories.city("Braunschweig", host="braunschweig.example")
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def founded(clock: time_machine.Traveller) -> City:
    """As the domain founds a city: its site answers on the city's own host."""
    made = cities.create(
        name="Wolfsburg",
        slug="wolfsburg",
        land="NI",
        base_url="http://testserver",
        hosts=[],
        by=BY,
        now=NOW,
    )
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def desk(client: Client, city: City) -> Client:
    """An editor of the city, signed in."""
    return enter(client, city)
