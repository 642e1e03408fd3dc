"""Filters of a list of goods: what is asked for, which offers fit, how many goods each leaves.

All conditions hold for one and the same offer: size 43 *and* collectable today is a pair of shoes,
not two. The same conditions exist twice, as SQL (`narrow`) for large lists and on loaded numbers
(`Fact`) for small ones, where each filter also tells how many goods it would leave.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from shops.domain.promises import FREE, Promises
from shops.enums import Code

if TYPE_CHECKING:
    from shops.models.offer import OfferQuerySet

#: Names of options offered as filters, and values of each; more would be a wall.
NAMES = 3
VALUES = 24
#: An option is worth a filter where at least one in so many goods has it.
ONE_IN = 5
_BETWEEN = " · "  # as `catalogue.label_of` joins


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of goods is asked for. Words and category choose, the rest filters."""

    text: str = ""
    category: str = ""
    page: int = 1
    today: bool = False
    open: bool = False
    sure: bool = False
    #: Collectable today until that time.
    by: time | None = None
    quarter: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    #: (name, value) pairs; values of one name are alternatives.
    options: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @property
    def filters(self) -> int:
        """How many filters are set."""
        ticks = [self.today, self.open, self.sure, bool(self.quarter)]
        few = bool(self.least or self.most) + (self.by is not None)
        return sum(ticks) + few + len(self.options)

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for goods of one kind, so that their sizes can be compared."""
        return bool(self.text or self.category)

    @property
    def by_name(self) -> dict[str, set[str]]:
        """Chosen values of each option."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, value in self.options:
            found[name].add(value)
        return found


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing to tick: `?param=value`."""

    param: str
    value: str
    label: str
    is_chosen: bool
    #: Goods it leaves together with the other filters; None where the list is too long to count.
    count: int | None


@dataclass(frozen=True, slots=True)
class Option:
    """Values of one option: sizes, colours."""

    name: str
    ticks: list[Tick]


@dataclass(frozen=True, slots=True)
class Facets:
    """All filters of a page."""

    today: Tick
    #: "By 16:00", for the full hours of the rest of the day.
    by: list[Tick]
    open: Tick
    sure: Tick
    quarters: list[Tick]
    #: "The whole town" among the quarters.
    anywhere: Tick
    options: list[Option]

    @property
    def chosen_options(self) -> list[Tick]:
        return [tick for option in self.options for tick in option.ticks if tick.is_chosen]


@dataclass(frozen=True, slots=True)
class Fact:
    """One offer, as far as filters and order look at it."""

    product_id: int
    price: Decimal
    code: Code
    collect_from: datetime | None
    #: The same by the clock on the wall, where it is today.
    today_at: time | None
    is_open: bool
    quarter: str
    options: frozenset[tuple[str, str]]


def facts(offers: "OfferQuerySet", promises: Promises) -> list[Fact]:
    """The offers' numbers in one query, with the words `availability` has for them."""
    found = []
    for row in offers.order_by().values_list(
        "variant__product_id",
        "branch_id",
        "price",
        "on_hand",
        "reserved",
        "buffer",
        "sure_until",
        "likely_until",
        "variant__options",
        *(("variant__product__category",) if promises.ruled else ()),
    ):
        product_id, branch_id, price, on_hand, reserved, buffer, sure, likely, options = row[:9]
        promise = promises.of(branch_id, promises.ruled.get(row[-1], "") if promises.ruled else "")
        if promise is None:  # RACE: a branch may appear while a page is read
            continue
        code = _code(on_hand, reserved + buffer, sure, likely, promises.now)
        found.append(
            Fact(
                product_id=product_id,
                price=price,
                code=code,
                collect_from=promise.collect_from(code),
                today_at=promise.today_at(code),
                is_open=promise.is_open and code != Code.GONE,
                quarter=promises.terms[branch_id].quarter,
                options=frozenset((name, value) for name, value in options),
            )
        )
    return found


