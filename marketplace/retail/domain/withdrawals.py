"""A shop's withdrawals: what waits, what is due, what one can do about one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, When

from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain.queries import withdrawals
from marketplace.reservations.domain.queries.withdrawals import Told, Waiting
from marketplace.reservations.enums import OPEN, WITHDRAWALS_TO_DO, State, WithdrawalState
from marketplace.reservations.models import Line
from shops.models import Branch, Facts

#: On one page of the list.
MANY = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """The list: what waits first, the most urgent on top."""

    page: "Page[int]"
    rows: list[Told]


def listing(branches: Sequence[Branch], *, page: str) -> Shown:
    """Withdrawals from orders at these branches."""
    rows = reservation_access.branch_withdrawals(branches)
    waits = Case(
        When(state__in=sorted(WITHDRAWALS_TO_DO), then=0), default=1, output_field=IntegerField()
    )
    ids = rows.order_by(waits, "refund_due_at", "pk").values_list("pk", flat=True)
    shown = Paginator(ids, MANY).get_page(page)
    place = {pk: number for number, pk in enumerate(shown)}
    found = withdrawals.told(rows.filter(pk__in=list(place)))
    return Shown(shown, sorted(found, key=lambda each: place[each.row.pk]))


def waiting(branches: Sequence[Branch], *, now: datetime) -> Waiting:
    """For the morning page."""
    return withdrawals.waiting(reservation_access.branch_withdrawals(branches), now=now)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One withdrawal, and what the shop can say about it."""

    told: Told
    #: Lines with the units that may come back; empty where nobody has to answer.
    asked: list[tuple[Line, int]]
    #: line id -> how the right is excluded or lost for its goods (`shops.enums.Withdrawal`).
    kinds: dict[int, str]

    @property
    def is_collected(self) -> bool:
        found = self.told.reservation
        return found is not None and found.state == State.COLLECTED

    @property
    def can_be_answered(self) -> bool:
        """A person of the shop has the word."""
        return self.told.row.state == WithdrawalState.MATCHED

    @property
    def waits_for_shelf(self) -> bool:
        """Goods of it lie in a compartment still, of an order that goes on."""
        found = self.told.reservation
        return found is not None and found.state in OPEN and bool(self.told.to_take_out)


def sheet(told: Told) -> Sheet:
    """Everything the page of one withdrawal shows."""
    found = told.reservation
    if found is None:
        return Sheet(told, [], {})
    if told.lines:
        asked = [(each.line, each.units) for each in told.lines]
    else:
        asked = [] if told.row.is_whole else withdrawals.left(found)
    kinds = dict(
        Facts.objects.filter(
            product__variants__offers__in=[line.offer_id for line, _n in asked]
        ).values_list("product__variants__offers", "withdrawal")
    )
    said = {line.pk: kinds.get(line.offer_id, "") for line, _number in asked}
    return Sheet(told=told, asked=asked, kinds=said)
