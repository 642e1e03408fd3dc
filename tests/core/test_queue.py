"""Retries, lost tasks, the age of the queue, tidying up, and the worker that does it all."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult, get_date_max

from marketplace.core import tasks
from marketplace.core.domain import notices, queue
from tests.databases import ROOT

DATABASE_QUEUE = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
}
HERE = "tests.core.test_queue"
calls: list[str] = []


@tasks.job(queue_name="default", attempts=3, idempotent=True)
def flaky(word: str) -> str:
    calls.append(word)
    if word == "bad":
        raise ValueError("the mail of erika@example.org")
    return word


@tasks.job()
def once(word: str) -> str:
    calls.append(word)
    return word


@task()
def foreign() -> None:
    """Not ours: Wagtail's tasks look like this."""


@pytest.fixture
def database_queue(db):
    calls.clear()
    with override_settings(TASKS=DATABASE_QUEUE):
        yield


@pytest.fixture
def real_queue(own_database):
    """The same with real commits, for whatever lets a worker run."""
    calls.clear()
    with override_settings(TASKS=DATABASE_QUEUE):
        yield


def row_of(path: str = f"{HERE}.flaky", **fields: object) -> DBTaskResult:
    now = timezone.now()
    enqueued_at = fields.pop("enqueued_at", None)
    row = DBTaskResult.objects.create(
        **{
            "task_path": path,
            "backend_name": "default",
            "args_kwargs": {"args": ["good"], "kwargs": {}},
            "run_after": get_date_max(),
            "exception_class_path": "",
            "traceback": "",
            **fields,
        }
    )
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=enqueued_at or now)
    return row


def work() -> None:
    """What a worker does with everything that is due."""
    kept = {
        name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    }
    try:
        call_command("worker", "--batch")
    finally:
        for name, handler in kept.items():
            signal.signal(name, handler)


# --- asking for work ----------------------------------------------------------------------------


