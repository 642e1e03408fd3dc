"""Sundays on which shops may open: by permit of the city, by zone, by choice of each shop.

LAW: NLöffVZG § 5 (law F2). A city may plan more Sundays than it may permit; the limits hold for
permits. Errors are `Refused`, with a sentence that names the rule; nothing has changed then.
Callers that know of running reservations move them afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain import allowance, hours, moments, restdays
from shops.domain.allowance import Scope
from shops.domain.calendar import Calendar
from shops.domain.week import Special
from shops.enums import SundayStatus
from shops.models import Branch, City, SundayOpening, SundayShop, Zone

DAY = timedelta(days=1)
LONGEST = timedelta(hours=5)
#: Sundays further away than this are not told to the public yet.
AHEAD = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a city has in mind; no zone is the whole town."""

    date: date
    opens: time
    closes: time
    reason: str
    zone: Zone | None = None


# What the law forbids -----------------------------------------------------------------------------


def forbidden(land: str, day: date) -> str:
    """Why shops may never open on that Sunday, in words; "" where a permit is possible."""
    easter, advent = _easter(day.year), _first_advent(day.year)
    names = {
        easter - 7 * DAY: gettext("Palm Sunday"),
        easter: gettext("Easter Sunday"),
        easter + 49 * DAY: gettext("Pentecost"),
        advent - 14 * DAY: gettext("Volkstrauertag (day of mourning)"),
        advent - 7 * DAY: gettext("Totensonntag (Sunday of the dead)"),
        date(day.year, 12, 27): gettext("the day after the Christmas holidays"),
    } | {advent + number * 7 * DAY: gettext("Advent Sunday") for number in range(4)}
    return names.get(day, "") or restdays.holiday(land, day)


def forbidden_days(land: str, year: int) -> list[tuple[date, str]]:
    """All Sundays of the year that no permit can open, with their names."""
    first = date(year, 1, 1)
    days = (first + number * DAY for number in range((date(year + 1, 1, 1) - first).days))
    return [(day, why) for day in days if day.weekday() == 6 and (why := forbidden(land, day))]


def first_lawful(land: str, day: date) -> date:
    """The first Sunday from that day on that a permit could open."""
    day += (6 - day.weekday()) * DAY
    while forbidden(land, day):
        day += 7 * DAY
    return day


