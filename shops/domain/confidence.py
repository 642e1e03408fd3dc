"""How sure are we that it is still there? (design 7)

We know what a count said and what has gone through our own hands since. What the till sells in
between we do not see. Such sales come one by one and at random while the branch is open, so in
`t` opening minutes at `rate` units a minute their number is Poisson with mean `rate * t`. Enough
is left for `quantity` while they number at most `free - quantity`, where `free` is on hand less
reserved less buffer.

Pure: all times come in. Rates are units per opening *minute* (a category's turnover is per hour).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

from shops.domain import calendar as calendars

SURE = 0.95
"""Confirm at once. This is the chance at the very last moment of the span, which begins near 1:
over all of it about one promise in forty breaks, fewer where more units lie."""

LIKELY = 0.70
"""Say "probably" and ask the shop. Below this three answers in ten and more would be no, and a shop
that often has to say no stops answering; so from there it is a question, never a claim."""

SURE_CAP = 7 * 600.0
LIKELY_CAP = 28 * 600.0
"""Opening minutes, 7 and 28 days of ten hours. Goods are also stolen, broken and put on the wrong
shelf, which no turnover shows: an old count is doubted however slowly the thing sells."""

SURE_AGE = timedelta(weeks=5)
LIKELY_AGE = timedelta(weeks=12)
"""The same for branches that open a few hours a week; long enough to outlast summer holidays."""

PRIOR_UNITS = 2.0
"""What the category's word weighs: as much as having seen this offer sell two units at that rate.
As the shape of a Gamma prior it lets rates within a category differ by 1/sqrt(2), some 70 %."""

LEAST_RATE = 1e-6
"""Units per opening minute, one in some five years: nothing is so slow that it never sells."""

MEMORY = 36_000
"""Opening minutes (60 days of ten hours) kept in full; beyond twice that the past counts half."""

_EPSILON = 1e-17


class Level(StrEnum):
    """What we may say about a quantity; the order is from sure to unknown."""

    THERE = "there"
    PROBABLY = "probably"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Moments:
    """Until when it is there and until when probably; None: not even at the count."""

    sure_until: datetime | None = None
    likely_until: datetime | None = None

    def level(self, now: datetime) -> Level:
        """How sure we are `now`; at a moment itself no longer."""
        if self.sure_until and now < self.sure_until:
            return Level.THERE
        if self.likely_until and now < self.likely_until:
            return Level.PROBABLY
        return Level.ASK


class Turnover(NamedTuple):
    """What an offer has taught us: units sold past us, in so many opening minutes of watching."""

    sold_units: int = 0
    observed_minutes: int = 0


def chance(free: int, quantity: int, expected: float) -> float:
    """P(enough is left) = P(Poisson(expected) <= free - quantity).

    Sums from the limit outwards, to the side where the terms shrink: about 9 * sqrt(free) of them.
    """
    spare = free - quantity
    if spare < 0 or expected == math.inf:
        return 0.0
    if expected <= 0:
        return 1.0
    term = total = 1.0
    if expected > spare:
        k = spare
        while term > total * _EPSILON:  # ends at 0 at the latest
            term *= k / expected
            total += term
            k -= 1
        return min(_poisson(spare, expected) * total, 1.0)
    k = spare + 1
    while term > total * _EPSILON:
        k += 1
        term *= expected / k
        total += term
    return max(1.0 - _poisson(spare + 1, expected) * total, 0.0)


def horizon(free: int, quantity: int, threshold: float) -> float:
    """The largest expected depletion whose `chance` still reaches `threshold` (0.5 <= ... < 1)."""
    return _horizon(free - quantity, threshold) if free >= quantity else 0.0


def rate(sold_units: int, observed_minutes: int, category_rate: float) -> float:
    """Units per opening minute: the category's, giving way to the offer's own turnover.

    The mean of a Gamma-Poisson model: quick categories give way in hours, slow ones in weeks.
    """
    prior_minutes = PRIOR_UNITS / max(category_rate, LEAST_RATE)
    return (sold_units + PRIOR_UNITS) / (observed_minutes + prior_minutes)


def observe(
    known: Turnover, *, previous: int, handed_over: int, counted: int, minutes: float
) -> Turnover:
    """What a new count teaches: the fall since the `previous` one that no hand-over explains.

    Hand-overs lower the stock figure when they happen; expecting them too would count them twice.
    More units than explained are a delivery, which hides what was sold: such a span teaches
    nothing, nor does one without opening `minutes`.
    """
    gone = previous - handed_over - counted
    if gone < 0 or minutes <= 0:
        return known
    sold, observed = known.sold_units + gone, known.observed_minutes + round(minutes)
    while observed > 2 * MEMORY:  # by halves: shaved at each count, whole numbers would never fade
        sold, observed = (sold + 1) // 2, observed // 2
    return Turnover(sold, observed)


def moments(
    *,
    calendar: calendars.Calendar,
    counted_at: datetime | None,
    free: int | None,
    rate: float,
    unsure: bool,
    quantity: int = 1,
) -> Moments:
    """When `quantity` units stop being there, and probably there; stored with the offer for one.

    Unknown stock, too few units and a branch that never opens promise nothing. A count that may
    have missed a hand-over (`unsure`, truth 3) is "probably" at most.
    """
    if counted_at is None or free is None or free < max(quantity, 1):
        return Moments()
    ahead = calendars.Ahead(calendar, counted_at)
    return moments_ahead(ahead, free=free, rate=rate, unsure=unsure, quantity=quantity)


def moments_ahead(
    ahead: calendars.Ahead, *, free: int, rate: float, unsure: bool, quantity: int = 1
) -> Moments:
    """The same for very many offers that were counted at one instant."""
    if free < max(quantity, 1) or not ahead.opens:
        return Moments()

    def until(threshold: float, cap: float, age: timedelta) -> datetime:
        depletion = _horizon(free - quantity, threshold)
        if rate * cap <= depletion:  # slow goods, which are most, all end with the same span
            return _at_most(ahead, cap, age)
        moment = ahead.add(depletion / rate)
        latest = ahead.start + age
        return min(moment, latest) if moment else latest

    return Moments(
        sure_until=None if unsure else until(SURE, SURE_CAP, SURE_AGE),
        likely_until=until(LIKELY, LIKELY_CAP, LIKELY_AGE),
    )


@lru_cache(maxsize=16)  # two of each count that is under way
def _at_most(ahead: calendars.Ahead, cap: float, age: timedelta) -> datetime:
    moment, latest = ahead.add(cap), ahead.start + age
    return min(moment, latest) if moment else latest


def level(
    *,
    calendar: calendars.Calendar,
    counted_at: datetime | None,
    free: int | None,
    rate: float,
    unsure: bool,
    quantity: int,
    now: datetime,
) -> Level:
    """How sure we are `now` of `quantity` units; for one unit just what the stored moments say."""
    return moments(
        calendar=calendar,
        counted_at=counted_at,
        free=free,
        rate=rate,
        unsure=unsure,
        quantity=quantity,
    ).level(now)


def _poisson(k: int, mean: float) -> float:
    return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))


@lru_cache(maxsize=4096)  # pure; there are two thresholds, and most shelves hold few units
def _horizon(spare: int, threshold: float) -> float:
    """Newton on log(chance), from the Wilson-Hilferty estimate.

    log(chance) is concave in the mean, so from any start Newton falls onto the root and stays.
    """
    shape = spare + 1
    start = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(1 - threshold) / (3 * math.sqrt(shape))
    mean = shape * max(start, 0.1) ** 3
    for _ in range(50):
        reached = chance(spare, 0, mean)
        step = reached * math.log(reached / threshold) / _poisson(spare, mean)
        mean += step
        if abs(step) <= 1e-7 * mean:  # squares with each step: 1e-14 now
            break
    return mean
