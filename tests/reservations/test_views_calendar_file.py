"""The time to collect as a file for the phone's calendar (RFC 5545)."""

import pytest
import time_machine
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import lifecycle, links
from marketplace.reservations.views import calendar_file
from tests import factories

NOW = factories.NOW


def unfolded(body: str) -> list[str]:
    return body.replace("\r\n ", "").split("\r\n")


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_the_calendar_file_is_sound(client: Client):
    branch = factories.branch(
        factories.shop(factories.city()),
        street="Am; Ä, \\ Weg 7" + " lang" * 10,
        latitude=52.42,
        longitude=10.78,
    )
    checkout = factories.placed((factories.offer(branch), 2), language="en")
    reservation = checkout.reservations.get()
    path = f"/en/abholung/{links.token(checkout)}/{reservation.pk}/termin.ics"
    assert client.get(path).status_code == 404  # nothing is promised yet
    lifecycle.accept(reservation_id=reservation.pk, by=Actor.system(), now=NOW)
    lifecycle.mark_ready(reservation_id=reservation.pk, by=Actor.system(), now=NOW)
    answer = client.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    raw = answer.content
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    lines = unfolded(raw.decode())
    for line in (
        "DTSTART:20261203T130500Z",
        "DTEND:20261205T180000Z",
        "DTSTAMP:20261203T130500Z",
        f"UID:reservation-{reservation.pk}@testserver",
        "SUMMARY:Collect at Laufwerk\\, code " + reservation.spoken_code,
        "GEO:52.420000;10.780000",
    ):
        assert line in lines
    place = next(line for line in lines if line.startswith("LOCATION:"))
    assert place.startswith("LOCATION:Am\\; Ä\\, \\\\ Weg 7 lang")
    assert place.endswith("\\, 38440 Wolfsburg")


def test_calendar_lines_are_folded_between_characters():
    line = "X:" + "ä€🙂" * 40
    folded = calendar_file.folded(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(each.encode()) <= 75 for each in folded.split("\r\n"))


def test_calendar_texts_cannot_break_out():
    assert (
        calendar_file.escaped("a\r\nEND:VEVENT\r\x00b;c,d\\e") == "a\\nEND:VEVENT  b\\;c\\,d\\\\e"
    )
