"""What a city says about its Sundays: the calendar first, then the reservations that depend on it.

Calendar and running reservations change in one transaction, or neither does. Planning, permitting
and naming zones move nothing; `shops.domain.sundays` is asked for them itself.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import following
from shops.domain import sundays
from shops.models import Branch, City, Zone


@transaction.atomic
def withdraw(*, city: City, opening_id: int, by: Actor, now: datetime) -> None:
    """No shop opens on that Sunday; what runs is kept no shorter, and people are told."""
    ids = sundays.withdraw(city=city, opening_id=opening_id, by=by, now=now)
    following.follow(branch_ids=ids, by=by, now=now)


@transaction.atomic
def place(
    *, city: City, branches: Collection[Branch], zone: Zone | None, by: Actor, now: datetime
) -> None:
    """These branches lie in that zone; Sundays of the one they have left are no longer theirs."""
    sundays.place(city=city, branches=branches, zone=zone, by=by, now=now)
    ids = [branch.pk for branch in branches if branch.shop.city_id == city.pk]
    following.follow(branch_ids=ids, by=by, now=now)
