"""A shop's home: what must happen now, what is worth counting, how the last days went.

Constantly many queries, however many branches, reservations and goods there are. Writes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from marketplace.core.models import Picture
from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain import money, queries
from marketplace.reservations.domain.complaints import queries as complaints
from marketplace.reservations.domain.queries.withdrawals import Waiting
from marketplace.reservations.enums import OPEN, ComplaintState, LineState
from marketplace.reservations.models import Complaint, Line
from marketplace.reservations.models.reservation import ReservationQuerySet
from marketplace.retail.domain import cards, days, withdrawals
from marketplace.retail.domain.cards import Card, Duty
from marketplace.retail.domain.days import Chart
from shops import access as shop_access
from shops.domain import calendar, confirming, dayband, hours, opening
from shops.domain.calendar import Calendar, Interval
from shops.domain.dayband import Band
from shops.domain.opening import Opening
from shops.models import Branch, Offer

#: So many goods are worth a count at a time: as many as one does in passing.
WORTH = 4
#: How far back reservations say that goods are wanted.
WANTED = timedelta(days=28)
#: Hours of the day at which one wishes a good day, a good evening.
NOON, EVENING = 11, 18


@dataclass(frozen=True, slots=True)
class Heap:
    """Reservations that ask for the same, the most urgent first."""

    cards: list[Card] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.cards)

    @property
    def titles(self) -> list[str]:
        """What it is about, each thing once."""
        return list(dict.fromkeys(g.line.title for card in self.cards for g in card.goods))

    @property
    def paid(self) -> int:
        """How many of them are paid online."""
        return sum(bool(card.paid) for card in self.cards)

    @property
    def first(self) -> Card:
        return self.cards[0]


@dataclass(frozen=True, slots=True)
class Morning:
    """One branch: its day, and what must happen now."""

    branch: Branch
    opening: Opening
    today: Sequence[Interval]
    band: Band | None
    answer: Heap
    find: Heap
    ready: Heap
    put_back: Heap
    #: Set aside, and the money is being taken.
    waiting: Heap
    #: Paid long ago and not collected (law A13).
    unclaimed: Heap
    #: Complaints that wait for an answer, or are open for long (law A15); the oldest first.
    complaints: list[Complaint]
    #: Titles of offers with fewer there than reserved.
    short: list[str]
    #: Offers nobody counted.
    unknown: int
    #: Somebody of the shop has to say again that the hours are right.
    asks_hours: bool

    @property
    def is_open(self) -> bool:
        return self.opening.door in opening.OPEN

    @property
    def is_idle(self) -> bool:
        return not self.leads

    @property
    def complained(self) -> list[str]:
        """What the complaints are about, each thing once."""
        return list(dict.fromkeys(each.line.title for each in self.complaints))

    @property
    def leads(self) -> str:
        """What comes first, and gets the one filled button."""
        order = ("answer", "find", "short", "complaints", "unclaimed", "put_back")
        return next((name for name in order if len(getattr(self, name))), "")


@dataclass(frozen=True, slots=True)
class Worth:
    """An offer worth a count, and why."""

    offer: Offer
    picture: Picture | None
    #: Reserved so often within four weeks.
    wanted: int

    @property
    def is_short(self) -> bool:
        return self.offer.on_hand is not None and self.offer.reserved > self.offer.on_hand


@dataclass(frozen=True, slots=True)
class Home:
    """The whole page."""

    #: "morning", "day" or "evening".
    greeting: str
    mornings: list[Morning]
    worth: list[Worth]
    chart: Chart
    #: Withdrawals somebody has to answer, at any of these branches.
    withdrawals: Waiting


def home(*, branches: Sequence[Branch], now: datetime, counted: Iterable[int] = ()) -> Home:
    """Everything a shop's home shows. `counted` are the offers of a count that was refused."""
    mine = reservation_access.branch_reservations(branches)
    calendars = hours.of_branches(branches)
    heaps = _heaps(mine, now)
    waiting = _complaints(branches, now)
    short, unknown = _goods(branches)
    return Home(
        greeting=_greeting(timezone.localtime(now).hour),
        mornings=[
            _morning(
                each,
                calendars[each.pk],
                heaps,
                waiting[each.pk],
                short[each.pk],
                unknown[each.pk],
                now,
            )
            for each in branches
        ],
        worth=_worth(branches, set(counted), now),
        chart=days.chart(mine, calendars.values(), now),
        withdrawals=withdrawals.waiting(branches, now=now),
    )


