"""A demo town of a test's own: made and served as somebody does who has set nothing."""

import hashlib
import os
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests import databases
from tests.workbench.processes import descendants


def environment(**changes: str) -> dict[str, str]:
    """What somebody has who has set nothing."""
    ours = ("DATABASE_URL", "SECRET_KEY", "LINK_KEY", "BASE_URL", "HOST", "PORT", "EMAIL_URL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"DJANGO_SETTINGS_MODULE": "marketplace.settings"} | changes


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Demo:
    """A folder with a town, and what the command says about it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def env(self) -> dict[str, str]:
        return environment(VAR_DIR=str(self.folder), PORT=str(self.port))

    def make(self, *options: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", "demo", "--no-serve", *options],
            cwd=databases.ROOT,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout

    def rows(self) -> dict[str, int]:
        """Rows per table."""
        with sqlite3.connect(self.folder / "db.sqlite3") as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
                for (name,) in names.fetchall()
            }

    def files(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in ("media", "mail")
            for path in (self.folder / folder).rglob("*")
            if path.is_file()
        }


class Served:
    """The demo, serving."""

    def __init__(self, demo: Demo, *options: str) -> None:
        self.demo = demo
        self.said = demo.folder / "said"
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", *options],
                cwd=databases.ROOT,
                env=demo.env(),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def hears(self, words: str) -> bool:
        assert self.process.poll() is None, self.said.read_text()
        return words in self.said.read_text()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.demo.url + path, timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())

    def size(self, path: str) -> int:
        with urllib.request.urlopen(self.demo.url + path, timeout=30) as answer:  # noqa: S310
            return len(answer.read())

    def everybody(self) -> set[int]:
        return descendants(self.process.pid) | {self.process.pid}
