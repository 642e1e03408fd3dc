"""What pages and mails read of a checkout and its reservations, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import handing, money, sentences, steps
from marketplace.reservations.domain.money import Money
from marketplace.reservations.domain.receipts import queries as receipts
from marketplace.reservations.domain.receipts.queries import Document
from marketplace.reservations.domain.steps import Step
from marketplace.reservations.enums import Choice, EndReason, Mode, State
from marketplace.reservations.models import Checkout, Line, Reservation, Withdrawal
from shops import access as shop_access
from shops.domain import hours
from shops.domain.calendar import Calendar
from shops.models import Offer

if TYPE_CHECKING:
    from marketplace.reservations.models.reservation import ReservationQuerySet


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
    #: Declarations of withdrawal about it, oldest first.
    withdrawals: list[Withdrawal] = field(default_factory=list)
    #: What the shop has given for the money: receipt, corrections, invoice.
    documents: list[Document] = field(default_factory=list)

    @property
    def may_be_invoiced(self) -> bool:
        """An invoice with name and address can be asked for."""
        return receipts.to_be_invoiced(each.receipt for each in self.documents) is not None

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
    declared = _withdrawals(reservations)
    documents = receipts.of(each for each in reservations if each.pk in paid) if paid else {}
    return [
        Placed(
            reservation=reservation,
            calendar=calendars[reservation.branch_id],
            lines=list(reservation.lines.all()),
            to_decide=[line for line in reservation.lines.all() if line.choice == Choice.OPEN],
            elsewhere={line.pk: others.get(line.pk, []) for line in reservation.lines.all()},
            money=paid.get(reservation.pk),
            withdrawals=declared.get(reservation.pk, []),
            documents=documents.get(reservation.pk, []),
        )
        for reservation in reservations
    ]


def _withdrawals(reservations: Sequence[Reservation]) -> dict[int, list[Withdrawal]]:
    """Reservation id -> declarations about it; nothing is asked where nothing is paid online."""
    found: dict[int, list[Withdrawal]] = {}
    paid = [each.pk for each in reservations if each.mode == Mode.PAY]
    if not paid:
        return found
    rows = Withdrawal.objects.filter(reservation__in=paid).select_related("declaration")
    for row in rows.order_by("pk"):
        found.setdefault(row.reservation_id or 0, []).append(row)
    return found


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
    goods = (handing.GOODS, "offer__variant__product__facts")
    lines = Line.objects.select_related(*goods).order_by("pk")
    return reservations.select_related(
        "branch", "shop", "slot", "checkout__contact", "checkout__city"
    ).prefetch_related(Prefetch("lines", queryset=lines))
