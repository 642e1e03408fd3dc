"""`import_hours`: dry run by default, receipts for people and machines, sentences for errors."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from marketplace.reservations.domain import lifecycle
from shops.domain import hours
from shops.enums import Trade
from shops.models import Branch, Closure
from tests import factories
from tests.factories import NOW
from tests.shops.ics_help import calendar, whole
from tests.shops.walk import berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path) -> str:
    path = tmp_path / "ferien.ics"
    short = "UID:b\nSUMMARY:Zahnarzt\nDTSTART:20261210T100000\nDURATION:PT1H"
    path.write_bytes(calendar(whole("20261204", "20261206"), short))
    return str(path)


def run(*args: str) -> str:
    out = StringIO()
    call_command("import_hours", "--shop", "laufwerk", "--branch", "mitte", *args, stdout=out)
    return out.getvalue()


def test_a_dry_run_writes_nothing(branch, file):
    receipt = json.loads(run(file, "--json"))
    assert not Closure.objects.exists()
    assert receipt["applied"] is False
    assert receipt["created"] == [
        {"first": "2026-12-04", "last": "2026-12-05", "reason": "Betriebsferien"}
    ]
    (left_out,) = receipt["left_out"]
    assert "Zahnarzt" in left_out["event"]
    assert "12" in left_out["reason"]


def test_applied_twice_and_running_reservations_follow(branch, clerk, file):
    made = factories.reservation((factories.offer(branch, count=5), 1))
    lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    assert len(json.loads(run(file, "--apply", "--json"))["created"]) == 1
    receipt = json.loads(run(file, "--apply", "--json"))
    assert (len(receipt["created"]), len(receipt["unchanged"])) == (0, 1)
    assert Closure.objects.count() == 1
    made.refresh_from_db()
    assert made.collect_by > berlin("2026-12-05T19:00")


def test_the_receipt_for_people(branch, file):
    text = run(file)
    assert "Betriebsferien" in text
    assert "Zahnarzt" in text


def test_a_value_is_shown_and_then_taken(branch):
    value = ("--osm", "Mo-Fr 10:00-18:00; Su 11:00-13:00")
    shown = json.loads(run(*value, "--json"))
    assert len(shown["week"]) == 5
    assert shown["rest_days_left_out"] is True
    branch.refresh_from_db()
    assert len(hours.calendar(branch).weekly) == 6

    assert "10:00–18:00" in run(*value, "--apply")
    branch.refresh_from_db()
    assert len(hours.calendar(branch).weekly) == 5
    assert "auf Zuruf" in run("--osm", "auf Zuruf")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ([], "which_source"),
        (["--osm", ""], "no_value"),
        (["--osm", "x" * 1001], "no_value"),
        (["--osm", "Su 10:00-12:00"], "rest_day"),
        (["/nirgends/fehlt.ics"], "no_file"),
        (["--shop", "niemand", "--osm", "24/7"], "no_shop"),
        (["--branch", "nirgends", "--osm", "24/7"], "no_branch"),
    ],
)
def test_errors_are_sentences(branch, args, code):
    out = StringIO()
    command = ["import_hours", "--shop", "laufwerk", "--branch", "mitte", "--json", *args]
    with pytest.raises(CommandError) as error:
        call_command(*command, stdout=out)
    assert error.value.returncode == 1
    assert json.loads(out.getvalue())["error"]["code"] == code
    assert str(error.value)


def test_both_at_once_or_no_calendar_are_refused(branch, file, tmp_path):
    (tmp_path / "x.ics").write_bytes(b"<html>")
    for args in ((file, "--osm", "24/7"), (str(tmp_path / "x.ics"),)):
        with pytest.raises(CommandError):
            run(*args)


def test_a_dry_run_is_refused_where_the_real_one_would_be(branch):
    Branch.objects.filter(pk=branch.pk).update(trade=Trade.BAKERY)
    with pytest.raises(CommandError):
        run("--osm", "Mo-Su 08:00-18:00")
