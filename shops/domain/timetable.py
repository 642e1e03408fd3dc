"""What a shop says about its hours. Every verb checks, writes the rows, and publishes the calendar.

Callers that know of running reservations move them afterwards (`reservations.domain.following`).
Errors are `Refused`, with a sentence that says what to do; nothing has changed then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import hours, moments, plausible, slots
from shops.domain.calendar import Weekly
from shops.domain.plausible import Span
from shops.enums import HoursFor, Trade
from shops.models import Branch, Closure, OpeningHours, Season, SpecialHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """How a branch prepares what is reserved."""

    lead_minutes: int
    parallel: int
    cutoff: time | None
    slot_minutes: int = 0
    slot_capacity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a closure is to be; `uid` names the event of a calendar file it comes from."""

    first: date
    last: date
    reason: str = ""
    uid: str = ""


@transaction.atomic
def set_week(
    *,
    branch: Branch,
    weekly: Sequence[Weekly],
    by: Actor,
    now: datetime,
    what_for: HoursFor = HoursFor.SHOP,
    season: Season | None = None,
) -> None:
    """The whole week anew; no rows: no hours known (shop), or those of the shop (hand-over)."""
    plausible.week(weekly, Trade(branch.trade))
    _hold([branch.pk], now)
    OpeningHours.objects.filter(branch=branch, what_for=what_for, season=season).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(
            branch=branch,
            season=season,
            what_for=what_for,
            weekday=row.weekday,
            opens=row.opens,
            closes=row.closes,
        )
        for row in weekly
    )
    words = "" if weekly and what_for == HoursFor.SHOP and season is None else branch.hours_text
    Branch.objects.filter(pk=branch.pk).update(hours_text=words, hours_confirmed_at=now)
    _published("hours.week", branch, by, now)


@transaction.atomic
def set_trade(*, branch: Branch, trade: Trade, by: Actor, now: datetime) -> None:
    """What the law asks of its door. The week stays; hours the law forbids open nothing."""
    if trade == branch.trade:
        return
    _hold([branch.pk], now)
    Branch.objects.filter(pk=branch.pk).update(trade=trade)
    _published("hours.trade", branch, by, now)


@transaction.atomic
def copy_week(*, branch: Branch, to: Iterable[Branch], by: Actor, now: datetime) -> int:
    """Ordinary week and hours of hand-over of one branch for others of the shop; how many."""
    rows = list(OpeningHours.objects.filter(branch=branch, season=None))
    copied = 0
    for other in to:
        if other.shop_id != branch.shop_id or other.pk == branch.pk:
            continue
        for what_for in HoursFor:
            week = [
                Weekly(row.weekday, row.opens, row.closes)
                for row in rows
                if row.what_for == what_for
            ]
            set_week(branch=other, weekly=week, what_for=what_for, by=by, now=now)
        copied += 1
    return copied


@transaction.atomic
def set_words(*, branch: Branch, words: str, by: Actor, now: datetime) -> None:
    """Hours that no calendar understands: shown as they are, and never as open."""
    _hold([branch.pk], now)
    OpeningHours.objects.filter(branch=branch, season=None).delete()
    Branch.objects.filter(pk=branch.pk).update(hours_text=words[:300], hours_confirmed_at=now)
    _published("hours.words", branch, by, now)


@transaction.atomic
def add_season(
    *,
    branch: Branch,
    name: str,
    first: tuple[int, int],
    last: tuple[int, int],
    weekly: Sequence[Weekly],
    by: Actor,
    now: datetime,
) -> Season:
    """A week of its own from (month, day) to (month, day) of every year.

    The same days said again are the same season: its name and week are what was said last.
    """
    plausible.season(first, last)
    plausible.week(weekly, Trade(branch.trade))
    _hold([branch.pk], now)
    season, _new = Season.objects.update_or_create(
        branch=branch,
        first_month=first[0],
        first_day=first[1],
        last_month=last[0],
        last_day=last[1],
        defaults={"name": name},
    )
    set_week(branch=branch, weekly=weekly, season=season, by=by, now=now)
    return season


@transaction.atomic
def remove_season(*, branch: Branch, season_id: int, by: Actor, now: datetime) -> None:
    """The ordinary week holds again; a season that is gone already is no error."""
    _hold([branch.pk], now)
    Season.objects.filter(pk=season_id, branch=branch).delete()
    _published("hours.season", branch, by, now)


@transaction.atomic
def close(
    *,
    branch: Branch,
    first: date,
    last: date,
    reason: str,
    by: Actor,
    now: datetime,
) -> Closure:
    """Closed from `first` to `last`, both included. The same days said again change the reason."""
    plausible.closure(branch, first, last, now)
    _hold([branch.pk], now)
    closure, _new = Closure.objects.update_or_create(
        branch=branch,
        first_date=first,
        last_date=last,
        uid="",
        defaults={"reason": reason[:120]},
    )
    _published("hours.close", branch, by, now)
    return closure


