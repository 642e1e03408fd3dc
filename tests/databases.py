"""Databases for tests: migrated once, copied for everybody, thrown away at the end.

Migrating takes about half a minute, copying a few milliseconds. So one migrated SQLite file and one
stopped PostgreSQL cluster lie in `.var/test`, named by everything that shapes them.

    with databases.fresh("postgresql") as database:      # its own, migrated, dropped afterwards
        subprocess.run([...], env=database.env)           # for processes
        with databases.connected(database): ...           # for this process and its threads

    python -m tests.databases COMMAND ...     # runs COMMAND with DATABASE_URL naming PostgreSQL
"""

import contextlib
import fcntl
import functools
import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".var" / "test"
ENGINES = ("sqlite", "postgresql")
RUN = "STADTREGAL_TEST_RUN"  # directory of one run, shared by all its processes
#: Settings that migrations read.
SHAPING = (
    "AUTH_USER_MODEL",
    "DEFAULT_AUTO_FIELD",
    "INSTALLED_APPS",
    "LANGUAGE_CODE",
    "WAGTAILIMAGES_IMAGE_MODEL",
)
KEPT = 3  # migrated databases kept for other branches


@dataclass(frozen=True)
class Database:
    """One migrated database and a directory that belongs to it."""

    engine: str
    url: str
    directory: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment for a process that lives on this database with the product's settings."""
        return {
            **os.environ,
            "DATABASE_URL": self.url,
            "VAR_DIR": str(self.directory),
            "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        }


# --- one run --------------------------------------------------------------------------------------


def run_dir() -> Path:
    """The directory of this run; made by the first process, which also ends it (`end_run`)."""
    if RUN not in os.environ:
        if "PYTEST_VERSION" not in os.environ and __name__ != "__main__":
            return CACHE / "idle"  # settings read by a type checker, a shell ...
        _bury_the_dead()
        run = Path(tempfile.mkdtemp(prefix="stadtregal-"))
        run.chmod(0o711)  # as root, PostgreSQL runs as nobody below it
        (run / "owner").write_text(str(os.getpid()))
        os.environ[RUN] = str(run)
    return Path(os.environ[RUN])


def worker_dir() -> Path:
    """A directory of this test process alone."""
    directory = run_dir() / os.environ.get("PYTEST_XDIST_WORKER", "main")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def end_run() -> None:
    """Stop the server and remove the directory, if this process began the run."""
    run = os.environ.get(RUN)
    if run and (Path(run) / "owner").read_text() == str(os.getpid()):
        _remove(Path(run))
        del os.environ[RUN]


def _remove(run: Path) -> None:
    postgres.stop(run)
    shutil.rmtree(run, ignore_errors=True)


def _bury_the_dead() -> None:
    """Remove what runs left behind that were killed."""
    for owner in Path(tempfile.gettempdir()).glob("stadtregal-*/owner"):
        with contextlib.suppress(OSError, ValueError):
            try:
                os.kill(int(owner.read_text()), 0)
            except ProcessLookupError:
                _remove(owner.parent)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Only one process at a time, whatever run it belongs to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# --- migrated templates ---------------------------------------------------------------------------


@functools.cache
def key() -> str:
    """Names a migrated database: migrations, what they call, some settings, package versions."""
    from tests import settings  # noqa: PLC0415 - they ask this module where to live

    shaping = [repr(getattr(settings, name)) for name in SHAPING]
    shaping += [code for code, _ in settings.WAGTAIL_CONTENT_LANGUAGES]
    digest = hashlib.sha256("\n".join(shaping).encode())
    files = [
        *ROOT.glob("marketplace/*/migrations/*.py"),
        *ROOT.glob("*/migrations/*.py"),
        ROOT / "marketplace/core/schema.py",
        Path(__file__),
    ]
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    for name in sorted(f"{d.name} {d.version}" for d in metadata.distributions()):
        digest.update(name.encode())
    return digest.hexdigest()[:16]


def _migrate(url: str, directory: Path) -> None:
    database = Database(engine_of(url), url, directory)
    cache = "cache" if database.engine == "sqlite" else "default"
    for command in (["migrate", "-v0", "--no-input"], ["createcachetable", "--database", cache]):
        done = subprocess.run(
            [sys.executable, "-m", "django", *command],
            cwd=ROOT,
            env={
                **{name: value for name, value in database.env.items() if name != "CACHE_URL"},
                "DEMO": "1",
                "STATEMENT_TIMEOUT": "0",
                "LOCK_TIMEOUT": "0",
                "DJANGO_SETTINGS_MODULE": "tests.settings"
                if command[0] == "migrate"
                else "marketplace.settings",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed on {url}:\n{done.stdout}{done.stderr}")


def _prune(pattern: str) -> None:
    found = sorted(CACHE.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in found[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def sqlite_template() -> Path:
    """Directory with the migrated file `db.sqlite3` and the cache's own `db-cache.sqlite3`."""
    template = CACHE / f"sqlite-{key()}"
    with locked(CACHE / "lock"):
        if not template.exists():
            with tempfile.TemporaryDirectory(prefix="stadtregal-migrate-") as name:
                _migrate(f"sqlite:///{name}/db.sqlite3", Path(name))
                fresh = Path(tempfile.mkdtemp(dir=CACHE))
                for file in Path(name).glob("db*.sqlite3*"):
                    shutil.copy(file, fresh)
                fresh.rename(template)
            _prune("sqlite-*")
    return template


def server() -> str:
    """URL of the PostgreSQL server of this run: DATABASE_URL's, else one from the wheel."""
    given = os.environ.get("DATABASE_URL", "")
    if engine_of(given) == "postgresql":
        return given
    with locked(run_dir() / "server.lock"):
        return postgres.start(run_dir(), CACHE / f"postgresql-{key()}", prepare=_prepare)


def _prepare(url: str) -> None:
    """Make the template on a new server that will be copied for later runs."""
    _postgresql_template(url)
    _prune("postgresql-*")


def _postgresql_template(url: str) -> str:
    """Name of the migrated database on that server."""
    name = f"stadtregal_template_{key()}"
    with postgres.administration(url) as execute:
        execute("SELECT pg_advisory_lock(20261123)")
        if not execute("SELECT 1 FROM pg_database WHERE datname = %s", name):
            half = f"{name}_half"
            execute(f'DROP DATABASE IF EXISTS "{half}" WITH (FORCE)')
            execute(f'CREATE DATABASE "{half}"')
            with tempfile.TemporaryDirectory(prefix="stadtregal-migrate-") as directory:
                _migrate(postgres.named(url, half), Path(directory))
            execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    return name


# --- databases for tests --------------------------------------------------------------------------


def engine_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return "postgresql" if urlsplit(url).scheme in {"postgres", "postgresql"} else "sqlite"


@contextlib.contextmanager
def fresh(engine: str) -> Iterator[Database]:
    """A migrated database that nobody else knows; gone when the block ends."""
    directory = Path(tempfile.mkdtemp(prefix=f"{engine}-", dir=worker_dir()))
    try:
        if engine == "sqlite":
            for file in sqlite_template().iterdir():
                shutil.copy(file, directory)
            yield Database(engine, f"sqlite:///{directory / 'db.sqlite3'}", directory)
        else:
            url = server()
            template = _postgresql_template(url)
            name = f"stadtregal_{uuid.uuid4().hex[:12]}"
            with postgres.administration(url) as execute:
                execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            try:
                yield Database(engine, postgres.named(url, name), directory)
            finally:
                with postgres.administration(url) as execute:
                    execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def connected(database: Database) -> Iterator[Database]:
    """Turn this process's default connection, of every thread, to the database.

    With the product's own options for it (IMMEDIATE, pool, time limits). Threads close theirs with
    `connections.close_all()` before they end. Never inside a test that uses the `db` fixture.
    """
    from django.db import connections  # noqa: PLC0415 - `python -m tests.databases` has no settings

    if connections["default"].in_atomic_block:
        raise RuntimeError("a test with a database of its own must not use the `db` fixture")
    before = connections.settings["default"]
    kept = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = database.url
    values = runpy.run_path(str(ROOT / "marketplace" / "settings.py"))["DATABASES"]
    _turn(connections, connections.configure_settings({"default": values["default"]})["default"])
    try:
        yield database
    finally:
        if kept is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = kept
        _turn(connections, before)


def use(database: Database) -> None:
    """Make the database the suite's own: the options of tests/settings.py, another name."""
    from django.db import connections  # noqa: PLC0415

    settings = dict(connections.settings["default"])
    settings["NAME"] = (
        str(database.directory / "db.sqlite3")
        if database.engine == "sqlite"
        else urlsplit(database.url).path.removeprefix("/")
    )
    _turn(connections, settings)


def _turn(connections, settings) -> None:
    old = connections["default"]
    old.close()
    if hasattr(old, "close_pool"):  # pools belong to the alias and would outlive the change
        old.close_pool()
    connections.settings["default"] = settings
    connections["default"] = connections.create_connection("default")


def main(command: list[str]) -> int:
    """Run a command with DATABASE_URL naming a PostgreSQL server of its own."""
    try:
        os.environ["DATABASE_URL"] = server()
        return subprocess.run(command, check=False).returncode
    finally:
        end_run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
