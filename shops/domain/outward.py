"""The way out to a shop's own web shop, and how many take it.

What is counted: answers of ours that send somebody on, per shop, day and kind of link. Robots that
say so, HEAD and fetches ahead of a click are left out by the view. Somebody who clicks twice counts
twice: to know better we would have to know them. A click that meets a busy database is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from django.db import OperationalError
from django.db.models import F, Sum
from django.utils import timezone

from marketplace.core.database.haste import hasty
from shops import access
from shops.domain import listings
from shops.domain.listings import Online
from shops.enums import Way
from shops.models import City, OutwardClicks, Shop

log = structlog.get_logger("outward")

#: Seconds a click waits for the database before it goes uncounted.
PATIENCE = 0.1
#: Days that the shop sees, today included.
SEEN = 30


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a link leads, and whose it is."""

    online: Online
    shop_id: int


@dataclass(frozen=True, slots=True)
class Week:
    """Clicks of one week, Monday to Sunday, as far as it lies within the days seen."""

    first: date
    last: date
    offers: int
    shop: int

    @property
    def all(self) -> int:
        return self.offers + self.shop


@dataclass(frozen=True, slots=True)
class Traffic:
    """The last days of a shop, the latest week first."""

    weeks: Sequence[Week]

    @property
    def all(self) -> int:
        return sum(week.all for week in self.weeks)

    @property
    def most(self) -> int:
        return max((week.all for week in self.weeks), default=0)


def to_offer(*, city: City, offer_id: int) -> Gate | None:
    """Where an offer's link leads; None where everybody sees no such offer, or it has no link."""
    rows = access.public_offers(city).filter(pk=offer_id).select_related("branch__shop")
    offer = rows.first()
    if offer is None:
        return None
    return _gate(listings.online_of(offer, offer.branch.shop), offer.branch.shop)


def to_shop(*, city: City, shop_id: int) -> Gate | None:
    """Where a shop's link leads."""
    shop = access.public_shops(city).filter(pk=shop_id).first()
    return None if shop is None else _gate(listings.online_of(None, shop), shop)


def count(*, gate: Gate, now: datetime) -> bool:
    """One more on this day; False where the database was too busy to wait for."""
    row = {
        "shop_id": gate.shop_id,
        "day": timezone.localtime(now).date(),
        "way": gate.online.way,
    }
    try:
        with hasty(seconds=PATIENCE):
            # RACE: added up by the database, so of two clicks at once none is lost.
            if not _one_more(row):
                # RACE: of two first clicks of a day one makes the row; both are added to it.
                OutwardClicks.objects.bulk_create([OutwardClicks(**row)], ignore_conflicts=True)
                _one_more(row)
    except OperationalError:
        log.info("outward_click_lost")
        return False
    return True


def traffic(*, shop: Shop, now: datetime) -> Traffic:
    """What the shop sees of the last days. One query."""
    today = timezone.localtime(now).date()
    begin = today - timedelta(days=SEEN - 1)
    rows = (
        OutwardClicks.objects.filter(shop=shop, day__range=(begin, today))
        .values("day", "way")
        .annotate(clicks=Sum("clicks"))
    )
    sums: dict[tuple[date, str], int] = {}
    for row in rows:
        key = (_monday(row["day"]), row["way"])
        sums[key] = sums.get(key, 0) + row["clicks"]
    weeks = []
    monday = _monday(today)
    while monday + timedelta(days=6) >= begin:
        weeks.append(
            Week(
                first=max(monday, begin),
                last=min(monday + timedelta(days=6), today),
                offers=sums.get((monday, Way.OFFER), 0),
                shop=sums.get((monday, Way.SHOP), 0),
            )
        )
        monday -= timedelta(days=7)
    return Traffic(weeks)


def _one_more(row: dict[str, object]) -> int:
    return OutwardClicks.objects.filter(**row).update(clicks=F("clicks") + 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _gate(online: Online | None, shop: Shop) -> Gate | None:
    return None if online is None else Gate(online, shop.pk)
