"""The row of shelves: a retailer's own lists, on a shelf of 1,000 and on one of many more.

    python -m tests.bench.shelves FEW MANY ROUNDS      on an empty migrated database

A program that the bench starts with its settings. Both shelves lie in one town, so the long one is
also the short one's neighbour. Each list is asked through all middleware, pages from its beginning
and from its middle, and everything a member does with it first.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.db import connection

SEED = "shelves-1"
FEW, MANY = 1_000, 100_000
#: Requests of one list in one round.
ASKED = 25
#: What is asked of a shelf with so many pages; `{}` is one of them.
LISTS = {
    "list": "?page={}",
    "short of": "?show=sold-out&page={}",
    "grid": "tabelle/?page={}",
    "recount": "nachzaehlen/",
}
#: How much slower the long shelf may be.
MOST_RATIO = 3


def measure(few: int, many: int, rounds: int) -> dict[str, Any]:
    """For both shelves and each list: statements, median and 95th part in milliseconds."""
    shelves = _grown(few, many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {str(number): asked(branch, number, rounds) for number, branch in shelves.items()}


def _grown(few: int, many: int) -> dict[int, Any]:
    """Two shops, with so many offers each, of all ages."""
    from django.utils import timezone  # noqa: PLC0415 only after django.setup()

    from marketplace.core.domain.history import Actor  # noqa: PLC0415
    from tests.bench import town  # noqa: PLC0415
    from tests.bench.goods import Grower  # noqa: PLC0415

    words = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    chance, by, now = random.Random(SEED), Actor.system(), timezone.now()
    city = town.found(by=by, now=now)
    shelves = dict(zip((few, many), town.shops(city, 2, words, chance)[-2:], strict=True))
    first = 1
    for number, branch in shelves.items():
        Grower(city, [branch], [], words, chance, now - timedelta(days=1), first).grow(number)
        first += number
    return shelves


def asked(branch: Any, number: int, rounds: int) -> dict[str, dict[str, float]]:
    """What each list of a branch with so many offers costs one of its people."""
    from django.test import Client  # noqa: PLC0415

    from marketplace.core.models import User  # noqa: PLC0415
    from shops.enums import Role  # noqa: PLC0415
    from shops.models import Member  # noqa: PLC0415
    from tests.bench import browser  # noqa: PLC0415

    person = User.objects.create_user(email=f"bench-{number}@example.de", password="")
    Member.objects.create(user=person, shop=branch.shop, role=Role.STAFF)
    client = Client(HTTP_HOST=browser.HOST, HTTP_X_FORWARDED_PROTO="https")
    client.force_login(person)
    base = f"/haendler/{branch.shop.slug}/{branch.slug}/waren/"
    return {
        name: _asked(client, [base + path.format(page) for page in _pages(number)], rounds)
        for name, path in LISTS.items()
    }


def _pages(number: int) -> Iterator[int]:
    """The first pages, and some from the middle."""
    last = max(number // 50, 1)
    yield from (1, 1, 1, min(2, last), max(last // 2, 1))


def _asked(client: Any, paths: list[str], rounds: int) -> dict[str, float]:
    """Medians of all rounds."""
    from tests.bench import count  # noqa: PLC0415 only after django.setup()

    for path in paths:
        answer = client.get(path)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answers {answer.status_code}")
    _answer, statements = count.ask(client, paths[0])
    each = [_round(client, paths) for _ in range(rounds)]
    medians = {name: statistics.median(one[name] for one in each) for name in each[0]}
    return {"sql": statements, **medians}


def _round(client: Any, paths: list[str]) -> dict[str, float]:
    took = []
    for turn in range(ASKED):
        begun = time.process_time()
        client.get(paths[turn % len(paths)])
        took.append((time.process_time() - begun) * 1000)
    took.sort()
    return {"p50": took[len(took) // 2], "p95": took[int(len(took) * 0.95)]}


def ratios(row: dict[str, Any]) -> dict[str, float]:
    """By list: how much slower the long shelf is than the short one, by the 95th part."""
    few, many = sorted(row, key=int)
    return {name: row[many][name]["p95"] / row[few][name]["p95"] for name in row[few]}


if __name__ == "__main__":
    django.setup()
    json.dump(measure(*map(int, sys.argv[1:4])), sys.stdout)
