"""The outbox: owed if committed, sent at least once, always the same mail."""

import re
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, connections, transaction
from django.test import override_settings

from marketplace.core.domain import notices
from marketplace.core.domain.notices import Message
from marketplace.core.enums import NoticeState
from marketplace.core.models import Notice
from tests.core.letters import BROKEN_MAIL, MINUTE, NOW, nothing_to_say, owe, render, render_rich


@pytest.fixture(autouse=True)
def _fresh():
    nothing_to_say.clear()


def letter() -> EmailMessage:
    (sent,) = outbox.outbox
    return message_from_bytes(sent.message().as_bytes(), policy=policy.default)


def structure(part: EmailMessage) -> object:
    kind = part.get_content_type()
    if not part.is_multipart():
        return kind
    return [kind, *(structure(each) for each in part.iter_parts())]


# --- owing --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_rolled_back_transaction_owes_nothing(django_capture_on_commit_callbacks):
    def fail() -> None:
        with transaction.atomic():
            owe()
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(Exception):  # noqa: B017
        fail()

    assert not callbacks
    assert not Notice.objects.exists()
    assert outbox.outbox == []


def test_commit_sends(own_database):
    with transaction.atomic():
        notice = owe()
        assert outbox.outbox == []

    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
    assert len(outbox.outbox) == 1


@pytest.mark.django_db
def test_the_same_promise_is_made_once():
    first = owe(unique="reservation:1:2:ready")

    assert owe(unique="reservation:1:2:ready", subject="thing:2") == first
    assert owe() != owe()
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=owe().pk).update(unique="reservation:1:2:ready")


def test_the_same_promise_from_many_threads(own_database):
    def promise() -> None:
        try:
            with transaction.atomic():
                owe(unique="only:once", not_before=datetime(2099, 1, 1, tzinfo=UTC))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=promise) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_unknown_kinds_are_refused_at_once():
    with pytest.raises(LookupError, match=r"test\.unknown"):
        owe(kind="test.unknown")

    assert not Notice.objects.exists()


def test_two_renderers_for_one_kind_are_a_mistake():
    notices.register("test.plain", render)
    with pytest.raises(ValueError, match="two renderers"):
        notices.register("test.plain", render_rich)


# --- sending ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mail_is_complete():
    notice = owe(language="en", thread="checkout:12")

    assert notices.send_one(notice_id=notice.pk, now=NOW + MINUTE) == NoticeState.SENT

    sent = letter()
    assert sent["Subject"] == "thing:1 (en)"
    assert sent["To"] == "erika@example.org"
    assert sent["From"].startswith("Stadtregal Wolfsburg <")
    assert parsedate_to_datetime(sent["Date"]) == NOW + MINUTE
    assert sent["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(
        rf"<notice\.{notice.pk}\.[0-9a-f]{{16}}@wolfsburg\.example>", sent["Message-ID"]
    )
    assert re.fullmatch(r"<checkout\.12\.[0-9a-f]{16}@wolfsburg\.example>", sent["In-Reply-To"])
    assert sent["References"] == sent["In-Reply-To"]
    assert sent.get_content().strip() == "Grüße aus Wolfsburg"

    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.attempts) == ("SENT", NOW + MINUTE, 1)
    assert notice.lease_until is None


@pytest.mark.django_db
def test_pictures_lie_with_the_html_and_files_beside():
    notices.send_one(notice_id=owe(kind="test.rich").pk, now=NOW)

    sent = letter()
    assert structure(sent) == [
        "multipart/mixed",
        [
            "multipart/alternative",
            "text/plain",
            ["multipart/related", "text/html", "image/png"],
        ],
        "text/calendar",
    ]
    picture = next(part for part in sent.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<code>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == b"\x89PNG"
    assert sent["Subject"] == "Ihre Abholung ist bereit"
    assert sent["Reply-To"] == "laden@example.org"
    assert sent["In-Reply-To"] is None


@pytest.mark.django_db
def test_one_mail_has_one_name_and_each_mail_its_own():
    one, other = owe(thread="checkout:1"), owe(thread="checkout:2")
    host = "wolfsburg.example"

    assert notices.message_id(one, host) == notices.message_id(one, host)
    assert notices.message_id(one, host) != notices.message_id(other, host)
    assert notices.thread_id("checkout:1", host) != notices.thread_id("checkout:2", host)


@pytest.mark.django_db
def test_nothing_is_sent_twice_too_early_or_after_all():
    sent, early, void = owe(), owe(not_before=NOW + MINUTE), owe()
    notices.send_one(notice_id=sent.pk, now=NOW)
    notices.void(ids=[void.pk], now=NOW)

    for notice in (sent, early, void):
        assert notices.send_one(notice_id=notice.pk, now=NOW) is None
    assert notices.send_one(notice_id=0, now=NOW) is None

    assert len(outbox.outbox) == 1
    assert notices.send_one(notice_id=early.pk, now=NOW + MINUTE) == NoticeState.SENT


@pytest.mark.django_db
def test_a_mail_that_nobody_needs_any_more():
    nothing_to_say.add("thing:1")
    notice = owe(unique="reminder:1")

    assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.VOID

    assert outbox.outbox == []
    assert owe(unique="reminder:1") == notice


# --- failing ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_failures_back_off_and_end_where_people_see_them():
    notice = owe()
    now, waits = NOW, []
    with override_settings(EMAIL_BACKEND=BROKEN_MAIL):
        for _ in range(notices.MOST_ATTEMPTS):
            assert notices.send_one(notice_id=notice.pk, now=now - timedelta(seconds=1)) is None
            state = notices.send_one(notice_id=notice.pk, now=now)
            notice.refresh_from_db()
            waits.append((notice.not_before - now).total_seconds() / 60)
            now = notice.not_before

    assert waits == [1, 5, 15, 60, 60, 60, 60, 60]
    assert state == notice.state == NoticeState.FAILED
    assert notice.last_error == "ConnectionRefusedError"
    assert notices.failed() == 1
    assert notices.sweep(now=now + timedelta(days=1)) == 0

    assert notices.requeue(ids=[notice.pk], now=now) == 1
    assert notices.send_one(notice_id=notice.pk, now=now) == NoticeState.SENT
    assert notices.failed() == 0


@pytest.mark.django_db
def test_a_broken_renderer_is_a_failure_like_any_other(monkeypatch):
    def render_nothing(notice: Notice) -> Message:
        raise KeyError("name of a shopper")

    monkeypatch.setitem(notices._renderers, "test.plain", render_nothing)
    notice = owe()

    assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.QUEUED

    notice.refresh_from_db()
    assert (notice.last_error, notice.attempts) == ("KeyError", 1)


@pytest.mark.django_db
def test_a_header_cannot_be_smuggled_in(monkeypatch):
    def render_evil(notice: Notice) -> Message:
        return Message(
            to="a@example.org\nBcc: b@example.org", subject="x", text="x", host="wolfsburg.example"
        )

    monkeypatch.setitem(notices._renderers, "test.plain", render_evil)
    notice = owe()

    assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.QUEUED
    assert outbox.outbox == []
