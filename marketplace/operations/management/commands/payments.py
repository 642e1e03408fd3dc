"""Speaks with the payment provider: what was intended, what it has told, what it has on its list.

Runs beside `worker`, any number of times. Each lane is a thread of its own: a call that takes ten
seconds in one holds up no other. A process that is ended in the middle of a call leaves a lease
that runs out; the next one asks again under the same key.
"""

import random
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections, connections
from django.utils import timezone

from marketplace.operations.domain import health, lanes
from marketplace.payments import gateway
from marketplace.payments.domain.operations import Ran
from marketplace.payments.gateway.port import Gateway

log = structlog.get_logger("payments")

#: Longest pause of an idle lane in seconds: shoppers wait for the first, nobody for the last.
LONGEST = {"SHOPPER": 0.5, "EVENTS": 0.5, "MONEY": 1.0, "OFFICE": 1.0, "LIST": 20.0}
SHORTEST = 0.1
#: So many failures in a row, and a lane asks less often; the longest pause between two tries then.
FAILURES, SLOWEST = 3, 5.0
#: Seconds of work in one round (and one line of log), and between two heartbeats.
ROUND, BEAT = 5.0, 20.0
#: Seconds that calls in flight have after SIGTERM.
GRACE = 5.0


class Loop(threading.Thread):
    """One lane, until it is told to stop."""

    def __init__(self, lane: str, provider: Gateway, stop: threading.Event) -> None:
        super().__init__(name=f"payments-{lane.lower()}", daemon=True)
        self.lane = lane
        self.provider = provider
        self.stop = stop
        self.idle = 0
        self.failures = 0
        self.beat_at = 0.0

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.stop.wait(self.pause(self.round()))
        finally:
            connections.close_all()

    def round(self, *, at_once: bool = False) -> Ran | None:
        """Work until nothing is due, something fails or `ROUND` is over. None: broke down."""
        sums = [0, 0, 0]
        until = time.monotonic() + ROUND
        try:
            while True:
                ran = lanes.step(
                    lane=self.lane, now=timezone.now(), gateway=self.provider, at_once=at_once
                )
                sums = [sums[0] + ran.done, sums[1] + ran.again, sums[2] + ran.dead]
                self._beat()
                over = time.monotonic() > until or self.stop.is_set()
                if not ran.done or over or self.lane == lanes.LIST:
                    break
        except Exception:  # the next round may find the database again
            log.exception("payments_broke_down", lane=self.lane)
            return None
        finally:
            close_old_connections()
        if any(sums):
            log.info("payments_round", lane=self.lane, done=sums[0], again=sums[1], dead=sums[2])
        return Ran(*sums)

    def pause(self, ran: Ran | None) -> float:
        """Seconds until the next round, with jitter so that many processes do not march in step."""
        if ran is not None and ran.done:
            self.idle = self.failures = 0
            return 0
        if ran is None or ran.again:
            self.failures += 1
        else:
            self.idle += 1
            self.failures = max(0, self.failures - 1)
        seconds = min(SHORTEST * 2 ** min(self.idle, 12), LONGEST[self.lane])
        if self.failures >= FAILURES or ran is None:
            seconds = max(seconds, min(0.5 * 2 ** min(self.failures, 12), SLOWEST))
        return seconds * random.uniform(0.7, 1.3)  # noqa: S311 no secret

    def _beat(self) -> None:
        if self.lane != lanes.LIST and time.monotonic() - self.beat_at > BEAT:
            health.beat(name=health.lane(self.lane), now=timezone.now())
            self.beat_at = time.monotonic()


class Command(BaseCommand):
    help = "Makes the calls to the payment provider until it is told to stop (SIGTERM)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do all that is due, then end")
        parser.add_argument(
            "--lane",
            action="append",
            choices=lanes.LANES,
            help="only this lane, repeatable (default: all)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        provider = gateway.configured()
        if provider is None:
            self.stdout.write("No payment provider is configured (STRIPE_SECRET_KEY).")
            return
        chosen = list(dict.fromkeys(options["lane"] or lanes.LANES))
        stop = threading.Event()
        loops = [Loop(lane, provider, stop) for lane in chosen]
        if options["once"]:
            _once(loops)
        else:
            _serve(loops, stop)


def _once(loops: Sequence[Loop]) -> None:
    """Round after round until none does anything; the provider's list is read first, and once."""
    first = [loop for loop in loops if loop.lane == lanes.LIST]
    rest = [loop for loop in loops if loop.lane != lanes.LIST]
    found = [loop.round(at_once=True) for loop in first]
    while True:
        did = [loop.round() for loop in rest]
        found += did
        if not any(ran and ran.done for ran in did):
            break
    if None in found:
        raise CommandError("A lane broke down; the log says why.")


def _serve(loops: Sequence[Loop], stop: threading.Event) -> None:
    def told(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    log.info("payments_begin", lanes=[loop.lane for loop in loops])
    for loop in loops:
        loop.start()
    while not stop.wait(1):
        if not all(loop.is_alive() for loop in loops):
            stop.set()
            raise CommandError("A lane ended by itself.")
    until = time.monotonic() + GRACE
    for loop in loops:
        loop.join(max(0.0, until - time.monotonic()))
    left = [loop.lane for loop in loops if loop.is_alive()]
    log.info("payments_end", in_flight=left)
