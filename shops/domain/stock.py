"""The only code that moves what is reserved: claim, release, consume, and their ways back.

Every verb runs inside the caller's transaction, takes offers in primary-key order (truth 10) and
holds each row by *writing* it first, which excludes others on SQLite and PostgreSQL alike.
A verb that a rule forbids raises `Refused` and leaves no trace, since its transaction rolls back.
What a count does stands in `counts`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import holding
from shops.domain.calendar import Calendar
from shops.domain.confidence import Level
from shops.domain.holding import Units
from shops.enums import Reason
from shops.models import Movement, Offer

__all__ = [
    "SoldOut",
    "Units",
    "claim",
    "come_back",
    "consume",
    "found_again",
    "not_found",
    "pick",
    "release",
]


class SoldOut(Refused):
    """Not enough free units, or stock is unknown. Carries the offer."""

    def __init__(self, offer_id: int) -> None:
        super().__init__(_("That many are no longer there. Nothing was reserved."), code="sold_out")
        self.offer_id = offer_id


def take(*, offer_ids: Iterable[int]) -> None:
    """Hold the rows in primary-key order, so that several verbs may follow in any order."""
    for offer_id in sorted(set(offer_ids)):
        holding.hold(offer_id)


def claim(*, units: Sequence[Units], now: datetime) -> dict[int, Level]:
    """Reserve units; returns how sure each offer's were. `SoldOut` when an offer has not enough
    free ones; unknown stock never has."""
    calendars: dict[int, Calendar] = {}
    levels: dict[int, Level] = {}
    for unit in holding.in_order(units):
        # RACE: one conditional UPDATE decides; of two claims on the last unit one finds no row.
        held = Offer.objects.filter(
            pk=unit.offer_id, on_hand__gte=F("reserved") + F("buffer") + unit.quantity
        ).update(version=F("version") + 1, reserved=F("reserved") + unit.quantity)
        if not held:
            raise SoldOut(unit.offer_id)
        # Who finds nothing has cost one statement; calendars are read by those who find something.
        calendars = calendars or holding.calendars_for(units)
        offer = holding.read(unit.offer_id)
        before = None if offer.free is None else offer.free + unit.quantity
        levels[offer.pk] = holding.level(
            offer, calendars[offer.branch_id], free=before, quantity=unit.quantity, now=now
        )
        aside = unit.quantity if unit.set_aside else 0
        holding.write(offer, calendars, set_aside=offer.set_aside + aside)
    return levels


def release(*, units: Sequence[Units], now: datetime) -> None:
    """Give reserved units back to the shelf. Nothing leaves the house."""
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        holding.write(offer, calendars, **_less_reserved(offer, unit))


def consume(*, units: Sequence[Units], by: Actor, now: datetime) -> None:
    """Units leave the house at `now` with the shopper.

    A count whose `as_of` is later than `now` has already seen them gone: then `on_hand` stays.
    """
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        seen = offer.counted_at is not None and offer.counted_at >= now
        delta = 0 if seen else -min(unit.quantity, offer.on_hand or 0)
        holding.move(
            offer, Reason.HAND_OVER, units=-unit.quantity, delta=delta, by=by, now=now, unit=unit
        )
        holding.write(
            offer,
            calendars,
            **_less_reserved(offer, unit),
            **_more_on_hand(offer, delta),
            unsure_since=now if holding.doubtful(offer.counted_at, now) else offer.unsure_since,
        )


def restore(*, units: Sequence[Units], by: Actor, now: datetime) -> None:
    """Take a hand-over back: a new claim with a compensating movement (truth 4)."""
    _compensate(units, undone=Reason.HAND_OVER, reason=Reason.UNDO, by=by, now=now)


def come_back(*, units: Sequence[Units], by: Actor, now: datetime) -> None:
    """Units that had left the house stand on the shelf again at `now`: nobody reserves them.

    A count whose `as_of` is later than `now` has already seen them there: then `on_hand` stays.
    """
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        seen = offer.counted_at is not None and offer.counted_at >= now
        delta = 0 if seen or offer.on_hand is None else unit.quantity
        holding.move(
            offer, Reason.RETURNED, units=unit.quantity, delta=delta, by=by, now=now, unit=unit
        )
        holding.write(offer, calendars, **_more_on_hand(offer, delta))


def found_again(*, units: Sequence[Units], by: Actor, now: datetime) -> None:
    """Take a "not found" back: the units are there and reserved again."""
    _compensate(units, undone=Reason.NOT_FOUND, reason=Reason.ADJUST, by=by, now=now)


def pick(*, units: Sequence[Units], now: datetime) -> None:
    """Reserved units go into a compartment; the sums stay."""
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        holding.write(offer, calendars, set_aside=offer.set_aside + unit.quantity)


def unpick(*, units: Sequence[Units], now: datetime) -> None:
    """Take a `pick` back."""
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        holding.write(offer, calendars, set_aside=offer.set_aside - unit.quantity)


def not_found(*, units: Sequence[Units], by: Actor, now: datetime) -> None:
    """Reserved units are not in the house: correct the stock and ask for a recount."""
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        delta = -min(unit.quantity, offer.on_hand or 0)
        holding.move(
            offer, Reason.NOT_FOUND, units=-unit.quantity, delta=delta, by=by, now=now, unit=unit
        )
        holding.write(
            offer,
            calendars,
            **_less_reserved(offer, unit),
            **_more_on_hand(offer, delta),
            unsure_since=now,
        )


def _compensate(
    units: Sequence[Units], *, undone: Reason, reason: Reason, by: Actor, now: datetime
) -> None:
    calendars = holding.calendars_for(units)
    for unit in holding.in_order(units):
        offer = holding.hold(unit.offer_id)
        last = Movement.objects.filter(offer=offer, reason=undone, ref=unit.ref).latest("pk")
        delta = 0 if offer.on_hand is None else -last.delta
        holding.move(offer, reason, units=-last.units, delta=delta, by=by, now=now, unit=unit)
        aside = unit.quantity if unit.set_aside else 0
        holding.write(
            offer,
            calendars,
            reserved=offer.reserved + unit.quantity,
            set_aside=offer.set_aside + aside,
            **_more_on_hand(offer, delta),
        )


def _less_reserved(offer: Offer, unit: Units) -> dict[str, Any]:
    aside = unit.quantity if unit.set_aside else 0
    return {
        "reserved": offer.reserved - unit.quantity,
        "set_aside": offer.set_aside - aside,
    }


def _more_on_hand(offer: Offer, delta: int) -> dict[str, Any]:
    return {} if offer.on_hand is None else {"on_hand": offer.on_hand + delta}
