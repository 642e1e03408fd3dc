"""What pages and mails read, each with a constant number of queries. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q

from marketplace.core import links
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import codes, money, payable, sentences, steps, times
from marketplace.reservations.domain.money import Money
from marketplace.reservations.domain.steps import Step
from marketplace.reservations.enums import HOLDING, Choice, EndReason, LineState, Mode, State
from marketplace.reservations.models import Basket, BasketLine, Checkout, Line, Reservation
from shops import access as shop_access
from shops.domain import availability, calendar, hours, slots
from shops.domain.availability import Availability
from shops.domain.calendar import Calendar
from shops.domain.slots import Window
from shops.models import Branch, Offer

if TYPE_CHECKING:
    from marketplace.reservations.models.reservation import ReservationQuerySet


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A line of the basket as the page shows it."""

    line: BasketLine
    offer: Offer
    availability: Availability
    #: False when it cannot be placed as it stands.
    possible: bool

    @property
    def total(self) -> Decimal:
        return self.offer.price * self.line.quantity


@dataclass(frozen=True, slots=True)
class BasketGroup:
    """What will be one reservation."""

    branch: Branch
    rows: list[BasketRow]
    #: Windows to choose from, where the branch hands over by windows.
    windows: list[Window] = field(default_factory=list)
    #: All of it is there from here on; None where that is not known.
    collect_from: datetime | None = None
    #: The shop can be paid online.
    can_pay: bool = False

    @property
    def needs_window(self) -> bool:
        return bool(self.branch.slot_minutes)

    @property
    def possible(self) -> bool:
        return all(row.possible for row in self.rows)

    @property
    def total(self) -> Decimal:
        return sum((row.total for row in self.rows), Decimal(0))


@dataclass(frozen=True, slots=True)
class BasketView:
    """The basket with everything its pages say."""

    groups: list[BasketGroup] = field(default_factory=list)
    seen: str = ""

    @property
    def rows(self) -> list[BasketRow]:
        return [row for group in self.groups for row in group.rows]

    @property
    def total(self) -> Decimal:
        return sum((row.total for row in self.rows), Decimal(0))

    @property
    def possible(self) -> bool:
        return bool(self.groups) and all(group.possible for group in self.groups)

    @property
    def can_pay(self) -> bool:
        return any(group.can_pay for group in self.groups)


def basket_lines(basket: Basket) -> list[BasketLine]:
    """Lines whose offers can still be seen, branch by branch."""
    lines = BasketLine.objects.filter(basket=basket).select_related(
        "offer__branch__shop__city", "offer__variant__product__category"
    )
    listed = list(lines.order_by("offer__branch__shop__sort_name", "offer__branch_id", "pk"))
    # Asked of these few offers: as one query it would walk through the whole catalogue.
    few = [line.offer_id for line in listed]
    seen = set(
        shop_access.public_offers(basket.city).filter(pk__in=few).values_list("pk", flat=True)
    )
    return [line for line in listed if line.offer_id in seen]


def seen_token(lines: Iterable[BasketLine], mode: Mode = Mode.RESERVE) -> str:
    """A keyed digest of what the shopper sees before reserving or paying: goods, quantities,
    prices. What was seen before reserving says nothing about paying."""
    rows = sorted(f"{line.offer_id} x {line.quantity} @ {line.offer.price}" for line in lines)
    return links.sign("seen", mode, sha256("\n".join(rows).encode()).hexdigest())


def basket_view(
    basket: Basket | None, *, now: datetime, pay_branch: int | None = None
) -> BasketView:
    """The basket as its page and the checkout show it. With `pay_branch` only what is from there
    and can be paid online; nothing where that shop takes no payments."""
    if basket is None:
        return BasketView()
    lines = basket_lines(basket)
    if pay_branch is not None:
        lines = [line for line in lines if line.offer.branch_id == pay_branch]
        lines = [line for line in lines if payable.open_at(line.offer.branch.shop)]
    groups = [
        _group(list(group), basket.city.answer_minutes, now)
        for _branch, group in groupby(lines, lambda line: line.offer.branch_id)
    ]
    mode = Mode.RESERVE if pay_branch is None else Mode.PAY
    return BasketView(groups=groups, seen=seen_token(lines, mode))


