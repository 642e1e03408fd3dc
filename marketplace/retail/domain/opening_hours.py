"""What a shop says about its hours: the calendar first, then the reservations that depend on it.

Calendar and running reservations change in one transaction, or neither does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.reservations.domain import following
from shops.domain import calendar, hours, sundays, timetable
from shops.domain.spans import Span
from shops.domain.timetable import Preparing
from shops.domain.week import Weekly, Why
from shops.enums import HoursFor, Trade
from shops.models import Branch, Closure, SundayShop


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week as its form says it; `trade` only with the hours of the door."""

    weekly: Sequence[Weekly]
    what_for: HoursFor = HoursFor.SHOP
    trade: Trade | None = None
    #: Other branches of the shop that get the same.
    also: Iterable[Branch] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Weeks of the year with a week of their own; days as (month, day)."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    weekly: Sequence[Weekly]


# The week -----------------------------------------------------------------------------------------


@transaction.atomic
def set_week(*, branch: Branch, week: Week, by: Actor, now: datetime) -> int:
    """The whole week anew, here and in `week.also`; in how many branches."""
    branches = [branch, *(each for each in week.also if each.shop_id == branch.shop_id)]
    for each in branches:
        if week.trade is not None:
            timetable.set_trade(branch=each, trade=week.trade, by=by, now=now)
        timetable.set_week(branch=each, weekly=week.weekly, what_for=week.what_for, by=by, now=now)
    following.follow(branch_ids=[each.pk for each in branches], by=by, now=now)
    return len(branches)


@transaction.atomic
def add_season(*, branch: Branch, part: Part, by: Actor, now: datetime) -> None:
    """From then on every year."""
    timetable.add_season(
        branch=branch,
        name=part.name,
        first=part.first,
        last=part.last,
        weekly=part.weekly,
        by=by,
        now=now,
    )
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def remove_season(*, branch: Branch, season_id: int, by: Actor, now: datetime) -> None:
    """The ordinary week holds again."""
    timetable.remove_season(branch=branch, season_id=season_id, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def set_preparing(*, branch: Branch, wanted: Preparing, by: Actor, now: datetime) -> None:
    """How long it takes, how many side by side, in which windows. Promises made stay."""
    timetable.set_preparing(branch=branch, wanted=wanted, by=by, now=now)


# Single days --------------------------------------------------------------------------------------


@transaction.atomic
def close(
    *, branch: Branch, first: date, last: date, reason: str, by: Actor, now: datetime
) -> None:
    """Closed from `first` to `last`, both included."""
    timetable.close(branch=branch, first=first, last=last, reason=reason, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def reopen(*, branch: Branch, closure_id: int, by: Actor, now: datetime) -> None:
    """Takes a closure back."""
    timetable.reopen(branch=branch, closure_id=closure_id, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def set_day(
    *, branch: Branch, day: date, spans: Sequence[Span], reason: str, by: Actor, now: datetime
) -> None:
    """Other hours on one day; none: closed on it. A closure of that day alone is over then."""
    _open_up(branch, day, by, now)
    timetable.set_day(branch=branch, day=day, spans=spans, reason=reason, by=by, now=now)
    if not spans:
        timetable.close(branch=branch, first=day, last=day, reason=reason, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def clear_day(*, branch: Branch, day: date, by: Actor, now: datetime) -> None:
    """On that day the week holds again."""
    _open_up(branch, day, by, now)
    timetable.set_day(branch=branch, day=day, spans=(), reason="", by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def close_early(*, branch: Branch, at: time, by: Actor, now: datetime) -> None:
    """Today the door closes at `at`, by the clock on the wall. `Refused` where that is past."""
    facts = hours.calendar(branch)
    here = facts.local(now)
    today = calendar.on(facts, here.date())
    if at <= here.time().replace(tzinfo=None):
        raise Refused(_("This time has passed. Please choose a later one."), code="passed")
    left = [
        (opens, at if closes <= opens or at < closes else closes)
        for opens, closes in today.spans
        if opens < at
    ]
    if not left:
        raise Refused(_("You are closed at that time today."), code="closed")
    if today.why == Why.SUNDAY:
        part = SundayShop.objects.get(branch=branch, opening__date=today.day)
        opens = left[0][0]
        sundays.take_part(
            opening_id=part.opening_id, branch=branch, opens=opens, closes=at, by=by, now=now
        )
    else:
        timetable.set_day(
            branch=branch, day=today.day, spans=left, reason=today.reason, by=by, now=now
        )
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def pause(*, branch: Branch, until: datetime | None, by: Actor, now: datetime) -> None:
    """Nothing is prepared before `until`; None: it goes on at once."""
    timetable.pause(branch=branch, until=until, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


def confirm(*, branch: Branch, by: Actor, now: datetime) -> None:
    """Somebody has looked: the hours are right. Nothing moves."""
    timetable.confirm(branch=branch, by=by, now=now)


# Sundays of the city ------------------------------------------------------------------------------


@transaction.atomic
def take_part(
    *, branch: Branch, opening_id: int, opens: time, closes: time, by: Actor, now: datetime
) -> None:
    """The branch opens on a permitted Sunday."""
    sundays.take_part(
        opening_id=opening_id, branch=branch, opens=opens, closes=closes, by=by, now=now
    )
    following.follow(branch_ids=[branch.pk], by=by, now=now)


@transaction.atomic
def stay_away(*, branch: Branch, opening_id: int, by: Actor, now: datetime) -> None:
    """The branch stays closed on that Sunday after all."""
    sundays.stay_away(opening_id=opening_id, branch=branch, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


# Inside -------------------------------------------------------------------------------------------


def _open_up(branch: Branch, day: date, by: Actor, now: datetime) -> None:
    """What is said about a day replaces a closure of that day; a longer one is somebody's word."""
    for row in Closure.objects.filter(branch=branch, first_date__lte=day, last_date__gte=day):
        if row.first_date != row.last_date:
            raise Refused(
                _("You have entered a longer closure over this day. Please take it back first."),
                code="closure",
            )
        timetable.reopen(branch=branch, closure_id=row.pk, by=by, now=now)
