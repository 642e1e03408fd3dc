"""`manage.py demo`: once made, then only served; every way out leaves nothing behind."""

import json
import os
import re
import signal
import socket
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from marketplace.workbench import prepare
from marketplace.workbench.domain import places
from tests import databases, factories
from tests.workbench.processes import command_of, descendants, eventually, lives
from tests.workbench.town import Demo, Served

# --- refusals, before anything starts -------------------------------------------------------------


def test_a_taken_port_is_said_before_anything_starts(monkeypatch) -> None:
    monkeypatch.setattr(prepare, "migrate", None)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is in use.*PORT={port + 1}"):
            call_command("demo", port=port)


@pytest.mark.parametrize("port", ["0", "70000", "acht", "-1", "80.5"])
def test_a_port_is_a_number(port: str) -> None:
    with pytest.raises(CommandError, match="is no port"):
        call_command("demo", no_serve=True, port=port)


@pytest.mark.parametrize("url", ["localhost", "ftp://x", "http://", "http://x/pfad", "http://[x"])
def test_an_address_is_an_address(url: str) -> None:
    with pytest.raises(CommandError, match="is no address"):
        call_command("demo", no_serve=True, base_url=url)


@override_settings(DEMO=False)
def test_there_is_no_demo_in_production() -> None:
    with pytest.raises(CommandError, match="DEMO is switched off"):
        call_command("demo", no_serve=True)


@pytest.mark.django_db
def test_known_passwords_do_not_get_into_another_city() -> None:
    factories.city()
    with pytest.raises(CommandError, match="a city that the demo did not make"):
        call_command("demo", no_serve=True)


@pytest.mark.django_db
def test_another_city_is_not_thrown_away() -> None:
    factories.city()
    with pytest.raises(CommandError, match=r"did not make|Only an embedded town"):
        call_command("demo", no_serve=True, reset=True)


