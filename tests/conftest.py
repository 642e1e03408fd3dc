"""The harness: one migrated database per worker, no way out of the machine, needs told aloud.

Fixtures for everybody: `own_database` (and `databases.fresh`), `pg_server`, `redis_url`,
`chromium`, `shared_data`. `db` is pytest-django's and rolls back; `transactional_db` is refused,
because the append-only triggers forbid emptying tables: such tests take `own_database`.
"""

import ipaddress
import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests import databases, html
from tests.needs import PREFIX, require

# --- databases ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    """This worker's own copy of the migrated database, on whatever DATABASE_URL names."""
    del django_test_environment
    engine = databases.engine_of(os.environ["DATABASE_URL"])
    with ExitStack() as stack:
        database = stack.enter_context(databases.fresh(engine))
        with django_db_blocker.unblock():
            databases.use(database)
        yield
        with django_db_blocker.unblock():
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()


@pytest.fixture(params=databases.ENGINES)
def own_database(request, django_db_blocker) -> Iterator[databases.Database]:
    """A fresh migrated database, once per engine, that this process and its threads talk to.

    Real commits, real locks, the product's own options. `own_database.env` is for subprocesses.
    Threads call `connections.close_all()` before they end.
    """
    if request.param == "postgresql":
        require("postgresql")
    with (
        databases.fresh(request.param) as database,
        django_db_blocker.unblock(),
        databases.connected(database),
    ):
        yield database


@pytest.fixture(scope="session")
def pg_server() -> str:
    """URL of this run's PostgreSQL server."""
    return require("postgresql")


# --- what lies outside ----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this worker's own, on a free loopback port."""
    program = require("redis")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        cwd=databases.worker_dir(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Debian's Chromium, for Playwright's `executable_path`."""
    return require("chromium")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files that others wrote. Read in place, never copied."""
    return Path(require("shared data"))


# --- every test -----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


def _only_loopback(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if not isinstance(host, str) or host in {"localhost", ""} or host.endswith(".localhost"):
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RuntimeError(f"tests reach nobody outside this machine, but {host} was asked for")


def _block_sockets() -> None:
    """Whoever tries to leave the machine hears so at once."""

    class Socket(socket.socket):
        def connect(self, address):
            _only_loopback(address)
            return super().connect(address)

        def connect_ex(self, address):
            _only_loopback(address)
            return super().connect_ex(address)

    ask = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        _only_loopback((host.decode() if isinstance(host, bytes) else host,))
        return ask(host, *args, **kwargs)

    socket.socket = Socket  # type: ignore[misc]
    socket.getaddrinfo = getaddrinfo


def _list_static_files_once() -> None:
    """Each new `Client` builds the middleware anew, and WhiteNoise's part lists every static file.

    Under the same settings they are the same files: the first list serves this process.
    """
    from whitenoise.middleware import WhiteNoiseMiddleware  # noqa: PLC0415 - asks the settings

    plain = WhiteNoiseMiddleware.add_files_from_finders
    listed: dict[str, dict[str, object]] = {}

    def add_files_from_finders(self: WhiteNoiseMiddleware) -> None:
        names = [name for name in dir(settings) if name.startswith(("STATIC", "WHITENOISE"))]
        under = repr([getattr(settings, name) for name in [*names, "STORAGES", "BUNDLES"]])
        if under not in listed:
            plain(self)
            listed[under] = self.files
        self.files = listed[under]

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders


def pytest_configure(config: pytest.Config) -> None:
    databases.run_dir()
    _block_sockets()
    _list_static_files_once()


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.end_run()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "own_database" in names:
            item.add_marker(pytest.mark.both)
        if "transactional_db" in names:
            raise pytest.UsageError(f"{item.nodeid}: take own_database instead of transactional_db")
        marker = item.get_closest_marker("django_db")
        if marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])):
            raise pytest.UsageError(f"{item.nodeid}: take own_database instead of transaction=True")


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {databases.engine_of(os.environ['DATABASE_URL'])}"


def pytest_terminal_summary(terminalreporter, exitstatus: int, config: pytest.Config) -> None:
    """Say what was not run, and why: a silent gap looks like a pass."""
    missing: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        missing[reason.removeprefix("Skipped: ")] += 1
    if missing:
        terminalreporter.section("NOT RUN HERE", yellow=True)
        for reason, number in missing.most_common():
            what = reason if reason.startswith(PREFIX) else f"skipped: {reason}"
            terminalreporter.line(f"{number} test{'s' if number > 1 else ''}: {what}")


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _every_page_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each HTML page that a test asks for keeps what `tests.html` says; the desk is Wagtail's."""
    plain = Client.request

    def request(self: Client, **asked: object) -> object:
        answer = plain(self, **asked)
        kind = answer.headers.get("Content-Type", "")
        path = str(asked.get("PATH_INFO", ""))
        if not answer.streaming and not path.startswith(("/cms/", "/werkbank/post/")):
            text = answer.content.decode(errors="replace")
            if html.is_page(kind, text):
                assert html.problems(text) == [], f"{path}: {html.problems(text)}"
        return answer

    monkeypatch.setattr(Client, "request", request)
