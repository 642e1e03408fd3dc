"""The row of hours: 300 branches asked what can be collected today, 10,000 moments written anew.

    python -m tests.bench.hours BRANCHES OFFERS ROUNDS      on an empty migrated database

A program that the bench starts with its settings, so that it lives at the bench's own hour.
"""

import json
import random
import statistics
import sys
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction

SEED = "hours-1"


def measure(number: int, offers: int, rounds: int) -> dict[str, Any]:
    """Grows branches and a shelf, then medians of all rounds, and each round."""
    from django.utils import timezone  # noqa: PLC0415 only after django.setup()

    from marketplace.core.domain.history import Actor  # noqa: PLC0415
    from tests.bench import branches, calendars, town  # noqa: PLC0415

    words = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    chance, by, now = random.Random(SEED), Actor.system(), timezone.now()
    with transaction.atomic():
        city = town.found(by=by, now=now)
        grown = branches.grow(city, number, words, chance, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    facts = _medians([calendars.facts(city) for _ in range(rounds)])
    facts |= calendars.counted(city)
    branches.shelf(grown[0], offers, chance, now)
    moments = _medians([calendars.rewriting(grown[0], turn) for turn in range(rounds)])
    return {"facts": facts, "moments": moments}


def _medians(rounds: list[dict[str, float]]) -> dict[str, Any]:
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    return {**medians, "rounds": rounds}


if __name__ == "__main__":
    django.setup()
    json.dump(measure(*map(int, sys.argv[1:4])), sys.stdout)
