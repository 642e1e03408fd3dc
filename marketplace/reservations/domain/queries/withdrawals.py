"""What pages read of withdrawals, in a constant number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from marketplace.core.text import fold
from marketplace.reservations.domain import money
from marketplace.reservations.domain.money import Money
from marketplace.reservations.domain.queries.checkouts import with_lines
from marketplace.reservations.domain.withdrawal import dates, match, payload
from marketplace.reservations.enums import (
    OPEN,
    WITHDRAWALS_TO_DO,
    State,
    WithdrawalState,
)
from marketplace.reservations.models import Line, Reservation, Withdrawal, WithdrawalLine

#: Shown to whoever assigns.
MOST_CANDIDATES = 20

if TYPE_CHECKING:
    from marketplace.reservations.models.withdrawal import WithdrawalQuerySet


def left(reservation: Reservation) -> list[tuple[Line, int]]:
    """Lines of a contract with the units that can still be withdrawn from."""
    units = match.left(reservation)
    lines = Line.objects.filter(reservation=reservation).order_by("pk")
    return [(line, units.get(line.pk, 0)) for line in lines]


def contract_words(reservation: Reservation, day: str) -> str:
    """How a form names the contract of its link: `order K7M4 XP of 3 December, Laufwerk`."""
    words = {"code": reservation.spoken_code, "day": day, "shop": reservation.shop.name}
    return _("order %(code)s of %(day)s, %(shop)s") % words


@dataclass(frozen=True, slots=True)
class Told:
    """A withdrawal with what was declared."""

    row: Withdrawal
    said: Mapping[str, Any]
    lines: list[WithdrawalLine]
    money: Money | None = None

    @property
    def received_at(self) -> datetime:
        return self.row.declaration.received_at

    @property
    def return_until(self) -> date:
        return dates.return_until(self.received_at)

    @property
    def reservation(self) -> Reservation | None:
        return self.row.reservation

    @property
    def is_open(self) -> bool:
        """Somebody has to do something about it."""
        return self.row.state in WITHDRAWALS_TO_DO

    @property
    def waits_for_goods(self) -> bool:
        """Collected, and the shop may wait until the goods are back."""
        found = self.reservation
        return self.row.state == WithdrawalState.MATCHED and (
            found is not None and found.state == State.COLLECTED
        )

    @property
    def is_in_words(self) -> bool:
        """Which goods are meant stands in the shopper's own words."""
        return not self.lines and not self.row.is_whole

    @property
    def to_take_out(self) -> list[Line]:
        """Lines with units withdrawn from that still lie in the compartment."""
        found = self.reservation
        if found is None or found.state not in OPEN:
            return []
        return [line for line in found.lines.all() if line.to_take_out]

    def is_late(self, now: datetime) -> bool:
        """The money should be back already, and somebody has to see to it."""
        return self.is_open and self.row.refund_due_at <= now

    def is_near(self, now: datetime) -> bool:
        return self.is_open and dates.remind_at(self.row.refund_due_at) <= now


def told(rows: "WithdrawalQuerySet") -> list[Told]:
    """These withdrawals with their words and lines; constantly many queries."""
    lines = WithdrawalLine.objects.select_related("line").order_by("line")
    found = list(
        rows.select_related(
            "declaration", "answered_by", "city", "reservation__branch", "reservation__shop"
        ).prefetch_related(
            Prefetch("lines", queryset=lines),
            Prefetch("reservation__lines", queryset=Line.objects.order_by("pk")),
        )
    )
    paid = money.of({each.reservation for each in found if each.reservation is not None})
    return [
        Told(
            row=each,
            said=payload.read(each.declaration.payload),
            lines=list(each.lines.all()),
            money=paid.get(each.reservation_id or 0),
        )
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Withdrawals somebody has to deal with."""

    open: int
    late: int
    #: When the first of their refunds is due.
    due_at: datetime | None


def waiting(rows: "WithdrawalQuerySet", *, now: datetime) -> Waiting:
    """How many of these wait, and how many of them too long."""
    due = list(
        rows.filter(state__in=sorted(WITHDRAWALS_TO_DO))
        .order_by("refund_due_at")
        .values_list("refund_due_at", flat=True)
    )
    return Waiting(len(due), sum(each <= now for each in due), due[0] if due else None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paid order that may be meant, for whoever assigns it."""

    reservation: Reservation
    #: Declared with the address that was ordered with.
    same_address: bool


def candidates(told: Told) -> list[Candidate]:
    """Orders of the same code or address, the latest first; a handful."""
    rows = with_lines(match.candidates(told.row.declaration))[:MOST_CANDIDATES]
    email = fold(str(told.said["email"]))
    return [Candidate(each, each.checkout.contact.email_key == email) for each in rows]