def narrow(offers: "OfferQuerySet", wanted: Wanted, promises: Promises) -> "OfferQuerySet":
    """Those that fit every filter."""
    return offers.filter(condition(wanted, promises))


def condition(wanted: Wanted, promises: Promises) -> Q:
    """What an offer must fulfil to fit every filter."""
    fits = Q()
    if wanted.today:
        fits &= promises.today()
    if wanted.by is not None:
        fits &= promises.by(wanted.by)
    if wanted.open:
        fits &= Q(branch__in=promises.open_branches()) & (FREE | Q(on_hand=None))
    if wanted.sure:
        fits &= promises.there()
    if wanted.quarter:
        fits &= Q(branch__quarter=wanted.quarter)
    if wanted.least is not None:
        fits &= Q(price__gte=wanted.least)
    if wanted.most is not None:
        fits &= Q(price__lte=wanted.most)
    for name, values in wanted.by_name.items():
        one = Q()
        for value in values:
            one |= _holds(f"{name}: {value}" if name else value)
        fits &= one
    return fits


def fitting(found: Iterable[Fact], wanted: Wanted, *, but: str = "") -> list[Fact]:
    """Those that fit every filter; `but` leaves one out: "today", "quarter", "option:Größe" …"""
    tests: list[Callable[[Fact], bool]] = []
    if wanted.today and but != "today":
        tests.append(lambda fact: fact.today_at is not None)
    if (latest := wanted.by) is not None and but != "by":
        tests.append(lambda fact: fact.today_at is not None and fact.today_at <= latest)
    if wanted.open and but != "open":
        tests.append(lambda fact: fact.is_open)
    if wanted.sure and but != "sure":
        tests.append(lambda fact: fact.code == Code.THERE)
    if wanted.quarter and but != "quarter":
        tests.append(lambda fact: fact.quarter == wanted.quarter)
    if (least := wanted.least) is not None:
        tests.append(lambda fact: fact.price >= least)
    if (most := wanted.most) is not None:
        tests.append(lambda fact: fact.price <= most)
    for name, values in wanted.by_name.items():
        if but != f"option:{name}":
            tests.append(_has_one_of({(name, value) for value in values}))
    return [fact for fact in found if all(test(fact) for test in tests)]


def count(
    found: Sequence[Fact], wanted: Wanted, quarters: Sequence[str], clocks: Sequence[time]
) -> Facets:
    """Every filter with the number of goods it would leave."""
    without = {name: fitting(found, wanted, but=name) for name in ("today", "by", "open", "sure")}
    places = fitting(found, wanted, but="quarter")
    return Facets(
        today=_tick("heute", wanted.today, goods(f for f in without["today"] if f.today_at)),
        by=[
            _clock(
                clock, wanted, goods(f for f in without["by"] if f.today_at and f.today_at <= clock)
            )
            for clock in clocks
        ],
        open=_tick("offen", wanted.open, goods(f for f in without["open"] if f.is_open)),
        sure=_tick(
            "sicher", wanted.sure, goods(f for f in without["sure"] if f.code == Code.THERE)
        ),
        quarters=[
            Tick(
                param="wo",
                value=name,
                label=name,
                is_chosen=name == wanted.quarter,
                count=goods(fact for fact in places if fact.quarter == name),
            )
            for name in quarters
        ],
        anywhere=Tick("wo", "", "", not wanted.quarter, goods(places)),
        options=_options(found, wanted),
    )


def uncounted(wanted: Wanted, quarters: Sequence[str], clocks: Sequence[time]) -> Facets:
    """The same filters for a list too long to count."""
    return Facets(
        today=_tick("heute", wanted.today, None),
        by=[_clock(clock, wanted, None) for clock in clocks],
        open=_tick("offen", wanted.open, None),
        sure=_tick("sicher", wanted.sure, None),
        quarters=[Tick("wo", name, name, name == wanted.quarter, None) for name in quarters],
        anywhere=Tick("wo", "", "", not wanted.quarter, None),
        options=[
            Option(name, [_value(name, each, wanted, None) for each in sorted(values)])
            for name, values in sorted(wanted.by_name.items())
        ],
    )