def _group(lines: list[BasketLine], answer_minutes: int, now: datetime) -> BasketGroup:
    branch = lines[0].offer.branch
    opening = times.calendar_for(branch, (line.offer for line in lines))
    rows = [_row(line, answer_minutes, now) for line in lines]
    moments = [row.availability.collect_from for row in rows]
    known = [moment for moment in moments if moment is not None]
    ready = max(known) if known and len(known) == len(moments) else None
    return BasketGroup(
        branch=branch,
        rows=rows,
        windows=slots.windows(branch=branch, calendar=opening, ready=ready, now=now),
        collect_from=ready,
        can_pay=payable.open_at(branch.shop),
    )


def _row(line: BasketLine, answer_minutes: int, now: datetime) -> BasketRow:
    found = availability.of(
        line.offer,
        calendar=hours.calendar(line.offer.branch),
        answer_minutes=answer_minutes,
        now=now,
        quantity=line.quantity,
    )
    return BasketRow(line, line.offer, found, found.permits(line.quantity))


# A checkout and its reservations -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placed:
    """A reservation as its shopper sees it."""

    reservation: Reservation
    calendar: Calendar
    lines: list[Line]
    #: Lines the shop did not find and the shopper has not decided about.
    to_decide: list[Line]
    #: line id -> offers elsewhere that have the missing units.
    elsewhere: dict[int, list[Offer]]
    #: Where its money is; None where it is not paid online.
    money: Money | None = None

    @property
    def money_sentence(self) -> str:
        return sentences.of_money(self.reservation, self.money)

    @property
    def is_given_up(self) -> bool:
        """Not wanted any more, and its payment is being closed."""
        return self.reservation.reason == EndReason.SHOPPER

    @property
    def is_unpaid(self) -> bool:
        """Somebody still has to pay, or wanted to, and the goods are held meanwhile."""
        return self.reservation.state == State.PENDING and not self.is_given_up

    @property
    def is_under_way(self) -> bool:
        """The shopper has paid and the bank has not said so yet."""
        return self.money is not None and self.money.state == PaymentState.PROCESSING

    @property
    def steps(self) -> list[Step]:
        return steps.of(self.reservation)


def placed(checkout: Checkout, *, now: datetime) -> list[Placed]:
    """All reservations of a checkout with lines, hours and, for missing goods, other branches."""
    rows = with_lines(Reservation.objects.filter(checkout=checkout)).order_by("pk")
    reservations = list(rows)
    calendars = hours.calendars(reservation.branch_id for reservation in reservations)
    missing = [
        line
        for reservation in reservations
        for line in reservation.lines.all()
        if line.missing or reservation.state == State.DECLINED
    ]
    others = elsewhere(missing, checkout=checkout)
    paid = money.of(reservations)
    return [
        Placed(
            reservation=reservation,
            calendar=calendars[reservation.branch_id],
            lines=list(reservation.lines.all()),
            to_decide=[line for line in reservation.lines.all() if line.choice == Choice.OPEN],
            elsewhere={line.pk: others.get(line.pk, []) for line in reservation.lines.all()},
            money=paid.get(reservation.pk),
        )
        for reservation in reservations
    ]


def elsewhere(lines: Sequence[Line], *, checkout: Checkout) -> dict[int, list[Offer]]:
    """Per line, live offers of the same variant at other branches with enough free units."""
    if not lines:
        return {}
    variants = {line.offer.variant_id for line in lines}
    offers = list(
        shop_access.public_offers(checkout.city)
        .filter(variant_id__in=variants, on_hand__isnull=False)
        .select_related("branch__shop", "variant__product__category")
        .order_by("branch__shop__sort_name", "pk")
    )
    return {
        line.pk: [
            offer
            for offer in offers
            if offer.variant_id == line.offer.variant_id
            and offer.pk != line.offer_id
            and (offer.free or 0) >= (line.missing or line.quantity)
        ]
        for line in lines
    }


def with_lines(reservations: "ReservationQuerySet") -> "ReservationQuerySet":
    """With everything a list of reservations shows."""
    lines = Line.objects.select_related("offer__variant__product").order_by("pk")
    return reservations.select_related(
        "branch", "shop", "checkout__contact", "checkout__city"
    ).prefetch_related(Prefetch("lines", queryset=lines))


# The counter ----------------------------------------------------------------------------------

#: LAW: what was paid for and not collected never ends by the clock; so long after its time a person
#: of the shop is asked to see to it (law A13).
UNCLAIMED_AFTER = timedelta(days=21)


