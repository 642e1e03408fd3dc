"""What the demo town says about time beyond its weeks: zones, an open Sunday, who has confirmed."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from marketplace.core.domain.history import Actor
from marketplace.workbench import town
from shops.domain import sundays, timetable
from shops.models import Branch, City

#: The next Sunday a permit is possible for, from so many days on; and one that is only planned.
PERMITTED, PLANNED = timedelta(days=7), timedelta(days=80)
OPENS, CLOSES = time(13), time(18)
#: Every so many branches one has not confirmed its hours yet, the others some days ago.
FORGETS, DAYS = 4, 9


def plant(*, city: City, by: Actor, now: datetime) -> None:
    """Nothing for a town without zones."""
    plan = town.load(city.slug).get("calendar")
    branches = list(Branch.objects.of(city).select_related("shop__city").order_by("pk"))
    for number, branch in enumerate(branches):
        if number % FORGETS:
            looked = now - timedelta(days=1 + number % DAYS)
            timetable.confirm(branch=branch, by=by, now=looked)
    if plan:
        _zones(city, plan["zones"], branches, by, now)
        _sundays(city, plan["sundays"], branches, by, now)


def _zones(
    city: City, rows: list[dict[str, Any]], branches: list[Branch], by: Actor, now: datetime
) -> None:
    for row in rows:
        zone = sundays.set_zone(
            city=city, name=row["name"], is_excursion=row["is_excursion"], by=by, now=now
        )
        here = [branch for branch in branches if branch.quarter in row["quarters"]]
        sundays.place(city=city, branches=here, zone=zone, by=by, now=now)
        for branch in here:
            branch.zone = zone


def _sundays(
    city: City, rows: list[dict[str, Any]], branches: list[Branch], by: Actor, now: datetime
) -> None:
    """The first one has its permit, and the shops named take part; the second is planned."""
    today = timezone.localdate(now)
    zones = {zone.name: zone for zone in city.zones.all()}
    for row, ahead in zip(rows, (PERMITTED, PLANNED), strict=True):
        wanted = sundays.Plan(
            date=sundays.first_lawful(city.land, today + ahead),
            opens=OPENS,
            closes=CLOSES,
            reason=row["reason"],
            zone=zones.get(row["zone"]),
        )
        opening = sundays.plan(city=city, wanted=wanted, by=by, now=now)
        if ahead != PERMITTED:
            continue
        sundays.permit(city=city, opening_id=opening.pk, permit=row["permit"], by=by, now=now)
        for branch in branches:
            if branch.shop.slug in row["shops"] and branch.zone_id == opening.zone_id:
                sundays.take_part(
                    opening_id=opening.pk,
                    branch=branch,
                    opens=OPENS,
                    closes=CLOSES,
                    by=by,
                    now=now,
                )
