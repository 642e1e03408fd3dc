"""Documents come to be here, in the transaction that books the money they are about.

LAW: one series per shop and year, no number twice and none left out (UStG § 14 (4) no. 4): the
counter's row is held until commit, so a document that is not kept takes its number back with it.
Each carries the sum over the one before it; nobody can change or take out one unseen (AO § 146).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.core.faults import fault
from marketplace.payments.models import Payment
from marketplace.reservations.domain import money
from marketplace.reservations.domain.receipts import figures, sellers
from marketplace.reservations.domain.receipts.figures import SMALL, ZERO, Goods
from marketplace.reservations.enums import ReceiptKind
from marketplace.reservations.models import InvoiceAddress, Line, Receipt, Reservation, Series
from shops.domain.prices import tax
from shops.models import Shop

#: Stands for goods where an amount belongs to none in particular; the paper puts it into words.
PART_PAID, PART_BACK = "PART_PAID", "PART_BACK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """To whom an invoice is written."""

    name: str
    addition: str = ""
    street: str
    postcode: str
    town: str


@transaction.atomic
def for_payment(*, reservation: Reservation, payment_id: int, now: datetime) -> Receipt:
    """The receipt of money that was taken, over exactly that sum; one per payment, however often
    it is asked for. In the transaction that books the money, whose payment the caller holds."""
    if known := _receipt_of(payment_id):
        return known
    payment = Payment.objects.get(pk=payment_id)
    reservation = _read(reservation.pk)
    goods = _paid_goods(reservation, payment.captured)
    return _issue(
        ReceiptKind.RECEIPT,
        reservation,
        payment,
        total=payment.captured,
        content=_content(reservation, goods, now=now)
        | {"paid_at": _said(now), "method": payment.method},
        now=now,
    )


@transaction.atomic
def for_refunds(*, reservation: Reservation, payment_id: int, now: datetime) -> Receipt | None:
    """The correction of what has gone back of a payment and stands on no correction yet; None
    where nothing has. In the transaction that books it, whose payment the caller holds.

    A refund that came back from the shopper's bank and was paid again is one correction.
    """
    receipt = for_payment(reservation=reservation, payment_id=payment_id, now=now)
    payment = Payment.objects.get(pk=payment_id)
    earlier = list(
        Receipt.objects.filter(about=receipt, kind=ReceiptKind.CORRECTION).order_by("place", "pk")
    )
    amount = payment.refunded + sum((each.total for each in earlier), ZERO)
    if amount <= 0:
        return None
    reservation = _read(reservation.pk)
    units, rates = figures.left(receipt.content, [each.content for each in earlier])
    goods = _returned_goods(reservation, units, rates, amount)
    content = _content(reservation, goods, now=now) | {
        "seller": receipt.content["seller"],
        "small_business": receipt.content["small_business"],
        "about": {"number": receipt.number, "issued_at": _said(receipt.issued_at)},
        "whole": amount == sum(rates.values(), ZERO),
    }
    return _issue(
        ReceiptKind.CORRECTION,
        reservation,
        payment,
        about=receipt,
        total=-amount,
        content=content,
        now=now,
    )


@transaction.atomic
def invoice(*, receipt_id: int, address: Address, now: datetime) -> Receipt:
    """A receipt once more, with the buyer's name and address, because they want it.

    LAW: it completes the receipt by what that lacks (UStDV § 31 (5)) and is no second invoice for
    the same goods, whose tax would be owed twice (UStG § 14c): it says so, and counts for nothing.
    `Refused` for a second one, and for a receipt of which nothing is left.
    """
    receipt = Receipt.objects.get(pk=receipt_id, kind=ReceiptKind.RECEIPT)
    series = _hold_series(receipt.shop, now)
    later = list(Receipt.objects.filter(about=receipt))
    if any(each.kind == ReceiptKind.INVOICE for each in later):
        raise Refused(
            _("This invoice has been written already. You find it with your order."),
            code="invoice_done",
        )
    back = sum((each.total for each in later), ZERO)
    if receipt.total + back <= 0:
        raise Refused(
            _("All the money has gone back, so there is nothing left to write an invoice for."),
            code="nothing_left",
        )
    reservation = _read(receipt.reservation_id)
    content = dict(receipt.content) | {
        "about": {"number": receipt.number, "issued_at": _said(receipt.issued_at)},
        "collected_at": _collected(reservation),
        "corrections": [each.number for each in later],
    }
    made = _issue(
        ReceiptKind.INVOICE,
        reservation,
        receipt.payment,
        about=receipt,
        total=receipt.total,
        content=content,
        now=now,
        series=series,
    )
    InvoiceAddress.objects.create(receipt=made, **asdict(address))
    return made


def digest(receipt: Receipt) -> str:
    """The sum over a document and the sum before it, from its row."""
    said = {
        "number": receipt.number,
        "kind": receipt.kind,
        "shop": receipt.shop_id,
        "reservation": receipt.reservation_id,
        "payment": receipt.payment_id,
        "about": receipt.about_id,
        "issued_at": _said(receipt.issued_at),
        "language": receipt.language,
        "total": f"{receipt.total:.2f}",
        "content": receipt.content,
        "previous": receipt.previous,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# Inside -------------------------------------------------------------------------------------


def _issue(
    kind: ReceiptKind,
    reservation: Reservation,
    payment: Payment,
    *,
    total: Decimal,
    content: Mapping[str, Any],
    now: datetime,
    about: Receipt | None = None,
    series: Series | None = None,
) -> Receipt:
    series = series or _hold_series(reservation.shop, now)
    place = series.last + 1
    made = Receipt(
        series=series,
        place=place,
        number=f"{series.prefix}-{place:06d}",
        kind=kind,
        shop_id=series.shop_id,
        reservation=reservation,
        payment=payment,
        about=about,
        issued_at=now,
        language=reservation.checkout.language,
        total=total,
        content=dict(content),
        previous=series.last_hash,
    )
    made.sha256 = digest(made)
    Receipt.objects.bulk_create([made])
    fault("receipt.numbered")
    Series.objects.filter(pk=series.pk).update(last=place, last_hash=made.sha256)
    series.last, series.last_hash = place, made.sha256
    return made


def _hold_series(shop: Shop, now: datetime) -> Series:
    """The shop's counter of this year, nobody else's until commit."""
    year = timezone.localdate(now).year
    prefix = f"{shop.city.plate or shop.city.slug[:3].upper()}-{shop.pk}-{year}"
    # RACE: of two first documents of a year the unique constraint lets one make the row.
    series, _is_new = Series.objects.get_or_create(
        shop=shop, year=year, defaults={"prefix": prefix}
    )
    # RACE: the update takes the row (PostgreSQL) or the database (SQLite); reading first would not.
    Series.objects.filter(pk=series.pk).update(last=F("last"))
    series.refresh_from_db()
    return series


def _receipt_of(payment_id: int) -> Receipt | None:
    return Receipt.objects.filter(payment_id=payment_id, kind=ReceiptKind.RECEIPT).first()


def _read(reservation_id: int) -> Reservation:
    rows = Reservation.objects.select_related("shop__city", "branch", "checkout")
    return rows.get(pk=reservation_id)


def _goods(line: Line, units: int) -> Goods:
    return Goods(
        line.pk,
        line.title,
        line.variant_label,
        units,
        line.price,
        line.tax_class,
        line.tax_rate,
        line.deposit_amount or ZERO,
    )


def _paid_goods(reservation: Reservation, amount: Decimal) -> list[Goods]:
    """What was paid for: what is due, else what was ordered, in units that cost so much.

    Where no units do, because the shop took another sum at the provider, the amount is laid upon
    the rates of what was ordered.
    """
    lines = list(Line.objects.filter(reservation=reservation).order_by("pk"))
    due = [_goods(line, money.units(reservation, line)) for line in lines]
    ordered = [_goods(line, line.quantity) for line in lines]
    if figures.sum_of(due) == amount:
        return [each for each in due if each.units]
    chosen = figures.choose(ordered, amount)
    return chosen or figures.shared(amount, _rates(ordered, amount), title=PART_PAID)


def _rates(ordered: Sequence[Goods], amount: Decimal) -> dict[figures.Tax, Decimal]:
    """Gross per rate of what was ordered, at least so much in all."""
    rates: dict[figures.Tax, Decimal] = {}
    for each in ordered:
        rates[each.tax] = rates.get(each.tax, ZERO) + each.gross
    whole = sum(rates.values(), ZERO)
    # Never seen: no report of more than was agreed is applied. Still no division by nothing.
    return rates if whole >= amount else {tax: max(part, amount) for tax, part in rates.items()}


def _returned_goods(
    reservation: Reservation,
    units: Sequence[Goods],
    rates: Mapping[figures.Tax, Decimal],
    amount: Decimal,
) -> list[Goods]:
    """Which units went back for that much: those that were paid and are not due any more. Where
    none cost so much it is a part of the price, laid upon the rates that are left."""
    lines = {line.pk: line for line in Line.objects.filter(reservation=reservation)}
    gone = [
        each.with_units(max(each.units - money.units(reservation, lines[each.line]), 0))
        for each in units
        if each.line in lines
    ]
    chosen = figures.choose(gone, amount)
    if chosen and figures.fits(chosen, rates):
        return chosen
    return figures.shared(amount, rates, title=PART_BACK)


def _content(reservation: Reservation, goods: Sequence[Goods], *, now: datetime) -> dict[str, Any]:
    shop = reservation.shop
    total = figures.sum_of(goods)
    return {
        "seller": sellers.facts(shop, reservation.branch),
        "marketplace": shop.city.name,
        "small_business": tax.is_small_business(shop, on=tax.day(reservation.placed_at)),
        "small": total <= SMALL,
        "lines": figures.lines(goods),
        "taxes": figures.taxes(goods),
        "deposit": f"{sum((each.deposit * each.units for each in goods), ZERO):.2f}",
        "ordered_at": _said(reservation.placed_at),
        "collected_at": _collected(reservation),
    }


def _collected(reservation: Reservation) -> str:
    """The day of the supply, once the goods were handed over."""
    taken = Line.objects.filter(reservation=reservation, consumed__gt=0).exists()
    return _said(reservation.ended_at) if taken and reservation.ended_at else ""


def _said(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
