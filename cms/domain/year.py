"""What the desk shows of a year's Sundays. Constantly many queries; writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q
from django.utils import timezone

from marketplace.reservations import access as reservation_access
from marketplace.reservations.enums import OPEN
from shops.domain import allowance, sundays
from shops.domain.allowance import Allowance
from shops.enums import SundayStatus
from shops.models import Branch, City, SundayOpening, SundayShop, Zone

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Entry:
    """One opening of the list, and the branches that take part in it."""

    opening: SundayOpening
    branches: list[Branch]
    is_past: bool

    @property
    def status(self) -> SundayStatus:
        return SundayStatus(self.opening.status)

    @property
    def is_withdrawn(self) -> bool:
        return self.status == SundayStatus.WITHDRAWN

    @property
    def can_be_permitted(self) -> bool:
        return self.status == SundayStatus.PLANNED and not self.is_past

    @property
    def can_be_withdrawn(self) -> bool:
        return not self.is_withdrawn and not self.is_past


@dataclass(frozen=True, slots=True)
class Year:
    """The Sundays of one year."""

    year: int
    entries: list[Entry]
    #: Sundays that no permit can open, with their names.
    forbidden: list[tuple[date, str]]
    allowances: list[Allowance]
    zones: list[Zone]


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom it hits when a Sunday is withdrawn now."""

    branches: list[Branch]
    reservations: int


@dataclass(frozen=True, slots=True)
class Part:
    """A zone and its branches; no zone: those that lie in none."""

    zone: Zone | None
    branches: list[Branch]


def year_of(*, city: City, year: int, now: datetime) -> Year:
    """A year's openings with who takes part, its forbidden Sundays and what is used of it."""
    today = timezone.localdate(now)
    rows = list(_openings(city).filter(date__year=year).order_by("date", "zone__name", "pk"))
    zones = list(city.zones.order_by("name"))
    permitted = [row for row in rows if row.status == SundayStatus.PERMITTED]
    return Year(
        year=year,
        entries=[Entry(row, _branches(row.shops.all()), row.date < today) for row in rows],
        forbidden=sundays.forbidden_days(city.land, year),
        allowances=allowance.of_year(permitted, zones),
        zones=zones,
    )


def impact(*, opening: SundayOpening, now: datetime) -> Impact:
    """Branches that would have opened, and running reservations with times on that day or later."""
    parts = opening.shops.select_related("branch__shop").order_by("branch__shop__sort_name", "pk")
    branches = _branches(parts)
    begins = timezone.make_aware(datetime.combine(opening.date, time()))
    later = Q(answer_by__gte=begins) | Q(ready_by__gte=begins) | Q(collect_by__gte=begins)
    running = reservation_access.branch_reservations(branches).filter(later, state__in=OPEN)
    return Impact(branches, running.count() if opening.date >= timezone.localdate(now) else 0)


def parts_of(*, city: City) -> list[Part]:
    """The town's zones with their branches, those in no zone last."""
    zones = list(city.zones.order_by("name"))
    found: dict[int | None, list[Branch]] = {zone.pk: [] for zone in zones}
    for branch in _branches_of(city):
        found.setdefault(branch.zone_id, []).append(branch)
    return [*(Part(zone, found[zone.pk]) for zone in zones), Part(None, found.get(None, []))]


def _openings(city: City) -> "QuerySet[SundayOpening]":
    parts = SundayShop.objects.select_related("branch__shop")
    parts = parts.order_by("branch__shop__sort_name", "branch__name", "pk")
    return city.sundays.select_related("zone").prefetch_related(Prefetch("shops", queryset=parts))


def _branches(parts: Iterable[SundayShop]) -> list[Branch]:
    return [part.branch for part in parts]


def _branches_of(city: City) -> "QuerySet[Branch]":
    """All branches of the town, also those that are not live yet: they lie somewhere already."""
    rows = Branch.objects.of(city).select_related("shop", "zone")
    return rows.order_by("shop__sort_name", "name", "pk")