def _clock(clock: time, wanted: Wanted, count: int | None) -> Tick:
    return Tick("um", f"{clock:%H:%M}", f"{clock:%H:%M}", clock == wanted.by, count)


def goods(found: Iterable[Fact]) -> int:
    """How many products these offers are of."""
    return len({fact.product_id for fact in found})


def _options(found: Sequence[Fact], wanted: Wanted) -> list[Option]:
    """The options most goods have, each with its values; what is chosen is always among them."""
    chosen = wanted.by_name
    seen: dict[str, set[str]] = defaultdict(set)
    spread: dict[str, set[int]] = defaultdict(set)
    for fact in found:
        for name, value in fact.options:
            seen[name].add(value)
            spread[name].add(fact.product_id)
    for name, values in chosen.items():
        seen[name] |= values
    enough = goods(found) / ONE_IN
    telling = [
        name
        for name, values in seen.items()
        if name in chosen
        or (wanted.is_narrow and name and len(values) > 1 and len(spread[name]) >= enough)
    ]
    telling.sort(key=lambda name: (name not in chosen, -len(spread[name]), name))
    return [
        Option(
            name, _values(name, seen[name], fitting(found, wanted, but=f"option:{name}"), wanted)
        )
        for name in telling[:NAMES]
    ]


def _values(name: str, values: set[str], fits: Sequence[Fact], wanted: Wanted) -> list[Tick]:
    having: dict[str, set[int]] = defaultdict(set)
    for fact in fits:
        for pair in fact.options:
            if pair[0] == name:
                having[pair[1]].add(fact.product_id)
    ticks = [_value(name, each, wanted, len(having[each])) for each in sorted(values, key=_natural)]
    return (
        [tick for tick in ticks if tick.is_chosen]
        + [tick for tick in ticks if not tick.is_chosen][:VALUES]
        if len(ticks) > VALUES
        else ticks
    )


def _value(name: str, value: str, wanted: Wanted, left: int | None) -> Tick:
    return Tick("wahl", f"{name}:{value}", value, (name, value) in wanted.options, left)


def _tick(param: str, is_chosen: bool, left: int | None) -> Tick:
    return Tick(param, "1", "", is_chosen, left)


def _natural(text: str) -> tuple[tuple[int, float, str], ...]:
    """42 before 42,5 before 100, and S, M, L as they come."""
    parts = re.findall(r"[0-9]{1,9}(?:[.,][0-9]{1,4})?|[^0-9]+", text)
    return tuple(
        (0, float(part.replace(",", ".")), "") if part[0].isdigit() else (1, 0.0, part.lower())
        for part in parts
    )


def _has_one_of(pairs: set[tuple[str, str]]) -> Callable[[Fact], bool]:
    return lambda fact: not pairs.isdisjoint(fact.options)


def _holds(pair: str) -> Q:
    """Whether a variant's label names this option: whole, between its separators."""
    field_name = "variant__label"
    return (
        Q(**{field_name: pair})
        | Q(**{f"{field_name}__startswith": pair + _BETWEEN})
        | Q(**{f"{field_name}__endswith": _BETWEEN + pair})
        | Q(**{f"{field_name}__contains": _BETWEEN + pair + _BETWEEN})
    )


def _code(
    on_hand: int | None, taken: int, sure: datetime | None, likely: datetime | None, now: datetime
) -> Code:
    """The word for one unit, as `availability` says it."""
    if on_hand is None:
        return Code.ASK
    if on_hand - taken < 1:
        return Code.GONE
    if sure and now < sure:
        return Code.THERE
    return Code.PROBABLY if likely and now < likely else Code.ASK
