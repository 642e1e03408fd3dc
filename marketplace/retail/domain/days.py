"""The last days as a chart: how many were reserved each day, and how many of them were collected.

Bars stand on a board. Numbers are whole ones on one canvas, so that a drawing needs no arithmetic.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from marketplace.reservations.enums import State
from marketplace.reservations.models.reservation import ReservationQuerySet
from shops.domain import calendar as calendars
from shops.domain.calendar import Calendar

#: So many opening days are drawn, and so far back they are looked for.
SHOWN = 5
BACK = timedelta(days=14)
#: The canvas: a day is so wide, its bar stands in the middle, the board lies at `BOARD`.
DAY, BAR, TOP, BOARD = 72, 46, 28, 140


@dataclass(frozen=True, slots=True)
class Day:
    """One day: reserved on it, and collected since."""

    day: date
    reserved: int
    collected: int
    #: On the canvas: the bar's left edge and the middle of its day, outline and filling from above.
    left: int
    middle: int
    outline_top: int
    outline_height: int
    filled_top: int
    filled_height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """The days, oldest first."""

    days: list[Day]
    width: int = DAY * SHOWN
    board: int = BOARD
    bar: int = BAR

    @property
    def is_empty(self) -> bool:
        return not any(day.reserved for day in self.days)


def chart(rows: ReservationQuerySet, opening: Iterable[Calendar], now: datetime) -> Chart:
    """The last opening days before today; one query."""
    today = timezone.localdate(now)
    days = _opening_days(list(opening), today)
    since = now - BACK - timedelta(days=1)
    counted = (
        rows.filter(placed_at__gte=since)
        .annotate(day=TruncDate("placed_at", tzinfo=timezone.get_default_timezone()))
        .values("day")
        .annotate(number=Count("pk"), collected=Count("pk", filter=Q(state=State.COLLECTED)))
        .values_list("day", "number", "collected")
    )
    numbers = {day: (number, collected) for day, number, collected in counted}
    most = max((numbers.get(day, (0, 0))[0] for day in days), default=0)
    return Chart([_day(place, day, numbers, most) for place, day in enumerate(days)])


def _opening_days(opening: list[Calendar], today: date) -> list[date]:
    """The last days on which a branch was open; where none is known, simply the last days."""
    back = [today - timedelta(days=number) for number in range(BACK.days, 0, -1)]
    days = [day for day in back if any(calendars.intervals(each, day) for each in opening)]
    return (days or back)[-SHOWN:]


def _day(place: int, day: date, numbers: dict[date, tuple[int, int]], most: int) -> Day:
    reserved, collected = numbers.get(day, (0, 0))
    whole = round((BOARD - TOP) * reserved / most) if most else 0
    filled = round((BOARD - TOP) * collected / most) if most else 0
    return Day(
        day=day,
        reserved=reserved,
        collected=collected,
        left=place * DAY + (DAY - BAR) // 2,
        middle=place * DAY + DAY // 2,
        outline_top=BOARD - whole,
        outline_height=whole,
        filled_top=BOARD - filled,
        filled_height=filled,
    )
