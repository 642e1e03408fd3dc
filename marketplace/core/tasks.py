"""What workers do. Thin: read the clock, call the domain.

A job is named by its dotted path where it is asked for (`queue.after_commit`), so that the domain
does not import its own workers.
"""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils import timezone
from django_tasks import task
from django_tasks.base import Task

from marketplace.core.domain import notices, pictures, queue

logger = logging.getLogger(__name__)


class JobFailedError(Exception):
    """A job gave up. Names the error's class and place; its text may hold personal data."""


def job(
    *, queue_name: str = "default", priority: int = 0, attempts: int = 1, idempotent: bool = False
) -> Callable[[Callable[..., Any]], Task[..., Any]]:
    """Declare a task that is tried up to `attempts` times, with growing pauses in between.

    `idempotent` promises that running it twice, even at once, does no harm: then the reaper may put
    it back after a worker died. `priority` (-100 to 100) decides between queues of one worker.
    """

    def declare(function: Callable[..., Any]) -> Task[..., Any]:
        @wraps(function)
        def run(*args: Any, attempt: int = 1, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception as error:  # a worker must outlive any job
                failure = _describe(error)
                logger.warning(
                    "job failed", extra={"job": path, "attempt": attempt, "error": failure}
                )
                if attempt < attempts and not kwargs:
                    at = timezone.now() + queue.backoff(attempt)
                    queue.after_commit(path, *args, at=at, attempt=attempt + 1)
                    return {"retry_at": at.isoformat()}
                # SECURITY: `from None`: the result row keeps no message and no mail address.
                raise JobFailedError(failure) from None

        path = f"{function.__module__}.{function.__qualname__}"
        run.idempotent = idempotent  # type: ignore[attr-defined]
        return task(queue_name=queue_name, priority=priority)(run)

    return declare


@job(queue_name="mail", priority=50, idempotent=True)
def send_notice(notice_id: int) -> str:
    """Send one mail of the outbox; it counts its own tries and asks for its own retries."""
    return notices.send_one(notice_id=notice_id, now=timezone.now()) or "nothing to do"


@job(queue_name="pictures", priority=-10, attempts=5, idempotent=True)
def make_renditions(picture_id: int) -> str:
    """Make the three widths of a picture in both formats."""
    return pictures.render(picture_id=picture_id, now=timezone.now()) or "nothing to do"


def _describe(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name} at {last.name}:{last.lineno}"
