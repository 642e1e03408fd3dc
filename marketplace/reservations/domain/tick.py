"""What time does to reservations. Safe to run twice at once: each verb is its own swap."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from marketplace.core.errors import Stale
from marketplace.reservations.domain import basket, lifecycle, moves, notices, paying
from marketplace.reservations.domain.withdrawal import remind
from marketplace.reservations.enums import Mode, State
from marketplace.reservations.models import Reservation

#: A shopper is reminded this long before a ready reservation lapses.
REMIND = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one run did."""

    declined: int
    expired: int
    reminded: int
    waiting: int
    unpaid: int
    secured: int
    dropped: int
    withdrawals_matched: int
    withdrawals_reminded: int
    baskets: int


def run(*, now: datetime) -> Ticked:
    """Decline silent requests, expire what was not collected, remind, close what nobody pays,
    secure money that would be lost, forget old baskets."""
    return Ticked(
        declined=_each(
            _due(State.REQUESTED, "answer_by", now),
            lambda pk: lifecycle.decline_silent(reservation_id=pk, now=now),
        ),
        expired=_each(
            _due(State.CONFIRMED, "collect_by", now, mode=Mode.RESERVE)
            + _due(State.READY, "collect_by", now, mode=Mode.RESERVE),
            lambda pk: lifecycle.expire(reservation_id=pk, now=now),
        ),
        reminded=sum(_remind(pk, now) for pk in _to_remind(now)),
        waiting=sum(notices.remind_paid(reservation_id=pk, now=now) for pk in _uncollected(now)),
        unpaid=paying.close_unpaid(now=now),
        secured=paying.secure(now=now),
        dropped=moves.drop_silent(now=now),
        withdrawals_matched=remind.match_late(now=now),
        withdrawals_reminded=remind.remind(now=now),
        baskets=basket.forget_old(now=now),
    )


def _due(state: State, column: str, now: datetime, **more: Mode) -> list[int]:
    rows = Reservation.objects.filter(state=state, **{f"{column}__lte": now}, **more)
    return list(rows.order_by(column).values_list("pk", flat=True))


def _each(ids: Iterable[int], verb: Callable[[int], object]) -> int:
    done = 0
    for pk in ids:
        try:
            verb(pk)
        except Stale:
            # RACE: somebody handed over or cancelled first; nothing to do.
            continue
        done += 1
    return done


def _to_remind(now: datetime) -> list[int]:
    rows = Reservation.objects.filter(
        state=State.READY,
        mode=Mode.RESERVE,
        reminded_at__isnull=True,
        collect_by__gt=now,
        collect_by__lte=now + REMIND,
        # Whoever was told an hour ago needs no reminder.
        ready_at__lte=F("collect_by") - 2 * REMIND,
    )
    return list(rows.values_list("pk", flat=True))


def _uncollected(now: datetime) -> list[int]:
    """LAW: what was paid does not lapse; its shopper is reminded when the time is over."""
    rows = Reservation.objects.filter(
        state=State.READY, mode=Mode.PAY, reminded_at__isnull=True, collect_by__lte=now
    )
    return list(rows.values_list("pk", flat=True))


def _remind(pk: int, now: datetime) -> int:
    return int(notices.remind(reservation_id=pk, now=now))
