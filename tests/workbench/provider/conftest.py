"""One stand-in for all, held to Stripe's own OpenAPI in both directions; a shop; a receiver."""

from collections.abc import Iterator

import pytest

from marketplace.workbench.provider import StandIn
from marketplace.workbench.provider.spec import Spec
from tests.workbench.provider.people import Receiver, Shop


@pytest.fixture(scope="session")
def spec() -> Spec:
    return Spec()


@pytest.fixture(scope="session")
def running(spec: Spec) -> Iterator[StandIn]:
    """Started once. In the end every event it ever wrote is held to the schema too."""
    with StandIn(guard=spec, pause=0.05) as provider:
        yield provider
        shapes = {(e["type"], shape(e["data"]["object"])): e for e in provider.events()}
        assert shapes
        for event in shapes.values():
            spec.holds(event)
            spec.holds(event["data"]["object"])


def shape(value: object) -> object:
    """What a schema can tell apart: names, types, statuses. Alike ones are held once."""
    if isinstance(value, dict):
        return tuple((k, v if k == "status" else shape(v)) for k, v in sorted(value.items()))
    if isinstance(value, list):
        return frozenset(shape(each) for each in value)
    return type(value)


@pytest.fixture
def provider(running: StandIn) -> Iterator[StandIn]:
    """In order before and after; its memory stays, so each test brings a shop of its own."""
    running.delivery.webhook = None
    running.api.log.clear()
    yield running
    running.clear()
    running.delivery.webhook = None


@pytest.fixture
def shop(provider: StandIn) -> Shop:
    """A shop whose account may take money."""
    found = Shop(provider)
    provider.onboard(found.account)
    return found


@pytest.fixture
def receiver(provider: StandIn) -> Iterator[Receiver]:
    """Somebody who takes the webhooks from here on."""
    provider.store.rows("DELETE FROM delivery")  # what earlier tests left behind
    with Receiver() as found:
        provider.delivery.tries.clear()
        provider.delivery.webhook = (found.url, found.secret)
        yield found
        provider.delivery.webhook = None
