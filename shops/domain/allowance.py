"""How many Sundays of a year are permitted, and how many the law allows. Pure.

LAW: NLöffVZG § 5 (law F2), counted in different Sundays: six in the town, four in a part of it,
eight where people come for excursions. A Sunday of the whole town counts in every part of it; one
of excursion places only counts there and nowhere else.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shops.models import SundayOpening, Zone

IN_TOWN, IN_ZONE, IN_EXCURSION = 6, 4, 8


class Scope(StrEnum):
    """What is counted."""

    TOWN = "TOWN"  # Sundays on which any ordinary part of the town opens
    EVERYWHERE = "EVERYWHERE"  # Sundays of the whole town: every part has them
    ZONE = "ZONE"  # Sundays of one part, those of the whole town among them


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many of so many."""

    scope: Scope
    used: int
    limit: int
    zone: Zone | None = None

    @property
    def is_over(self) -> bool:
        return self.used > self.limit


def of_year(permitted: Iterable[SundayOpening], zones: Iterable[Zone]) -> list[Allowance]:
    """The allowances of one year's permitted openings: the town's first, then each zone's."""
    zones = list(zones)
    days: dict[int | None, set[date]] = defaultdict(set)
    for row in permitted:
        days[row.zone_id].add(row.date)
    everywhere = days[None]
    ordinary = everywhere.union(*(days[zone.pk] for zone in zones if not zone.is_excursion))
    return [
        Allowance(Scope.TOWN, len(ordinary), IN_TOWN),
        Allowance(Scope.EVERYWHERE, len(everywhere), IN_ZONE),
        *(
            Allowance(
                Scope.ZONE,
                len(everywhere | days[zone.pk]),
                IN_EXCURSION if zone.is_excursion else IN_ZONE,
                zone,
            )
            for zone in zones
        ),
    ]
