"""When a branch has to say again that its hours are right. Pure.

Before Christmas hours change and wrong ones hurt most: from 15 November to the end of the year only
a confirmation of this season counts. In the rest of the year one holds for 90 days.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shops.domain.week import Calendar
from shops.models import Branch

HOLDS = timedelta(days=90)
#: The Advent season begins here and ends with the year: (month, day).
ADVENT = (11, 15)


def is_advent(now: datetime) -> bool:
    """Whether it is the time in which only this season's confirmations count."""
    today = _local(now)
    return (today.month, today.day) >= ADVENT


def since(now: datetime) -> datetime:
    """The instant from which on a confirmation counts now."""
    if not is_advent(now):
        return now - HOLDS
    here = _local(now)
    return datetime(here.year, *ADVENT, tzinfo=here.tzinfo)


def due(branch: Branch, now: datetime) -> bool:
    """Whether the branch has to look at its hours and confirm them."""
    confirmed = branch.hours_confirmed_at
    return confirmed is None or confirmed < since(now)


def _local(now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(Calendar.zone))
