"""Where the demo's stand-in listens, and who may reach what of it."""

import os
import socket
import urllib.error
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from marketplace.workbench import prepare, programs
from marketplace.workbench.provider import StandIn, events
from marketplace.workbench.provider import __main__ as program
from marketplace.workbench.purse import APART, Purse
from tests.payments.stripe_help import serving
from tests.workbench.processes import eventually
from tests.workbench.town import free_port

pytestmark = pytest.mark.both


def test_on_this_machine_one_port_beside_the_town() -> None:
    place = {"host": "127.0.0.1", "here": "127.0.0.1", "base_url": "http://localhost:8000"}
    port = 20_000 + os.getpid() % 10_000
    found = Purse.at(port=port, **place)
    assert found.port in (port + APART, found.port)
    assert found.public == f"http://127.0.0.1:{found.port}"
    assert found.door == ""
    assert found.webhook == f"http://127.0.0.1:{port}/stripe/webhook/"
    with socket.create_server(("127.0.0.1", found.port)):
        again = Purse.at(port=port, **place)
    assert again.port != found.port, "taken"
    assert prepare.is_free("127.0.0.1", again.port)


def test_other_devices_have_a_door_of_their_own() -> None:
    found = Purse.at(
        host="0.0.0.0",  # noqa: S104
        here="127.0.0.1",
        port=free_port(),
        base_url="http://192.168.1.5:8000",
    )
    door = found.door.rpartition(":")[2]
    assert found.door.startswith("0.0.0.0:")
    assert found.public == f"http://192.168.1.5:{door}"
    assert door != str(found.port)
    assert found.env()["STRIPE_API_BASE"] == f"http://127.0.0.1:{found.port}"
    assert found.env()["STRIPE_WEBHOOK_SECRETS"] == found.secret
    six = Purse.at(host="::1", here="::1", port=8000, base_url="http://localhost:8000")
    assert six.webhook == "http://[::1]:8000/stripe/webhook/"


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return int(error.code)


def test_the_door_shows_pages_and_nothing_else() -> None:
    port = free_port()
    with StandIn(door=("127.0.0.1", port)) as provider:
        own = provider._server.server_port
        assert status(own, "/pages.css") == status(port, "/pages.css") == 200
        assert status(own, "/_stand-in/books") == 200
        assert status(port, "/_stand-in/books") == 404
        assert status(own, "/v1/accounts") in (401, 404)
        assert status(port, "/v1/accounts") == status(port, "/v1/events") == 404
        provider.dark()
        with pytest.raises(OSError, match=r"reset|closed|disconnected"):
            status(port, "/pages.css")


def test_webhooks_name_the_town_where_their_address_does_not() -> None:
    with serving() as town, StandIn(city_host="localhost") as provider:
        provider.delivery.webhook = (f"{town.url}/stripe/webhook/", "whsec_x")
        store = provider.store
        with store.transaction():
            events.emit(store, "account.updated", {"id": "acct_1", "object": "account"}, "acct_1")
        provider.delivery.kick()
        eventually(lambda: town.heard)
    assert town.heard[0].headers["host"] == "localhost"


def test_the_program_takes_its_place_from_the_environment(monkeypatch) -> None:
    purse = Purse(18_000, "http://192.168.1.5:18001", "0.0.0.0:18001", "http://127.0.0.1:1/s/")
    for name, value in {**purse.env(), "VAR_DIR": "/somewhere"}.items():
        monkeypatch.setenv(name, value)
    given: list[list[str]] = []
    monkeypatch.setattr(program, "main", lambda argv: given.append(argv) or 0)
    with pytest.raises(SystemExit):
        programs.provider()
    assert given[0] == [
        "--port=18000",
        f"--state=/somewhere/{prepare.STATE}",
        "--webhook=http://127.0.0.1:1/s/",
        f"--secret={purse.secret}",
        "--public=http://192.168.1.5:18001",
        "--door=0.0.0.0:18001",
        "--city-host=localhost",
    ]


def test_a_demo_never_takes_real_money(settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_1"
    with pytest.raises(CommandError, match="never takes real money"):
        call_command("demo", no_serve=True)
