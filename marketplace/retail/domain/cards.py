"""A reservation as its shop sees it: goods with their pictures, and what it asks for by when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from marketplace.core.models import Picture
from marketplace.reservations.domain import contracts, handing, queries
from marketplace.reservations.domain.money import Money
from marketplace.reservations.enums import OPEN, LineState, State
from marketplace.reservations.models import Line, Reservation
from shops.models import ProductPicture

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


class Duty(StrEnum):
    """What a card asks for; each has a time by which."""

    ANSWER = "answer"
    FIND = "find"
    HAND_OVER = "hand_over"
    #: Set aside, and the money is being taken: it becomes ready by itself.
    WAIT = "wait"
    PUT_BACK = "put_back"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Goods:
    """A line with what it looks like."""

    line: Line
    picture: Picture | None
    #: Not found yet, and a count says that fewer are there than reserved.
    is_short: bool
    #: Why these goods may not be handed over now; empty where they may (law E3, E4).
    hindrance: "StrOrPromise" = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A reservation as its shop sees it."""

    reservation: Reservation
    goods: list[Goods]
    duty: Duty
    due: datetime | None
    is_late: bool
    #: Where the money is, where it is paid online.
    money: Money | None = None
    #: Paid and not collected for so long that somebody has to ask.
    is_unclaimed: bool = False
    #: Paid, and the contract has not reached the shopper: not to be handed over (law A5).
    is_unconfirmed: bool = False

    @property
    def name(self) -> str:
        return self.reservation.checkout.contact.name

    @property
    def costs_more_now(self) -> bool:
        """LAW: the price that was promised holds, though the goods cost more by now (law B6)."""
        return any(each.line.offer.price > each.line.price for each in self.goods)

    @property
    def total(self) -> Decimal:
        """Gross price of what is owed, to be read, never kept (law C4)."""
        return sum((each.line.price * each.line.owed for each in self.goods), Decimal(0))

    @property
    def paid(self) -> str:
        """`paid`, `taking` or `promised`; empty where it is paid in the shop."""
        if self.money is None or self.reservation.state not in OPEN | {State.COLLECTED}:
            return ""
        if self.money.captured:
            return "paid"
        return "taking" if self.reservation.set_aside_at else "promised"

    @property
    def waits_for_put_back(self) -> bool:
        return any(each.line.state == LineState.PUT_BACK for each in self.goods)


def card_of(
    row: Reservation,
    pictures: dict[int, Picture],
    now: datetime,
    *,
    warn: bool = True,
    paid: Mapping[int, Money] = MappingProxyType({}),
) -> Card:
    """`warn` is off for reservations served before those that a short offer cannot fill; `paid` is
    `money.of` the reservations."""
    lines = list(row.lines.all())
    today = timezone.localdate(now)
    duty, due = {
        State.REQUESTED: (Duty.ANSWER, row.answer_by),
        State.CONFIRMED: (Duty.FIND, row.ready_by),
        State.READY: (Duty.HAND_OVER, row.collect_by),
    }.get(State(row.state), (Duty.NOTHING, row.ended_at))
    if row.state == State.CONFIRMED and row.set_aside_at is not None:
        duty, due = Duty.WAIT, row.set_aside_at
    if duty == Duty.NOTHING and any(line.state == LineState.PUT_BACK for line in lines):
        duty = Duty.PUT_BACK
        if row.state == State.EXPIRED:
            due = row.collect_by
    can_be_late = (row.state in OPEN and duty != Duty.WAIT) or (
        duty == Duty.PUT_BACK and row.state == State.EXPIRED
    )
    return Card(
        reservation=row,
        goods=[
            Goods(
                line,
                pictures.get(line.offer.variant_id),
                warn and _is_short(line),
                handing.hindrance(line, today) if line.held and row.state in OPEN else "",
            )
            for line in lines
        ],
        duty=duty,
        due=due,
        is_late=can_be_late and due is not None and due < now,
        money=paid.get(row.pk),
        is_unclaimed=queries.is_unclaimed(row, now=now),
        is_unconfirmed=row.state == State.READY and contracts.waits_for_confirmation(row),
    )


def pictures_of(lines: Iterable[Line]) -> dict[int, Picture]:
    """variant id -> its first picture, else its product's; one query. Lines carry their variant."""
    variants = {line.offer.variant_id: line.offer.variant.product_id for line in lines}
    return pictures_of_variants(variants)


def pictures_of_variants(variants: dict[int, int]) -> dict[int, Picture]:
    """The same for variant ids with their product ids."""
    rows = (
        ProductPicture.objects.filter(product_id__in=set(variants.values()))
        .filter(Q(variant=None) | Q(variant__in=list(variants)))
        .select_related("picture")
        .order_by("position", "pk")
    )
    own: dict[int, Picture] = {}
    general: dict[int, Picture] = {}
    for row in rows:
        if row.variant_id is None:
            general.setdefault(row.product_id, row.picture)
        else:
            own.setdefault(row.variant_id, row.picture)
    found = {pk: own.get(pk) or general.get(product_id) for pk, product_id in variants.items()}
    return {pk: picture for pk, picture in found.items() if picture is not None}


def _is_short(line: Line) -> bool:
    on_hand = line.offer.on_hand
    return line.state == LineState.CLAIMED and on_hand is not None and line.offer.reserved > on_hand
