"""Goods that were handed over, and complaints about them, reached as people reach them."""

import uuid
from datetime import datetime
from typing import Any

from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.complaints import reporting
from marketplace.reservations.models import Complaint, Reservation
from shops.models import Offer
from tests import factories, tills
from tests.factories import NOW

SHOPPER = Actor.shopper()


def collected(
    offer: Offer, quantity: int = 1, *, pay: bool = True, now: datetime = NOW, **fields: Any
) -> Reservation:
    """Handed over at that moment, paid online or in the shop; the shop must be payable."""
    clerk = Actor.system()
    if not pay:
        row = factories.reservation((offer, quantity), **({"language": "en"} | fields))
        lifecycle.hand_over(reservation_id=row.pk, by=clerk, now=now)
    else:
        row = tills.authorised(offer, quantity, **fields)
        if row.state == "REQUESTED":
            lifecycle.accept(reservation_id=row.pk, by=clerk, now=now)
        lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=now)
        tills.say(row, PaymentState.CAPTURED, now=now)
        tills.confirm(row, now=now)
        lifecycle.hand_over(reservation_id=row.pk, by=clerk, now=now)
    return Reservation.objects.select_related("checkout__city", "shop", "branch").get(pk=row.pk)


def report(row: Reservation, **fields: Any) -> Complaint:
    """The shopper reports a defect of the first line."""
    said = {
        "line_id": row.lines.order_by("pk")[0].pk,
        "units": 1,
        "words": "The sole comes off.",
        "wish": None,
        "nonce": uuid.uuid4(),
        "by": SHOPPER,
        "now": NOW,
    }
    return reporting.report(reservation_id=row.pk, **(said | fields))


def post(now: datetime = NOW) -> None:
    """All mails that are due go out."""
    for pk in Notice.objects.due(now).order_by("pk").values_list("pk", flat=True):
        notices.send_one(notice_id=pk, now=now)