def test_after_commit_waits_for_the_commit(database_queue, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        queue.after_commit(f"{HERE}.flaky", "good")
        assert not DBTaskResult.objects.exists()

    for callback in callbacks:
        callback()
    row = DBTaskResult.objects.get()
    assert (row.task_path, row.args_kwargs) == (
        f"{HERE}.flaky",
        {"args": ["good"], "kwargs": {}},
    )
    assert row.run_after == get_date_max()


def test_after_commit_later(real_queue):
    at = timezone.now() + timedelta(hours=1)

    queue.after_commit(f"{HERE}.flaky", "good", at=at)

    assert DBTaskResult.objects.get().run_after == at
    work()
    assert calls == []


def test_a_broken_queue_does_not_fail_the_caller(own_database):
    with override_settings(TASKS={"default": {"BACKEND": "no.such.Backend"}}), transaction.atomic():
        queue.after_commit(f"{HERE}.flaky", "good")


def test_mail_goes_before_pictures():
    assert tasks.send_notice.priority > 0 > tasks.make_renditions.priority
    assert (tasks.send_notice.queue_name, tasks.make_renditions.queue_name) == ("mail", "pictures")


# --- retries ------------------------------------------------------------------------------------


def test_a_job_is_tried_again_later_and_then_fails(real_queue):
    flaky.enqueue("bad")
    waits = []
    for _ in range(3):
        work()
        for row in DBTaskResult.objects.filter(status=TaskResultStatus.READY):
            waits.append(round((row.run_after - timezone.now()).total_seconds() / 60))
            DBTaskResult.objects.filter(pk=row.pk).update(run_after=timezone.now())

    assert calls == ["bad", "bad", "bad"]
    assert waits == [1, 5]
    states = DBTaskResult.objects.order_by("enqueued_at").values_list("status", flat=True)
    assert list(states) == ["SUCCESSFUL", "SUCCESSFUL", "FAILED"]
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert failed.exception_class_path == "marketplace.core.tasks.JobFailedError"
    assert "builtins.ValueError at flaky:" in failed.traceback
    assert not any("erika" in row.traceback for row in DBTaskResult.objects.all())


def test_backoff_grows_and_stays():
    minutes = [queue.backoff(n).total_seconds() / 60 for n in range(1, 8)]

    assert minutes == [1, 5, 15, 60, 60, 60, 60]


# --- the reaper ---------------------------------------------------------------------------------


def test_reap_puts_back_what_may_run_twice(real_queue):
    now = timezone.now()
    long_ago, just_now = now - timedelta(minutes=16), now - timedelta(minutes=14)
    lost = row_of(status="RUNNING", started_at=long_ago, worker_ids=["dead"])
    running = row_of(status="RUNNING", started_at=just_now, worker_ids=["alive"])
    fragile = row_of(f"{HERE}.once", status="RUNNING", started_at=long_ago)
    wagtails = row_of(f"{HERE}.foreign", status="RUNNING", started_at=long_ago)
    gone = row_of("no.such.task", status="RUNNING", started_at=long_ago)
    deadly = row_of(status="RUNNING", started_at=long_ago, worker_ids=list("abcde"))

    assert queue.reap(now=now) == queue.Reaped(requeued=1, given_up=4)
    assert queue.reap(now=now) == queue.Reaped()

    def state(row: DBTaskResult) -> str:
        row.refresh_from_db()
        return row.status

    assert (state(lost), state(running)) == ("READY", "RUNNING")
    assert {state(row) for row in (fragile, wagtails, gone, deadly)} == {"FAILED"}
    assert fragile.exception_class_path.endswith("WorkerLostError")

    work()
    assert state(lost) == "SUCCESSFUL"
    assert calls == ["good"]


def test_only_ours_are_idempotent():
    assert queue.is_idempotent(f"{HERE}.flaky")
    assert queue.is_idempotent(notices.SEND)
    for path in (f"{HERE}.once", f"{HERE}.foreign", "os.path.join", "no.such.task", "nonsense"):
        assert not queue.is_idempotent(path)


# --- age and tidying ----------------------------------------------------------------------------


def test_queue_age_counts_what_could_run(database_queue):
    now = timezone.now()
    hour = timedelta(hours=1)

    assert queue.queue_age(now=now) == timedelta(0)

    row_of(run_after=now + hour, enqueued_at=now - 9 * hour)
    row_of(status="SUCCESSFUL", enqueued_at=now - 9 * hour)
    assert queue.queue_age(now=now) == timedelta(0)

    row_of(run_after=now - hour, enqueued_at=now - 9 * hour)
    assert queue.queue_age(now=now) == hour

    row_of(queue_name="mail", enqueued_at=now - 2 * hour)
    assert queue.queue_age(now=now) == 2 * hour
    assert queue.queue_age(now=now, queues=["default"]) == hour
    assert queue.queue_age(now=now, queues=["pictures"]) == timedelta(0)


def test_prune_keeps_what_somebody_may_still_ask_for(database_queue):
    now = timezone.now()
    day = timedelta(days=1)
    old = {"finished_at": now - 2 * day, "status": "SUCCESSFUL"}
    row_of(**old)
    row_of(**old)
    row_of(**{**old, "finished_at": now - 31 * day, "status": "FAILED"})
    kept = [
        row_of(**{**old, "status": "FAILED"}),
        row_of(**{**old, "finished_at": now - timedelta(hours=1)}),
        row_of(),
        row_of(status="RUNNING", started_at=now - 40 * day),
    ]

    assert queue.prune(now=now, limit=2) == 2
    assert queue.prune(now=now) == 1
    assert queue.prune(now=now) == 0
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == {row.pk for row in kept}


# --- the worker as a process --------------------------------------------------------------------


def test_worker_ends_cleanly_on_sigterm(own_database):
    """On a real database, with the product's settings: it works, it stops, it leaves nothing."""
    with override_settings(TASKS=DATABASE_QUEUE):
        tasks.send_notice.enqueue(12345)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--interval", "0.1"],
        cwd=ROOT,
        env={**own_database.env, "LOG_LEVEL": "INFO"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 60
        while DBTaskResult.objects.exclude(status="SUCCESSFUL").exists():
            assert time.monotonic() < deadline, "the worker did not work"
            time.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        output, _ = worker.communicate(timeout=20)
    finally:
        if worker.poll() is None:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait(10)

    assert worker.returncode == 0, output
    assert "worker ended" in output
    assert DBTaskResult.objects.get().return_value == "nothing to do"
    assert settings.TASKS["default"]["QUEUES"] == ["default", "mail", "pictures"]
