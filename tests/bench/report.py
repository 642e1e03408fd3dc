"""The table: one line per workload, aims beside."""

from typing import Any

from tests.bench.shelves import MOST_RATIO, ratios
from tests.bench.workloads import Workload

#: What hours may cost: statements and milliseconds for the facts of 300 branches, seconds for
#: 10,000 moments.
MOST_SQL, MOST_MS, MOST_SECONDS = 3, 5, 10
#: What a list of which 2 % have changed may cost: statements, and as a share of all changed.
MOST_PUSH_SQL, MOST_PUSH = 60, 0.25
#: Medians of rounds.
MEASURED = ("rps", "p50", "p95", "cpu", "null", "limit", "ratio", "ratio_limit")
COLUMNS = (
    f"{'workload':9} {'SQL':>4} {'aim':>4} {'html':>8} {'gzip':>7} {'rps':>7} {'p50 ms':>7} "
    f"{'p95 ms':>7} {'/null/':>6} {'ratio':>7} {'aim':>5} {'limit':>6} {'ratio':>6} {'goods':>5}"
    "  answers"
)


def head(offers: int, engine: str, rows: dict[str, int]) -> str:
    """What lies below."""
    told = ", ".join(f"{number:,} {name}" for name, number in rows.items())
    return f"\n{offers:,} offers on {engine} ({told})\n{COLUMNS}"


def line(workload: Workload, row: dict[str, Any]) -> str:
    """One workload. A figure that misses its aim has an exclamation mark behind it."""
    missed = workload.aim is not None and row["ratio"] < workload.aim
    many = workload.most_sql is not None and row["sql"] > workload.most_sql
    answers = f"{row['succeeded']}/{row['asked']}"
    if "rows" in row:
        answers += " " + " ".join(f"+{number} {name}" for name, number in row["rows"].items())
    return (
        f"{workload.name:9} {row['sql']:>3}{'!' if many else ' '} {workload.most_sql or '-':>4} "
        f"{_whole(row['html']):>8} {_whole(row['gzip']):>7} {row['rps']:>7.1f} {row['p50']:>7.1f} "
        f"{row['p95']:>7.1f} {row['null']:>6.0f} {row['ratio']:>6.4f}{'!' if missed else ' '} "
        f"{workload.aim or '-':>5} {row['limit']:>6.0f} {row['ratio_limit']:>6.4f} "
        f"{_whole(row['goods']):>5}  {answers}"
    )


def hours(row: dict[str, Any]) -> str:
    """What hours cost, each figure with its aim; an exclamation mark behind what misses it."""
    facts, moments = row["facts"], row["moments"]
    return (
        f"\nhours: {facts['branches']:.0f} branches, {facts['calendars']:.0f} different calendars,"
        f" {facts['today']:.0f} hand over today\n"
        f"  collectable today   {facts['sql']:.0f}{_mark(facts['sql'] > MOST_SQL)} SQL"
        f" (aim {MOST_SQL}), {facts['warm']:.1f}{_mark(facts['warm'] > MOST_MS)} ms of CPU"
        f" (aim {MOST_MS}), cold {facts['cold']:.1f}; /null/ takes {facts['null']:.1f},"
        f" ratio {facts['ratio']:.1f}\n"
        f"  list of shops       {facts['list_sql']:.0f} SQL, {facts['list']:.1f} ms of CPU\n"
        f"  moments rewritten   {moments['changed']:,.0f} of {moments['offers']:,.0f} in"
        f" {moments['seconds']:.1f}{_mark(moments['seconds'] > MOST_SECONDS)} s"
        f" (aim {MOST_SECONDS}), {moments['cpu']:.1f} s of CPU; each proven"
    )


def webhooks(row: dict[str, Any]) -> str:
    """What came through the provider's door, and what must not have."""
    answers = " ".join(f"{number:,} × {status}" for status, number in row["statuses"].items())
    wrong = row["statuses"] != row["wanted"]
    return (
        f"webhooks: {row['deliveries']:,} deliveries of {row['events']:,} events, {answers}"
        f"{_mark(wrong)}\n"
        f"  {row['rate']:.0f} a second, {row['per_worker']:.0f} of each process; /null/"
        f" {row['null']:.0f}, ratio {row['ratio']:.3f}\n"
        f"  lost {row['lost']}{_mark(row['lost'])}, kept twice {row['twice']}{_mark(row['twice'])},"
        f" forged and kept {row['forged']}{_mark(row['forged'])} (aim 0 each)"
    )


def shelves(row: dict[str, Any]) -> str:
    """What a retailer's lists cost on both shelves; an exclamation mark behind what misses."""
    few, many = sorted(row, key=int)
    told = [f"shelves: a retailer's own lists, {int(few):,} and {int(many):,} offers at a branch"]
    for name, ratio in ratios(row).items():
        short, long = row[few][name], row[many][name]
        more = _mark(long["sql"] != short["sql"])
        told.append(
            f"  {name:9} {long['sql']:.0f}{more} SQL (aim {short['sql']:.0f}), p95"
            f" {short['p95']:.1f} and {long['p95']:.1f} ms of CPU, ratio"
            f" {ratio:.2f}{_mark(ratio > MOST_RATIO)} (aim {MOST_RATIO})"
        )
    return "\n".join(told)


def push(row: dict[str, Any]) -> str:
    """What a till's list costs when little has changed, beside one in which everything has."""
    return (
        f"push: {row['rows']:,} rows, {row['few_changed']:,.0f} changed:"
        f" {row['few_sql']:.0f}{_mark(row['few_sql'] > MOST_PUSH_SQL)} SQL (aim {MOST_PUSH_SQL}),"
        f" {row['few_seconds']:.1f} s, {row['few_cpu']:.1f} s of CPU\n"
        f"  all {row['all_changed']:,.0f} changed: {row['all_sql']:.0f} SQL,"
        f" {row['all_seconds']:.1f} s, {row['all_cpu']:.1f} s of CPU; ratio {row['ratio']:.2f}"
        f"{_mark(row['ratio'] > MOST_PUSH)} (aim {MOST_PUSH}), of CPU {row['cpu_ratio']:.2f}"
    )


def foot(found: dict[str, Any]) -> str:
    """How it was measured."""
    return (
        f"\n{found['rounds']} rounds of {found['seconds']:g} s, {found['connections']} connections,"
        f" {found['cores']} cores, {found['took']} s in all. Believe ratios, no difference under"
        " 2x, and repeat; marketplace/docs/bench.md says how to read them."
    )


def _mark(missed: object) -> str:
    return "!" if missed else ""


def _whole(number: float | None) -> str:
    return "-" if number is None else f"{number:.0f}"
