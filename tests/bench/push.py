"""The row of the till: a list of all of a branch's articles, few of them changed or all of them.

    python -m tests.bench.push ROWS ROUNDS      on an empty migrated database

A program that the bench starts with its settings. Both lists are as long; each round takes them one
after the other, so that their ratio is one of the same minute.
"""

import json
import random
import statistics
import sys
import time
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

SEED = "push-1"
#: Of a hundred rows so many have changed since the last list.
FEW, ALL = 2, 100


def measure(number: int, rounds: int) -> dict[str, Any]:
    """Grows a shelf, then medians of all rounds, and each round."""
    from django.db.models import (  # noqa: PLC0415 only after django.setup()
        CharField,
        F,
        Value,
    )
    from django.db.models.functions import Cast, Concat  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from marketplace.core.domain.history import Actor  # noqa: PLC0415
    from shops.models import Offer  # noqa: PLC0415
    from tests.bench import branches, town  # noqa: PLC0415

    words = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    chance, by, now = random.Random(SEED), Actor.system(), timezone.now()
    with transaction.atomic():
        city = town.found(by=by, now=now)
        branch = branches.grow(city, 4, words, chance, now)[0]
    branches.shelf(branch, number, chance, now)
    Offer.objects.update(
        sku=Concat(Value("S"), Cast(F("pk"), CharField()), output_field=CharField())
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    till = Till(branch, chance, now)
    till.send(0)  # the first list finds counts of all ages; the daily ones find its own
    measured = []
    for _ in range(rounds):
        few, every = till.send(FEW), till.send(ALL)
        measured.append(
            {f"few_{name}": value for name, value in few.items()}
            | {f"all_{name}": value for name, value in every.items()}
            | {"ratio": few["seconds"] / every["seconds"], "cpu_ratio": few["cpu"] / every["cpu"]}
        )
    medians = {name: statistics.median(each[name] for each in measured) for name in measured[0]}
    return {"rows": number, **medians, "rounds": measured}


class Till:
    """Sends lists, half an hour apart."""

    def __init__(self, branch: Any, chance: random.Random, now: datetime) -> None:
        self.branch = branch
        self.chance = chance
        self.now = now

    def send(self, share: int) -> dict[str, float]:
        """All articles, of which `share` in a hundred have another number and another price."""
        from marketplace.core.domain.history import Actor  # noqa: PLC0415
        from shops.domain.deliveries import reading, taking  # noqa: PLC0415
        from shops.enums import Channel  # noqa: PLC0415

        content = self._content(share)
        self.now += timedelta(minutes=30)
        with CaptureQueriesContext(connection) as asked:
            started, cpu = time.perf_counter(), time.process_time()
            done = taking.take(
                branch=self.branch,
                number=f"{self.now:%Y%m%d%H%M}",
                mark=taking.fingerprint(content, None),
                listing=reading.from_json(content),
                as_of=None,
                sender=taking.Sender(channel=Channel.API, by=Actor.system()),
                now=self.now,
            )
            seconds, spent = time.perf_counter() - started, time.process_time() - cpu
        if done.accepted + done.unchanged != done.rows:
            raise AssertionError(
                f"{done.held} held, {done.refused} refused, {done.unknown} unknown"
            )
        return {"seconds": seconds, "cpu": spent, "sql": len(asked), "changed": done.accepted}

    def _content(self, share: int) -> bytes:
        from shops.models import Offer  # noqa: PLC0415

        rows = []
        for sku, known, price in (
            Offer.objects.filter(branch=self.branch)
            .order_by("pk")
            .values_list("sku", "on_hand", "price")
        ):
            units, cost = known or 0, price
            if self.chance.randrange(100) < share:
                units = units - 1 if units > 3 else units + 1
                cost = price + Decimal("0.05")
            rows.append({"sku": sku, "quantity": units, "price": float(cost)})
        return json.dumps({"rows": rows}).encode()


if __name__ == "__main__":
    django.setup()
    json.dump(measure(*map(int, sys.argv[1:3])), sys.stdout)
