"""Hours and closures as files, by the people of a shop."""

import base64
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.reservations.domain import lifecycle
from shops.domain import hours
from shops.domain.exchange import ics
from shops.models import Closure
from tests import factories
from tests.factories import NOW
from tests.shops.ics_help import calendar, whole
from tests.shops.walk import berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(base) -> str:
    return f"{base}/zeiten/dateien/"


def upload(client, page: str, data: bytes):
    return client.post(page, {"file": SimpleUploadedFile("ferien.ics", data)})


def take(client, page: str, data: bytes):
    return client.post(page, {"calendar": base64.b64encode(data).decode()})


def test_staff_and_owner_alike_find_the_page(client, owner_client, page):
    for who in (client, owner_client):
        text = who.get(page).content.decode()
        assert 'enctype="multipart/form-data"' in text
        assert "<code>Mo-Sa 09:00-19:00; Su off; PH off;" in text
        assert "geschlossen.ics" in text


def test_a_calendar_closes_days_moves_what_runs_and_says_so(client, clerk, branch, page):
    made = factories.reservation((factories.offer(branch, count=5), 1))
    lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    short = "UID:b\nSUMMARY:Zahnarzt\nDTSTART:20261210T100000\nDURATION:PT1H"

    data = calendar(whole("20261204"), short)
    shown = upload(client, page, data).content.decode()
    for words in ("Nothing is saved yet.", "New closures", "Betriebsferien", "Left out"):
        assert words in shown
    assert not Closure.objects.exists()
    given = re.search(r'name="calendar" value="([^"]+)"', shown)
    assert given, "what was shown can be taken over without choosing the file again"
    answer = client.post(page, {"calendar": given[1]})

    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("New closures", "Betriebsferien", "Left out", "Zahnarzt", "less than 12 hours"):
        assert words in text
    made.refresh_from_db()
    assert made.collect_by == berlin("2026-12-07T19:00")

    assert "you have all of it already" in upload(client, page, data).content.decode()
    text = take(client, page, data).content.decode()
    assert "Nothing has changed." in text
    assert "Known already" in text
    assert Closure.objects.count() == 1


def test_many_events_left_out_are_counted(client, page):
    data = calendar(*(whole("20200101", uid=f"{number}") for number in range(14)))
    assert "and 4 more" in upload(client, page, data).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<html>", "no calendar file"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "damaged"),
        (b"x" * (ics.MAX_BYTES + 1), "too large"),
    ],
)
def test_another_file_is_refused_with_a_sentence(client, page, data, words):
    answer = upload(client, page, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Closure.objects.exists()


def test_nothing_chosen_is_said(client, page):
    for said in ({}, {"calendar": "kein Base64"}):
        answer = client.post(page, said)
        assert answer.status_code == 422
        assert "Please choose a calendar file." in answer.content.decode()
    assert client.post(page, {"calendar": "PGh0bWw+"}).status_code == 422


def test_what_a_file_says_is_shown_as_words(client, page):
    event = "UID:a\nDTSTART:20261224\nSUMMARY:<script>alert(1)</script>"
    text = upload(client, page, calendar(event)).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_hours_are_shown_first_and_taken_over_then(client, branch, page):
    value = {"value": "Mo-Fr 10:00-18:00; Su 11:00-13:00; 2027 Jul 20-25 off"}
    text = client.post(page, value).content.decode()
    for words in ("10:00–18:00", "by law", "Take over these hours", "20 July 2027"):
        assert words in text
    assert "11:00–13:00" not in text
    branch.refresh_from_db()
    assert len(hours.calendar(branch).weekly) == 6

    answer = client.post(page, value | {"take": "1"}, follow=True)
    assert "Taken over." in answer.content.decode()
    assert "<code>Mo-Fr 10:00-18:00; Sa-Su off; PH off;" in answer.content.decode()
    branch.refresh_from_db()
    assert {row.weekday for row in hours.calendar(branch).weekly} == set(range(5))
    assert Closure.objects.get().first_date == date(2027, 7, 20)


def test_hours_copied_from_a_search_page_are_understood(client, branch, page):
    value = {"value": "Montag: 9–18 Uhr\nDienstag: 9–12 Uhr, 14–18 Uhr\nSonntag: Geschlossen"}
    assert "14:00–18:00" in client.post(page, value).content.decode()
    client.post(page, value | {"take": "1"})
    branch.refresh_from_db()
    assert [row.weekday for row in hours.calendar(branch).weekly] == [0, 1, 1]


def test_words_stay_words(client, branch, page):
    value = {"value": "nach Vereinbarung <b>"}
    text = client.post(page, value).content.decode()
    assert "We cannot read hours from this." in text
    assert "<blockquote>nach Vereinbarung &lt;b&gt;</blockquote>" in text
    client.post(page, value | {"take": "1"})
    branch.refresh_from_db()
    assert branch.hours_text == "nach Vereinbarung <b>"
    assert not hours.calendar(branch).weekly


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"value": ""}, 422),
        ({"value": "x" * 1001}, 422),
        ({"value": "Mo\x00"}, 422),
        ({"value": "Su 10:00-12:00", "take": "1"}, 409),
    ],
)
def test_what_cannot_be_taken_changes_nothing(client, branch, page, sent, status):
    before = branch.calendar
    assert client.post(page, sent).status_code == status
    branch.refresh_from_db()
    assert branch.calendar == before


def test_running_reservations_follow_new_hours(client, clerk, branch, page):
    made = factories.reservation((factories.offer(branch, count=5), 1))
    lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    client.post(page, {"value": "Mo-Th 09:00-19:00; PH off", "take": "1"})
    made.refresh_from_db()
    assert made.collect_by > berlin("2026-12-05T19:00")


def test_the_download_holds_what_is_not_over(client, base, branch):
    today = NOW.date()
    factories.closure(branch, today - timedelta(days=9), today - timedelta(days=2), "Vorbei")
    factories.closure(branch, today + timedelta(days=9), today + timedelta(days=12), "Umbau")
    other = factories.branch(branch.shop, "Vorsfelde")
    factories.closure(other, today, today, "Woanders")

    answer = client.get(f"{base}/zeiten/geschlossen.ics")

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="geschlossen.ics"'
    (event,) = ics.read(answer.content, today)
    assert (event.reason, event.last) == ("Umbau", today + timedelta(days=12))
    receipt = ics.plan(branch, [event], NOW)
    assert len(receipt.unchanged) == 1