@transaction.atomic
def reopen(*, branch: Branch, closure_id: int, by: Actor, now: datetime) -> None:
    """Takes a closure back; one that is gone already is no error."""
    _hold([branch.pk], now)
    Closure.objects.filter(pk=closure_id, branch=branch).delete()
    _published("hours.reopen", branch, by, now)


@transaction.atomic
def change_closures(
    *,
    branch: Branch,
    add: Sequence[Closing],
    move: Mapping[int, Closing],
    remove: Iterable[int],
    by: Actor,
    now: datetime,
) -> None:
    """Many closures at once, published once: new ones, others by id, and ids that are no more.

    Ids of other branches, and those that are gone already, are left alone. A new one on days that
    somebody has closed by hand takes that closure over, with its reason where it names none.
    """
    for each in (*add, *move.values()):
        plausible.closure(branch, each.first, each.last, now)
    _hold([branch.pk], now)
    mine = Closure.objects.filter(branch=branch)
    mine.filter(pk__in=list(remove)).delete()
    for pk, each in move.items():
        mine.filter(pk=pk).update(**_fields(each))
    by_hand = {(row.first_date, row.last_date): row for row in mine.filter(uid="")}
    fresh = []
    for each in add:
        if same := by_hand.pop((each.first, each.last), None):
            reason = each.reason or same.reason
            mine.filter(pk=same.pk).update(**_fields(replace(each, reason=reason)))
        else:
            fresh.append(Closure(branch=branch, **_fields(each)))
    Closure.objects.bulk_create(fresh)
    _published("hours.closures", branch, by, now)


@transaction.atomic
def set_day(
    *, branch: Branch, day: date, spans: Sequence[Span], reason: str, by: Actor, now: datetime
) -> None:
    """Other hours on one day; no spans: as in the week again."""
    plausible.day_ahead(branch, day, now)
    plausible.rest_day(branch, day, spans)
    plausible.spans(spans)
    _hold([branch.pk], now)
    SpecialHours.objects.filter(branch=branch, date=day).delete()
    SpecialHours.objects.bulk_create(
        SpecialHours(branch=branch, date=day, opens=opens, closes=closes, reason=reason[:120])
        for opens, closes in spans
    )
    _published("hours.day", branch, by, now)


@transaction.atomic
def pause(*, branch: Branch, until: datetime | None, by: Actor, now: datetime) -> None:
    """No reservation is prepared before `until`; then it goes on by itself. None: at once."""
    _hold([branch.pk], now)
    Branch.objects.filter(pk=branch.pk).update(paused_until=until)
    _published("hours.pause", branch, by, now)


@transaction.atomic
def set_preparing(*, branch: Branch, wanted: Preparing, by: Actor, now: datetime) -> None:
    """How long it takes, how many side by side, until what time of the day, in which windows."""
    if wanted.slot_minutes and not wanted.slot_capacity:
        raise Refused(
            _("Please say how many reservations fit into one window."), code="slot_capacity"
        )
    _hold([branch.pk], now)
    slots.resize(branch=branch, capacity=wanted.slot_capacity, now=now)
    Branch.objects.filter(pk=branch.pk).update(
        lead_minutes=wanted.lead_minutes,
        parallel=wanted.parallel,
        cutoff=wanted.cutoff,
        slot_minutes=wanted.slot_minutes,
        slot_capacity=wanted.slot_capacity if wanted.slot_minutes else 0,
    )
    _published("hours.preparing", branch, by, now)


@transaction.atomic
def confirm(*, branch: Branch, by: Actor, now: datetime) -> None:
    """Somebody has looked: the hours are right."""
    Branch.objects.filter(pk=branch.pk).update(hours_confirmed_at=now)
    _record("hours.confirm", branch, by, now)


# Inside -------------------------------------------------------------------------------------------


def _hold(branch_ids: Iterable[int], now: datetime) -> None:
    """RACE: the first write keeps others out, so that none publishes without the other's rows."""
    moments.spoil(branch_ids, now=now)


def _published(verb: str, branch: Branch, by: Actor, now: datetime) -> None:
    hours.publish([branch.pk])
    branch.refresh_from_db()
    _record(verb, branch, by, now)


def _record(verb: str, branch: Branch, by: Actor, now: datetime) -> None:
    scope = f"shop:{branch.shop_id}"
    history.record(verb=verb, subject=f"branch:{branch.pk}", scope=scope, by=by, now=now)


def _fields(closing: Closing) -> dict[str, Any]:
    return {
        "first_date": closing.first,
        "last_date": closing.last,
        "reason": closing.reason[:120],
        "uid": closing.uid[:250],
    }