def _easter(year: int) -> date:
    """Gauss, as corrected by Lichtenberg."""
    century = year // 100
    moon = 15 + (3 * century + 3) // 4 - (8 * century + 13) // 25
    sun = 2 - (3 * century + 3) // 4
    golden = year % 19
    seed = (19 * golden + moon) % 30
    full = 21 + seed - (seed // 29 + (seed // 28 - seed // 29) * (golden // 11))
    sunday = 7 - (year + year // 4 + sun) % 7
    return date(year, 3, 1) + (full + 7 - (full - sunday) % 7 - 1) * DAY


def _first_advent(year: int) -> date:
    latest = date(year, 12, 3)
    return latest - ((latest.weekday() + 1) % 7) * DAY


# The city's side ----------------------------------------------------------------------------------


@transaction.atomic
def plan(*, city: City, wanted: Plan, by: Actor, now: datetime) -> SundayOpening:
    """A Sunday the city has in mind; it opens no door before it is permitted."""
    _check(city, wanted, now)
    _hold(city)
    same_day = SundayOpening.objects.filter(city=city, date=wanted.date)
    met = same_day.exclude(status=SundayStatus.WITHDRAWN)
    if wanted.zone is not None:
        met = met.filter(Q(zone=None) | Q(zone=wanted.zone))
    if met.exists():
        raise Refused(
            _("This Sunday is planned already, here or for the whole town."), code="same_day"
        )
    # One that was withdrawn comes back with what is said now; who took part is asked again.
    row = same_day.filter(zone=wanted.zone).first() or SundayOpening(
        city=city, date=wanted.date, zone=wanted.zone
    )
    if row.pk:
        row.shops.all().delete()
    row.opens, row.closes, row.reason = wanted.opens, wanted.closes, wanted.reason[:120]
    row.permit, row.status = "", SundayStatus.PLANNED
    row.save()
    _record("sunday.plan", row, by, now)
    return row


@transaction.atomic
def permit(*, city: City, opening_id: int, permit: str, by: Actor, now: datetime) -> SundayOpening:
    """From now on shops can take part. `Refused` where the year has no Sunday left."""
    number = permit.strip()[:80]
    if not number:
        raise Refused(
            _("Please enter the number of the permit. Shops open on Sundays by permit only."),
            code="permit_missing",
        )
    _hold(city)
    row = _opening(city, opening_id)
    if row.status != SundayStatus.PLANNED:
        raise Stale(_("This Sunday is no longer only planned."), code="not_planned")
    _check(city, Plan(date=row.date, opens=row.opens, closes=row.closes, reason=row.reason), now)
    row.permit, row.status = number, SundayStatus.PERMITTED
    row.save(update_fields=["permit", "status"])
    _check_year(city, row.date.year)
    _record("sunday.permit", row, by, now)
    return row


@transaction.atomic
def withdraw(*, city: City, opening_id: int, by: Actor, now: datetime) -> list[int]:
    """No shop opens on that Sunday; the branches that wanted to. Twice is no error."""
    _hold(city)
    row = _opening(city, opening_id)
    if row.date < timezone.localdate(now):
        raise Refused(_("This Sunday has passed. It stays in the list."), code="passed")
    ids = sorted(row.shops.values_list("branch_id", flat=True))
    moments.spoil(ids, now=now)
    row.status = SundayStatus.WITHDRAWN
    row.save(update_fields=["status"])
    hours.publish(ids)
    _record("sunday.withdraw", row, by, now)
    return ids


@transaction.atomic
def set_zone(
    *,
    city: City,
    name: str,
    is_excursion: bool,
    by: Actor,
    now: datetime,
    zone: Zone | None = None,
) -> Zone:
    """A zone, new or changed; without its excursions it may have had too many Sundays."""
    if not name.strip():
        raise Refused(_("Please give the zone a name."), code="name_missing")
    _check_zone(city, zone)
    _hold(city)
    if city.zones.filter(name=name.strip()).exclude(pk=zone.pk if zone else 0).exists():
        raise Refused(_("There is a zone of this name already."), code="name_taken")
    row = zone or Zone(city=city)
    row.name, row.is_excursion = name.strip()[:80], is_excursion
    row.save()
    years = {day.year for day in row.sundays.values_list("date", flat=True)}
    for year in sorted(year for year in years if year >= timezone.localdate(now).year):
        _check_year(city, year)
    history.record(
        verb="zone.set", subject=f"zone:{row.pk}", scope=f"city:{city.pk}", by=by, now=now
    )
    return row


@transaction.atomic
def place(
    *, city: City, branches: Iterable[Branch], zone: Zone | None, by: Actor, now: datetime
) -> None:
    """Say where branches lie. Coming Sundays of a zone they have left are no longer theirs."""
    _check_zone(city, zone)
    _hold(city)
    ids = sorted({branch.pk for branch in branches if branch.shop.city_id == city.pk})
    moments.spoil(ids, now=now)
    Branch.objects.filter(pk__in=ids).update(zone=zone)
    coming = SundayShop.objects.filter(
        branch_id__in=ids, opening__date__gte=timezone.localdate(now)
    )
    coming.exclude(Q(opening__zone=None) | Q(opening__zone=zone)).delete()
    hours.publish(ids)
    history.record(
        verb="zone.place",
        subject=f"city:{city.pk}",
        scope=f"city:{city.pk}",
        by=by,
        now=now,
        data={"zone": zone.pk if zone else None, "branches": ids},
    )


# The shop's side ----------------------------------------------------------------------------------


@transaction.atomic
def take_part(
    *, opening_id: int, branch: Branch, opens: time, closes: time, by: Actor, now: datetime
) -> SundayShop:
    """The branch opens on that Sunday, within the permitted hours; again: with other hours."""
    city = branch.shop.city
    _hold(city)
    moments.spoil([branch.pk], now=now)
    row = _opening(city, opening_id)
    zone_id = Branch.objects.values_list("zone_id", flat=True).get(pk=branch.pk)
    if row.zone_id is not None and row.zone_id != zone_id:
        raise Refused(
            _("This Sunday is permitted for another part of town. Your branch stays closed."),
            code="other_zone",
        )
    if row.status != SundayStatus.PERMITTED:
        raise Refused(_("This Sunday is not permitted, so no shop may open."), code="no_permit")
    if row.date < timezone.localdate(now):
        raise Refused(_("This Sunday has passed."), code="passed")
    if closes <= opens:
        raise Refused(_("The shop has to close later than it opens."), code="order")
    if opens < row.opens or closes > row.closes:
        raise Refused(
            _("The permit is for %(opens)s to %(closes)s. Please stay within these hours.")
            % {"opens": f"{row.opens:%H:%M}", "closes": f"{row.closes:%H:%M}"},
            code="outside",
        )
    part, _is_new = SundayShop.objects.update_or_create(
        opening=row, branch=branch, defaults={"opens": opens, "closes": closes}
    )
    _published("sunday.take_part", branch, row, by, now)
    return part


@transaction.atomic
def stay_away(*, opening_id: int, branch: Branch, by: Actor, now: datetime) -> None:
    """The branch stays closed on that Sunday; one that does not take part is no error."""
    _hold(branch.shop.city)
    moments.spoil([branch.pk], now=now)
    row = _opening(branch.shop.city, opening_id)
    row.shops.filter(branch=branch).delete()
    _published("sunday.stay_away", branch, row, by, now)


def coming(calendar: Calendar, now: datetime) -> list[Special]:
    """Open Sundays within four weeks, for the public. Pure."""
    today = calendar.local(now).date()
    return [each for each in calendar.sundays if today <= each.day <= today + AHEAD]


# Inside -------------------------------------------------------------------------------------------


def _hold(city: City) -> None:
    """RACE: the first write keeps others out until our commit, so that counts stay true."""
    City.objects.filter(pk=city.pk).update(slug=F("slug"))


def _opening(city: City, opening_id: int) -> SundayOpening:
    row = SundayOpening.objects.filter(city=city, pk=opening_id).first()
    if row is None:
        raise Stale(_("This Sunday is no longer in the list."), code="gone")
    return row


def _check(city: City, wanted: Plan, now: datetime) -> None:
    if wanted.date.weekday() != 6:
        raise Refused(_("This day is not a Sunday. Please check the date."), code="no_sunday")
    if wanted.date < timezone.localdate(now):
        raise Refused(_("This day has passed. Please check the date."), code="passed")
    why = forbidden(city.land, wanted.date)
    if why:
        raise Refused(
            _("Shops stay closed on this Sunday by law: %(day)s.") % {"day": why},
            code="forbidden",
        )
    _check_zone(city, wanted.zone)
    if wanted.closes <= wanted.opens:
        raise Refused(_("The shop has to close later than it opens."), code="order")
    start = datetime.combine(wanted.date, wanted.opens)
    if datetime.combine(wanted.date, wanted.closes) - start > LONGEST:
        raise Refused(
            _("On a permitted Sunday shops may open for five hours at most."), code="too_long"
        )


def _check_zone(city: City, zone: Zone | None) -> None:
    if zone is not None and zone.city_id != city.pk:
        raise Refused(_("This zone belongs to another city."), code="zone_odd")


def _check_year(city: City, year: int) -> None:
    """LAW: no more different Sundays than the year allows."""
    permitted = SundayOpening.objects.filter(
        city=city, status=SundayStatus.PERMITTED, date__year=year
    )
    over = [row for row in allowance.of_year(permitted, city.zones.order_by("name")) if row.is_over]
    if not over:
        return
    if over[0].scope == Scope.TOWN:
        raise Refused(
            _("The town has six open Sundays in this year already; more are not allowed."),
            code="town_full",
        )
    if over[0].zone is None:
        raise Refused(
            _("Four Sundays of this year are open in the whole town; more are not allowed."),
            code="zone_full",
        )
    raise Refused(
        _("%(zone)s may open on %(limit)d Sundays a year; they are all taken.")
        % {"zone": over[0].zone.name, "limit": over[0].limit},
        code="zone_full",
    )


def _published(verb: str, branch: Branch, row: SundayOpening, by: Actor, now: datetime) -> None:
    hours.publish([branch.pk])
    branch.refresh_from_db()
    history.record(
        verb=verb,
        subject=f"branch:{branch.pk}",
        scope=f"shop:{branch.shop_id}",
        by=by,
        now=now,
        data={"sunday": row.pk},
    )


def _record(verb: str, row: SundayOpening, by: Actor, now: datetime) -> None:
    subject, scope = f"sunday:{row.pk}", f"city:{row.city_id}"
    history.record(verb=verb, subject=subject, scope=scope, by=by, now=now)
