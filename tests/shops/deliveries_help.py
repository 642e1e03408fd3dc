"""Sending deliveries in tests as a till would."""

import json
from datetime import datetime
from typing import Any

from marketplace.core.domain.history import Actor
from shops.domain.deliveries import reading, taking
from shops.domain.deliveries.taking import Sender
from shops.enums import Channel
from shops.models import Branch, Delivery
from tests.factories import NOW

SENDER = Sender(channel=Channel.API, by=Actor.system())


def push(
    branch: Branch,
    *rows: dict[str, Any],
    number: str = "d-1",
    as_of: datetime | None = None,
    now: datetime = NOW,
) -> Delivery:
    """The rows as JSON, through the reader."""
    content = json.dumps({"rows": rows}, default=str).encode()
    return taking.take(
        branch=branch,
        number=number,
        mark=taking.fingerprint(content, as_of),
        listing=reading.from_json(content),
        as_of=as_of,
        sender=SENDER,
        now=now,
    )


def sums(delivery: Delivery) -> tuple[int, int, int, int, int]:
    """accepted, unchanged, unknown, held, refused."""
    assert delivery.finished_at is not None
    found = (
        delivery.accepted,
        delivery.unchanged,
        delivery.unknown,
        delivery.held,
        delivery.refused,
    )
    assert sum(found) == delivery.rows
    return found
