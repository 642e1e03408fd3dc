"""What an owner reads about the shop's payments: the list, a month's money, one payment's story.

Constant numbers of queries; writes nothing. Sums are added up here and never by the database:
SQLite keeps decimals in binary.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, Min, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.models import LogEntry
from marketplace.core.money import CENT, cents, round_gross
from marketplace.payments.domain import queries
from marketplace.payments.enums import CLOSED, PaymentState, RefundState, Standing
from marketplace.payments.models import Dispute, Payment, Refund
from marketplace.reservations.models import Line, Reservation
from shops.models import Shop

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Payments per page.
MANY = 50
ZERO = Decimal("0.00")


class Show(models.TextChoices):
    """Which payments of the list are shown."""

    ALL = "", gettext_lazy("All")
    PAID = "paid", gettext_lazy("Paid")
    AUTHORISED = "authorised", gettext_lazy("Authorised")
    BACK = "back", gettext_lazy("Refunded")
    OWED = "owed", gettext_lazy("Still owed back")
    CLOSED = "closed", gettext_lazy("Not paid")
    DISPUTED = "disputed", gettext_lazy("With a complaint")


_ROWS = {
    Show.ALL: Q(),
    Show.PAID: Q(state=PaymentState.CAPTURED, refunded=0, owed_back=0),
    Show.AUTHORISED: Q(state=PaymentState.AUTHORISED),
    Show.BACK: Q(refunded__gt=0),
    Show.OWED: Q(owed_back__gt=0),
    Show.CLOSED: Q(state__in=sorted(CLOSED)),
    Show.DISPUTED: Q(open_disputes__gt=0),
}


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month in the town's time."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        day = timezone.localdate(moment)
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From its first moment up to, and without, the first of the next."""
        after = date(self.year + (self.month == 12), self.month % 12 + 1, 1)
        return _midnight(self.first), _midnight(after)


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that came or went, and what the provider calls it."""

    at: datetime
    payment: Payment
    amount: Decimal
    #: The operator's part of it, taken or given back with it.
    fee: Decimal
    refund: Refund | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """The money of a month, to the cent."""

    captured: Decimal
    refunded: Decimal
    #: The operator's, less what was given back of it.
    fee: Decimal

    @property
    def kept(self) -> Decimal:
        return self.captured - self.refunded


@dataclass(frozen=True, slots=True)
class Row:
    """A payment of the list."""

    payment: Payment
    reservation: Reservation | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Overview:
    """The list, with the months there are and the sums of the chosen one."""

    months: list[Month]
    #: None where all are shown.
    month: Month | None
    page: Page[Payment]
    rows: list[Row]
    sums: Sums | None


@dataclass(frozen=True, slots=True)
class Story:
    """One payment with all that became of it."""

    payment: Payment
    standing: Standing
    reservation: Reservation | None
    lines: list[Line]
    refunds: list[Refund]
    disputes: list[Dispute]
    entries: list[LogEntry]

    @property
    def can_give_back(self) -> bool:
        """Not while a bank looks into it: what moves then is moved by the bank."""
        row = self.payment
        return row.state == PaymentState.CAPTURED and row.kept > 0 and not row.open_disputes


def months(payments: "QuerySet[Payment]", *, now: datetime) -> list[Month]:
    """From the shop's first payment to today, youngest first; none without any payment."""
    begin = payments.aggregate(Min("created_at"))["created_at__min"]
    if begin is None:
        return []
    found, first = [Month.of(now)], Month.of(begin)
    while found[-1] > first:
        found.append(found[-1].before)
    return found


def overview(
    payments: "QuerySet[Payment]",
    *,
    shop: Shop,
    known: list[Month],
    month: Month | None,
    show: Show,
    page: str,
) -> Overview:
    """The payments of a month in which anything happened to them, youngest first."""
    shown = payments.filter(_ROWS[show]).order_by("-created_at", "-pk")
    found = Paginator(shown.filter(_touched(month)) if month else shown, MANY).get_page(page)
    places = _reservations(shop, [payment.subject for payment in found])
    return Overview(
        months=known,
        month=month,
        page=found,
        rows=[
            Row(payment, places.get(payment.subject), queries.standing(payment))
            for payment in found
        ],
        sums=sums(movements(payments, month=month)) if month else None,
    )


