"""What a count does to an offer (truth 3), and the other ways a shop corrects a number."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain import confidence, holding, hours
from shops.domain.calendar import Calendar, opening_minutes_between
from shops.domain.holding import DOUBT, Units
from shops.enums import OVER_THE_COUNTER, Reason, Source
from shops.models import Movement, Offer

#: A till's clock may run ahead by this much; more is refused.
AHEAD = timedelta(minutes=5)
#: No shop of a town has more of one thing; a larger number is a slip of the keyboard.
MOST = 1_000_000


@transaction.atomic
def count(
    *, offer_id: int, counted: int, as_of: datetime, source: Source, by: Actor, now: datetime
) -> Offer:
    """Say how many are in the house at `as_of`, set-aside goods included (truth 3).

    What was handed over after `as_of` is subtracted. `Stale` when a younger count is known,
    `Refused` for a number or a time that cannot be.
    """
    calendar = hours.calendars(holding.branches_of([offer_id]))
    return _count(holding.hold(offer_id), calendar, counted, as_of, source, by, now)


@transaction.atomic
def count_by_eye(*, offer_id: int, on_shelf: int, by: Actor, now: datetime) -> Offer:
    """A count of the shelf; what is set aside is added here, inside the same hold of the row."""
    calendar = hours.calendars(holding.branches_of([offer_id]))
    offer = holding.hold(offer_id)
    _sane(on_shelf)
    return _count(offer, calendar, on_shelf + offer.set_aside, now, Source.EYE, by, now)


@transaction.atomic
def adjust(*, offer_id: int, units: int, by: Actor, now: datetime) -> Offer:
    """One more or one less, seen in passing; not a count. `Refused` below zero or when unknown."""
    calendar = hours.calendars(holding.branches_of([offer_id]))
    offer = holding.hold(offer_id)
    if offer.on_hand is None:
        raise Refused(_("Please count these goods first."), code="not_counted")
    if not 0 <= offer.on_hand + units <= MOST:
        raise Refused(_("There cannot be fewer than none."), code="below_zero")
    unit = Units(offer_id, abs(units))
    holding.move(offer, Reason.ADJUST, units=units, delta=units, by=by, now=now, unit=unit)
    return holding.write(offer, calendar, on_hand=offer.on_hand + units)


@transaction.atomic
def forget(*, offer_id: int, by: Actor, now: datetime) -> Offer:
    """From now on the stock is unknown: shoppers are told to ask."""
    calendar = hours.calendars(holding.branches_of([offer_id]))
    offer = holding.hold(offer_id)
    if offer.on_hand is None:
        return offer
    unit = Units(offer_id, 0)
    holding.move(offer, Reason.UNKNOWN, units=0, delta=-offer.on_hand, by=by, now=now, unit=unit)
    return holding.write(
        offer, calendar, on_hand=None, counted_at=None, unsure_since=None, source=""
    )


def _sane(counted: int) -> None:
    if not 0 <= counted <= MOST:
        raise Refused(_("Please enter a number from 0 to 1,000,000."), code="count_out_of_range")


def _count(
    offer: Offer,
    calendars: dict[int, Calendar],
    counted: int,
    as_of: datetime,
    source: Source,
    by: Actor,
    now: datetime,
) -> Offer:
    _sane(counted)
    if as_of > now + AHEAD:
        raise Refused(_("This count is dated in the future."), code="count_in_future")
    if offer.counted_at is not None and as_of < offer.counted_at:
        raise Stale(_("A younger count is already known."), code="older_count")
    on_hand = max(counted - _consumed(offer, after=as_of), 0)
    near = Movement.objects.filter(
        offer=offer, reason=Reason.HAND_OVER, at__range=(as_of - DOUBT, as_of + DOUBT)
    )
    turnover = _turnover(offer, calendars[offer.branch_id], counted, as_of)
    delta = on_hand - (offer.on_hand or 0)
    unit = Units(offer.pk, 0)
    holding.move(offer, Reason.COUNT, units=0, delta=delta, by=by, now=now, unit=unit, as_of=as_of)
    return holding.write(
        offer,
        calendars,
        on_hand=on_hand,
        counted_at=as_of,
        source=source,
        unsure_since=now if near.exists() else None,
        **turnover,
    )


def _consumed(offer: Offer, *, after: datetime, until: datetime | None = None) -> int:
    """Units handed over in the span, less those taken back."""
    rows = Movement.objects.filter(offer=offer, reason__in=OVER_THE_COUNTER, at__gt=after)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return -(rows.aggregate(units=Sum("units"))["units"] or 0)


def _turnover(offer: Offer, calendar: Calendar, counted: int, as_of: datetime) -> dict[str, int]:
    """What two counts in a row teach about this offer's sales."""
    if offer.on_hand is None or offer.counted_at is None:
        return {}
    learnt = confidence.observe(
        confidence.Turnover(offer.sold_units, offer.observed_minutes),
        previous=offer.on_hand + _consumed(offer, after=offer.counted_at),
        handed_over=_consumed(offer, after=offer.counted_at, until=as_of),
        counted=counted,
        minutes=opening_minutes_between(calendar, offer.counted_at, as_of),
    )
    return learnt._asdict()
