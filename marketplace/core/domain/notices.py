"""The outbox of mails: a mail is owed if and only if its row was committed (reliability B1).

Sent at least once: a crash between the mail server's yes and our note of it sends the same mail
again, under the same Message-ID, which mail programs show once. Mail is sent outside any
transaction; a lease keeps two workers apart, and the number of the try keeps a worker that woke up
late from writing over its successor.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from email.utils import format_datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import translation
from django.utils.crypto import salted_hmac

from marketplace.core import mail
from marketplace.core.domain import queue
from marketplace.core.enums import NoticeState
from marketplace.core.faults import fault
from marketplace.core.mail import Attachment, Message
from marketplace.core.models import Notice

__all__ = [
    "Attachment",
    "Message",
    "failed",
    "hasten",
    "lag",
    "register",
    "requeue",
    "send",
    "send_one",
    "sweep",
    "void",
]

logger = logging.getLogger(__name__)

#: Writes the mail in the notice's language; None means that nobody needs it now.
Renderer = Callable[[Notice], Message | None]
#: Told that a mail went out: the notice, `mail.digest` of what was in it, and when.
Sent = Callable[[Notice, str, datetime], None]

SEND = "marketplace.core.tasks.send_notice"
MOST_ATTEMPTS = 8
#: Longer than any mail server's time-out, see EMAIL_TIMEOUT.
LEASE = timedelta(minutes=10)
#: A task that did not come to it for so long is taken for lost.
RENUDGE = timedelta(minutes=5)

_renderers: dict[str, Renderer] = {}
_listeners: dict[str, Sent] = {}


def register(kind: str, renderer: Renderer, *, sent: Sent | None = None) -> None:
    """Say who writes the mails of this kind; called in `AppConfig.ready` of the owning app.

    `sent` hears that one was handed to the mail server, in the transaction that marks it SENT: both
    are written or neither. It may hear of the same mail twice and must write the same then.
    """
    if _renderers.setdefault(kind, renderer) is not renderer:
        raise ValueError(f"two renderers for notices of kind {kind}")
    if sent is not None and _listeners.setdefault(kind, sent) is not sent:
        raise ValueError(f"two listeners for notices of kind {kind}")


def send(
    *,
    kind: str,
    subject: str,
    language: str,
    now: datetime,
    thread: str = "",
    not_before: datetime | None = None,
    unique: str = "",
) -> Notice:
    """Owe a mail, in the caller's transaction; a worker is told once that has committed.

    A mail that was promised under the same `unique` is not promised again: its row is returned,
    also when it has long been sent. LookupError for a kind without renderer.
    """
    if kind not in _renderers:
        raise LookupError(f"no renderer for notices of kind {kind}")
    due_at = max(now, not_before or now)
    fields = {
        "kind": kind,
        "subject": subject,
        "language": language,
        "thread": thread,
        "queued_at": now,
        "not_before": due_at,
        "nudged_at": due_at,
    }
    if unique:
        # RACE: the unique constraint decides; get_or_create reads the winner's row.
        # The exclusion is what lets SQLite use the partial index instead of reading every row.
        promised = Notice.objects.exclude(unique="")
        notice, is_new = promised.get_or_create(unique=unique, defaults=fields)
    else:
        notice, is_new = Notice.objects.create(**fields), True
    if is_new:
        queue.after_commit(SEND, notice.pk, at=due_at if due_at > now else None)
    return notice


def void(
    *,
    now: datetime,
    ids: Collection[int] = (),
    subject: str = "",
    kinds: Collection[str] = (),
    unique_prefix: str = "",
) -> int:
    """Take back mails that have not been sent; returns how many.

    What is given narrows: `subject` with `kinds` means these kinds about this subject. Their
    `unique` becomes free, so the same mail can be promised anew. One that a worker is sending in
    this moment may still arrive. Without any condition: ValueError.
    """
    chosen = Q()
    if ids:
        chosen &= Q(pk__in=ids)
    if subject:
        chosen &= Q(subject=subject)
    if unique_prefix:
        chosen &= Q(unique__startswith=unique_prefix)
    if not chosen:
        raise ValueError("void needs ids, a subject or a unique_prefix")
    if kinds:
        chosen &= Q(kind__in=kinds)
    return Notice.objects.queued().filter(chosen).update(state=NoticeState.VOID, unique="")


def hasten(*, subject: str, kinds: Collection[str], now: datetime) -> int:
    """Send mails about this subject now that were to wait for a while; returns how many."""
    waiting = Notice.objects.queued().filter(subject=subject, kind__in=kinds, attempts=0)
    found = 0
    for notice_id in waiting.filter(not_before__gt=now).order_by("pk").values_list("pk", flat=True):
        if waiting.filter(pk=notice_id).update(not_before=now, nudged_at=now):
            queue.after_commit(SEND, notice_id)
            found += 1
    return found


def send_one(*, notice_id: int, now: datetime) -> NoticeState | None:
    """Send this mail if it is due and nobody else is at it; returns its state, None if untouched.

    Call it outside a transaction: it talks to the mail server. A failure is noted by class name and
    tried again after a growing pause; after 8 tries the notice is FAILED for people to see.
    """
    # RACE: the lease is one conditional update; of two workers one finds no row to change.
    leased = Notice.objects.due(now).filter(pk=notice_id)
    if not leased.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    notice = Notice.objects.get(pk=notice_id)
    try:
        with translation.override(notice.language):
            message = _renderers[notice.kind](notice)
        if message is None:
            return _finish(notice, state=NoticeState.VOID)
        letter = mail.build(message, headers=_headers(notice, message.host, now))
        fault("notice.before_send")
        letter.send()
        fault("notice.after_send")
        return _finish_sent(notice, mail.digest(message), now)
    except Exception as error:  # whatever went wrong, the mail stays owed
        return _note_failure(notice, error, now)


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Ask again for due mails whose task was lost; returns how many. `tick` calls it."""
    lost = Notice.objects.due(now).filter(nudged_at__lte=now - RENUDGE)
    found = 0
    for notice_id in lost.order_by("not_before", "pk").values_list("pk", flat=True)[:limit]:
        # RACE: two ticks at once ask only once.
        if lost.filter(pk=notice_id).update(nudged_at=now):
            queue.after_commit(SEND, notice_id)
            found += 1
    return found


