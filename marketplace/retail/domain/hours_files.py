"""Hours and closures as files: shown first, then taken over with the reservations that depend on
them. Calendar and running reservations change in one transaction, or neither does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.reservations.domain import following
from shops.domain import hours, opening
from shops.domain.calendar import Why
from shops.domain.exchange import everyday, ics, osm
from shops.models import Branch, Closure

#: Longer words are cut by the page.
LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Preview:
    """What a value would make of the hours: a week and its exceptions, or words."""

    week: list[opening.Day]
    different: list[opening.Different]
    #: All of it, where it cannot become hours.
    words: str
    #: LAW: hours on Sundays and holidays were left out.
    is_rested: bool


def events(*, branch: Branch, data: bytes, now: datetime) -> list[ics.Event]:
    """What a calendar file asks for; Refused where it is none."""
    return ics.read(data, hours.calendar(branch).local(now).date())


def plan(*, branch: Branch, events: Sequence[ics.Event], now: datetime) -> ics.Receipt:
    """What bringing in these events would change. Writes nothing."""
    return ics.plan(branch, events, now)


@transaction.atomic
def take_closures(
    *, branch: Branch, events: Sequence[ics.Event], by: Actor, now: datetime
) -> ics.Receipt:
    """Closures of a calendar file."""
    receipt = ics.bring_in(branch, events, by, now)
    if receipt.has_changes:
        following.follow(branch_ids=[branch.pk], by=by, now=now)
    return receipt


def closures_file(*, branch: Branch, now: datetime) -> bytes:
    """Closures that are not over, as a calendar file."""
    today = hours.calendar(branch).local(now).date()
    rows = Closure.objects.filter(branch=branch, last_date__gte=today)
    return ics.write(branch, rows.order_by("first_date", "pk"), now)


def value(*, branch: Branch, now: datetime) -> str:
    """The branch's own hours as `opening_hours`."""
    return osm.written(branch, hours.calendar(branch).local(now).date())


def preview(*, branch: Branch, text: str, now: datetime) -> Preview:
    """What taking over that value would show. Writes nothing."""
    found = _found(branch, text, now)
    if not found.is_structure:
        return Preview([], [], found.text[:LONGEST_WORDS], False)
    kept = osm.allowed(found, branch)
    calendar = replace(kept.calendar(branch.shop.city.land), trade=branch.trade)
    named = (Why.CLOSURE, Why.SPECIAL)
    different = opening.different(calendar, now, timedelta(days=osm.HORIZON - 1))
    return Preview(
        week=opening.week_of(calendar, now),
        different=[days for days in different if days.why in named],
        words="",
        is_rested=kept != found,
    )


@transaction.atomic
def take_value(*, branch: Branch, text: str, by: Actor, now: datetime) -> None:
    """Hours, or words, of that value."""
    found = _found(branch, text, now)
    if found.is_structure and not osm.allowed(found, branch).weekly:
        raise Refused(
            _("On Sundays and public holidays shops stay closed: nothing is left of these hours."),
            code="rest_day",
        )
    osm.bring_in(branch=branch, found=found, by=by, now=now)
    following.follow(branch_ids=[branch.pk], by=by, now=now)


def _found(branch: Branch, text: str, now: datetime) -> osm.Found:
    """As OpenStreetMap writes hours, or as people do."""
    today, land = hours.calendar(branch).local(now).date(), branch.shop.city.land
    found = osm.read(text, land, today)
    value = "" if found.is_structure else everyday.as_value(text)
    said = osm.read(value, land, today) if value else found
    return said if said.is_structure else found
