"""What the stand-in remembers: one SQLite file (or none) behind one lock, and a clock to move."""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Thing = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL,
    account TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, account, seq);
CREATE TABLE IF NOT EXISTS answer (
    account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, created INTEGER NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, manner TEXT NOT NULL DEFAULT '', done INTEGER);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due, seq) WHERE done IS NULL;
CREATE TABLE IF NOT EXISTS plan (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, what TEXT NOT NULL,
    id TEXT NOT NULL, account TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS note (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
#: Stripe keeps an idempotency key at least so long, and no longer is promised.
KEPT = 24 * 3600


class Store:
    """Objects by id and account. Everything inside `transaction` happens as a whole or not."""

    def __init__(self, path: str = ":memory:", wall: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self._wall = wall
        self._depth = 0
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)
        self._offset = float(self.note("offset") or 0)

    def close(self) -> None:
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested ones belong to the outermost."""
        with self.lock:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth = 0

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    # --- clock ------------------------------------------------------------------------------------

    def clock(self) -> float:
        """The stand-in's own time, in seconds since 1970."""
        return self._wall() + self._offset

    def now(self) -> int:
        return int(self.clock())

    def move(self, seconds: float) -> None:
        """Let time pass. Never backwards."""
        if seconds < 0:
            raise ValueError("the clock only goes forwards")
        with self.transaction():
            self._offset += seconds
            self.set_note("offset", str(self._offset))

    # --- objects ----------------------------------------------------------------------------------

    def add(self, obj: Thing, account: str) -> Thing:
        """A new object. Its `id` must be new."""
        self.rows(
            "INSERT INTO object (id, kind, account, body) VALUES (?, ?, ?, ?)",
            *(obj["id"], obj["object"], account, json.dumps(obj)),
        )
        return obj

    def save(self, obj: Thing) -> Thing:
        """Write a changed object back."""
        self.rows("UPDATE object SET body = ? WHERE id = ?", json.dumps(obj), obj["id"])
        return obj

    def get(self, kind: str, key: str, account: str | None = None) -> Thing | None:
        """The object, if it is of this kind and of this account."""
        found = self.rows("SELECT body, account FROM object WHERE id = ? AND kind = ?", key, kind)
        if not found or (account is not None and found[0][1] != account):
            return None
        body: Thing = json.loads(found[0][0])
        return body

    def known(self, kind: str, key: str, account: str | None = None) -> Thing:
        """An object that must be there: another one names it. KeyError otherwise."""
        found = self.get(kind, key, account)
        if found is None:
            raise KeyError(key)
        return found

    def account_of(self, key: str) -> str:
        """Whose object this is. KeyError for none."""
        found = self.rows("SELECT account FROM object WHERE id = ?", key)
        if not found:
            raise KeyError(key)
        return str(found[0][0])

    def all(self, kind: str, account: str | None = None) -> list[Thing]:
        """Objects of a kind, the oldest first."""
        sql, values = "SELECT body FROM object WHERE kind = ?", [kind]
        if account is not None:
            sql, values = f"{sql} AND account = ?", [kind, account]
        return [json.loads(body) for (body,) in self.rows(f"{sql} ORDER BY seq", *values)]

    def walk(
        self, kind: str, account: str, *, older: str | None = None, younger: str | None = None
    ) -> Iterator[Thing]:
        """Objects of a kind, the youngest first, from `older`'s next on.

        With `younger`: those after it, the oldest first. Inside a transaction, row by row, so that
        a page of a long list costs a page.
        """
        seq = self.rows("SELECT seq FROM object WHERE id = ?", older or younger or "")
        bound = seq[0][0] if seq else 0
        side = " AND seq < ?" if older else " AND seq > ?"
        order = "ASC" if younger else "DESC"
        sql = f"SELECT body FROM object WHERE kind = ? AND account = ?{side} ORDER BY seq {order}"  # noqa: S608 constants
        for (body,) in self._db.execute(sql, (kind, account, bound)):
            yield json.loads(body)

    # --- what shall happen at its time ------------------------------------------------------------

    def plan(self, due: float, what: str, key: str, account: str) -> None:
        self.rows(
            "INSERT INTO plan (due, what, id, account) VALUES (?, ?, ?, ?)",
            *(due, what, key, account),
        )

    def take_due(self) -> tuple[str, str, str] | None:
        """The next planned thing whose time has come: (what, id, account)."""
        found = self.rows(
            "SELECT seq, what, id, account FROM plan WHERE due <= ? ORDER BY due, seq LIMIT 1",
            self.clock(),
        )
        if not found:
            return None
        self.rows("DELETE FROM plan WHERE seq = ?", found[0][0])
        return found[0][1:]

    # --- answers under an idempotency key ---------------------------------------------------------

    def answer(self, account: str, key: str) -> tuple[str, int, str] | None:
        """(request, status, body) once given under this key, while it is kept."""
        found = self.rows(
            "SELECT request, status, body FROM answer WHERE account = ? AND key = ? "
            "AND created > ?",
            *(account, key, self.now() - KEPT),
        )
        return found[0] if found else None

    def keep(self, account: str, key: str, request: str, status: int, body: str) -> None:
        self.rows(
            "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?)",
            *(account, key, request, self.now(), status, body),
        )

    # --- notes ------------------------------------------------------------------------------------

    def note(self, key: str) -> str | None:
        found = self.rows("SELECT value FROM note WHERE key = ?", key)
        return found[0][0] if found else None

    def set_note(self, key: str, value: str) -> None:
        self.rows("INSERT OR REPLACE INTO note VALUES (?, ?)", key, value)


def new_id(prefix: str) -> str:
    """An id as Stripe's look."""
    return f"{prefix}_{secrets.token_hex(12)}"
