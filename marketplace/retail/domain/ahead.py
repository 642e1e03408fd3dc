"""The days ahead as people will see them, from the resolver alone. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils.dates import WEEKDAYS

from shops.domain import calendar, hours, opening
from shops.domain.calendar import Calendar, Day
from shops.domain.spans import Span
from shops.domain.week import Weekly
from shops.enums import HoursFor, SundayStatus, Trade
from shops.models import Branch, Closure, OpeningHours, Season, SundayOpening, SundayShop

SHOWN, LEAP, SHOP = 14, 2024, HoursFor.SHOP
#: Half hours offered for closing early, and how far the first one is away.
EARLY, HALF, SOON = 4, timedelta(minutes=30), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ahead:
    """One day, and the closure of ours that covers it."""

    day: Day
    closure: Closure | None

    @property
    def is_alone(self) -> bool:
        """The closure is of this day only."""
        return self.closure is not None and self.closure.first_date == self.closure.last_date


@dataclass(frozen=True, slots=True)
class Sunday:
    """A Sunday the city has permitted, and what this branch said to it."""

    opening: SundayOpening
    part: SundayShop | None

    @property
    def spans(self) -> tuple[Span, ...]:
        said = self.part or self.opening
        return ((said.opens, said.closes),)


@dataclass(frozen=True, slots=True)
class SeasonRow:
    """A season as it is listed; its days in a leap year, to be written as dates."""

    season: Season
    first: date
    last: date
    week: list[opening.Day]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The next days, and all closures that are not over."""

    days: list[Ahead]
    closures: list[Closure]
    paused_until: datetime | None
    #: Today's times at which the door could close instead.
    early: list[time]
    sundays: list[Sunday]
    is_known: bool
    text: str


def outlook(*, branch: Branch, now: datetime) -> Outlook:
    """Three queries: closures, Sundays, and who takes part in them."""
    facts = hours.calendar(branch)
    today = facts.local(now).date()
    rows = Closure.objects.filter(branch=branch, last_date__gte=today)
    closures = list(rows.order_by("first_date", "pk"))
    days = []
    for day in _days(facts, now):
        covering = (each for each in closures if each.first_date <= day.day <= each.last_date)
        days.append(Ahead(day, next(covering, None)))
    pause = branch.paused_until
    return Outlook(
        days=days,
        closures=closures,
        paused_until=pause if pause and pause > now else None,
        early=_early(facts, now),
        sundays=_sundays(branch, today),
        is_known=bool(facts.weekly),
        text=facts.text,
    )


def preview(
    *,
    branch: Branch,
    weekly: Sequence[Weekly],
    what_for: HoursFor,
    trade: Trade | None,
    now: datetime,
) -> list[Day]:
    """The next days as they would be with that week. No query."""
    facts = replace(hours.calendar(branch), trade=trade or branch.trade)
    if what_for == HoursFor.PICKUP:
        return _days(replace(facts, pickup=tuple(weekly)).collecting, now)
    return _days(replace(facts, weekly=tuple(weekly), text=""), now)


def seasons(*, branch: Branch) -> list[SeasonRow]:
    """Each season of the branch with its week. Two queries."""
    rows = branch.seasons.order_by("first_month", "first_day", "pk").prefetch_related("hours")
    return [
        SeasonRow(
            season=row,
            first=date(LEAP, row.first_month, row.first_day),
            last=date(LEAP, row.last_month, row.last_day),
            week=_by_weekday(row.hours.all()),
        )
        for row in rows
    ]


def on(*, branch: Branch, day: date) -> Day:
    """What holds on that day. No query."""
    return calendar.on(hours.calendar(branch), day)


def _days(facts: Calendar, now: datetime) -> list[Day]:
    today = facts.local(now).date()
    return [calendar.on(facts, today + timedelta(days=number)) for number in range(SHOWN)]


def _by_weekday(rows: Iterable[OpeningHours]) -> list[opening.Day]:
    said = sorted((row.weekday, row.opens, row.closes) for row in rows if row.what_for == SHOP)
    return [
        opening.Day(
            name=name,
            spans=[(opens, closes) for day, opens, closes in said if day == weekday],
            is_today=False,
        )
        for weekday, name in WEEKDAYS.items()
    ]


def _early(facts: Calendar, now: datetime) -> list[time]:
    """Half hours from now until today's last closing, by the clock on the wall."""
    here = facts.local(now)
    open_now = [each for each in calendar.intervals(facts, here.date()) if each.closes > now]
    if not open_now:
        return []
    last = open_now[-1].closes
    found: list[time] = []
    start = max(now + SOON, open_now[0].opens + SOON)
    at = start + (HALF - (start - datetime.min.replace(tzinfo=start.tzinfo)) % HALF) % HALF
    while at < last and len(found) < EARLY and facts.local(at).date() == here.date():
        found.append(facts.local(at).time())
        at += HALF
    return found


def _sundays(branch: Branch, today: date) -> list[Sunday]:
    """Permitted for the whole town or for where the branch lies."""
    rows = SundayOpening.objects.filter(
        Q(zone=None) | Q(zone=branch.zone_id),
        city=branch.shop.city_id,
        status=SundayStatus.PERMITTED,
        date__gte=today,
    )
    parts = {
        part.opening_id: part
        for part in SundayShop.objects.filter(branch=branch, opening__date__gte=today)
    }
    return [Sunday(row, parts.get(row.pk)) for row in rows.order_by("date", "pk")]
