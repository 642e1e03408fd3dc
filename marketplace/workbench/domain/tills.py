"""What the till of one shop has sent: a quiet list, and one with prices in cents in it.

The quiet rows say what is known already, as of when it was counted, so nothing of the town changes.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from marketplace.core.domain.history import Actor
from shops.domain.deliveries import reading, taking
from shops.domain.deliveries.taking import Sender
from shops.enums import Channel, Reason
from shops.models import Branch, City, Offer

#: The shop whose till speaks, and its branch.
SHOP, BRANCH = "haushaltswaren-lindhorst", "kaufhof"
QUIET, ODD = 9, 3


def plant(*, city: City, now: datetime) -> None:
    """Two deliveries; the second one asks about three prices."""
    branch = Branch.objects.get(shop__city=city, shop__slug=SHOP, slug=BRANCH)
    counted = Offer.objects.filter(branch=branch, unsure_since=None).exclude(counted_at=None)
    # Of the others the till would have to know what it counted before the hand-over.
    still = counted.exclude(movements__reason=Reason.HAND_OVER)
    offers = list(still.exclude(sku="").order_by("pk")[: QUIET + ODD])
    odd = [{"sku": offer.sku, "price": str(offer.price * 100)} for offer in offers[QUIET:]]
    strange: list[dict[str, Any]] = [
        {"barcode": "4006381333931", "quantity": 3},
        {"sku": offers[0].sku, "quantity": -1},
    ]
    early, late = now - timedelta(hours=3), now - timedelta(minutes=20)
    _send(branch, Channel.API, [_row(offer, early) for offer in offers], early)
    quiet = [_row(offer, late) for offer in offers[1:QUIET]]
    _send(branch, Channel.DROP, quiet + odd + strange, late)


def _row(offer: Offer, at: datetime) -> dict[str, Any]:
    """What is known of it at `at`: nobody sends a count that is yet to be made."""
    said: dict[str, Any] = {"sku": offer.sku, "price": str(offer.price)}
    if offer.counted_at and offer.counted_at <= at:
        said |= {"quantity": offer.on_hand, "as_of": offer.counted_at.isoformat()}
    return said


def _send(branch: Branch, channel: Channel, rows: list[dict[str, Any]], at: datetime) -> None:
    content = json.dumps({"rows": rows}).encode()
    taking.take(
        branch=branch,
        number=f"{at:%Y-%m-%d-%H%M}",
        mark=taking.fingerprint(content, None),
        listing=reading.from_json(content),
        as_of=None,
        sender=Sender(channel=channel, by=Actor.system()),
        now=at,
    )
