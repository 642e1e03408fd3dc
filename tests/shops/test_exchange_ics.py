"""Closures as calendar files: what others send, and what we make of it."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from marketplace.core.errors import Refused
from shops.domain import plausible
from shops.domain.exchange import ics, vevents
from tests.shops.ics_help import calendar, whole

TODAY = date(2026, 11, 27)


def closed(data: bytes, today: date = TODAY) -> list[tuple[date, date]]:
    return [(each.first, each.last) for each in ics.read(data, today) if each.closes]


def why(data: bytes, today: date = TODAY) -> list[str]:
    return [str(each.left_out) for each in ics.read(data, today) if each.left_out]


# --- reading --------------------------------------------------------------------------------------


def test_the_end_is_not_included():
    (event,) = ics.read(calendar(whole("20261224", "20270103")), TODAY)
    assert (event.first, event.last) == (date(2026, 12, 24), date(2027, 1, 2))
    assert (event.uid, event.reason) == ("a@x", "Betriebsferien")


@pytest.mark.parametrize(
    "event",
    [
        "UID:a\nDTSTART;VALUE=DATE:20261224",
        "UID:a\nDTSTART:20261224",
        "UID:a\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224",
        "UID:a\nDTSTART;VALUE=DATE:20261224\nDURATION:P1D",
        "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225",
        "UID:a\nDTSTART:20261224T000000\nDTEND:20261225T000000",
        "UID:a\nDTSTART;TZID=Europe/Berlin:20261224T060000\nDURATION:PT16H",
        "UID:a\nDTSTART:20261223T230000Z\nDTEND:20261224T230000Z",
        "UID:a\nDTSTART;TZID=W. Europe Standard Time:20261224T0700\n 00\nDTEND:20261224T210000",
        "UID:a\nDTSTART;TZID=Erfunden:20261224T070000\nDTEND;TZID=Erfunden:20261224T210000",
        "UID:a\nDTSTART;VALUE=DATE:20261224\nBEGIN:VALARM\nDTSTART:kaputt\nEND:VALARM",
    ],
)
def test_one_day_said_in_many_ways(event: str):
    assert closed(calendar(event)) == [(date(2026, 12, 24), date(2026, 12, 24))]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (whole("20261101", "20261102"), "is over"),
        (whole("20261201", "20281201"), "longer than a year"),
        (whole("20290101", "20290102"), "two years ahead"),
        ("UID:a\nDTSTART:20261224T090000\nDTEND:20261224T170000", "less than 12 hours"),
        ("UID:a\nDTSTART:20261224T090000", "less than 12 hours"),
        ("UID:a\nSUMMARY:Ohne Tag", "cannot be read"),
        ("UID:a\nDTSTART:gestern", "cannot be read"),
        ("UID:a\nDTSTART:20261224\nDTSTART:20261225", "cannot be read"),
        (whole("20261224", "20261220"), "cannot be read"),
        (whole("20261224", more="RRULE:FREQ=IMMER"), "cannot be read"),
        (whole("20200106", more="RRULE:FREQ=DAILY"), "more than 60 times"),
        (whole("20200106", more="RRULE:FREQ=HOURLY"), "do not understand"),
        (whole("20200106", more="RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1"), "do not understand"),
        (whole("20200106", more="RRULE:FREQ=YEARLY;UNTIL=20240101"), "no day"),
        (whole("20200106", more="RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "no day"),
        (whole("18000106", more="RRULE:FREQ=YEARLY"), "do not understand"),
    ],
)
def test_what_is_left_out_says_why(event: str, words: str):
    data = calendar(event)
    assert closed(data) == []
    (reason,) = why(data)
    assert words in reason


def test_what_has_begun_still_counts():
    assert closed(calendar(whole("20261120", "20261202"))) == [
        (date(2026, 11, 20), date(2026, 12, 1))
    ]


def test_a_yearly_event_is_entered_for_the_next_400_days():
    event = whole("20191224", "20191227", more="RRULE:FREQ=YEARLY")
    found = ics.read(calendar(event), TODAY)
    assert [(each.uid, each.first, each.last) for each in found] == [
        ("a@x#20261224", date(2026, 12, 24), date(2026, 12, 26)),
        ("a@x#20271224", date(2027, 12, 24), date(2027, 12, 26)),
    ]


def test_single_days_of_a_series_are_taken_out_moved_cancelled_and_added():
    series = whole(
        "20261202",
        more="RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;VALUE=DATE:20261209\nRDATE;VALUE=DATE:20261231",
    )
    moved = whole("20261218", more="RECURRENCE-ID;VALUE=DATE:20261216")
    cancelled = whole("20261223", more="RECURRENCE-ID;VALUE=DATE:20261223\nSTATUS:CANCELLED")
    found = ics.read(calendar(series, moved, cancelled), TODAY)
    assert sorted((each.uid, each.first) for each in found if each.closes) == [
        ("a@x#20261202", date(2026, 12, 2)),
        ("a@x#20261216", date(2026, 12, 18)),
        ("a@x#20261230", date(2026, 12, 30)),
        ("a@x#20261231", date(2026, 12, 31)),
    ]
    assert [each.uid for each in found if each.is_cancelled] == ["a@x#20261223"]


def test_of_two_versions_the_newer_holds():
    new, old = whole("20261224", more="SEQUENCE:3"), whole("20261228", more="SEQUENCE:2")
    assert closed(calendar(new, old)) == [(date(2026, 12, 24), date(2026, 12, 24))]


def test_a_long_uid_stays_whole():
    found = ics.read(
        calendar(whole("20261224", uid="x" * 400 + "1"), whole("20261225", uid="x" * 400 + "2")),
        TODAY,
    )
    assert len({each.uid for each in found}) == 2
    assert all(len(each.uid) <= vevents.MAX_UID for each in found)


def test_words_lose_what_cannot_be_seen():
    event = "UID:a\nDTSTART:20261224\nSUMMARY:Be\x00trieb\u202es\\nferien\\, lang " + "x" * 300
    (found,) = ics.read(calendar(event), TODAY)
    assert found.reason.startswith("Betriebs ferien, lang xxx")
    assert len(found.reason) == vevents.MAX_REASON


def test_a_letter_cut_in_two_by_a_fold_is_whole_again():
    data = calendar(whole("20261224")).replace(b"Betriebsferien", b"Gesch\xc3\r\n \xa4ftsreise")
    assert ics.read(data, TODAY)[0].reason == "Geschäftsreise"
    latin = calendar(whole("20261224")).replace(b"Betriebsferien", b"Gesch\xe4ftsreise")
    assert ics.read(latin, TODAY)[0].reason == "Geschäftsreise"


# --- what nobody vouches for ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_calendar"),
        (b"<!doctype html><title>Anmelden</title>", "no_calendar"),
        (b"PK\x03\x04" + bytes(range(256)), "no_calendar"),
        (calendar(whole("20261224"))[:-20], "broken"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "broken"),
        (b"BEGIN:VCALENDAR\r\n" * 5000, "broken"),
        (b"x" * (vevents.MAX_BYTES + 1), "too_large"),
        (calendar(*(["UID:a"] * 2001)), "too_many"),
        (
            calendar(*(whole("20261201", uid=f"{number}") for number in range(501))),
            "too_many_closures",
        ),
        (
            calendar(
                *(
                    whole("20261201", uid=f"{number}", more="RRULE:FREQ=WEEKLY")
                    for number in range(2000)
                )
            ),
            "too_many_closures",
        ),
    ],
)
def test_what_is_no_sound_calendar_is_refused_with_a_sentence(data: bytes, code: str):
    with pytest.raises(Refused) as refusal:
        ics.read(data, TODAY)
    assert refusal.value.code == code
    assert str(refusal.value).endswith((".", "?"))


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=99999999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYDAY=53MO;COUNT=9999",
        "FREQ=SECONDLY;COUNT=99999999;BYHOUR=3",
    ],
)
@pytest.mark.timeout(30)
def test_two_thousand_rules_without_an_end_take_no_afternoon(rule: str):
    data = calendar(*(whole("19010107", uid=f"{n}", more=f"RRULE:{rule}") for n in range(2000)))
    assert not closed(data)


def test_time_zones_with_rules_of_their_own_are_not_asked():
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Falle\nBEGIN:STANDARD\nDTSTART:00010101T000000\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "UID:a\nDTSTART;TZID=Falle:20261224T060000\nDTEND;TZID=Falle:20261224T220000"
    assert closed(calendar(event, head=zone)) == [(date(2026, 12, 24), date(2026, 12, 24))]


def assert_sentence(refusal: Refused) -> None:
    assert str(refusal).endswith((".", "?"))


def harmless(data: bytes) -> None:
    """Events or a sentence, whatever comes."""
    try:
        found = ics.read(data, TODAY)
    except Refused as refusal:
        assert_sentence(refusal)
        return
    for each in found:
        assert each.what
        if each.closes:
            assert each.uid
            assert each.first <= each.last
            assert each.last >= TODAY
            assert each.last - each.first <= plausible.LONGEST


_value = some.one_of(
    some.text(max_size=30),
    some.sampled_from(
        [
            "20261224",
            "99991231",
            "00010101",
            "20261224T060000",
            "20261225T200000Z",
            "99991231T235959Z",
            "00010101T000000Z",
            "20261224/P1D",
            "20261224T060000Z/PT5H,20261225T060000Z/PT5H",
            "P1D",
            "-P9999999W",
            "P99999999999D",
            "PT24H",
            "FREQ=YEARLY",
            "FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20270101",
            "FREQ=DAILY;COUNT=3;INTERVAL=400",
            "FREQ=YEARLY;UNTIL=99991231T235959Z",
            "CANCELLED",
            "1",
            "9" * 400,
        ]
    ),
)
_line = some.builds(
    lambda name, parameter, value: f"{name}{parameter}:{value}",
    some.sampled_from([*sorted(vevents._WANTED), "X", "BEGIN", "END"]),
    some.sampled_from(["", ";VALUE=DATE", ";TZID=Europe/Berlin", ";TZID=../../x", ";VALUE=PERIOD"]),
    _value,
)


@settings(max_examples=150, deadline=None)
@given(data=some.binary(max_size=400))
@example(data=b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:\nEND:VEVENT\nEND:VCALENDAR")
def test_any_bytes_are_harmless(data: bytes):
    harmless(data)


@settings(max_examples=300, deadline=None)
@given(events=some.lists(some.lists(_line, max_size=7).map("\n".join), max_size=4))
def test_any_properties_are_harmless(events: list[str]):
    harmless(calendar(*events))


@settings(max_examples=150, deadline=None)
@given(
    places=some.lists(some.integers(0, 10_000), min_size=1, max_size=6),
    bytes_=some.binary(min_size=6, max_size=6),
)
def test_mangled_calendars_are_harmless(places: list[int], bytes_: bytes):
    data = bytearray(
        calendar(
            whole("20261224", "20261227", more="RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20271224"),
            "UID:b\nDTSTART;TZID=Europe/Berlin:20261230T060000\nDURATION:PT20H\nSTATUS:CONFIRMED",
        )
    )
    for place, byte in zip(places, bytes_, strict=False):
        data[place % len(data)] = byte
    harmless(bytes(data))
