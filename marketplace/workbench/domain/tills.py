"""What the till of one shop has sent: a quiet list, and one with prices in cents in it.

The quiet rows say what is known already, as of when it was counted, so nothing of the town changes.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from marketplace.core.domain.history import Actor
from shops.domain.deliveries import reading, taking
from shops.domain.deliveries.taking import Sender
from shops.enums import Channel
from shops.models import Branch, City, Offer

#: The shop whose till speaks, and its branch.
SHOP, BRANCH = "haushaltswaren-lindhorst", "kaufhof"
QUIET, ODD = 9, 3


def plant(*, city: City, now: datetime) -> None:
    """Two deliveries; the second one asks about three prices."""
    branch = Branch.objects.get(shop__city=city, shop__slug=SHOP, slug=BRANCH)
    counted = Offer.objects.filter(branch=branch, unsure_since=None).exclude(counted_at=None)
    offers = list(counted.exclude(sku="").order_by("pk")[: QUIET + ODD])
    quiet = [_row(offer) for offer in offers]
    odd = [{"sku": offer.sku, "price": str(offer.price * 100)} for offer in offers[QUIET:]]
    strange: list[dict[str, Any]] = [
        {"barcode": "4006381333931", "quantity": 3},
        {"sku": offers[0].sku, "quantity": -1},
    ]
    _send(branch, Channel.API, quiet, now - timedelta(hours=3))
    _send(branch, Channel.DROP, quiet[1:QUIET] + odd + strange, now - timedelta(minutes=20))


def _row(offer: Offer) -> dict[str, Any]:
    as_of = offer.counted_at.isoformat() if offer.counted_at else None
    return {"sku": offer.sku, "quantity": offer.on_hand, "as_of": as_of, "price": str(offer.price)}


def _send(branch: Branch, channel: Channel, rows: list[dict[str, Any]], at: datetime) -> None:
    content = json.dumps({"rows": [row for row in rows if _is_past(row, at)]}).encode()
    taking.take(
        branch=branch,
        number=f"{at:%Y-%m-%d-%H%M}",
        mark=taking.fingerprint(content, None),
        listing=reading.from_json(content),
        as_of=None,
        sender=Sender(channel=channel, by=Actor.system()),
        now=at,
    )


def _is_past(row: dict[str, Any], at: datetime) -> bool:
    """Nobody sends a count that is yet to be made."""
    said = row.get("as_of")
    return said is None or datetime.fromisoformat(said) <= at
