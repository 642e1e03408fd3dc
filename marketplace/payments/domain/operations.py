"""Does what has been intended: at least once, under one key, seen once (reliability B1).

    operations.run_due(now=..., gateway=...)      called by the ticker and by workers, side by side

An operation is leased by one conditional update, called outside any transaction, and its end is
written together with what the provider answered. Whoever dies in between leaves a lease that runs
out; the next one asks again under the same key and hears the same answer. After 23 hours, when the
provider may have forgotten the key, it is looked up first: asking again could move money twice.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce

from marketplace.core.faults import fault
from marketplace.payments.domain import calls
from marketplace.payments.domain.calls import NotHappened
from marketplace.payments.enums import Lane, WorkState
from marketplace.payments.gateway.port import (
    Answer,
    Answered,
    Declined,
    Denied,
    Gateway,
    Limited,
    Unknown,
    in_the_open,
)
from marketplace.payments.models import Operation

logger = logging.getLogger(__name__)

#: Longer than all calls of one operation may take together (time-outs of 10 s each).
LEASE = timedelta(minutes=2)
#: The provider keeps a key for 24 hours at least; an hour of it is for slow clocks and calls.
KEY_LIVES = timedelta(hours=23)
#: Waiting times after the first, second ... failure; the last one repeats.
BACKOFF = (
    timedelta(seconds=5),
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
)
#: About three days of half an hour each.
MOST_ATTEMPTS = 150


@dataclass(frozen=True, slots=True)
class Ran:
    """What one call of `run_due` came to."""

    done: int = 0
    again: int = 0
    dead: int = 0


def run_due(*, now: datetime, gateway: Gateway, limit: int = 50, lane: Lane | None = None) -> Ran:
    """Work on up to `limit` operations that are due, oldest first, of one lane or of all.

    Call it outside a transaction, as often and as parallel as you like. Operations of one payment
    go one after the other; those that wait for an earlier one are taken by a later call.
    """
    in_the_open(lambda: None)
    due = _due(now)
    if lane is not None:
        due = due.filter(lane=lane)
    ended: list[WorkState] = []
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        state = run_one(operation_id=pk, now=now, gateway=gateway)
        if state is not None:
            ended.append(state)
    return Ran(
        done=sum(state in (WorkState.DONE, WorkState.VOID) for state in ended),
        again=ended.count(WorkState.DUE),
        dead=ended.count(WorkState.DEAD),
    )


def run_one(*, operation_id: int, now: datetime, gateway: Gateway) -> WorkState | None:
    """Work on this operation if it is due and nobody else is at it; None where it is not.

    Inside a transaction: `InTransactionError`. A provider that fails leaves it due for later.
    """
    in_the_open(lambda: None)
    if not _lease(operation_id, now):
        return None
    operation = Operation.objects.select_related("payment", "account", "refund").get(
        pk=operation_id
    )
    fault("operation.leased")
    answer = _answer(operation, gateway, now)
    fault("operation.answered")
    try:
        return _write(operation, answer, now)
    except Exception as error:  # one that cannot be written must not hold up all others
        logger.exception("operation not written", extra={"operation": operation.pk})
        # It may well have happened: under the same key the same answer comes again.
        return _again(operation, type(error).__name__, now, look_first=operation.look_first)


def revive(*, ids: Collection[int], now: datetime) -> int:
    """Give operations that were given up another round, looking first; returns how many."""
    return Operation.objects.filter(pk__in=ids, state=WorkState.DEAD).update(
        state=WorkState.DUE,
        due_at=now,
        attempts=1,
        look_first=True,
        done_at=None,
        lease_until=None,
    )


def backoff(failures: int) -> timedelta:
    """How long to wait after this many failures (1 or more)."""
    return BACKOFF[min(failures, len(BACKOFF)) - 1]


def _due(now: datetime) -> Any:
    """Due, and nothing older of the same payment still to be done."""
    older = Operation.objects.filter(
        payment=OuterRef("payment"), state=WorkState.DUE, pk__lt=OuterRef("pk")
    )
    return Operation.objects.all().due(now).filter(~Exists(older))


def _lease(operation_id: int, now: datetime) -> bool:
    # RACE: one conditional update; of two workers one finds no row to change. The number of the
    # try is the token that keeps the one who wakes up late from ending its successor's work.
    return bool(
        _due(now)
        .filter(pk=operation_id)
        .update(
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
            first_sent_at=Coalesce(F("first_sent_at"), Value(now)),
        )
    )


def _answer(operation: Operation, gateway: Gateway, now: datetime) -> Answer[Any] | NotHappened:
    sent_at = operation.first_sent_at or now
    look = operation.look_first or now - sent_at >= KEY_LIVES
    try:
        if look:
            return in_the_open(lambda: calls.look_up(operation, gateway, now))
        return in_the_open(lambda: calls.ask(operation, gateway))
    except Exception as error:  # whatever went wrong, it may have happened
        logger.exception("operation failed", extra={"operation": operation.pk})
        return Unknown(type(error).__name__)


def _write(operation: Operation, answer: Answer[Any] | NotHappened, now: datetime) -> WorkState:
    with transaction.atomic():
        match answer:
            case Answered(value=value):
                _finish(operation, state=WorkState.DONE, done_at=now, error="")
                # Also when another worker has ended it meanwhile: reports only lead forwards.
                calls.book(operation, value, now)
                fault("operation.booked")
                return WorkState.DONE
            case Declined(code=code) | Denied(code=code):
                if _finish(operation, state=WorkState.VOID, done_at=now, error=code[:80]):
                    calls.refused(operation, code, now)
                return WorkState.VOID
            case NotHappened():
                _finish(
                    operation,
                    generation=operation.generation + 1,
                    first_sent_at=None,
                    look_first=False,
                    due_at=now,
                )
                return WorkState.DUE
            case Limited(code=code):
                return _again(operation, code, now, look_first=operation.look_first)
            case Unknown(code=code, stored=stored):
                return _again(operation, code, now, look_first=stored or operation.look_first)


def _again(operation: Operation, code: str, now: datetime, *, look_first: bool) -> WorkState:
    if operation.attempts >= MOST_ATTEMPTS:
        with transaction.atomic():
            if _finish(operation, state=WorkState.DEAD, done_at=now, error=code[:80]):
                calls.given_up(operation, code, now)
        return WorkState.DEAD
    wait = backoff(operation.attempts)
    _finish(operation, due_at=now + wait, look_first=look_first, error=code[:80])
    return WorkState.DUE


def _finish(operation: Operation, **fields: Any) -> bool:
    """Write the end of this try, unless a later try has begun or it has ended."""
    mine = Operation.objects.filter(
        pk=operation.pk, attempts=operation.attempts, state=WorkState.DUE
    )
    return bool(mine.update(lease_until=None, **fields))
