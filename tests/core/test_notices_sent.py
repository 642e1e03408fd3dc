"""Who owes a mail hears that it went out: in one transaction, after every try, never of a void."""

import threading
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.db import connections
from django.test import override_settings
from django.utils import translation

from marketplace.core import mail
from marketplace.core.domain import notices
from marketplace.core.domain.notices import Attachment, Message
from marketplace.core.enums import NoticeState
from marketplace.core.models import Notice
from tests.core.letters import BROKEN_MAIL, MINUTE, NOW, owe, render

heard: list[tuple[int, str]] = []
doing: list = []


def listen(notice: Notice, digest: str, now) -> None:
    """Writes a row of its own, so that one sees whether both are kept."""
    owe(subject="written", not_before=NOW + timedelta(days=999))
    heard.append((notice.pk, digest))
    for act in doing:
        act()


notices.register("test.heard", render, sent=listen)


@pytest.fixture(autouse=True)
def _fresh():
    heard.clear()
    doing.clear()


def written() -> int:
    return Notice.objects.filter(subject="written").count()


def owed(**fields) -> Notice:
    return owe(kind="test.heard", **fields)


@pytest.mark.django_db
def test_it_is_told_what_was_sent():
    notice = owed()
    assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.SENT
    with translation.override("de"):
        assert heard == [(notice.pk, mail.digest(render(notice)))]
    assert written() == 1


@pytest.mark.django_db
def test_what_cannot_be_noted_is_not_marked_as_sent_and_tried_again():
    def fail() -> None:
        raise ZeroDivisionError

    doing.append(fail)
    notice = owed()
    assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.QUEUED
    notice.refresh_from_db()
    assert (notice.state, notice.last_error, notice.sent_at) == (
        NoticeState.QUEUED,
        "ZeroDivisionError",
        None,
    )
    assert written() == 0
    doing.clear()
    assert notices.send_one(notice_id=notice.pk, now=NOW + MINUTE) == NoticeState.SENT
    assert written() == 1
    ids = {letter.message()["Message-ID"] for letter in outbox.outbox}
    assert (len(outbox.outbox), len(ids)) == (2, 1)
    assert heard[0] == heard[1]


@pytest.mark.django_db
def test_a_server_that_fails_is_not_a_mail_that_was_sent():
    notice = owed()
    with override_settings(EMAIL_BACKEND=BROKEN_MAIL):
        assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.QUEUED
    assert heard == []


def test_of_what_was_taken_back_on_its_way_nobody_hears(own_database):
    """From another connection, between the server's yes and our note of it."""
    notice = owed(not_before=NOW + MINUTE)
    plain, calls = mail.digest, []

    def take_back() -> None:
        notices.void(ids=[notice.pk], now=NOW)
        connections.close_all()

    def slow(message: Message) -> str:
        calls.append(1)
        other = threading.Thread(target=take_back)
        other.start()
        other.join(60)
        return plain(message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notices.mail, "digest", slow)
        assert notices.send_one(notice_id=notice.pk, now=NOW + MINUTE) is None
    notice.refresh_from_db()
    assert (notice.state, calls) == (NoticeState.VOID, [1])
    assert notice.sent_at == NOW + MINUTE
    assert written() == 0


def test_two_listeners_for_one_kind_are_a_mistake():
    with pytest.raises(ValueError, match="two listeners"):
        notices.register("test.heard", render, sent=lambda *told: None)


def test_the_digest_is_of_all_that_was_told():
    plain = {"to": "a@example.de", "subject": "S", "text": "T", "host": "h"}
    paper = Attachment(name="a.pdf", content=b"1", mimetype="application/pdf")
    other = Attachment(name="a.pdf", content=b"2", mimetype="application/pdf")
    letters = [
        Message(**plain),
        Message(**plain | {"to": "b@example.de"}),
        Message(**plain | {"subject": "s"}),
        Message(**plain | {"text": "t"}),
        Message(**plain, html="<p>"),
        Message(**plain, attachments=[paper]),
        Message(**plain, attachments=[other]),
    ]
    assert len({mail.digest(letter) for letter in letters}) == len(letters)
    assert mail.digest(Message(**plain)) == mail.digest(Message(**plain | {"host": "elsewhere"}))


@pytest.mark.django_db
def test_what_waits_can_be_hastened_and_nothing_else():
    waits = owed(not_before=NOW + 2 * MINUTE)
    failed = owed()
    Notice.objects.filter(pk=failed.pk).update(attempts=1, not_before=NOW + timedelta(hours=1))
    other = owed(subject="thing:2", not_before=NOW + 2 * MINUTE)
    assert notices.hasten(subject="thing:1", kinds=["test.heard"], now=NOW + MINUTE) == 1
    for notice in (waits, failed, other):
        notice.refresh_from_db()
    assert waits.not_before == NOW + MINUTE
    assert other.not_before == NOW + 2 * MINUTE
    assert failed.not_before == NOW + timedelta(hours=1)