def _greeting(hour: int) -> str:
    return "morning" if hour < NOON else "day" if hour < EVENING else "evening"


def _morning(
    branch: Branch,
    opens: Calendar,
    heaps: dict[tuple[int, Duty], Heap],
    waiting: list[Complaint],
    short: list[str],
    unknown: int,
    now: datetime,
) -> Morning:
    day = opens.local(now).date()
    today = calendar.intervals(opens, day)

    def of(duty: Duty) -> Heap:
        return heaps.get((branch.pk, duty), Heap())

    return Morning(
        branch=branch,
        opening=opening.line(opens, now),
        today=today,
        band=dayband.band(opens, now, collect_from=today[0].opens if today else None),
        answer=of(Duty.ANSWER),
        find=of(Duty.FIND),
        ready=of(Duty.HAND_OVER),
        put_back=of(Duty.PUT_BACK),
        waiting=of(Duty.WAIT),
        unclaimed=Heap([card for card in of(Duty.HAND_OVER).cards if card.is_unclaimed]),
        complaints=waiting,
        short=short,
        unknown=unknown,
        asks_hours=opening.is_known(opens) and confirming.due(branch, now),
    )


def _heaps(mine: ReservationQuerySet, now: datetime) -> dict[tuple[int, Duty], Heap]:
    """What is open and what waits to go back, by branch and duty."""
    waiting = Q(state__in=OPEN) | Q(lines__state=LineState.PUT_BACK)
    rows = list(queries.with_lines(mine.filter(waiting).distinct()))
    paid = money.of(rows)
    found: dict[tuple[int, Duty], Heap] = defaultdict(Heap)
    made = [cards.card_of(row, {}, now, paid=paid) for row in rows]
    for card in sorted(made, key=lambda card: (card.due or now, card.reservation.pk)):
        found[card.reservation.branch_id, card.duty].cards.append(card)
    return dict(found)


def _complaints(branches: Sequence[Branch], now: datetime) -> dict[int, list[Complaint]]:
    """Per branch those that nobody has answered, and cures that take long."""
    mine = reservation_access.shop_complaints({branch.shop for branch in branches})
    found: dict[int, list[Complaint]] = defaultdict(list)
    for each in complaints.waiting(mine):
        if each.state == ComplaintState.REPORTED or complaints.is_overdue(each, now=now):
            found[each.reservation.branch_id].append(each)
    return found


def _goods(branches: Sequence[Branch]) -> tuple[dict[int, list[str]], dict[int, int]]:
    """Per branch the titles of short offers, and how many offers nobody counted."""
    short: dict[int, list[str]] = defaultdict(list)
    unknown: dict[int, int] = defaultdict(int)
    rows = (
        shop_access.branch_offers(branches)
        .filter(Q(reserved__gt=F("on_hand")) | Q(on_hand__isnull=True))
        .order_by("variant__product__sort_title", "pk")
        .values_list("branch_id", "on_hand", "variant__product__title")
    )
    for branch_id, on_hand, title in rows:
        if on_hand is None:
            unknown[branch_id] += 1
        else:
            short[branch_id].append(title)
    return short, unknown


def _worth(branches: Sequence[Branch], only: set[int], now: datetime) -> list[Worth]:
    """Offers whose number is in doubt and that somebody wants; the most urgent first."""
    lines = Line.objects.filter(offer=OuterRef("pk"), reservation__placed_at__gte=now - WANTED)
    number = lines.order_by().values("offer").annotate(number=Count("pk")).values("number")
    offers = shop_access.branch_offers(branches).annotate(
        wanted=Coalesce(Subquery(number), Value(0)), missing=F("reserved") - F("on_hand")
    )
    stale = Q(on_hand__isnull=True) | Q(sure_until__isnull=True) | Q(sure_until__lte=now)
    doubtful = Q(missing__gt=0) | Q(unsure_since__isnull=False) | (stale & Q(wanted__gt=0))
    rows = list(
        offers.filter(Q(pk__in=only) if only else doubtful)
        .select_related("branch", "variant__product")
        .order_by(
            F("missing").desc(nulls_last=True),
            F("unsure_since").asc(nulls_last=True),
            "-wanted",
            "pk",
        )[:WORTH]
    )
    pictures = cards.pictures_of_variants({row.variant_id: row.variant.product_id for row in rows})
    return [Worth(row, pictures.get(row.variant_id), row.wanted) for row in rows]
