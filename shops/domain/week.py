"""What a shop and its city say about a branch's time: plain facts, resolved by `calendar`. Pure."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from shops.enums import Trade


class Why(StrEnum):
    """What decided about a day."""

    WEEK = "week"
    SEASON = "season"
    SPECIAL = "special"
    CLOSURE = "closure"
    HOLIDAY = "holiday"
    SUNDAY = "sunday"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Weekly:
    """Each `weekday` (0 = Monday). `closes <= opens`: past midnight; equal: for 24 hours."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closed:
    """Closed on all days from `first` to `last`, both included."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Special:
    """Hours of one day; they replace its ordinary ones."""

    day: date
    spans: tuple[tuple[time, time], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Season:
    """A week of its own from (month, day) to (month, day), both included; may run over New Year."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    weekly: tuple[Weekly, ...] = ()
    pickup: tuple[Weekly, ...] = ()

    def holds_on(self, day: date) -> bool:
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True)
class Calendar:
    """All facts about one branch's time. A pause stops preparing, never the hours for hand-over."""

    weekly: tuple[Weekly, ...] = ()
    closures: tuple[Closed, ...] = ()
    paused_until: datetime | None = None
    zone: str = "Europe/Berlin"
    #: Weekly hours of the hand-over, where they are not the shop's own.
    pickup: tuple[Weekly, ...] = ()
    seasons: tuple[Season, ...] = ()
    specials: tuple[Special, ...] = ()
    #: Permitted Sundays the branch takes part in.
    sundays: tuple[Special, ...] = ()
    #: Land for holidays; "" knows no law at all.
    land: str = ""
    trade: str = Trade.FREE
    #: What is asked for from this time of the day on is prepared the next day.
    cutoff: time | None = None
    #: Only days on which goods under that rule may be handed over.
    rule: str = ""
    #: Hours in words, where there are no others.
    text: str = ""

    def __hash__(self) -> int:
        return self._hash  # once: caches ask for it again and again

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, field.name) for field in fields(self)))

    def local(self, at: datetime) -> datetime:
        """What calendar and clock on the branch's wall show at that instant."""
        return at.astimezone(ZoneInfo(self.zone))

    @cached_property
    def by_weekday(self) -> tuple[tuple[Weekly, ...], ...]:
        """The openings of Mondays, of Tuesdays, ..., each in order."""
        return by_weekday(self.weekly)

    @cached_property
    def by_day(self) -> dict[date, tuple[Why, Special]]:
        """Days that somebody has spoken about one by one."""
        said = {each.day: (Why.SPECIAL, each) for each in self.specials}
        return said | {each.day: (Why.SUNDAY, each) for each in self.sundays}

    @cached_property
    def collecting(self) -> "Calendar":
        """The hours in which reserved goods are handed over."""
        if not self.pickup and not any(season.pickup for season in self.seasons):
            return self
        seasons = tuple(
            replace(each, weekly=each.pickup or each.weekly, pickup=()) for each in self.seasons
        )
        return replace(self, weekly=self.pickup or self.weekly, pickup=(), seasons=seasons)

    def under(self, rule: str) -> "Calendar":
        """The same hours on days that the rule allows; "" takes the rule off."""
        return self if rule == self.rule else replace(self, rule=rule)


@lru_cache(maxsize=1024)  # pure; the shops of a town share their weeks
def by_weekday(weekly: tuple[Weekly, ...]) -> tuple[tuple[Weekly, ...], ...]:
    """The rows of Mondays, of Tuesdays, ..., each in order."""
    rows = sorted(weekly, key=lambda row: row.opens)
    return tuple(tuple(row for row in rows if row.weekday == day) for day in range(7))
