"""What happened, as Stripe tells it: event objects, and the signature on their way out."""

import copy
import hashlib
import hmac
import json
import time
from typing import Any

from marketplace.workbench.provider.refusals import public
from marketplace.workbench.provider.store import Store, Thing, new_id

#: The version the pinned SDK speaks; event bodies are written in it.
VERSION = "2026-10-28.endive"


def emit(
    store: Store,
    kind: str,
    obj: Thing,
    account: str,
    *,
    before: dict[str, Any] | None = None,
    asked: tuple[str | None, str | None] = (None, None),
) -> Thing:
    """Write an event with the object as it is now, and queue it for the webhook.

    Inside the transaction that changed the object: no effect without its event.
    """
    data: dict[str, Any] = {"object": copy.deepcopy(public(obj))}
    if before:
        data["previous_attributes"] = before
    event = store.add(
        {
            "id": new_id("evt"),
            "object": "event",
            "account": account,
            "api_version": VERSION,
            "created": store.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": asked[0], "idempotency_key": asked[1]},
            "type": kind,
        },
        account,
    )
    store.rows("INSERT INTO delivery (event, due) VALUES (?, ?)", event["id"], store.clock())
    return event


def take_unsent(store: Store) -> list[Thing]:
    """Events that nobody was told of yet, the oldest first; they count as told now. For whoever
    plants a town that is not served."""
    with store.transaction():
        found = store.rows("SELECT event FROM delivery WHERE done IS NULL ORDER BY seq")
        store.rows("UPDATE delivery SET done = 1 WHERE done IS NULL")
        return [public(store.known("event", key)) for (key,) in found]


def packed(event: Thing) -> bytes:
    """The body of a webhook call."""
    return json.dumps(public(event), indent=2).encode()


def signed(body: bytes, secret: str, *, at: int | None = None) -> str:
    """The `Stripe-Signature` header over these bytes; two secrets ("a,b") while one is rotated.

    Its time is the wall's, not the stand-in's own: the receiver compares it with the time it has.
    """
    moment = int(time.time()) if at is None else at
    text = f"{moment}.".encode() + body
    macs = [hmac.new(one.encode(), text, hashlib.sha256).hexdigest() for one in secret.split(",")]
    return ",".join([f"t={moment}", *(f"v1={mac}" for mac in macs)])