def is_unclaimed(reservation: Reservation, *, now: datetime) -> bool:
    """Paid, ready, and not collected for so long that the shop has to ask."""
    return (
        reservation.mode == Mode.PAY
        and reservation.state == State.READY
        and reservation.collect_by is not None
        and reservation.collect_by + UNCLAIMED_AFTER <= now
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """The counter's lists."""

    answer: list[Reservation]
    find: list[Reservation]
    ready: list[Reservation]
    put_back: list[Reservation]
    #: Reservations that cannot be filled because a count says less is there than reserved.
    short: list[Reservation]


def desk(reservations: "ReservationQuerySet", *, branch: Branch) -> Desk:
    """Everything the counter of a branch has to do, oldest duty first."""
    here = with_lines(reservations.at(branch))
    open_rows = list(here.open().order_by("ready_by", "placed_at", "pk"))
    waiting = here.filter(lines__state=LineState.PUT_BACK).exclude(pk__in=[r.pk for r in open_rows])
    return Desk(
        answer=[row for row in open_rows if row.state == State.REQUESTED],
        find=[row for row in open_rows if row.state == State.CONFIRMED],
        ready=[row for row in open_rows if row.state == State.READY],
        put_back=list(waiting.distinct().order_by("ended_at", "pk")),
        short=_unfillable(open_rows, branch),
    )


def _unfillable(rows: Sequence[Reservation], branch: Branch) -> list[Reservation]:
    """The youngest reservations on short offers (truth 3): the oldest are served first."""
    short = {offer.pk: offer for offer in Offer.objects.filter(branch=branch).short()}
    if not short:
        return []
    left = {pk: (offer.on_hand or 0) - _held_by_ended(offer, rows) for pk, offer in short.items()}
    found: list[Reservation] = []
    for row in sorted(rows, key=lambda row: (row.state != State.READY, row.placed_at, row.pk)):
        for line in row.lines.all():
            if line.offer_id in left and line.held:
                left[line.offer_id] -= line.held
                if left[line.offer_id] < 0 and row not in found:
                    found.append(row)
    return found


def _held_by_ended(offer: Offer, rows: Sequence[Reservation]) -> int:
    held = sum(line.held for row in rows for line in row.lines.all() if line.offer_id == offer.pk)
    return offer.reserved - held


@dataclass(frozen=True, slots=True)
class Found:
    """What a code leads to at this counter."""

    #: READY, NOT_READY, COLLECTED, EXPIRED, ENDED, OTHER_BRANCH, OTHER_SHOP, AMBIGUOUS or UNKNOWN.
    kind: str
    reservation: Reservation | None = None


def find_by_code(text: str, *, branch: Branch, mine: "ReservationQuerySet") -> Found:
    """What a typed or scanned code means here. `mine` is what the member may see.

    The first four characters suffice while they are unique among the branch's open reservations.
    SECURITY: of another shop's reservation nothing is told but that it is not ours, and only for
    the whole code.
    """
    code = codes.normalise(text)
    if len(code) < codes.SPOKEN:
        return Found("UNKNOWN")
    own = with_lines(mine.filter(shop_id=branch.shop_id))
    here = list(own.at(branch).open().filter(code__startswith=code)[:2])
    if len(here) > 1:
        return Found("AMBIGUOUS")
    if here:
        kind = "READY" if here[0].state == State.READY else "NOT_READY"
        return Found(kind, here[0])
    other = own.filter(code__startswith=code).order_by("-placed_at").first()
    if other is not None:
        return Found(_kind_elsewhere(other, branch), other)
    if len(code) == codes.LENGTH:
        city = branch.shop.city_id
        foreign = Q(code=code, checkout__city_id=city)
        if Reservation.objects.open().filter(foreign).exclude(shop_id=branch.shop_id).exists():
            return Found("OTHER_SHOP")
    return Found("UNKNOWN")


def _kind_elsewhere(reservation: Reservation, branch: Branch) -> str:
    if reservation.branch_id != branch.pk:
        return "OTHER_BRANCH"
    return {State.COLLECTED: "COLLECTED", State.EXPIRED: "EXPIRED"}.get(
        State(reservation.state), "ENDED"
    )


def next_opening(reservation: Reservation, *, now: datetime) -> datetime | None:
    """When the branch opens next, for mails and the status page."""
    return calendar.next_opening(hours.calendar_of(reservation.branch_id), now)


def holding_lines(offer: Offer) -> int:
    """Units held in an offer by its lines (truth 2)."""
    lines = Line.objects.filter(offer=offer, state__in=HOLDING)
    return sum(lines.values_list("held", flat=True))
