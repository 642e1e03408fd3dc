"""Lives: children forked from one warmed parent, each with its own connection to lose."""

import os
import random
import signal
import time
import traceback
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db import connections

from marketplace.core import faults
from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import Notice
from marketplace.reservations.domain import counter, lifecycle
from marketplace.reservations.enums import EndReason, State
from marketplace.reservations.models import Reservation
from shops.models import Offer
from tests import factories
from tests.factories import NOW

LATER = NOW + timedelta(days=30)
ACTS = ["place", "place", "ready", "hand over", "cancel", "expire", "shelve", "mail"]

Say = Callable[[str], None]
Act = Callable[[Say], None]


def leave() -> None:
    """No connection crosses a fork."""
    connections.close_all()
    for alias in connections:
        if hasattr(connections[alias], "close_pool"):
            connections[alias].close_pool()


def live(
    act: Callable[[Callable[[str], None]], None], *, killed_after: float = 0
) -> tuple[int, list[str]]:
    """Fork, let the child `act(say)`, return the signal that ended it (0: none) and what it said.

    `killed_after` seconds the parent cuts the power; 0 leaves that to the fault points.
    """
    leave()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        code = 1
        try:
            faults.arm()
            act(lambda word: os.write(write, f"{word}\n".encode()))
            code = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            # Nothing of the parent's (its database, its run directory) may be cleaned up from here.
            os._exit(code)
    os.close(write)
    if killed_after:
        time.sleep(killed_after)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    with os.fdopen(read) as pipe:
        said = pipe.read().split()
    _pid, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        # A life that failed has shown its traceback; nobody may take that for an end.
        assert os.WEXITSTATUS(status) == 0, said
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), said


def everyday(seed: int, offers: list[int], member: int, acts: int = 6) -> Act:
    """A handful of what happens in a town, drawn from a seed. Says `placed:NONCE` once true."""

    def act(say: Say) -> None:
        chance = random.Random(seed)
        by = Actor(kind="MEMBER", user_id=member)
        for _ in range(acts):
            with suppress(Refused, Stale):
                _one(chance, offers, by, say)

    return act


def _one(chance: random.Random, offers: list[int], by: Actor, say: Say) -> None:
    kind = chance.choice(
        ["place", "place", "ready", "hand over", "cancel", "expire", "shelve", "mail"]
    )
    if kind == "place":
        nonce = uuid.UUID(int=chance.getrandbits(128))
        wanted = [(Offer.objects.get(pk=pk), 1) for pk in chance.sample(offers, 2)]
        factories.placed(*wanted, nonce=nonce)
        say(f"placed:{nonce}")
    elif kind == "ready":
        pk = _any(chance, State.CONFIRMED)
        line = Reservation.objects.get(pk=pk).lines.order_by("pk").first()
        found = {line.pk: chance.randint(0, 1)}
        counter.mark_ready(reservation_id=pk, found=found, client_id=uuid.uuid4(), by=by, now=NOW)
    elif kind == "hand over":
        pk = _any(chance, State.READY, State.CONFIRMED)
        counter.hand_over(reservation_id=pk, client_id=uuid.uuid4(), by=by, now=NOW)
    elif kind == "cancel":
        pk = _any(chance, State.READY, State.CONFIRMED)
        lifecycle.cancel(reservation_id=pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=NOW)
    elif kind == "expire":
        pk = _any(chance, State.READY, State.CONFIRMED)
        lifecycle.expire(reservation_id=pk, now=LATER)
    elif kind == "shelve":
        pk = _any(chance, State.CANCELLED, State.EXPIRED)
        lifecycle.shelve(reservation_id=pk, by=by, now=NOW)
    elif kind == "mail":
        owed = Notice.objects.queued().values_list("pk", flat=True)
        if owed:
            notices.send_one(notice_id=chance.choice(list(owed)), now=LATER)


def _any(chance: random.Random, *states: State) -> int:
    rows = Reservation.objects.filter(state__in=states).order_by("pk")
    found = list(rows.values_list("pk", flat=True))
    if not found:
        raise Stale("nobody is there", code="none")
    return chance.choice(found)
