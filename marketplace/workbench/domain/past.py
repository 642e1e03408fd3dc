"""Moments that lie behind us, told in a branch's opening time: right at any hour, Sundays too."""

from datetime import datetime, timedelta

from shops.domain import calendar as calendars
from shops.domain.calendar import DAY, Calendar

#: Days looked back at most: longer than any holiday of the demo town.
FARTHEST = 60


def ago(calendar: Calendar, now: datetime, minutes: float) -> datetime:
    """The instant since which the branch was open for so many minutes. LookupError if never."""
    left = timedelta(minutes=minutes)
    day = calendar.local(now).date()
    for _day in range(FARTHEST):
        for opening in reversed(calendars.intervals(calendar, day)):
            closes = min(opening.closes, now)
            if closes - opening.opens > left:
                return closes - left
            left -= max(closes - opening.opens, timedelta())
        day -= DAY
    raise LookupError("the branch was not open that long")


def day_back(calendar: Calendar, now: datetime, days: int, minutes: float = 0) -> datetime:
    """So many minutes after the door opened, `days` opening days before today (1 or more)."""
    day = calendar.local(now).date()
    for _day in range(FARTHEST):
        day -= DAY
        openings = calendars.intervals(calendar, day)
        days -= bool(openings)
        if openings and days == 0:
            return openings[0].opens + timedelta(minutes=minutes)
    raise LookupError("the branch was not open on so many days")
