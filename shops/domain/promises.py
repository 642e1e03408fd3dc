"""What the branches of a city can promise right now: the facts behind "collectable today".

Said once per branch and not per offer, so that filters over many offers ask the database only for
numbers and compare moments (design 7: filters read offers and the branches' facts). What they find
is what `availability` says of each offer; a test holds them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db.models import F, Q

from shops.domain import calendar as calendars
from shops.domain import hours, restdays, windows
from shops.domain.calendar import Calendar
from shops.enums import Code
from shops.models import Branch
from shops.models.branch import ready_minutes

if TYPE_CHECKING:
    from shops.models.branch import BranchQuerySet


_WALL = Calendar()  # says what time it is in town


class Terms(NamedTuple):
    """What a promise needs of a branch; lists of many offers load no more."""

    calendar: Calendar
    ready_minutes: int
    quarter: str

    @classmethod
    def of(cls, branch: Branch) -> Self:
        """Of a loaded branch. No query."""
        return cls(hours.calendar(branch), branch.ready_minutes, branch.quarter)


@dataclass(frozen=True, slots=True)
class Promise:
    """One branch in one minute; moments aware, None where there is none within a year."""

    is_open: bool
    #: Earliest collection of what is there.
    there_from: datetime | None
    #: Earliest collection of what the shop has to be asked for, after its answer.
    asked_from: datetime | None
    #: The same by the clock on the wall, where it is today.
    there_at: time | None
    asked_at: time | None

    def today_at(self, code: Code) -> time | None:
        """Earliest collection by the clock on the wall, if goods of which something is or may be
        there can be taken home today."""
        if code == Code.THERE:
            return self.there_at
        return self.asked_at if code == Code.PROBABLY else None

    def collect_from(self, code: Code) -> datetime | None:
        """Earliest collection of an offer with that word."""
        if code == Code.GONE:
            return None
        return self.there_from if code == Code.THERE else self.asked_from


class Promises:
    """The branches of a city; each one's facts are computed when somebody asks, alike ones once."""

    def __init__(
        self,
        terms: Mapping[int, Terms],
        *,
        answer_minutes: int,
        now: datetime,
        ruled: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        #: By the branch's id.
        self.terms = terms
        self.now = now
        #: Category id -> rule about the days of hand-over.
        self.ruled = ruled
        self._answer_minutes = answer_minutes
        self._minute = calendars.minute(now)
        self._known: dict[tuple[int, str], Promise] = {}

    def of(self, branch_id: int, rule: str = "") -> Promise | None:
        """None for a branch that is not among them (one that has just appeared, say)."""
        known = self._known.get((branch_id, rule))  # asked for each of many offers
        if known is not None:
            return known
        terms = self.terms.get(branch_id)
        if terms is None:
            return None
        found = _promise(
            terms.calendar.under(rule), terms.ready_minutes, self._answer_minutes, self._minute
        )
        self._known[branch_id, rule] = found
        return found

    @property
    def has_today(self) -> bool:
        """Whether anything at all can be collected today."""
        return any(
            each.there_at is not None or each.asked_at is not None for each in self._all().values()
        )

    def open_branches(self) -> list[int]:
        return [pk for pk, each in self._all().items() if each.is_open]

    def today(self) -> Q:
        """Offers of which a unit can be collected today, surely or after the shop has answered."""
        return self.by(time.max)

    def by(self, clock: time) -> Q:
        """Offers of which a unit can be collected today until that time."""
        those = self._all().items()
        there = [pk for pk, each in those if each.there_at is not None and each.there_at <= clock]
        asked = [pk for pk, each in those if each.asked_at is not None and each.asked_at <= clock]
        fits = self.there() & Q(branch__in=there) | self.probably() & Q(branch__in=asked)
        return fits & self._not_forbidden()

    def _not_forbidden(self) -> Q:
        """LAW: some goods may not be handed over today (E3)."""
        today = _WALL.local(self.now).date()
        ids = [pk for pk, rule in self.ruled.items() if not restdays.may_hand_over(rule, today)]
        return ~Q(variant__product__category__in=ids) if ids else Q()

    def there(self) -> Q:
        """Offers that are surely there."""
        return FREE & Q(sure_until__gt=self.now)

    def probably(self) -> Q:
        return FREE & Q(likely_until__gt=self.now) & ~Q(sure_until__gt=self.now)

    def ask(self) -> Q:
        """Offers nobody has counted, or not for long."""
        is_likely = Q(likely_until__gt=self.now) | Q(sure_until__gt=self.now)
        return Q(on_hand=None) | FREE & ~is_likely

    def _all(self) -> dict[int, Promise]:
        return {pk: found for pk in self.terms if (found := self.of(pk)) is not None}


@lru_cache(maxsize=16384)  # pure; within a minute all pages of a town are promised the same
def _promise(
    calendar: Calendar, ready_minutes: int, answer_minutes: int, minute: datetime
) -> Promise:
    free = calendar.under("")
    there = calendars.ready_from(calendar, minute, ready_minutes)
    answer = calendars.add_opening_minutes(free, minute, answer_minutes)
    asked = calendars.ready_from(calendar, answer, ready_minutes) if there and answer else there
    midnight = calendars.end_of_day(calendar, minute)
    return Promise(
        is_open=calendars.is_open(free, minute),
        there_from=there,
        asked_from=asked,
        there_at=calendar.local(there).time() if there and there < midnight else None,
        asked_at=calendar.local(asked).time() if asked and asked < midnight else None,
    )


#: At least one unit that nobody has reserved.
FREE = Q(on_hand__gt=F("reserved") + F("buffer"))


def load(branches: "BranchQuerySet", *, answer_minutes: int, now: datetime) -> Promises:
    """In two queries however many branches there are, and without making objects of them."""
    rows = branches.order_by("pk").values_list(
        "pk", *hours.FIELDS, "lead_minutes", "preparing", "parallel", "quarter"
    )
    terms = {
        pk: Terms(hours.read(text, pause), ready_minutes(lead, preparing, parallel), quarter)
        for pk, text, pause, lead, preparing, parallel, quarter in rows
    }
    return Promises(terms, answer_minutes=answer_minutes, now=now, ruled=windows.ruled())
