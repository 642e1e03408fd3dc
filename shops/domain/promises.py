"""What the branches of a city can promise right now: the facts behind "collectable today".

Said once per branch and not per offer, so that filters over many offers ask the database only for
numbers and compare moments (design 7: filters read offers and the branches' facts). What they find
is what `availability` says of each offer; a test holds them together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db.models import F, Q

from shops.domain import calendar as calendars
from shops.domain import hours, restdays, windows
from shops.domain.calendar import Calendar
from shops.enums import Code
from shops.models import Branch

if TYPE_CHECKING:
    from shops.models.branch import BranchQuerySet


_WALL = Calendar()  # says what time it is in town


@dataclass(frozen=True, slots=True)
class Promise:
    """One branch at one instant; moments aware, None where there is none within a year."""

    is_open: bool
    #: Earliest collection of what is there.
    there_from: datetime | None
    #: Earliest collection of what the shop has to be asked for, after its answer.
    asked_from: datetime | None
    is_there_today: bool
    is_asked_today: bool

    def today_at(self, code: Code) -> time | None:
        """Earliest collection by the clock on the wall, if it is today."""
        moment = self.collect_from(code)
        return _WALL.local(moment).time() if moment and self.is_today(code) else None

    def collect_from(self, code: Code) -> datetime | None:
        """Earliest collection of an offer with that word."""
        if code == Code.GONE:
            return None
        return self.there_from if code == Code.THERE else self.asked_from

    def is_today(self, code: Code) -> bool:
        """Whether goods of which something is or may be there can be taken home today."""
        if code == Code.THERE:
            return self.is_there_today
        return code == Code.PROBABLY and self.is_asked_today


class Promises:
    """The branches of a city; each one's facts are computed when somebody asks, alike ones once."""

    def __init__(
        self,
        branches: Iterable[Branch],
        calendars_of: dict[int, Calendar],
        *,
        answer_minutes: int,
        now: datetime,
        ruled: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self.branches = {each.pk: each for each in branches if each.pk in calendars_of}
        self.calendars = calendars_of
        self.now = now
        #: Category id -> rule about the days of hand-over.
        self.ruled = ruled
        self._answer_minutes = answer_minutes
        self._known: dict[tuple[int, str], Promise] = {}
        self._alike: dict[tuple[Calendar, int], Promise] = {}

    def of(self, branch_id: int, rule: str = "") -> Promise | None:
        """None for a branch that is not among them (one that has just appeared, say)."""
        known = self._known.get(
            (branch_id, rule)
        )  # asked for each of many offers: no calendar is compared
        if known is not None:
            return known
        branch = self.branches.get(branch_id)
        if branch is None:
            return None
        key = (self.calendars[branch_id].under(rule), branch.ready_minutes)
        if key not in self._alike:
            self._alike[key] = self._compute(*key)
        self._known[branch_id, rule] = self._alike[key]
        return self._known[branch_id, rule]

    @property
    def has_today(self) -> bool:
        """Whether anything at all can be collected today."""
        return bool(self._those(lambda promise: promise.is_there_today or promise.is_asked_today))

    def open_branches(self) -> list[int]:
        return self._those(lambda promise: promise.is_open)

    def today(self) -> Q:
        """Offers of which a unit can be collected today, surely or after the shop has answered."""
        there = self._those(lambda promise: promise.is_there_today)
        asked = self._those(lambda promise: promise.is_asked_today)
        fits = self.there() & Q(branch__in=there) | self.probably() & Q(branch__in=asked)
        return fits & self._not_forbidden()

    def by(self, clock: time) -> Q:
        """Offers of which a unit can be collected today until that time."""
        there = self._those(lambda promise: (promise.today_at(Code.THERE) or time.max) <= clock)
        asked = self._those(lambda promise: (promise.today_at(Code.PROBABLY) or time.max) <= clock)
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

    def _those(self, fits: "Fits") -> list[int]:
        return [pk for pk in self.branches if (found := self.of(pk)) is not None and fits(found)]

    def _compute(self, calendar: Calendar, lead_minutes: int) -> Promise:
        now, free = self.now, calendar.under("")
        there = calendars.ready_from(calendar, now, lead_minutes)
        answer = calendars.add_opening_minutes(free, now, self._answer_minutes)
        asked = calendars.ready_from(calendar, answer, lead_minutes) if there and answer else there
        midnight = calendars.end_of_day(calendar, now)
        return Promise(
            is_open=calendars.is_open(free, now),
            there_from=there,
            asked_from=asked,
            is_there_today=there is not None and there < midnight,
            is_asked_today=asked is not None and asked < midnight,
        )


#: At least one unit that nobody has reserved.
FREE = Q(on_hand__gt=F("reserved") + F("buffer"))


def load(branches: "BranchQuerySet", *, answer_minutes: int, now: datetime) -> Promises:
    """In two queries however many branches there are."""
    loaded = list(branches.select_related("shop").order_by("pk"))
    return Promises(
        loaded,
        hours.of_branches(loaded),
        answer_minutes=answer_minutes,
        now=now,
        ruled=windows.ruled(),
    )


if TYPE_CHECKING:
    from collections.abc import Callable

    Fits = Callable[[Promise], bool]
