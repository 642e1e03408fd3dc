"""The power is cut at every named point and at random: nothing half made, no hold lost."""

import random
import signal
import uuid
from contextlib import nullcontext

import pytest
from django.test import override_settings

from marketplace.core.domain.history import Actor
from marketplace.core.faults import POINTS
from marketplace.operations.domain import audit
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import Checkout, Reservation
from tests import factories
from tests.factories import NOW
from tests.kills.intentions import MONEY
from tests.kills.lives import LATER, everyday, leave, live

pytestmark = pytest.mark.timeout(600)

KILLS = 50
DUMMY = {
    "default": {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend",
        "QUEUES": ["default", "mail", "pictures"],
    }
}
#: Points of one reservation's life; outbox, pictures and payments are killed where they are tested.
ELSEWHERE = ("pictures.", "notice.", "push.", *MONEY)
LIFE = sorted(name for name in POINTS if not name.startswith(ELSEWHERE))


@pytest.fixture
def town(own_database):
    """Six offers in two branches with plenty on the shelf, and a clerk."""
    with override_settings(TASKS=DUMMY):
        city = factories.city(max_open=30_000)
        shop = factories.shop(city, auto_accept=True)
        clerk = factories.member(shop).pk
        offers = [
            factories.offer(branch, count=10_000).pk
            for branch in (factories.branch(shop), factories.branch(shop))
            for _ in range(3)
        ]
        yield offers, clerk
        leave()


def violations() -> list[str]:
    found = [f"{one.truth} {one.subject} {one.what}" for one in audit.run(now=LATER).violations]
    leave()
    return found


def check(said: list[str]) -> None:
    """What a life reported as done is there, once, and whole."""
    for word in said:
        if word.startswith("placed:"):
            placed = Checkout.objects.get(nonce=uuid.UUID(word.removeprefix("placed:")))
            assert [row.lines.count() for row in placed.reservations.all()] != []
    assert not Reservation.objects.filter(lines=None).exists()
    assert not Checkout.objects.filter(reservations=None).exists()


@pytest.mark.parametrize("point", LIFE)
def test_killed_at_a_named_point(town, monkeypatch, point):
    offers, clerk = town
    everyday(1, offers, clerk, acts=30)(lambda word: None)
    monkeypatch.setenv("FAULT_AT", point)

    ends = []
    for seed in range(2, 40):
        ended, said = live(everyday(seed, offers, clerk, acts=10))
        check(said)
        ends.append(ended)
        if ended:
            break

    assert ends[-1] == signal.SIGKILL
    monkeypatch.delenv("FAULT_AT")
    assert violations() == []
    # And the town goes on.
    assert live(everyday(99, offers, clerk))[0] == 0
    assert violations() == []


def test_killed_at_random(town):
    offers, clerk = town
    chance = random.Random(20261123)
    everyday(1, offers, clerk, acts=20)(lambda word: None)
    killed = 0
    everything: list[str] = []
    for seed in range(2, 400):
        ended, said = live(
            everyday(seed, offers, clerk, acts=30), killed_after=chance.uniform(0.005, 0.25)
        )
        everything += said
        killed += ended == signal.SIGKILL
        if killed >= KILLS:
            break
        if killed % 10 == 0:
            assert violations() == []

    assert killed == KILLS
    assert violations() == []
    check(everything)
    done = [word for word in everything if word.startswith("placed:")]
    assert len(done) == len(set(done)) > 0
    # The same form, sent again after the crash, is the same checkout.
    again = uuid.UUID(done[-1].removeprefix("placed:"))
    before = Checkout.objects.count()
    row = factories.offer(Reservation.objects.first().branch, count=5)
    assert factories.placed((row, 1), nonce=again).nonce == again
    assert Checkout.objects.count() == before


def test_control_without_the_transaction_the_audit_finds_what_was_cut(town, monkeypatch):
    """The harness sees a broken truth when a verb commits half way."""
    offers, clerk = town
    everyday(1, offers, clerk, acts=1)(lambda word: None)
    row = factories.offer(factories.branch(factories.shop(factories.city("Gifhorn", host="g"))))
    reservation = factories.reservation((row, 1))
    monkeypatch.setattr(lifecycle.transaction, "atomic", nullcontext)
    by = Actor(kind="MEMBER", user_id=clerk)
    monkeypatch.setenv("FAULT_AT", "cancel.half")

    ended, _said = live(
        lambda say: lifecycle.cancel.__wrapped__(
            reservation_id=reservation.pk, reason=EndReason.DAMAGED, by=by, now=NOW
        )
    )

    assert ended == signal.SIGKILL
    monkeypatch.undo()
    assert any(word.startswith("4 line:") for word in violations())
