"""Branches whose hours differ as those of a town do, and one long shelf; rows are written together.

What every trade has is here: breaks, short Saturdays, nights, seasons, closures, single days, hours
of the hand-over, cut-offs, pauses, and some branches without any hours. `hours.publish` compiles.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from shops.domain import catalogue, holding, hours
from shops.domain.week import Weekly
from shops.enums import Gate, HoursFor, Source, Trade
from shops.models import (
    Branch,
    Category,
    City,
    Closure,
    Offer,
    OpeningHours,
    Product,
    Season,
    SpecialHours,
    Variant,
)
from tests.bench import town

#: Variants of one product on the long shelf, and rows written together.
KINDS, CHUNK = 10, 500


@transaction.atomic
def grow(
    city: City, number: int, words: dict[str, Any], chance: random.Random, now: datetime
) -> list[Branch]:
    """So many branches, each by its number another calendar; some are alike, as in any town."""
    branches = town.shops(city, number * 3 // 4, words, chance)
    ids = [each.pk for each in branches]
    OpeningHours.objects.filter(branch__in=ids).delete()
    for place, branch in enumerate(branches):
        _spoken(branch, place, now)
        rows = [] if place % 30 in (11, 23) else [*_rows(branch, place)]
        OpeningHours.objects.bulk_create(rows)
    hours.publish(ids)
    return list(Branch.objects.filter(pk__in=ids).order_by("pk"))


def week(place: int) -> list[Weekly]:
    """An ordinary week, by quarter hours another one for 63 branches in a row."""
    opens, closes = _clock(8, place % 9), _clock(18, place % 7)
    days = [Weekly(day, opens, closes) for day in range(5)]
    if place % 4 == 1:
        days = [Weekly(day, opens, _clock(12, place % 5)) for day in range(5)]
        days += [Weekly(day, _clock(14, place % 5), closes) for day in range(5)]
    if place % 3:
        days.append(Weekly(5, opens, _clock(13, place % 9)))
    if place % 12 == 6:
        days.append(Weekly(6, time(8), time(11)))
    if place % 12 == 10:
        days = [Weekly(day, time(17), time(1, 30)) for day in range(2, 6)]
    return days


def shelf(branch: Branch, number: int, chance: random.Random, now: datetime) -> None:
    """So many counted offers of that branch, their moments as after a real count."""
    calendar = hours.calendar(branch)
    leaves = list(Category.objects.exclude(parent=None).order_by("pk"))
    for first in range(0, number, CHUNK):
        products, variants, offers = [], [], []
        for place in range(first, min(first + CHUNK, number)):
            if place % KINDS == 0:
                title = f"Regalware {place // KINDS + 1}"
                products.append(
                    Product(
                        city=branch.shop.city,
                        shop=branch.shop,
                        title=title,
                        slug=catalogue.slug_of(title),
                        category=leaves[place // KINDS % len(leaves)],
                        sort_title=title.lower(),
                        source_key=f"S{place}",
                    )
                )
            pairs = [["Sorte", str(place % KINDS + 1)]]
            variants.append(
                Variant(
                    product=products[-1],
                    city=branch.shop.city,
                    options=pairs,
                    label=catalogue.label_of(pairs),
                    position=place % KINDS,
                    gate=Gate.OPEN,
                    gated_on=now.date(),
                )
            )
            offers.append(_offer(branch, variants[-1], chance, now))
            found = holding.moments(offers[-1], calendar)
            offers[-1].sure_until, offers[-1].likely_until = found.sure_until, found.likely_until
        with transaction.atomic():
            Product.objects.bulk_create(products)
            Variant.objects.bulk_create(variants)
            Offer.objects.bulk_create(offers)


def _offer(branch: Branch, variant: Variant, chance: random.Random, now: datetime) -> Offer:
    """Few lie empty, few were counted long ago; what sold teaches each its own turnover."""
    old = chance.randrange(100) < 8
    minutes = chance.randint(5, 60 * 24 * 3) + (60 * 24 * 30 if old else 0)
    return Offer(
        branch=branch,
        variant=variant,
        price=Decimal(chance.randint(1, 90)) + Decimal("0.95"),
        on_hand=0 if chance.randrange(100) < 5 else chance.randint(1, 40),
        counted_at=now - timedelta(minutes=minutes),
        source=Source.FILE,
        sold_units=chance.randint(0, 40),
        observed_minutes=chance.randint(0, 20_000),
    )


def _spoken(branch: Branch, place: int, now: datetime) -> None:
    """What the branch says beside its week."""
    if place % 12 == 6:
        branch.trade = Trade.BAKERY
    elif place % 12 == 10:
        branch.trade = Trade.FREE
    if place % 12 == 8:
        branch.cutoff = _clock(13, place % 12)
    if place % 20 == 5:
        branch.paused_until = now + timedelta(minutes=30 + 7 * place)
    if place % 30 == 23:
        branch.hours_text = "Nach Vereinbarung, klingeln Sie einfach."
    branch.preparing = place % 5 * 3
    branch.save()
    closed = []
    if place % 8 == 1:
        closed.append((date(2026, 12, 24), date(2027, 1, 2), "Betriebsferien"))
    if place % 25 == 7:
        closed.append((date(2026, 12, 1), date(2026, 12, 4 + place % 9), "Umbau"))
    Closure.objects.bulk_create(
        Closure(branch=branch, first_date=first, last_date=last, reason=reason)
        for first, last, reason in closed
    )
    if place % 9 == 2:
        SpecialHours.objects.bulk_create(
            SpecialHours(branch=branch, date=day, opens=time(10), closes=_clock(19, place % 9))
            for day in (date(2026, 12, 3), date(2026, 12, 18))
        )


def _rows(branch: Branch, place: int) -> Iterator[OpeningHours]:
    """Ordinary week, week of the season, hours of the hand-over."""
    weeks: list[tuple[HoursFor, Season | None, list[Weekly]]] = [(HoursFor.SHOP, None, week(place))]
    if place % 10 == 3:
        season = Season.objects.create(
            branch=branch,
            name="Winter",
            first_month=11,
            first_day=1 + place % 20,
            last_month=2,
            last_day=28,
        )
        weeks.append((HoursFor.SHOP, season, week(place + 2)))
    if place % 15 == 4:
        weeks.append((HoursFor.PICKUP, None, [Weekly(day, time(7), time(20)) for day in range(6)]))
    for what_for, season, rows in weeks:
        for row in rows:
            yield OpeningHours(
                branch=branch,
                season=season,
                what_for=what_for,
                weekday=row.weekday,
                opens=row.opens,
                closes=row.closes,
            )


def _clock(hour: int, quarters: int) -> time:
    return time(hour + quarters // 4, quarters % 4 * 15)
