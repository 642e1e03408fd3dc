"""The bench: grows towns, serves them, measures each workload beside two views that do nothing.

    python -m tests.bench [--offers 10000 --offers 100000] [--rounds 3] [--seconds 3]
                          [--only home,search,hours] [--json FILE]
                          [--branches 300] [--moments 10000] [--deliveries 10000]
                          [--shelf 100000] [--rows 50000]

With DATABASE_URL naming a PostgreSQL server, on a database of its own there; else on SQLite.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import databases
from tests.bench import browser, report, servers, shelves, webhooks, workloads
from tests.bench.workloads import CONNECTIONS, WORKLOADS, Workload

OFFERS = (10_000, 100_000)
#: The row that needs no server: hours of a town of its own, with a shelf of so many offers.
HOURS, BRANCHES, MOMENTS = "hours", 300, 10_000
#: The row of the provider's deliveries, on a town of its own.
WEBHOOKS, DELIVERIES = "webhooks", 10_000
#: The row of a retailer's own lists, on a short shelf and a long one of a town of its own.
SHELVES = "shelves"
#: The row of a till's list, so long.
PUSH, ROWS = "push", 50_000
#: Seconds of load before a measurement, and share of a measurement's seconds for a null view.
WARM, NULL_SHARE = 0.5, 1 / 3
#: Checkout forms prepared for one round, at least and at most.
FEWEST, MOST = 16, 800


@dataclass(frozen=True)
class Bench:
    """One town, served, and the limit beside it: a project that does nothing."""

    town: servers.Town
    port: int
    limit_port: int
    load: servers.Load
    seconds: float
    rounds: int

    def measure(self, workload: Workload, counted: dict[str, Any]) -> dict[str, Any]:
        """Medians of all rounds."""
        before = servers.rows(self.town) if workload.writes else {}
        rounds = [self._round(workload) for _ in range(self.rounds)]
        row: dict[str, Any] = {
            name: statistics.median(each[name] for each in rounds) for name in report.MEASURED
        }
        statuses: Counter[str] = Counter()
        for each in rounds:
            statuses.update(each["statuses"])
        row["statuses"] = dict(statuses)
        row["asked"] = sum(statuses.values())
        row["succeeded"] = sum(statuses[each] for each in workload.answers)
        row["broken"] = sum(each["broken"] for each in rounds)
        row["rounds"] = rounds
        row["counted"] = counted
        row["sql"] = max(counted["sql"])
        for name in ("html", "gzip", "goods"):
            row[name] = statistics.median(counted[name]) if name in counted else None
        if workload.writes:
            after = servers.rows(self.town)
            row["rows"] = {name: after[name] - before[name] for name in after}
        return row

    def _round(self, workload: Workload) -> dict[str, Any]:
        """The limit, the null view, the workload, and both again."""
        requests = self._requests(workload)
        nulls: dict[str, list[float]] = {"limit": [], "null": []}
        self._nulls(nulls)
        if not workload.writes:
            self._load(self.port, requests, min(WARM, self.seconds))
        got = self._load(self.port, requests, None if workload.name == "reserve" else self.seconds)
        self._nulls(nulls)
        for name, rates in nulls.items():
            got[name] = statistics.mean(rates)
        got["ratio"] = got["rps"] / got["null"]
        got["ratio_limit"] = got["rps"] / got["limit"]
        return got

    def _nulls(self, nulls: dict[str, list[float]]) -> None:
        seconds = self.seconds * NULL_SHARE
        for name, port, path in (("limit", self.limit_port, "/"), ("null", self.port, "/null/")):
            got = self._load(port, [browser.request(path)], seconds)
            if set(got["statuses"]) != {"200"}:
                raise browser.Refused(f"the null view answers {got['statuses']}")
            nulls[name].append(got["rps"])

    def _requests(self, workload: Workload) -> list[bytes]:
        if workload.name == "add":
            return workloads.adds(self.town.plan, self.port)
        if workload.name != "reserve":
            return workloads.pages(self.town.plan, workload.name)
        # A few first, to know how many fill the time.
        few = workloads.reserves(self.town.plan, self.port, FEWEST)
        rate = self._load(self.port, few, None)["rps"]
        number = max(FEWEST, min(MOST, round(rate * self.seconds)))
        return workloads.reserves(self.town.plan, self.port, number)

    def _load(self, port: int, requests: list[bytes], seconds: float | None) -> dict[str, Any]:
        return self.load(servers.job(port, CONNECTIONS, seconds, requests))


def bench(
    offers: int, *, engine: str, rounds: int, seconds: float, chosen: list[Workload], say: Any
) -> dict[str, Any]:
    """Every chosen workload on one town."""
    with ExitStack() as stack:
        town = stack.enter_context(servers.grown(offers, engine, say))
        env = servers.environment(town.url, town.directory, LOG_LEVEL="WARNING")
        plan = str(town.directory / "plan.json")
        names = [each.name for each in chosen]
        counted = json.loads(servers.run("tests.bench.count", plan, *names, env=env))
        port = stack.enter_context(servers.serving(town))
        limit_port = stack.enter_context(servers.serving_limit(town.directory))
        load = stack.enter_context(servers.loading())
        here = Bench(town, port, limit_port, load, seconds, rounds)
        say(report.head(offers, engine, town.plan["rows"]))
        results = {}
        for workload in chosen:
            results[workload.name] = here.measure(workload, counted[workload.name])
            say(report.line(workload, results[workload.name]))
        return {"offers": offers, "rows": town.plan["rows"], "results": results}


def hours(engine: str, branches: int, moments: int, rounds: int) -> dict[str, Any]:
    """What hours cost, measured in a process of its own on a database of its own."""
    with databases.fresh(engine) as database:
        env = servers.environment(
            database.url, database.directory, STATEMENT_TIMEOUT="0", LOG_LEVEL="WARNING"
        )
        numbers = (str(each) for each in (branches, moments, rounds))
        row: dict[str, Any] = json.loads(servers.run("tests.bench.hours", *numbers, env=env))
        return row


def own_lists(engine: str, few: int, many: int, rounds: int) -> dict[str, Any]:
    """What a retailer's lists cost on a short and a long shelf, in a process of its own."""
    with databases.fresh(engine) as database:
        env = servers.environment(
            database.url, database.directory, STATEMENT_TIMEOUT="0", LOG_LEVEL="WARNING"
        )
        numbers = (str(each) for each in (few, many, rounds))
        row: dict[str, Any] = json.loads(servers.run("tests.bench.shelves", *numbers, env=env))
        return row


