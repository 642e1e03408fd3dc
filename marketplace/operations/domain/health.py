"""Is this installation able to work? Asked by machines, every few seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.models import Min
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from marketplace.operations.models import Heartbeat
from marketplace.payments import gateway
from marketplace.payments.domain import queries as payments
from marketplace.payments.enums import Lane

#: A task that waits longer than this means that no worker works.
QUEUE_LIMIT = timedelta(minutes=10)
#: `tick` runs every minute; after this many silent ones reservations lapse too late.
TICK_LIMIT = timedelta(minutes=5)
#: A lane of the money machine beats every few seconds; silent for so long, people wait in vain.
LANE_LIMIT = timedelta(minutes=5)
#: A task that may run at once carries the end of the calendar (django-tasks-db).
_NEVER = 9999
UNASKED = "cannot be asked"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must work; `detail` is for the operator, in English, without personal data."""

    name: str
    ok: bool
    detail: str = ""


def beat(*, name: str, now: datetime) -> None:
    """Note that `name` (for example "tick") has finished a round at `now`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})


def turn(*, name: str, every: timedelta, now: datetime) -> bool:
    """Whether `name` is due again, which is then noted: of many who ask at once one hears yes."""
    row, is_new = Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    if is_new or row.at > now - every:
        return is_new
    # RACE: one conditional update; the others find no row to change.
    return bool(Heartbeat.objects.filter(name=name, at__lte=now - every).update(at=now))


def lane(name: str) -> str:
    """What a lane of the money machine is called here."""
    return f"payments.{name}"


def parts(*, now: datetime) -> list[Part]:
    """Every part, in fixed order. Never raises: what cannot be asked is not well."""
    return [
        _asked("database", _database),
        _asked("cache", _cache),
        _asked("queue", lambda: _queue(now)),
        _asked("tick", lambda: _tick(now)),
        _told("payments", lambda: _payments(now)),
    ]


def _asked(name: str, question: Callable[[], str]) -> Part:
    try:
        trouble = question()
    except (DatabaseError, OSError, RuntimeError) as error:
        trouble = f"{UNASKED}: {type(error).__name__}"
    return Part(name, not trouble, trouble)


def _told(name: str, question: Callable[[], str]) -> Part:
    """Something a person has to look at, while the installation works: told, and still ready."""
    part = _asked(name, question)
    return part if part.detail.startswith(UNASKED) else Part(name, True, part.detail)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return "" if cursor.fetchone() == (1,) else "answers nonsense"


def _cache() -> str:
    cache.set("health", "well", 30)
    return "" if cache.get("health") == "well" else "does not keep what it is given"


def _queue(now: datetime) -> str:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    at_once = ready.filter(run_after__year=_NEVER).aggregate(since=Min("enqueued_at"))
    deferred = ready.filter(run_after__lte=now).aggregate(since=Min("run_after"))
    since = [row["since"] for row in (at_once, deferred) if row["since"] is not None]
    return _late("oldest task has waited", now - min(since), QUEUE_LIMIT) if since else ""


def _tick(now: datetime) -> str:
    at = Heartbeat.objects.filter(name="tick").values_list("at", flat=True).first()
    return "has never run" if at is None else _late("last ran", now - at, TICK_LIMIT, " ago")


def _payments(now: datetime) -> str:
    given_up = payments.dead()
    told = [f"{given_up} calls or events were given up"] if given_up else []
    return "; ".join([*told, *_lanes(now)])


def _lanes(now: datetime) -> list[str]:
    """Lanes in which nothing runs although somebody may pay."""
    if not gateway.is_configured():
        return []
    beats = dict(Heartbeat.objects.filter(name__startswith=lane("")).values_list("name", "at"))
    told = []
    for name in (*Lane.values, "EVENTS"):
        at = beats.get(lane(name))
        what = f"lane {name} last ran"
        told.append(
            f"lane {name} has never run"
            if at is None
            else _late(what, now - at, LANE_LIMIT, " ago")
        )
    return [each for each in told if each]


def _late(what: str, age: timedelta, limit: timedelta, end: str = "") -> str:
    return f"{what} {int(age.total_seconds())} s{end}" if age > limit else ""