def requeue(*, ids: Collection[int], now: datetime) -> int:
    """Give mails that FAILED another round of tries, once the reason is gone; returns how many."""
    again = Notice.objects.filter(pk__in=ids, state=NoticeState.FAILED)
    found = 0
    for notice_id in again.values_list("pk", flat=True):
        if again.filter(pk=notice_id).update(
            state=NoticeState.QUEUED, attempts=0, not_before=now, nudged_at=now, lease_until=None
        ):
            queue.after_commit(SEND, notice_id)
            found += 1
    return found


def lag(*, now: datetime) -> timedelta:
    """How late the oldest mail is that should have gone out; zero if none is late."""
    oldest = (Notice.objects.queued().filter(not_before__lte=now).aggregate(Min("not_before")))[
        "not_before__min"
    ]
    return now - oldest if oldest else timedelta(0)


def failed() -> int:
    """How many mails were given up and wait for a person."""
    return Notice.objects.filter(state=NoticeState.FAILED).count()


def message_id(notice: Notice, host: str) -> str:
    """The same for every try; the keyed part keeps strangers from forging an answer to it."""
    return f"<notice.{notice.pk}.{_digest('id', str(notice.pk))}@{host}>"


def thread_id(thread: str, host: str) -> str:
    """The first letter of a conversation, which nobody ever sent; all others answer it."""
    return f"<{thread.replace(':', '.')}.{_digest('thread', thread)}@{host}>"


def _headers(notice: Notice, host: str, now: datetime) -> dict[str, str]:
    headers = {
        "Message-ID": message_id(notice, host),
        "Date": format_datetime(now),
        # RFC 3834: out-of-office programs do not answer.
        "Auto-Submitted": "auto-generated",
    }
    if notice.thread:
        headers["In-Reply-To"] = headers["References"] = thread_id(notice.thread, host)
    return headers


def _digest(purpose: str, value: str) -> str:
    keyed = salted_hmac(
        f"core.notices.{purpose}", value, secret=settings.LINK_KEY, algorithm="sha256"
    )
    return keyed.hexdigest()[:16]


@transaction.atomic
def _finish_sent(notice: Notice, digest: str, now: datetime) -> NoticeState | None:
    """Write that it went out, and tell who wants to know, or neither."""
    listener = _listeners.get(notice.kind)
    # RACE: what the mail is about comes first and its notice after it, as in everything else that
    # writes both; so nobody waits in a circle.
    with transaction.atomic():
        if listener is not None:
            listener(notice, digest, now)
        fault("notice.told")
        done = _finish(notice, state=NoticeState.SENT, sent_at=now)
        if done is None:
            transaction.set_rollback(True)
    # Taken back on its way: nobody is told, but the truth is that it was sent.
    return done or _finish(notice, state=NoticeState.SENT, sent_at=now)


def _finish(
    notice: Notice, *, state: NoticeState, sent_at: datetime | None = None
) -> NoticeState | None:
    """Write the end of this try, unless a later try has begun."""
    mine = Notice.objects.filter(pk=notice.pk, attempts=notice.attempts)
    if mine.queued().update(state=state, sent_at=sent_at, lease_until=None, last_error=""):
        return state
    # Taken back while it was on its way: it stays void, but the truth is that it was sent.
    mine.filter(state=NoticeState.VOID).update(sent_at=sent_at, lease_until=None)
    return None


def _note_failure(notice: Notice, error: Exception, now: datetime) -> NoticeState | None:
    is_over = notice.attempts >= MOST_ATTEMPTS
    again_at = now + queue.backoff(notice.attempts)
    noted = (
        Notice.objects.queued()
        .filter(pk=notice.pk, attempts=notice.attempts)
        .update(
            state=NoticeState.FAILED if is_over else NoticeState.QUEUED,
            not_before=again_at,
            nudged_at=again_at,
            lease_until=None,
            last_error=type(error).__name__[:80],
        )
    )
    logger.warning(
        "notice not sent",
        extra={"notice": notice.pk, "attempt": notice.attempts, "error": type(error).__name__},
    )
    if not noted:
        return None
    if is_over:
        return NoticeState.FAILED
    queue.after_commit(SEND, notice.pk, at=again_at)
    return NoticeState.QUEUED
