"""Work for later: what the Django Tasks API leaves to us (retries, lost tasks, age, tidying up).

Queues: "mail", "pictures", "default" (Wagtail's own work is there too). A task is a nudge, never
the only record: each has a row of ours that a sweep finds again; losing a task loses time, no work.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult, get_date_max

logger = logging.getLogger(__name__)

#: Waiting times after the first, second, third … failure; the last one repeats.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
)
#: A task that was with so many workers that died is the reason why they died.
DEADLY = 5
#: What a task that nobody finished says of itself; the database backend stores a class path.
LOST = "marketplace.core.domain.queue.WorkerLostError"


class WorkerLostError(Exception):
    """The worker died and the task must not simply run again."""


@dataclass(frozen=True, slots=True)
class Reaped:
    """What `reap` found: tasks put back into their queue, and tasks given up."""

    requeued: int = 0
    given_up: int = 0


def backoff(failures: int) -> timedelta:
    """How long to wait after this many failures (1 or more)."""
    return BACKOFF[min(failures, len(BACKOFF)) - 1]


def after_commit(path: str, *args: int | str, at: datetime | None = None, attempt: int = 1) -> None:
    """Ask a worker to run the task at `path`, not before `at`, once the transaction has committed.

    A queue that cannot be written to does not fail the caller, whose work is already committed: it
    is logged, and the sweep of that kind of work asks again.
    """

    def ask() -> None:  # a function with a name: Django's log of a failing hook wants one
        _enqueue(path, args, at, attempt)

    transaction.on_commit(ask, robust=True)


def reap(
    *, now: datetime, older_than: timedelta = timedelta(minutes=15), limit: int = 500
) -> Reaped:
    """Deal with tasks that are RUNNING since `older_than`: their worker was killed.

    Tasks declared `idempotent` go back into their queue, unless they have outlived too many
    workers; all others are marked as failed, where people see them.
    """
    lost = DBTaskResult.objects.running().filter(started_at__lte=now - older_than)
    requeued = given_up = 0
    for row in lost.order_by("started_at")[:limit]:
        # RACE: only as it was read. It may have ended, or another reaper may have been here.
        same = DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)
        if is_idempotent(row.task_path) and len(row.worker_ids) < DEADLY:
            requeued += same.update(status=TaskResultStatus.READY, started_at=None)
        else:
            given_up += same.update(
                status=TaskResultStatus.FAILED, finished_at=now, exception_class_path=LOST
            )
    if requeued or given_up:
        logger.warning("tasks reaped", extra={"requeued": requeued, "given_up": given_up})
    return Reaped(requeued=requeued, given_up=given_up)


def is_idempotent(path: str) -> bool:
    """Whether the task at `path` is ours and declares that running it twice does no harm."""
    try:
        found = import_string(path)
    except ImportError:
        return False
    return isinstance(found, Task) and getattr(found.func, "idempotent", False)


def queue_age(*, now: datetime, queues: Iterable[str] = ()) -> timedelta:
    """How long the oldest task that could run has been waiting; zero if none waits."""
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    if names := list(queues):
        waiting = waiting.filter(queue_name__in=names)
    at_once = Q(run_after=get_date_max())
    oldest = waiting.aggregate(
        at_once=Min("enqueued_at", filter=at_once),
        deferred=Min("run_after", filter=~at_once & Q(run_after__lte=now)),
    )
    ages: list[timedelta] = [now - since for since in oldest.values() if since is not None]
    return max([timedelta(0), *ages])


def prune(
    *,
    now: datetime,
    successful_after: timedelta = timedelta(days=1),
    failed_after: timedelta = timedelta(days=30),
    limit: int = 10_000,
) -> int:
    """Delete results that nobody will ask for, at most `limit` rows; returns how many."""
    old = DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lte=now - successful_after)
        | Q(status=TaskResultStatus.FAILED, finished_at__lte=now - failed_after)
    )
    keys = list(old.order_by("finished_at").values_list("pk", flat=True)[:limit])
    deleted = 0
    for start in range(0, len(keys), 500):
        deleted += DBTaskResult.objects.filter(pk__in=keys[start : start + 500]).delete()[0]
    return deleted


def _enqueue(path: str, args: tuple[int | str, ...], at: datetime | None, attempt: int) -> None:
    task = import_string(path)
    if at is not None:
        if not task.get_backend().supports_defer:
            # The immediate backend of tests and scripts; the sweep comes back to it.
            return
        task = task.using(run_after=at)
    extra = {"attempt": attempt} if attempt > 1 else {}
    task.enqueue(*args, **extra)
