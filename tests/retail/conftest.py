"""A shop with one branch and its clerk, at a chosen time."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from marketplace.core.domain.history import Actor
from shops.enums import Role
from tests import factories
from tests.factories import NOW


@pytest.fixture(autouse=True)
def clock(db):
    """Thursday afternoon, shops open. `clock.shift(...)` moves on."""
    del db
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def shop(city):
    return factories.shop(city, auto_accept=True)


@pytest.fixture
def branch(shop):
    return factories.branch(shop, "Mitte")


@pytest.fixture
def user(shop):
    return factories.member(shop, name="Jana Brandt")


@pytest.fixture
def clerk(user):
    return Actor.member(user)


@pytest.fixture
def client(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner_client(shop):
    client = Client()
    client.force_login(factories.member(shop, role=Role.OWNER, name="Meike Albrecht"))
    return client


@pytest.fixture
def base(branch):
    """Address of the branch's rooms."""
    return f"/en/haendler/{branch.shop.slug}/{branch.slug}"


@pytest.fixture
def asking():
    """Counted so long ago that the shop is asked."""
    return {"counted": timedelta(days=20)}
