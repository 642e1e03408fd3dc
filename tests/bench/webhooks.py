"""The row of webhooks: signed deliveries through the real door, twice sent and forged ones among
them, beside a view that does nothing.

    python -m tests.bench.webhooks      on an empty migrated database: a city, a shop, its account
"""

import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

from marketplace.workbench.provider.events import signed
from tests import databases
from tests.bench import browser, clock, servers
from tests.bench.workloads import CONNECTIONS

SEED = "webhooks-1"
SECRET, ACCOUNT = "whsec_of_the_bench", "acct_bench"
ENV = {"STRIPE_SECRET_KEY": "sk_test_bench", "STRIPE_WEBHOOK_SECRETS": SECRET}
#: Of ten deliveries one is a repetition and one is forged, each in another way.
TENTH = 10
FORGERIES = ("secret", "unsigned", "stale", "changed", "of another", "nonsense")
#: Sent at once; signed right before, because a signature is good for five minutes.
BATCH = 500
#: Processes of the server.
WORKERS = 2
FORGED = "evt_forged"


@dataclass(frozen=True)
class Delivery:
    """One request and the status it must get."""

    event: str
    request: bytes
    status: str


def deliveries(number: int) -> Iterator[list[Delivery]]:
    """So many in batches, always the same mixture; signed when they are asked for."""
    chance = random.Random(SEED)
    sent: list[str] = []
    for start in range(0, number, BATCH):
        batch = []
        for count in range(start, min(start + BATCH, number)):
            kind = count % TENTH
            if kind == 3 and sent:
                batch.append(_delivery(chance.choice(sent)))
            elif kind == 7:
                way = FORGERIES[count // TENTH % len(FORGERIES)]
                batch.append(_delivery(f"{FORGED}_{count}", way))
            else:
                sent.append(f"evt_{count}")
                batch.append(_delivery(sent[-1]))
        chance.shuffle(batch)
        yield batch


def measure(engine: str, number: int, say: Any) -> dict[str, Any]:
    """Deliveries in a second, in all and of one process; what is in the inbox afterwards."""
    with ExitStack() as stack:
        database = stack.enter_context(databases.fresh(engine))
        env = servers.environment(database.url, database.directory, LOG_LEVEL="WARNING")
        servers.run("tests.bench.webhooks", env=env)
        town = servers.Town(database.url, database.directory, {})
        port = stack.enter_context(servers.serving(town, **ENV))
        load = stack.enter_context(servers.loading())
        say(f"\nSending {number:,} webhooks ...")
        rates, nulls, statuses, wanted = [], [], Counter[str](), Counter[str]()
        events: set[str] = set()
        load(servers.job(port, CONNECTIONS, 0.3, [browser.request("/null/")]))
        for batch in deliveries(number):
            null = load(servers.job(port, CONNECTIONS, 0.3, [browser.request("/null/")]))
            got = load(servers.job(port, CONNECTIONS, None, [one.request for one in batch]))
            rates.append(got["rps"])
            nulls.append(null["rps"])
            statuses.update(got["statuses"])
            wanted.update(one.status for one in batch)
            events |= {one.event for one in batch if one.status == "200"}
        kept = servers.values(town, "SELECT provider_id FROM payments_providerevent")
        rate, null_rate = statistics.median(rates), statistics.median(nulls)
        return {
            "deliveries": number,
            "events": len(events),
            "rate": rate,
            "per_worker": rate / WORKERS,
            "null": null_rate,
            "ratio": rate / null_rate,
            "statuses": dict(statuses),
            "wanted": dict(wanted),
            "kept": len(kept),
            "lost": len(events - set(kept)),
            "twice": len(kept) - len(set(kept)),
            "forged": sum(one.startswith(FORGED) for one in kept),
        }


def failed(row: dict[str, Any]) -> bool:
    """Whether one was lost, kept twice, forged and kept, or answered as it must not be."""
    broken = row["lost"] or row["twice"] or row["forged"]
    return bool(broken) or row["statuses"] != row["wanted"]


def _delivery(event: str, way: str = "") -> Delivery:
    now = int(time.time() + clock.START.timestamp() - float(os.environ[clock.BEGAN]))
    body = json.dumps(_event(event, now), indent=2).encode()
    signature = signed(body, SECRET, at=now)
    if way == "secret":
        signature = signed(body, "whsec_of_somebody_else", at=now)
    elif way == "unsigned":
        signature = ""
    elif way == "stale":
        signature = signed(body, SECRET, at=now - 3600)
    elif way == "changed":
        body = body.replace(b'"livemode": false', b'"livemode": true ')
    elif way == "of another":
        signature = signed(b"{}", SECRET, at=now)
    elif way == "nonsense":
        signature = "t=now,v1=\xe4"
    headers = browser.HEADERS | {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "User-Agent": "Stripe/1.0 (bench)",
    }
    if signature:
        headers["Stripe-Signature"] = signature
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"POST /stripe/webhook/ HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
    return Delivery(event, request, "400" if way else "200")


def _event(event: str, now: int) -> dict[str, Any]:
    """A session's end as Stripe tells it, cut to a usual length."""
    session = {
        "id": f"cs_test_{event}",
        "object": "checkout.session",
        "amount_total": 3030,
        "client_reference_id": "payment-1",
        "created": now,
        "currency": "eur",
        "custom_text": {"submit": None, "shipping_address": None},
        "livemode": False,
        "metadata": {"reference": "payment-1"},
        "mode": "payment",
        "payment_intent": f"pi_{event}",
        "payment_method_types": ["card", "klarna", "paypal", "sepa_debit", "link"],
        "payment_status": "unpaid",
        "status": "complete",
        "success_url": "https://localhost/abholung/" + "x" * 60,
        "url": None,
    }
    return {
        "id": event,
        "object": "event",
        "account": ACCOUNT,
        "api_version": "2026-10-28.endive",
        "created": now,
        "data": {"object": session},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "checkout.session.completed",
    }


def grow() -> None:
    """The account that the events are about."""
    from django.utils import timezone  # noqa: PLC0415 only after django.setup()

    from marketplace.core.domain.history import Actor  # noqa: PLC0415
    from marketplace.payments.domain import accounts  # noqa: PLC0415
    from marketplace.payments.enums import AccountState  # noqa: PLC0415
    from marketplace.payments.gateway.port import AccountSnapshot  # noqa: PLC0415
    from tests.bench import town  # noqa: PLC0415

    words = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    by, now = Actor.system(), timezone.now()
    city = town.found(by=by, now=now)
    (branch, *_others) = town.shops(city, 1, words, random.Random(SEED))
    account = accounts.connect(shop_id=branch.shop_id, livemode=False, by=by, now=now)
    seen = AccountSnapshot(
        provider_id=ACCOUNT,
        livemode=False,
        state=AccountState.READY,
        charges_enabled=True,
        payouts_enabled=True,
    )
    accounts.apply(account_id=account.pk, seen=seen, now=now)


if __name__ == "__main__":
    django.setup()
    grow()
    sys.exit(0)
