"""Holding one offer's row: take it, change its numbers, leave a movement, rewrite its moments.

For `stock` and `counts` only; everybody else calls their verbs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from shops.domain import confidence, hours
from shops.domain.calendar import Calendar
from shops.enums import Reason
from shops.models import Movement, Offer

#: A hand-over this close to a count makes the count doubtful: clocks differ (truth 3).
DOUBT = timedelta(minutes=15)
#: Units per opening hour for goods without a category: one in twenty hours.
DEFAULT_TURNOVER = 0.05


@dataclass(frozen=True, slots=True)
class Units:
    """So many units of an offer; `set_aside` when they lie in a compartment."""

    offer_id: int
    quantity: int
    set_aside: bool = False
    #: What the movement belongs to, for example "line:12".
    ref: str = ""


def in_order(units: Iterable[Units]) -> list[Units]:
    """RACE: always by primary key, or two baskets in opposite order dead-lock (truth 10)."""
    return sorted((unit for unit in units if unit.quantity > 0), key=lambda unit: unit.offer_id)


def branches_of(offer_ids: Iterable[int]) -> Iterable[int]:
    return Offer.objects.filter(pk__in=list(offer_ids)).values_list("branch_id", flat=True)


def calendars_for(units: Iterable[Units]) -> dict[int, Calendar]:
    return hours.calendars(branches_of(unit.offer_id for unit in units))


def read(offer_id: int) -> Offer:
    return Offer.objects.select_related("variant__product__category").get(pk=offer_id)


def hold(offer_id: int) -> Offer:
    """RACE: raising the version is a write, so it waits for others and keeps them out."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("stock verbs run inside a transaction")
    Offer.objects.filter(pk=offer_id).update(version=F("version") + 1)
    return read(offer_id)


def write(offer: Offer, calendars: dict[int, Calendar], **changes: Any) -> Offer:
    """Store the changes together with the confidence moments that follow from them."""
    for name, value in changes.items():
        setattr(offer, name, value)
    found = moments(offer, calendars[offer.branch_id])
    offer.sure_until, offer.likely_until = found.sure_until, found.likely_until
    offer.pace = rate(offer) * 60
    # RACE: the version held above is part of the condition; anything else is a bug, not a race.
    written = Offer.objects.filter(pk=offer.pk, version=offer.version).update(
        **changes,
        sure_until=offer.sure_until,
        likely_until=offer.likely_until,
        pace=offer.pace,
    )
    if written != 1:
        raise Stale(_("Somebody was faster. Please look again."), code="offer_changed")
    return offer


def moments(offer: Offer, calendar: Calendar, per_hour: float | None = None) -> confidence.Moments:
    """Until when one unit is there, and probably there (design section 7).

    `per_hour` is the turnover of its category, where that is not loaded.
    """
    return confidence.moments(
        calendar=calendar,
        counted_at=offer.counted_at,
        free=offer.free,
        rate=rate(offer, per_hour),
        unsure=offer.unsure_since is not None,
    )


def level(
    offer: Offer, calendar: Calendar, *, free: int | None, quantity: int, now: datetime
) -> confidence.Level:
    """How sure `quantity` of `free` units are now."""
    return confidence.level(
        calendar=calendar,
        counted_at=offer.counted_at,
        free=free,
        rate=rate(offer),
        unsure=offer.unsure_since is not None,
        quantity=quantity,
        now=now,
    )


def rate(offer: Offer, per_hour: float | None = None) -> float:
    """Units sold per opening minute: the offer's own turnover, its category's until it has one."""
    if per_hour is None:
        category = offer.variant.product.category
        per_hour = category.turnover if category else DEFAULT_TURNOVER
    return confidence.rate(offer.sold_units, offer.observed_minutes, per_hour / 60)


def move(
    offer: Offer,
    reason: Reason,
    *,
    units: int,
    delta: int,
    by: Actor,
    now: datetime,
    unit: Units,
    as_of: datetime | None = None,
) -> None:
    Movement.objects.create(
        offer=offer,
        reason=reason,
        units=units,
        delta=delta,
        at=now,
        as_of=as_of,
        by_id=by.user_id,
        ref=unit.ref,
    )


def doubtful(counted_at: datetime | None, handed_at: datetime) -> bool:
    """Whether a hand-over lies so close to the count that the count may have missed it."""
    return counted_at is not None and abs(handed_at - counted_at) <= DOUBT
