"""The outbox under pressure: two workers, mails taken back, lost tasks, power cuts."""

import re
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.db import connections

from marketplace.core.domain import notices
from marketplace.core.domain.notices import Message
from marketplace.core.enums import NoticeState
from marketplace.core.models import Notice
from tests.core.letters import MINUTE, NOW, owe, render
from tests.databases import ROOT


def queue_without_nudge(number: int = 1) -> None:
    """As after a crash between commit and nudge."""
    Notice.objects.create(
        kind="test.plain",
        subject=f"thing:{number}",
        language="de",
        queued_at=NOW,
        not_before=NOW,
        nudged_at=NOW,
    )


# --- two at once --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lease_keeps_the_second_worker_away(monkeypatch):
    notice = owe()
    answers = []

    def render_and_meet_another(row: Notice) -> Message | None:
        answers.append(notices.send_one(notice_id=row.pk, now=NOW))
        return render(row)

    monkeypatch.setitem(notices._renderers, "test.plain", render_and_meet_another)

    assert notices.send_one(notice_id=notice.pk, now=NOW) == NoticeState.SENT
    assert answers == [None]
    assert len(outbox.outbox) == 1


@pytest.mark.django_db
def test_a_worker_that_wakes_up_late_writes_nothing(monkeypatch):
    notice = owe()
    late = NOW + notices.LEASE + MINUTE

    def render_and_be_overtaken(row: Notice) -> Message | None:
        monkeypatch.setitem(notices._renderers, "test.plain", render)
        assert notices.send_one(notice_id=row.pk, now=late) == NoticeState.SENT
        return render(row)

    monkeypatch.setitem(notices._renderers, "test.plain", render_and_be_overtaken)

    assert notices.send_one(notice_id=notice.pk, now=NOW) is None
    notice.refresh_from_db()
    assert (notice.sent_at, notice.attempts) == (late, 2)
    assert len({sent.message()["Message-ID"] for sent in outbox.outbox}) == 1


@pytest.mark.django_db
def test_taken_back_while_on_its_way(monkeypatch):
    notice = owe(unique="thing:1:ready")

    def render_and_void(row: Notice) -> Message | None:
        assert notices.void(ids=[row.pk], now=NOW) == 1
        return render(row)

    monkeypatch.setitem(notices._renderers, "test.plain", render_and_void)

    assert notices.send_one(notice_id=notice.pk, now=NOW) is None
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at) == (NoticeState.VOID, NOW)


def test_two_workers_with_fifty_mails(own_database):
    for number in range(50):
        queue_without_nudge(number)
    keys = list(Notice.objects.values_list("pk", flat=True))

    def work() -> None:
        try:
            for key in keys:
                notices.send_one(notice_id=key, now=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Notice.objects.filter(state=NoticeState.SENT, attempts=1).count() == 50
    names = [sent.message()["Message-ID"] for sent in outbox.outbox]
    assert len(names) == len(set(names)) == 50


# --- voiding, sweeping --------------------------------------------------------------------------


@pytest.mark.django_db
def test_void_takes_back_what_it_names():
    def queued() -> list[str]:
        return sorted(Notice.objects.queued().values_list("unique", flat=True))

    for unique in ("r:1:2:ready", "r:1:2:shop", "r:1:3:ready", "r:10:2:ready"):
        owe(unique=unique, subject=":".join(unique.split(":")[:2]).replace("r", "thing"))

    assert notices.void(unique_prefix="r:1:2:", now=NOW) == 2
    assert queued() == ["r:10:2:ready", "r:1:3:ready"]
    assert notices.void(subject="thing:10", kinds=["test.rich"], now=NOW) == 0
    assert notices.void(subject="thing:10", kinds=["test.plain"], now=NOW) == 1
    assert queued() == ["r:1:3:ready"]
    with pytest.raises(ValueError, match="void needs"):
        notices.void(kinds=["test.plain"], now=NOW)

    again = owe(unique="r:1:2:ready")
    assert again.state == NoticeState.QUEUED
    assert notices.send_one(notice_id=again.pk, now=NOW) == NoticeState.SENT
    assert notices.void(unique_prefix="r:1:2:", now=NOW) == 0


@pytest.mark.django_db
def test_sweep_asks_again_for_what_was_lost(django_capture_on_commit_callbacks):
    lost = owe()
    owe(not_before=NOW + timedelta(days=1))
    leased = owe()
    Notice.objects.filter(pk=leased.pk).update(lease_until=NOW + timedelta(hours=1), attempts=1)
    later = NOW + notices.RENUDGE

    assert notices.sweep(now=later - MINUTE) == 0
    with django_capture_on_commit_callbacks() as callbacks:
        assert notices.sweep(now=later) == 1
        assert notices.sweep(now=later + MINUTE) == 0
    assert len(callbacks) == 1
    assert notices.lag(now=later) == notices.RENUDGE

    assert notices.send_one(notice_id=lost.pk, now=later) == NoticeState.SENT
    assert notices.sweep(now=NOW + timedelta(hours=1)) == 1


# --- power cuts ---------------------------------------------------------------------------------


def _live(database, point: str) -> int:
    """A process that works the queue off, dying at `point`."""
    program = (
        "import django; django.setup()\n"
        "from datetime import datetime, UTC\n"
        "import tests.core.letters\n"
        "from marketplace.core.domain import notices\n"
        "from marketplace.core.models import Notice\n"
        "for row in Notice.objects.queued():\n"
        "    notices.send_one(notice_id=row.pk, now=datetime.now(UTC))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**database.env, "FAULT_AT": point, "LOG_LEVEL": "ERROR"},
        check=False,
    ).returncode


def _names(folder: Path) -> list[str]:
    found = []
    for file in sorted((folder / "mail").glob("*.log")):
        found += re.findall(r"^Message-ID: (.*)$", file.read_text(), re.MULTILINE)
    return found


def test_killed_before_and_after_sending(own_database):
    """Before: nothing arrived, nothing is lost. After: it arrives again under the same name."""
    queue_without_nudge()

    def forget_lease() -> Notice:
        Notice.objects.filter(lease_until__isnull=False).update(lease_until=NOW)
        return Notice.objects.get()

    assert _live(own_database, "notice.before_send") == -9
    assert _names(own_database.directory) == []
    assert forget_lease().state == NoticeState.QUEUED

    assert _live(own_database, "notice.after_send") == -9
    assert len(_names(own_database.directory)) == 1
    assert forget_lease().state == NoticeState.QUEUED

    assert _live(own_database, "") == 0
    names = _names(own_database.directory)
    assert len(names) == 2
    assert len(set(names)) == 1
    assert Notice.objects.get().state == NoticeState.SENT