def push(engine: str, rows: int, rounds: int) -> dict[str, Any]:
    """What a till's list costs, measured in a process of its own on a database of its own."""
    with databases.fresh(engine) as database:
        env = servers.environment(
            database.url, database.directory, STATEMENT_TIMEOUT="0", LOG_LEVEL="WARNING"
        )
        row: dict[str, Any] = json.loads(
            servers.run("tests.bench.push", str(rows), str(rounds), env=env)
        )
        return row


def main(arguments: list[str] | None = None) -> int:
    """Returns 1 when a request was refused: figures of errors are no figures."""
    args = _arguments(arguments)
    engine = databases.engine_of(os.environ.get("DATABASE_URL", ""))
    names = [name for name in args.only.split(",") if name] or [*_names()]
    chosen = [each for each in WORKLOADS if each.name in names]
    started = time.monotonic()
    servers.collect_static()
    towns = [
        bench(
            offers,
            engine=engine,
            rounds=args.rounds,
            seconds=args.seconds,
            chosen=chosen,
            say=_say,
        )
        for offers in (args.offers or OFFERS if chosen else ())
    ]
    found = {
        "engine": engine,
        "cores": os.cpu_count(),
        "connections": CONNECTIONS,
        "rounds": args.rounds,
        "seconds": args.seconds,
        "took": round(time.monotonic() - started),
        "towns": towns,
    }
    if HOURS in names:
        found[HOURS] = hours(engine, args.branches, args.moments, args.rounds)
        _say(report.hours(found[HOURS]))
        found["took"] = round(time.monotonic() - started)
    if WEBHOOKS in names:
        found[WEBHOOKS] = webhooks.measure(engine, args.deliveries, _say)
        _say(report.webhooks(found[WEBHOOKS]))
        found["took"] = round(time.monotonic() - started)
    if SHELVES in names:
        found[SHELVES] = own_lists(engine, shelves.FEW, args.shelf, args.rounds)
        _say(report.shelves(found[SHELVES]))
    if PUSH in names:
        found[PUSH] = push(engine, args.rows, args.rounds)
        _say(report.push(found[PUSH]))
        found["took"] = round(time.monotonic() - started)
    if args.json:
        Path(args.json).write_text(json.dumps(found, indent=1))
    results = [row for town in towns for row in town["results"].values()]
    _say(report.foot(found))
    refused = any(row["asked"] != row["succeeded"] or row["broken"] for row in results)
    return int(refused or (WEBHOOKS in found and webhooks.failed(found[WEBHOOKS])))


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    cli = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    cli.formatter_class = argparse.RawDescriptionHelpFormatter
    cli.add_argument("--offers", type=int, action="append", help="size of a town, repeatable")
    cli.add_argument("--rounds", type=int, default=3)
    cli.add_argument("--seconds", type=float, default=3, help="of one measurement")
    cli.add_argument("--only", default="", help=f"of {', '.join(_names())}")
    cli.add_argument("--branches", type=int, default=BRANCHES, help="of the row of hours")
    cli.add_argument("--moments", type=int, default=MOMENTS, help="that it rewrites")
    cli.add_argument("--deliveries", type=int, default=DELIVERIES, help="of the row of webhooks")
    cli.add_argument("--shelf", type=int, default=shelves.MANY, help="offers of the long one")
    cli.add_argument("--rows", type=int, default=ROWS, help="of the row of a till's list")
    cli.add_argument("--json", default="", help="write everything there")
    args = cli.parse_args(arguments)
    unknown = set(filter(None, args.only.split(","))) - set(_names())
    if unknown:
        cli.error(f"no such workload: {', '.join(sorted(unknown))}")
    return args


def _names() -> list[str]:
    return [*(each.name for each in WORKLOADS), HOURS, WEBHOOKS, SHELVES, PUSH]


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 a program


if __name__ == "__main__":
    sys.exit(main())
