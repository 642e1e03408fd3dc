"""The calendars of branches: compiled from rows where something changes, read everywhere else.

`Branch.calendar` holds all of a branch's hours as one text, so that a page which has its branches
has their calendars too, without a query. `publish` is the only writer; the auditor compiles again.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from shops.domain.calendar import Calendar, Closed, Season, Special, Weekly
from shops.enums import HoursFor, SundayStatus
from shops.models import Branch, Closure, OpeningHours, SpecialHours, SundayShop
from shops.models import Season as SeasonRow

#: What a query has to load of a branch so that its calendar can be read.
FIELDS = ("calendar", "paused_until")


def calendar(branch: Branch) -> Calendar:
    """The calendar of a loaded branch. No query."""
    return read(branch.calendar, branch.paused_until)


def read(text: str, paused_until: datetime | None) -> Calendar:
    """The calendar of a branch from its `FIELDS`; the same facts give the same object."""
    return _paused(text, paused_until) if paused_until else _parse(text)


def of_branches(branches: Iterable[Branch]) -> dict[int, Calendar]:
    """The calendar of each branch that is loaded already. No query."""
    return {branch.pk: calendar(branch) for branch in branches}


def calendars(branch_ids: Iterable[int]) -> dict[int, Calendar]:
    """The calendar of each branch, in one query however many there are."""
    ids = set(branch_ids)
    return of_branches(Branch.objects.filter(pk__in=ids).only("pk", *FIELDS)) if ids else {}


def calendar_of(branch_id: int) -> Calendar:
    """The calendar of one branch."""
    return calendars([branch_id])[branch_id]


def publish(branch_ids: Iterable[int]) -> list[int]:
    """Write the calendars anew that differ from their rows; the ids of those."""
    changed = []
    for branch in Branch.objects.filter(pk__in=set(branch_ids)).order_by("pk"):
        text = compiled(branch)
        if text != branch.calendar:
            Branch.objects.filter(pk=branch.pk).update(calendar=text)
            changed.append(branch.pk)
    return changed


def mend() -> int:
    """Publish calendars that nobody has compiled yet: of branches older than this column."""
    return len(publish(Branch.objects.filter(calendar="").values_list("pk", flat=True)))


def compiled(branch: Branch) -> str:
    """What `Branch.calendar` has to be, from the rows; the same rows give the same text."""
    week, pickup, seasons = _weeks(branch)
    facts: dict[str, Any] = {
        "land": branch.shop.city.land,
        "trade": branch.trade,
        "cutoff": _clock(branch.cutoff),
        "text": branch.hours_text,
        "week": week,
        "pickup": pickup,
        "seasons": seasons,
        "closed": [
            [each.first_date.isoformat(), each.last_date.isoformat(), each.reason]
            for each in Closure.objects.filter(branch=branch).order_by("first_date", "pk")
        ],
        "special": _days(SpecialHours.objects.filter(branch=branch).order_by("date", "opens")),
        "sundays": _sundays(branch),
    }
    said = {name: value for name, value in facts.items() if value}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _weeks(branch: Branch) -> tuple[list[Any], list[Any], list[dict[str, Any]]]:
    """Ordinary week, week of the hand-over, seasons."""
    weeks: dict[tuple[int | None, str], list[Any]] = {}
    for row in OpeningHours.objects.filter(branch=branch).order_by("weekday", "opens"):
        span = [row.weekday, _clock(row.opens), _clock(row.closes)]
        weeks.setdefault((row.season_id, row.what_for), []).append(span)
    seasons = [
        {
            "name": each.name,
            "first": [each.first_month, each.first_day],
            "last": [each.last_month, each.last_day],
            "week": weeks.get((each.pk, HoursFor.SHOP), []),
            "pickup": weeks.get((each.pk, HoursFor.PICKUP), []),
        }
        for each in SeasonRow.objects.filter(branch=branch).order_by("pk")
    ]
    return weeks.get((None, HoursFor.SHOP), []), weeks.get((None, HoursFor.PICKUP), []), seasons


def _days(rows: Iterable[SpecialHours]) -> list[Any]:
    days: dict[str, list[Any]] = {}
    for row in rows:
        day = days.setdefault(row.date.isoformat(), [row.date.isoformat(), [], row.reason])
        day[1].append([_clock(row.opens), _clock(row.closes)])
    return list(days.values())


def _sundays(branch: Branch) -> list[Any]:
    """LAW: only with a permit, only where the shop takes part (F2)."""
    rows = SundayShop.objects.filter(branch=branch, opening__status=SundayStatus.PERMITTED)
    return [
        [
            row.opening.date.isoformat(),
            [[_clock(row.opens), _clock(row.closes)]],
            row.opening.reason,
        ]
        for row in rows.select_related("opening").order_by("opening__date", "pk")
    ]


def _clock(at: time | None) -> str:
    return f"{at:%H:%M}" if at is not None else ""


@lru_cache(maxsize=1024)  # pure; the same object again, so that its caches and hash are kept
def _paused(text: str, until: datetime) -> Calendar:
    return replace(_parse(text), paused_until=until)


@lru_cache(maxsize=4096)  # pure: the text is the key; shops change their hours once in a season
def _parse(text: str) -> Calendar:
    facts = json.loads(text) if text else {}
    return Calendar(
        weekly=_weekly(facts.get("week", ())),
        pickup=_weekly(facts.get("pickup", ())),
        seasons=tuple(
            Season(
                each["name"],
                tuple(each["first"]),
                tuple(each["last"]),
                _weekly(each["week"]),
                _weekly(each["pickup"]),
            )
            for each in facts.get("seasons", ())
        ),
        closures=tuple(
            Closed(date.fromisoformat(first), date.fromisoformat(last), reason)
            for first, last, reason in facts.get("closed", ())
        ),
        specials=_specials(facts.get("special", ())),
        sundays=_specials(facts.get("sundays", ())),
        land=facts.get("land", ""),
        trade=facts.get("trade", Calendar.trade),
        cutoff=time.fromisoformat(facts["cutoff"]) if facts.get("cutoff") else None,
        text=facts.get("text", ""),
    )


def _weekly(rows: Iterable[Any]) -> tuple[Weekly, ...]:
    return tuple(
        Weekly(day, time.fromisoformat(opens), time.fromisoformat(closes))
        for day, opens, closes in rows
    )


def _specials(rows: Iterable[Any]) -> tuple[Special, ...]:
    return tuple(
        Special(
            date.fromisoformat(day),
            tuple(
                (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans
            ),
            reason,
        )
        for day, spans, reason in rows
    )
