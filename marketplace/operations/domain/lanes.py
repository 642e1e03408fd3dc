"""What the money machine does by itself, one step at a time; `manage.py payments` repeats them.

    lanes.step(lane="MONEY", now=..., gateway=...)

Each lane has a loop of its own, so that none waits for another (reliability B3): the three of the
operations, the events that have come in, and the provider's own list of events. A step takes one
piece of work, because its lease is counted from `now` and calls may take long.
"""

from datetime import datetime, timedelta

from marketplace.operations.domain import health
from marketplace.payments.domain import inbox, operations, reconcile
from marketplace.payments.domain.operations import Ran
from marketplace.payments.enums import Lane
from marketplace.payments.gateway.port import Gateway

EVENTS, LIST = "EVENTS", "LIST"
LANES = (*Lane.values, EVENTS, LIST)
#: The provider's list is read so often, by whichever process comes first.
LIST_EVERY = timedelta(minutes=5)


def step(*, lane: str, now: datetime, gateway: Gateway, at_once: bool = False) -> Ran:
    """Do one piece of work of this lane, if one is due. Any number of processes may.

    `at_once` reads the provider's list although it is not yet time. Outside a transaction.
    """
    if lane == EVENTS:
        return inbox.run_due(now=now, gateway=gateway, limit=1)
    if lane == LIST:
        is_turn = health.turn(name=health.lane(LIST), every=LIST_EVERY, now=now)
        if not (is_turn or at_once):
            return Ran()
        walked = reconcile.run(now=now, gateway=gateway)
        return Ran(done=walked.new, again=walked.silent)
    return operations.run_due(now=now, gateway=gateway, limit=1, lane=Lane(lane))
