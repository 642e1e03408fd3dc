"""The servers of a run and the town they serve; all they know comes from their environment."""

import base64
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketplace import sqlite  # noqa: F401 first: decides which SQLite is found
from tests import databases
from tests.bench import browser, clock

HOME = databases.ROOT / ".var" / "bench"
KEPT = 4  # grown towns kept for later runs
#: What shapes a grown town, besides its migrations.
SHAPING = (
    "shops/models/*.py",
    "shops/domain/**/*.py",
    "cms/models/*.py",
    "cms/domain/*.py",
    "marketplace/core/models/*.py",
    "marketplace/core/domain/*.py",
    "marketplace/core/text.py",
    "marketplace/workbench/domain/pages.py",
    "marketplace/workbench/town/*.json",
    "marketplace/workbench/town/pages/*",
    "tests/bench/clock.py",
    "tests/bench/goods.py",
    "tests/bench/grow.py",
    "tests/bench/town.py",
    "tests/bench/words.json",
)
#: Would make a demo of the product, or send it elsewhere.
UNSET = (
    *("DEMO", "DEBUG", "STRICT_PAGES", "ADMIN_HOST", "CACHE_URL", "TASKS_BACKEND", "LOG_LEVEL"),
    *("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_API_BASE"),
)
#: What reserving fills.
TABLES = {
    "Basket": "reservations_basket",
    "Checkout": "reservations_checkout",
    "Line": "reservations_line",
}
PATIENCE = 60


@dataclass(frozen=True)
class Town:
    """A grown town of this run's own."""

    url: str
    directory: Path
    plan: dict[str, Any]


def environment(url: str, directory: Path, **more: str) -> dict[str, str]:
    """Production's, of a process that lives on this database."""
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DATABASE_URL": url,
        "VAR_DIR": str(directory),
        "SECRET_KEY": "for the bench only: sessions and forms are signed with it",
        "LINK_KEY": "for the bench only: links in mails are made with it",
        "BASE_URL": f"https://{browser.HOST}",
        "EMAIL_URL": "dummymail://",
        "TRUSTED_PROXY_COUNT": "1",
        "BENCH_STATIC": str(HOME / "static"),
        clock.BEGAN: os.environ.setdefault(clock.BEGAN, repr(time.time())),
        **more,
    }


def run(module: str, *arguments: str, env: dict[str, str]) -> str:
    """What a program of ours says; raises with its last words when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=databases.ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-4000:]}")
    return done.stdout


# --- towns ----------------------------------------------------------------------------------------


@contextmanager
def grown(offers: int, engine: str, say: Callable[[str], None]) -> Iterator[Town]:
    """A town with so many offers. On SQLite it is grown once and copied for each run."""
    HOME.mkdir(parents=True, exist_ok=True)
    if engine == "postgresql":
        with databases.fresh(engine) as database:
            say(f"Growing {offers:,} offers ...")
            yield Town(database.url, database.directory, _grow(database, offers))
        return
    kept = HOME / f"town-{offers}-{_key()}"
    with databases.locked(HOME / "lock"):
        if not kept.exists():
            say(f"Growing {offers:,} offers, kept for later runs ...")
            with databases.fresh(engine) as database:
                _grow(database, offers)
                fresh = Path(tempfile.mkdtemp(dir=HOME))
                shutil.copytree(database.directory, fresh, dirs_exist_ok=True)
                fresh.rename(kept)
            _prune()
    directory = Path(tempfile.mkdtemp(prefix="run-", dir=HOME))
    try:
        shutil.copytree(kept, directory, dirs_exist_ok=True)
        plan = json.loads((directory / "plan.json").read_text())
        yield Town(f"sqlite:///{directory / 'db.sqlite3'}", directory, plan)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _grow(database: databases.Database, offers: int) -> dict[str, Any]:
    env = environment(database.url, database.directory, STATEMENT_TIMEOUT="0", LOG_LEVEL="WARNING")
    plan = database.directory / "plan.json"
    run("tests.bench.grow", str(offers), str(plan), env=env)
    found: dict[str, Any] = json.loads(plan.read_text())
    return found


def collect_static() -> None:
    """The manifest of static names, where all servers find it."""
    HOME.mkdir(parents=True, exist_ok=True)
    with databases.locked(HOME / "lock"), tempfile.TemporaryDirectory(dir=HOME) as directory:
        env = environment("sqlite:///:memory:", Path(directory))
        run("django", "collectstatic", "--no-input", "-v0", env=env)


def _key() -> str:
    digest = hashlib.sha256(databases.key().encode())
    for pattern in SHAPING:
        for path in sorted(databases.ROOT.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(databases.ROOT)}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _prune() -> None:
    towns = sorted(HOME.glob("town-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in towns[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def rows(town: Town) -> dict[str, int]:
    """What writes leave behind."""
    return {
        name: values(town, f"SELECT count(*) FROM {table}")[0]  # noqa: S608
        for name, table in TABLES.items()
    }


def values(town: Town, sql: str) -> list[Any]:
    """One column, asked of the database itself: starting Django would take longer."""
    connection: Any
    if databases.engine_of(town.url) == "postgresql":
        import psycopg  # noqa: PLC0415 on PostgreSQL only

        connection = psycopg.connect(town.url)
    else:
        import sqlite3  # noqa: PLC0415 the one that marketplace.sqlite has put there

        connection = sqlite3.connect(town.directory / "db.sqlite3")
    with closing(connection):
        return [row[0] for row in connection.execute(sql).fetchall()]


# --- servers --------------------------------------------------------------------------------------


@contextmanager
def serving(town: Town, **more: str) -> Iterator[int]:
    """The product on a free port of this machine; its log lies beside the town."""
    port = _free_port()
    env = environment(town.url, town.directory, HOST="127.0.0.1", PORT=str(port), **more)
    command = [sys.executable, "-m", "marketplace.workbench.programs", "server"]
    with _running(command, env, town.directory / "server.log", port, "/healthz"):
        yield port


@contextmanager
def serving_limit(directory: Path) -> Iterator[int]:
    """The limit under the same server: as many processes and threads."""
    port = _free_port()
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {"HOST": "127.0.0.1", "PORT": str(port)}
    program = (
        "from marketplace.workbench import programs as p; p.serve('tests.bench.null:application')"
    )
    with _running([sys.executable, "-c", program], env, directory / "limit.log", port, "/"):
        yield port


def job(
    port: int, connections: int, seconds: float | None, requests: list[bytes]
) -> dict[str, Any]:
    """What `tests.bench.load` is told to send."""
    return {
        "port": port,
        "connections": connections,
        "seconds": seconds,
        "requests": [base64.b64encode(each).decode() for each in requests],
    }


Load = Callable[[dict[str, Any]], dict[str, Any]]


@contextmanager
def loading() -> Iterator[Load]:
    """A process that sends what it is told, and tells what came back."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load"],
        cwd=databases.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def load(job: dict[str, Any]) -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError("the load broke down; its last words stand above")
        found: dict[str, Any] = json.loads(answer)
        return found

    try:
        yield load
    finally:
        process.kill()
        process.communicate()


@contextmanager
def _running(
    command: list[str], env: dict[str, str], log: Path, port: int, path: str
) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=databases.ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(process, port, path, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, path: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path, headers=browser.HEADERS)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server does not answer:\n{log.read_text()[-4000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