def test_a_second_demo_in_the_same_folder_is_refused(settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    with (
        prepare.alone(tmp_path),
        pytest.raises(CommandError, match="running already"),
    ):
        call_command("demo", no_serve=True)


# --- a town ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A town on a migrated database, made once for this module."""
    with databases.fresh("sqlite") as database:
        demo = Demo(database.directory)
        said = demo.make()
        assert "Building the town" in said
        assert places.PASSWORD in said
        yield demo


def test_a_second_start_changes_nothing_and_is_quick(demo: Demo) -> None:
    rows, files = demo.rows(), demo.files()
    assert rows["shops_offer"] > 80
    assert len(files) > 60
    started = time.monotonic()
    said = demo.make()
    assert "Building" not in said
    assert f"{demo.url}/werkbank/post/" in said
    assert (demo.rows(), demo.files()) == (rows, files)
    # 5 s is the promise, on a machine that does nothing else.
    assert time.monotonic() - started < 20


def test_another_address_is_taken_over(demo: Demo) -> None:
    said = demo.make("--base-url", "http://192.168.1.5:8000")
    assert "http://192.168.1.5:8000/konto/login/" in said
    with sqlite3.connect(demo.folder / "db.sqlite3") as connection:
        assert connection.execute("SELECT base_url FROM shops_city").fetchall() == [
            ("http://192.168.1.5:8000",),
            ("http://braunschweig.localhost:8000",),
        ]
        hosts = {host for (host,) in connection.execute("SELECT host FROM shops_cityhost")}
    assert hosts == {"localhost", "127.0.0.1", "192.168.1.5", "braunschweig.localhost"}
    demo.make()


@pytest.fixture
def served(demo: Demo) -> Iterator[Served]:
    served = Served(demo)
    yield served
    if served.process.poll() is None:
        served.process.terminate()
        served.process.wait(20)


def test_the_town_opens_survives_a_crash_and_leaves_nobody_behind(served: Served) -> None:
    eventually(lambda: served.hears("Open: "), seconds=60)
    assert "Wolfsburg" in served.get("/")
    assert 'lang="en"' in served.get("/en/")
    # Everything a page loads is served.
    page = served.get("/")
    for asset in re.findall(r'(?:href|src)="(/(?:static|media)/[^"]+)"', page):
        assert served.size(asset) > 100
    letters = re.findall(r'href="(/werkbank/post/[0-9-]+/)"', served.get("/werkbank/post/"))
    assert len(letters) > 10
    link = next(
        found[1]
        for letter in letters
        if (found := re.search(r'href="[^"]*(/abholung/[^"]+)"', served.get(letter)))
    )
    assert "<h1" in served.get(link)
    eventually(lambda: '"tick": "ok"' in _ready(served), seconds=60)

    _pays_at_the_stand_in(served)

    # granian's own parent is killed: its processes must not keep the port.
    everybody = served.everybody()
    os.kill(_granian(served.process.pid), signal.SIGKILL)
    eventually(lambda: served.hears("The server stopped (SIGKILL). Starting it again"))
    eventually(lambda: _answers(served), seconds=60)

    everybody |= served.everybody()
    served.process.kill()
    served.process.wait()
    eventually(lambda: not [pid for pid in everybody if lives(pid)], seconds=15)
    assert prepare.is_free("127.0.0.1", served.demo.port)


def _pays_at_the_stand_in(served: Served) -> None:
    """It knows the shops, the town hears of it, and a crash does not cost it its books."""
    assert served.hears("stand-in for Stripe: no real money")
    with sqlite3.connect(served.demo.folder / "db.sqlite3") as connection:
        states = dict(
            connection.execute("SELECT state, count(*) FROM payments_provideraccount GROUP BY 1")
        )
        assert states["READY"] > 10
        ready = "SELECT provider_id FROM payments_provideraccount WHERE state = 'READY'"
        account = connection.execute(ready).fetchone()[0]
        # Goods lay set aside; whoever speaks with it has taken their money, so they are ready.
        aside = "SELECT count(*) FROM reservations_reservation WHERE set_aside_at IS NOT NULL"
        waits = f"{aside} AND ready_at IS NULL"
        assert connection.execute(aside).fetchone()[0]
        eventually(lambda: connection.execute(waits).fetchone()[0] == 0, seconds=60)
        # And what it tells is heard: the town's own events are older than its last order.
        heard = (
            "SELECT count(*) FROM payments_providerevent WHERE state = 'DONE' "
            "AND received_at > (SELECT max(placed_at) FROM reservations_reservation)"
        )
        eventually(lambda: connection.execute(heard).fetchone()[0], seconds=60)
    assert '"payments": "ok"' in _ready(served)
    (running,) = _writing(served, "provider.log")
    assert _writing(served, "payments.log")
    os.kill(running, signal.SIGKILL)
    eventually(lambda: served.hears("The provider stopped (SIGKILL). Starting it again"))
    eventually(lambda: _writing(served, "provider.log") not in ([], [running]))
    log = served.demo.folder / "log" / "provider.log"
    eventually(lambda: len(set(log.read_text().split())) == 1 < len(log.read_text().split()))
    asked = urllib.request.Request(  # noqa: S310
        f"{log.read_text().split()[0]}/v1/accounts/{account}",
        headers={"Authorization": "Bearer sk_test_x"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        assert json.load(answer)["charges_enabled"], "it has forgotten its books"


def _writing(served: Served, log: str) -> list[int]:
    """Children of the supervisor whose output goes there."""
    return [
        pid
        for pid in descendants(served.process.pid)
        if os.path.realpath(f"/proc/{pid}/fd/1").endswith(f"/log/{log}")
    ]


def _ready(served: Served) -> str:
    try:
        return served.get("/readyz")
    except OSError:  # 503 until the first tick
        return ""


def _answers(served: Served) -> bool:
    try:
        return '"' in served.get("/healthz")
    except OSError:
        return False


def _granian(supervisor: int) -> int:
    """The one child that has children of its own."""
    everybody = descendants(supervisor)
    parents = [pid for pid in everybody if descendants(pid)]
    assert len(parents) == 1
    assert len(descendants(parents[0])) == 2
    return parents[0]


@pytest.mark.long
def test_from_nothing_and_after_a_power_cut(tmp_path: Path) -> None:
    demo = Demo(tmp_path)
    served = Served(demo, "--no-serve")
    eventually(lambda: served.hears("A week of reservations"), seconds=200)
    served.process.kill()
    served.process.wait()
    said = demo.make()
    assert "interrupted half way" in said
    assert "Setting up the database" in said
    rows = demo.rows()
    assert demo.make("--reset").count("Building the town") == 1
    made_anew = demo.rows()
    assert made_anew["reservations_reservation"] == rows["reservations_reservation"]
    assert not [pid for pid in descendants(os.getpid()) if "watchdog" in command_of(pid)]
