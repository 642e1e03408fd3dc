"""Counts statements and bytes in this process: no load, no server, the same settings and rows.

    python -m tests.bench.count PLAN.json NAME ...   what each of these workloads asks and answers

Each request is sent twice; the second one counts, as then all that is kept is warm.
"""

import gzip
import json
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django
from django.db import connections
from django.test import Client

from tests.bench import browser, workloads

LOOKED_AT = 12
#: Statements that only mark a transaction's ends.
_MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
_HEADERS = {"host": browser.HOST, "x-forwarded-proto": "https", "sec-fetch-site": "same-origin"}


class Counter:
    """Statements on all databases."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(_MARKS):
            self.statements.append(sql)
        return execute(sql, params, many, context)


def ask(client: Client, path: str, data: dict[str, str] | None = None) -> tuple[Any, int]:
    """The answer, and how many statements it took."""
    counter = Counter()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(counter))
        if data is None:
            answer = client.get(path, headers=_HEADERS)
        else:
            referer = f"https://{browser.HOST}/"
            answer = client.post(path, data, headers=_HEADERS | {"referer": referer})
    return answer, len(counter.statements)


def page(paths: list[str]) -> dict[str, Any]:
    """Statements, bytes and links to goods of pages."""
    seen: dict[str, list[int]] = {"sql": [], "html": [], "gzip": [], "goods": []}
    for path in paths[:LOOKED_AT]:
        client = Client()
        ask(client, path)
        answer, statements = ask(client, path)
        if answer.status_code != 200:
            raise browser.Refused(f"{answer.status_code} {path}")
        seen["sql"].append(statements)
        seen["html"].append(len(answer.content))
        seen["gzip"].append(len(gzip.compress(answer.content, 6)))
        seen["goods"].append(len(set(re.findall(rb'href="(/produkt/[^"?#]+)', answer.content))))
    return seen


def write(plan: dict[str, Any], name: str) -> dict[str, Any]:
    """Statements of adding to the basket, and of reserving; each by two new shoppers."""
    seen: dict[str, list[int]] = {"sql": []}
    offer = plan["offers"][0]
    for turn in range(2):
        client = Client(enforce_csrf_checks=True)
        html, _count = ask(client, offer["page"])
        action, data = browser.basket_form(html.content.decode(), offer["id"])
        answer, statements = ask(client, action, data)
        if name == "reserve":
            html, _count = ask(client, workloads.CHECKOUT)
            action, data = browser.checkout_form(html.content.decode(), f"counted-{turn}")
            answer, statements = ask(client, action, data)
        if answer.status_code not in (302, 303):
            raise browser.Refused(f"{answer.status_code} {action}")
        seen["sql"] = [statements]
    return seen


if __name__ == "__main__":
    django.setup()
    plan = json.loads(Path(sys.argv[1]).read_text())
    known = {each.name: each for each in workloads.WORKLOADS}
    found = {
        name: write(plan, name) if known[name].writes else page(plan[name]) for name in sys.argv[2:]
    }
    json.dump(found, sys.stdout)
