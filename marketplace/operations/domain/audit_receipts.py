"""Truths 6 and 8 of the shops' documents: every cent taken or given back stands on one, and no
series has a gap or a document that is not what was issued."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

from marketplace.operations.domain.violations import Violation
from marketplace.payments.models import Payment
from marketplace.reservations.domain.receipts import queries
from marketplace.reservations.enums import ReceiptKind
from marketplace.reservations.models import Paper, Receipt, Reservation, Series

ZERO = Decimal("0.00")


def series() -> Iterator[Violation]:
    """LAW: UStG § 14 (4) no. 4, AO § 146: numbers without a gap, documents unchanged."""
    for each in Series.objects.order_by("pk"):
        for number, what in queries.broken(each):
            yield Violation(8, f"receipt:{number}", what)
    papers = Paper.objects.select_related("receipt").order_by("pk")
    for paper in papers.iterator(chunk_size=100):
        if hashlib.sha256(bytes(paper.content)).hexdigest() != paper.sha256:
            yield Violation(8, f"receipt:{paper.receipt.number}", "is not the paper it was")


def money() -> Iterator[Violation]:
    """Each payment of a reservation has one receipt over what was taken, and its corrections are
    what went back. What came back from a bank and is owed again stays corrected."""
    taken: dict[int, Decimal] = {}
    back: dict[int, Decimal] = {}
    for receipt in Receipt.objects.order_by("pk").iterator():
        sums = {ReceiptKind.RECEIPT: taken, ReceiptKind.CORRECTION: back}.get(
            ReceiptKind(receipt.kind)
        )
        if sums is not None:
            sums[receipt.payment_id] = sums.get(receipt.payment_id, ZERO) + receipt.total
        if abs(receipt.total) != _sum(receipt):
            yield Violation(6, f"receipt:{receipt.number}", f"says {receipt.total}, not its lines")
    subjects = Reservation.objects.exclude(subject=None).values("subject")
    for payment in Payment.objects.filter(subject__in=subjects).order_by("pk").iterator():
        if taken.get(payment.pk, ZERO) != payment.captured:
            what = f"captured {payment.captured}, receipts say {taken.get(payment.pk, ZERO)}"
            yield Violation(6, f"payment:{payment.pk}", what)
        corrected = -back.get(payment.pk, ZERO)
        if not payment.refunded <= corrected <= payment.refunded + payment.owed_back:
            what = f"refunded {payment.refunded}, corrections say {corrected}"
            yield Violation(6, f"payment:{payment.pk}", what)


def _sum(receipt: Receipt) -> Decimal:
    """Gross of its lines; nothing where lines and taxes disagree."""
    lines = sum((Decimal(each["gross"]) for each in receipt.content["lines"]), ZERO)
    rates = receipt.content["taxes"]
    whole = sum((Decimal(each["gross"]) for each in rates), ZERO)
    parts = sum((Decimal(each["net"]) + Decimal(each["tax"]) for each in rates), ZERO)
    return lines if lines == whole == parts else ZERO
