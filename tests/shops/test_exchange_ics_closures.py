"""Closures as calendar files: brought in once however often they come, and written."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace.core.domain.history import Actor
from marketplace.core.models import LogEntry
from shops.domain import hours, timetable
from shops.domain.calendar import Closed
from shops.domain.exchange import ics, osm, vevents
from shops.models import Closure
from tests import factories
from tests.shops.ics_help import calendar, whole

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
TODAY = NOW.date()
BY = Actor.system()


# --- bringing in ----------------------------------------------------------------------------------


@pytest.fixture
def branch(db):
    return factories.branch(factories.shop(factories.city()), "Mitte")


def bring(branch, *events: str, now: datetime = NOW) -> ics.Receipt:
    return ics.bring_in(branch, ics.read(calendar(*events), now.date()), BY, now)


def counts(receipt: ics.Receipt) -> tuple[int, int, int, int]:
    kinds = (receipt.created, receipt.updated, receipt.unchanged, receipt.removed)
    return tuple(len(each) for each in kinds)


def rows(branch) -> list[tuple[str, str]]:
    found = Closure.objects.filter(branch=branch).order_by("first_date")
    return [(str(each.first_date), str(each.last_date)) for each in found]


def test_the_same_file_twice_changes_nothing(branch):
    events = (whole("20261224", "20261227"), whole("20200106", uid="b", more="RRULE:FREQ=YEARLY"))
    assert counts(bring(branch, *events)) == (2, 0, 0, 0)
    lines, branch.moments_stale_since = LogEntry.objects.count(), None
    branch.save()
    assert counts(bring(branch, *events)) == (0, 0, 2, 0)
    assert LogEntry.objects.count() == lines
    branch.refresh_from_db()
    assert branch.moments_stale_since is None
    assert rows(branch) == [("2026-12-24", "2026-12-26"), ("2027-01-06", "2027-01-06")]


def test_it_is_published_once_and_people_see_it(branch, monkeypatch):
    published = []
    publish = hours.publish
    monkeypatch.setattr(hours, "publish", lambda ids: published.append(ids) or publish(ids))
    bring(branch, whole("20261224", "20261227"), whole("20270104", uid="b"))
    assert published == [[branch.pk]]
    branch.refresh_from_db()
    assert hours.calendar(branch).closures == (
        Closed(date(2026, 12, 24), date(2026, 12, 26), "Betriebsferien"),
        Closed(date(2027, 1, 4), date(2027, 1, 4), "Betriebsferien"),
    )
    assert LogEntry.objects.filter(verb="hours.closures").count() == 1


def test_days_closed_by_hand_are_taken_over_and_told_as_such(branch):
    days = {"first": date(2026, 12, 24), "last": date(2026, 12, 26)}
    timetable.close(branch=branch, reason="Weihnachten", by=BY, now=NOW, **days)
    assert counts(bring(branch, whole("20261224", "20261227"))) == (0, 1, 0, 0)
    assert counts(bring(branch, whole("20261224", "20261227"))) == (0, 0, 1, 0)
    assert rows(branch) == [("2026-12-24", "2026-12-26")]


def test_new_dates_move_and_cancelled_events_go(branch):
    bring(branch, whole("20261224", "20261227"), whole("20270104", uid="b"))
    receipt = bring(
        branch, whole("20261224", "20261228"), whole("20270104", uid="b", more="STATUS:CANCELLED")
    )
    assert counts(receipt) == (0, 1, 0, 1)
    assert rows(branch) == [("2026-12-24", "2026-12-27")]
    cancelled = calendar("UID:a@x", head="METHOD:CANCEL\n")  # may come without its dates
    receipt = ics.bring_in(branch, ics.read(cancelled, TODAY), BY, NOW)
    assert counts(receipt) == (0, 0, 0, 1)
    assert rows(branch) == []


def test_what_a_series_no_longer_has_goes(branch):
    series = whole("20261202", more="RRULE:FREQ=WEEKLY;COUNT=3")
    bring(branch, series, whole("20270104", uid="a@x 2"))
    receipt = bring(branch, series + "\nEXDATE;VALUE=DATE:20261209")
    assert counts(receipt) == (0, 0, 2, 1)
    assert [first for first, _last in rows(branch)] == ["2026-12-02", "2026-12-16", "2027-01-04"]
    # Now a meeting of two hours.
    receipt = bring(branch, "UID:a@x\nDTSTART:20261202T100000\nDURATION:PT2H")
    assert counts(receipt) == (0, 0, 0, 2)
    assert len(receipt.left_out) == 1


def test_what_we_do_not_understand_takes_nothing_away(branch):
    bring(branch, whole("20261202", more="RRULE:FREQ=WEEKLY;COUNT=3"))
    receipt = bring(branch, whole("20261202", more="RRULE:FREQ=DAILY"))
    assert counts(receipt) == (0, 0, 0, 0)
    assert len(rows(branch)) == 3


def test_what_is_over_stays_as_it_was(branch):
    bring(branch, whole("20261202"))
    later = NOW + timedelta(days=30)
    receipt = bring(branch, whole("20261202", more="STATUS:CANCELLED"), now=later)
    assert counts(receipt) == (0, 0, 0, 0)
    assert rows(branch) == [("2026-12-02", "2026-12-02")]


def test_of_an_event_with_times_only_days_it_covers_are_closed(branch):
    # Open from 9 to 19.
    receipt = bring(
        branch,
        "UID:a\nDTSTART:20261207T180000\nDTEND:20261210T080000",
        "UID:b\nDTSTART:20261214T200000\nDTEND:20261215T110000",
    )
    assert rows(branch) == [("2026-12-08", "2026-12-09")]
    assert "no whole opening day" in receipt.left_out[0][1]
    # Not misled by its own closure.
    again = bring(branch, "UID:a\nDTSTART:20261207T180000\nDTEND:20261210T080000")
    assert counts(again) == (0, 0, 1, 0)


def test_a_plan_writes_nothing(branch):
    events = ics.read(calendar(whole("20261224")), TODAY)
    assert counts(ics.plan(branch, events, NOW)) == (1, 0, 0, 0)
    assert rows(branch) == []


def test_one_branch_never_touches_another(branch):
    other = factories.branch(branch.shop, "Vorsfelde")
    bring(other, whole("20261224"))
    bring(branch, whole("20261224"))
    bring(branch, whole("20261224", more="STATUS:CANCELLED"))
    assert rows(branch) == []
    assert rows(other) == [("2026-12-24", "2026-12-24")]


def test_uids_of_opening_hours_values_cannot_be_taken(branch):
    event = whole("20261224", uid="osm:2026-12-24:2026-12-24")
    assert counts(bring(branch, event)) == (1, 0, 0, 0)
    assert counts(bring(branch, event)) == (0, 0, 1, 0)
    value = osm.read("Mo-Fr 10:00-18:00; PH off", "NI", TODAY)
    osm.bring_in(branch=branch, found=value, by=BY, now=NOW)
    assert rows(branch) == [("2026-12-24", "2026-12-24")]


# --- writing --------------------------------------------------------------------------------------


def test_what_we_write_is_read_again_unchanged(branch):
    close = {"branch": branch, "by": BY, "now": NOW}
    day = date(2026, 12, 24)
    timetable.close(first=day, last=day, reason="Inventur; \\ ä, 🎄" + "lang " * 18, **close)
    timetable.close(first=day, last=day + timedelta(days=9), reason="", **close)
    found = osm.read("Mo-Fr 10:00-18:00; 2027 Jul 20-Aug 10 off; PH off", "NI", TODAY)
    osm.bring_in(branch=branch, found=found, by=BY, now=NOW)
    bring(branch, whole("20200106", uid="b", more="RRULE:FREQ=YEARLY"))
    closures = list(Closure.objects.filter(branch=branch))
    data = ics.write(branch, closures, NOW)
    assert data == ics.write(branch, closures, NOW)

    receipt = ics.bring_in(branch, ics.read(data, TODAY), BY, NOW)
    assert counts(receipt) == (0, 0, len(closures), 0)
    other = factories.branch(branch.shop, "Vorsfelde")
    receipt = ics.bring_in(other, ics.read(data, TODAY), BY, NOW)
    assert counts(receipt) == (len(closures), 0, 0, 0)
    assert rows(other) == rows(branch)
    again = ics.bring_in(other, ics.read(data, TODAY), BY, NOW)
    assert counts(again) == (0, 0, len(closures), 0)


def test_the_file_is_as_the_standard_asks(branch):
    factories.closure(branch, date(2026, 12, 24), date(2026, 12, 26), "Straße " * 15)
    data = ics.write(branch, Closure.objects.all(), NOW)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
    closure = Closure.objects.get()
    for line in (
        "VERSION:2.0",
        "PRODID:-//Stadtregal//Closures//EN",
        f"UID:closure-{closure.pk}@testserver",
        "DTSTAMP:20261127T090000Z",
        "DTSTART;VALUE=DATE:20261224",
        "DTEND;VALUE=DATE:20261227",
    ):
        assert line in lines
    theirs = icalendar.Calendar.from_ical(data).walk("VEVENT")[0]
    assert theirs.end == date(2026, 12, 27)
    assert not theirs.errors


_plain = some.text(some.characters(codec="utf-8"), max_size=150)


@settings(max_examples=100, deadline=None)
@given(reason=_plain, first=some.integers(0, 700), length=some.integers(0, 366), uid=_plain)
def test_any_closure_survives_the_way_through_a_file(reason, first, length, uid):
    city = factories.City(base_url="http://wolfsburg.example")
    branch = factories.Branch(shop=factories.Shop(city=city, name="Laufwerk"), name="Mitte")
    day = TODAY + timedelta(days=min(first, 730 - length))
    uid = vevents._uid(vevents.plain(uid) or "a") if not uid.startswith("osm:") else ""
    closure = Closure(
        pk=7,
        first_date=day,
        last_date=day + timedelta(days=length),
        reason=reason[:120],
        uid=uid,
    )
    (found,) = ics.read(ics.write(branch, [closure], NOW), TODAY)
    said = vevents.plain(reason[:120])
    assert (found.first, found.last) == (closure.first_date, closure.last_date)
    assert found.reason == ("" if said.casefold() in ics._WORDLESS else said)
    assert found.uid == (uid or "closure-7@wolfsburg.example")


def test_no_closures_are_a_calendar_too(branch):
    assert ics.read(ics.write(branch, [], NOW), TODAY) == []
