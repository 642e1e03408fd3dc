"""What to count next: where a recount gains most.

A count is worth what it lets us promise. The rule, first to last:

1. **Short**: more is reserved than there is. People wait for an answer; the youngest will get a no.
2. **Doubtful**: a hand-over close to the count, or goods not found. The figure is likely wrong.
3. **Faded**: counted so long ago that shoppers are asked to wait for an answer instead of getting
   goods at once. Each opening hour some sales wait for that answer.

Within 2 and 3 what an opening hour of the article is worth goes first: expected sales (the offer's
own turnover, its category's until it has one) times its price. Counted and none left gains nothing;
what was never counted is a list of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING

from django.db.models import F, FloatField, Q, Value
from django.db.models.expressions import CombinedExpression

from shops.models import Offer
from shops.models.offer import WORTH

if TYPE_CHECKING:
    from shops.models.offer import OfferQuerySet as OfferRows

#: Nobody recounts more in one go; further down an hour is worth cents.
MOST = 200
#: Opening hours of a week: what does not last so long runs low.
WEEK = 60.0


class Why(IntEnum):
    """Why an offer wants a recount, the most urgent first."""

    SHORT = 0
    DOUBTFUL = 1
    FADED = 2


@dataclass(frozen=True, slots=True)
class Gain:
    """What a recount gains: compare with `<`, the smaller one comes first."""

    why: Why
    #: EUR in an opening hour.
    worth: float

    def __lt__(self, other: "Gain") -> bool:
        return (self.why, -self.worth) < (other.why, -other.worth)


def gain(
    *,
    on_hand: int | None,
    reserved: int,
    pace: float,
    price: Decimal,
    sure_until: datetime | None,
    unsure_since: datetime | None,
    now: datetime,
) -> Gain | None:
    """What a recount of these numbers gains; None: nothing. `pace`: units an opening hour."""
    worth = pace * float(price)
    if on_hand is None:
        return None
    if reserved > on_hand:
        return Gain(Why.SHORT, worth)
    if unsure_since is not None:
        return Gain(Why.DOUBTFUL, worth)
    if on_hand > 0 and (sure_until is None or sure_until <= now):
        return Gain(Why.FADED, worth)
    return None


def of(offer: Offer, *, now: datetime) -> Gain | None:
    """`gain` of an offer."""
    return gain(
        on_hand=offer.on_hand,
        reserved=offer.reserved,
        pace=offer.pace,
        price=offer.price,
        sure_until=offer.sure_until,
        unsure_since=offer.unsure_since,
        now=now,
    )


def runs_low(*, free: int | None, pace: float) -> bool:
    """Whether what is free lasts no week of sixty opening hours."""
    return free is not None and 0 < free < pace * WEEK


#: The same for rows.
LOW = Q(on_hand__gt=F("reserved") + F("buffer")) & Q(
    on_hand__lt=CombinedExpression(
        F("reserved") + F("buffer"), "+", F("pace") * Value(WEEK), output_field=FloatField()
    )
)


def doubtful(offers: "OfferRows") -> "OfferRows":
    """Rule 2, in its order; the short ones are told before."""
    rows = offers.filter(unsure_since__isnull=False, on_hand__gte=F("reserved"))
    return rows.order_by(WORTH.desc(), "pk")


def faded(offers: "OfferRows", *, now: datetime) -> "OfferRows":
    """Rule 3, in its order. Reads an index from the top, whatever lies below."""
    rows = offers.filter(
        Q(sure_until__isnull=True) | Q(sure_until__lte=now),
        unsure_since__isnull=True,
        on_hand__gt=0,
        on_hand__gte=F("reserved"),
    )
    return rows.order_by(WORTH.desc(), "pk")


class Queue(Sequence[int]):
    """The ids of what to count next, `MOST` at most: rule 2, then rule 3. Two queries."""

    def __init__(self, offers: "OfferRows", *, now: datetime) -> None:
        first = list(doubtful(offers).values_list("pk", flat=True)[:MOST])
        rest = faded(offers, now=now).values_list("pk", flat=True)
        self._ids = first + list(rest[: MOST - len(first)])

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self._ids[place]