def movements(payments: "QuerySet[Payment]", *, month: Month | None) -> list[Movement]:
    """What came and went in a month, or ever, oldest first."""
    gone = Refund.objects.filter(state=RefundState.DONE).order_by("done_at", "pk")
    moved = payments.filter(state=PaymentState.CAPTURED).select_related("account")
    moved = moved.filter(_touched(month)) if month else moved
    found = [
        one
        for payment in moved.prefetch_related(Prefetch("refunds", gone, to_attr="gone"))
        for one in _of(payment)
        if month is None or month.span[0] <= one.at < month.span[1]
    ]
    return sorted(found, key=lambda one: (one.at, one.payment.pk, one.refund is not None))


def sums(found: Iterable[Movement]) -> Sums:
    """Added up in decimals."""
    rows = list(found)
    came = [one for one in rows if one.refund is None]
    went = [one for one in rows if one.refund is not None]
    return Sums(
        captured=sum((one.amount for one in came), ZERO),
        refunded=sum((one.amount for one in went), ZERO),
        fee=sum((one.fee for one in came), ZERO) - sum((one.fee for one in went), ZERO),
    )


def table(found: list[Movement], *, shop: Shop) -> Iterator[list[str]]:
    """For a spreadsheet: each movement with the provider's own names for it."""
    places = _reservations(shop, [one.payment.subject for one in found])
    yield [
        _("Date"),
        _("Kind"),
        _("Code"),
        _("Paid by"),
        _("Received"),
        _("Refunded"),
        _("Operator's fee"),
        _("Fee given back"),
        _("Payment at the provider"),
        _("Refund at the provider"),
        _("Account at the provider"),
    ]
    for one in found:
        place, refund = places.get(one.payment.subject), one.refund
        amounts = [_comma(one.amount), _comma(one.fee)]
        yield [
            f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}",
            _("Refund") if refund else _("Payment"),
            place.code if place else "",
            one.payment.method,
            *(["", amounts[0], "", amounts[1]] if refund else [amounts[0], "", amounts[1], ""]),
            one.payment.intent_ref,
            refund.provider_id if refund else "",
            one.payment.account.provider_id,
        ]


def story(payment: Payment) -> Story:
    """Six queries."""
    about = LogEntry.objects.filter(subject=f"payment:{payment.pk}").select_related("actor")
    place = _reservations(payment.shop, [payment.subject]).get(payment.subject)
    return Story(
        payment=payment,
        standing=queries.standing(payment),
        reservation=place,
        lines=list(place.lines.order_by("pk")) if place else [],
        refunds=list(payment.refunds.select_related("replaced_by").order_by("pk")),
        disputes=list(payment.disputes.order_by("pk")),
        entries=list(about.order_by("at", "pk")),
    )


def _of(payment: Payment) -> Iterator[Movement]:
    """Its taking, and each refund with its part of the fee: whole cents rounded down, as the
    provider does, and what is left of the fee with the last of the money."""
    if payment.captured_at is None:
        return
    fee = round_gross(payment.fee * payment.captured / payment.amount)
    yield Movement(payment.captured_at, payment, payment.captured, fee)
    rest, left = payment.captured, fee
    for refund in payment.gone:  # type: ignore[attr-defined]  # see `movements`
        rest -= refund.amount
        part = ZERO
        if refund.is_ours:  # what the shop gives back at the provider leaves the fee as it is
            share = cents(fee) * cents(refund.amount) // cents(payment.captured)
            part = left if rest <= 0 else min(left, share * CENT)
        left -= part
        yield Movement(refund.done_at, payment, refund.amount, part, refund)


def _touched(month: Month) -> Q:
    start, end = month.span
    back = Refund.objects.filter(payment=OuterRef("pk"), done_at__gte=start, done_at__lt=end)
    begun = Q(created_at__gte=start, created_at__lt=end)
    taken = Q(captured_at__gte=start, captured_at__lt=end)
    return begun | taken | Q(Exists(back))


def _reservations(shop: Shop, subjects: Iterable[UUID]) -> dict[UUID | None, Reservation]:
    """What was paid for, as far as this shop knows of it."""
    rows = Reservation.objects.told().filter(shop=shop, subject__in=list(subjects))
    return {row.subject: row for row in rows.select_related("branch")}


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
