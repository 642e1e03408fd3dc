from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from marketplace import __version__
from marketplace.operations.domain import health, tick
from marketplace.operations.models import Heartbeat
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def troubles(now=NOW) -> dict[str, str]:
    return {part.name: part.detail for part in health.parts(now=now) if not part.ok}


def task(*, enqueued=NOW, run_after=None, status="READY") -> None:
    row = DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="x.y",
        queue_name="default",
        backend_name="default",
        status=status,
        exception_class_path="",
        traceback="",
        **({"run_after": run_after} if run_after else {}),
    )
    DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=enqueued)


def test_alive(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["version"] == __version__
    assert answer.json()["process"] > 0


def test_ready(client):
    health.beat(name="tick", now=timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json()["parts"].values()) == {"ok"}
    assert not answer.cookies


def test_not_ready_says_which_part(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert parts["tick"] == "has never run"
    assert parts["database"] == parts["cache"] == parts["queue"] == "ok"


def test_a_heartbeat_is_one_row():
    health.beat(name="tick", now=NOW)
    health.beat(name="tick", now=NOW + timedelta(minutes=1))
    assert Heartbeat.objects.get().at == NOW + timedelta(minutes=1)


def test_a_silent_clock():
    health.beat(name="tick", now=NOW - health.TICK_LIMIT)
    assert troubles() == {}
    health.beat(name="tick", now=NOW - health.TICK_LIMIT - timedelta(seconds=1))
    assert troubles() == {"tick": "last ran 301 s ago"}


def test_a_worker_that_does_not_work():
    health.beat(name="tick", now=NOW)
    old = NOW - timedelta(hours=1)
    task(enqueued=old, status="RUNNING")
    task(enqueued=old, status="SUCCESSFUL")
    task(enqueued=old, run_after=NOW + timedelta(minutes=5))
    task(enqueued=old, run_after=NOW - timedelta(minutes=5))
    task(enqueued=NOW - timedelta(minutes=1))
    assert troubles() == {}
    task(enqueued=NOW - timedelta(minutes=11))
    assert troubles() == {"queue": "oldest task has waited 660 s"}


def test_a_cache_that_forgets(monkeypatch):
    health.beat(name="tick", now=NOW)
    monkeypatch.setattr(cache, "set", lambda *args: None)
    cache.delete("health")
    assert set(troubles()) == {"cache"}


def test_what_cannot_be_asked_is_not_well(monkeypatch):
    def broken() -> str:
        raise OperationalError("password of the database")

    monkeypatch.setattr(health, "_database", broken)
    assert troubles()["database"] == "cannot be asked: OperationalError"


def told(now=NOW) -> str:
    return {part.name: part.detail for part in health.parts(now=now)}["payments"]


def test_silent_lanes_are_told_where_somebody_may_pay(settings):
    assert told() == "", "nobody can pay here"
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert told().count("has never run") == 4
    for name in ("SHOPPER", "MONEY", "OFFICE", "EVENTS"):
        health.beat(name=health.lane(name), now=NOW - health.LANE_LIMIT)
    assert told() == ""
    health.beat(name=health.lane("SHOPPER"), now=NOW + timedelta(minutes=1))
    assert told(NOW + timedelta(seconds=1)).startswith("lane MONEY last ran 301 s ago; lane OFFICE")
    assert "SHOPPER" not in told(NOW + timedelta(seconds=1))
    assert "payments" not in troubles(NOW + timedelta(hours=1)), "told, and still ready"


def test_a_turn_is_taken_once():
    every = timedelta(minutes=5)
    turns = [health.turn(name="x", every=every, now=NOW) for _ in range(3)]
    assert turns == [True, False, False]
    assert not health.turn(name="x", every=every, now=NOW + timedelta(minutes=4))
    assert health.turn(name="x", every=every, now=NOW + every)
    assert not health.turn(name="x", every=every, now=NOW + every)


def test_a_dark_provider_holds_up_neither_the_caretaker_nor_the_probes(
    client, settings, monkeypatch
):
    """They know of it and never ask it."""
    settings.STRIPE_SECRET_KEY = "sk_test_x"

    def asked() -> None:
        raise AssertionError("the provider was asked")

    monkeypatch.setattr("marketplace.payments.gateway.configured", asked)
    tick.run(now=timezone.now())
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "has never run" in answer.json()["parts"]["payments"]
