"""The bench runs and measures what it says: small, quick, no figure believed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import databases
from tests.bench import report, webhooks
from tests.bench.browser import Forms, basket_form
from tests.bench.goods import gtin
from tests.bench.workloads import WORKLOADS

PAGES = [each.name for each in WORKLOADS if not each.writes]


def test_every_workload_is_answered_and_measured(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    command = [sys.executable, "-m", "tests.bench", "--offers", "200", "--rounds", "1"]
    few = ["--seconds", "0.15", "--branches", "30", "--moments", "250"]
    few += ["--deliveries", "120", "--shelf", "1500", "--rows", "400"]
    done = subprocess.run(
        [*command, *few, "--json", str(file)],
        cwd=databases.ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(file.read_text())
    (town,) = found["towns"]
    assert town["rows"]["Offer"] == 200
    results = town["results"]
    assert list(results) == [each.name for each in WORKLOADS]
    for name, row in results.items():
        assert row["asked"] == row["succeeded"] > 0, (name, row["statuses"])
        assert row["sql"] > 1, name
        # Both null views answered (the bench refuses to run where one does not), and faster.
        assert row["limit"] > row["null"] > row["rps"] > 0, name
        assert 0 < row["ratio"] < 1, name
    for name in PAGES:
        assert results[name]["html"] > 5_000 > results[name]["gzip"] / 2, name
    assert results["category"]["goods"] > 1
    for name, rows in (("add", "Basket"), ("reserve", "Checkout")):
        assert results[name]["rows"][rows] >= results[name]["succeeded"], "each one is a new row"
    assert set(found) >= {"engine", "cores", "rounds", "seconds", "connections"}
    assert "ratio" in done.stdout
    facts, moments = found["hours"]["facts"], found["hours"]["moments"]
    assert 20 < facts["calendars"] <= facts["branches"] == 30
    assert 0 < facts["sql"] <= report.MOST_SQL, "however many branches there are"
    assert facts["cold"] > facts["warm"] > 0 < facts["null"]
    assert 0 < moments["changed"] <= moments["offers"] == 250
    assert "of 250 in" in done.stdout
    lists = found["shelves"]
    assert set(lists) == {"1000", "1500"}
    for name in ("list", "short of", "grid", "recount"):
        assert 1 < lists["1000"][name]["sql"] == lists["1500"][name]["sql"] < 15, name
        assert 0 < lists["1500"][name]["p50"] <= lists["1500"][name]["p95"], name
    row = found["push"]
    assert row["all_changed"] == row["rows"] == 400
    assert 0 < row["few_changed"] < 40
    assert row["few_sql"] <= report.MOST_PUSH_SQL
    row = found["webhooks"]
    assert row["statuses"] == row["wanted"] == {"200": 108, "400": 12}, "forged ones are refused"
    assert row["kept"] == row["events"] == 108 - 12, "each event once, however often it comes"
    assert (row["lost"], row["twice"], row["forged"]) == (0, 0, 0)
    assert row["per_worker"] * 2 == row["rate"] < row["null"]


def test_a_delivery_that_should_not_be_kept_fails_the_bench() -> None:
    good = {"lost": 0, "twice": 0, "forged": 0, "statuses": {"200": 1}, "wanted": {"200": 1}}
    assert not webhooks.failed(good)
    for name in ("lost", "twice", "forged"):
        assert webhooks.failed(good | {name: 1})
    assert webhooks.failed(good | {"statuses": {"500": 1}})


def test_forms_are_read_as_a_browser_sends_them() -> None:
    page = """<form action="/korb/dazu/"><input type="hidden" name="offer" value="7">
    <input name="quantity" value="1"><input type="checkbox" name="no" value="1">
    <button name="next" value="pruefen">R</button><button name="next" value="korb">B</button></form>
    <input name="outside" value="1">"""
    assert len(Forms(page).forms) == 1
    action, data = basket_form(page, 7)
    assert action == "/korb/dazu/"
    assert data == {"offer": "7", "quantity": "1", "next": "korb"}


def test_article_numbers_carry_their_check_digit() -> None:
    for number in (1, 29_827, 298_279):
        digits = [int(each) for each in gtin(number)]
        assert len(digits) == 14
        weighed = (digit * (1 if place % 2 else 3) for place, digit in enumerate(digits))
        assert sum(weighed) % 10 == 0
