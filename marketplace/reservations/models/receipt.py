"""What a shop gives for money: numbered, chained, never changed. No personal data in here but in
`InvoiceAddress` and in the papers of invoices, which are kept apart."""

from django.db import models
from django.db.models import Q

from marketplace.reservations.enums import ReceiptKind

#: Letters and figures of a SHA-256.
DIGEST = 64


class Series(models.Model):
    """The counter of one shop's documents in one year. LAW: no number twice, none left out."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    #: What stands before the number, as it was when the series began: "WOB-12-2026".
    prefix = models.CharField(max_length=32, unique=True)
    #: The last place given away, and the sum over its document.
    last = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=DIGEST, blank=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["shop", "year"], name="reservations_series_once"),
            models.CheckConstraint(
                name="reservations_series_has_hash",
                condition=Q(last=0, last_hash="") | (Q(last__gt=0) & ~Q(last_hash="")),
            ),
        ]

    def __str__(self) -> str:
        return self.prefix


class Receipt(models.Model):
    """One document in a shop's own series. Append-only; written by `domain.receipts.issuing`.

    A RECEIPT is for a payment that was taken, a CORRECTION for money of it that went back, an
    INVOICE repeats a receipt with the buyer's address and counts for nothing.
    LAW: UStG § 14 (4), UStDV §§ 31 (5), 33, 34a (law C2).
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="receipts")
    #: 1, 2, 3 … without a gap.
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=ReceiptKind)
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    reservation = models.ForeignKey(
        "reservations.Reservation", on_delete=models.PROTECT, related_name="receipts"
    )
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="+")
    #: The receipt that is corrected or repeated.
    about = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="later"
    )
    issued_at = models.DateTimeField()
    language = models.CharField(max_length=8)
    #: Gross, EUR; below zero for a correction.
    total = models.DecimalField(max_digits=10, decimal_places=2)
    #: Seller, lines, taxes and deposit as they were, see `domain.receipts.figures`.
    content = models.JSONField()
    #: The sum over the document before it in its series, and the one over this with that.
    previous = models.CharField(max_length=DIGEST, blank=True)
    sha256 = models.CharField(max_length=DIGEST)

    class Meta:
        indexes = [models.Index(fields=["shop", "issued_at"], name="reservations_receipt_of_shop")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "place"], name="reservations_receipt_place_once"
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(kind=ReceiptKind.RECEIPT),
                name="reservations_receipt_once_per_payment",
            ),
            models.UniqueConstraint(
                fields=["about"],
                condition=Q(kind=ReceiptKind.INVOICE),
                name="reservations_invoice_once_per_receipt",
            ),
            models.CheckConstraint(
                name="reservations_receipt_kind_known", condition=Q(kind__in=ReceiptKind.values)
            ),
            models.CheckConstraint(
                name="reservations_receipt_about",
                condition=Q(kind=ReceiptKind.RECEIPT, about__isnull=True)
                | (~Q(kind=ReceiptKind.RECEIPT) & Q(about__isnull=False)),
            ),
            models.CheckConstraint(
                name="reservations_receipt_sign",
                condition=Q(kind=ReceiptKind.CORRECTION, total__lt=0)
                | (~Q(kind=ReceiptKind.CORRECTION) & Q(total__gt=0)),
            ),
            models.CheckConstraint(
                name="reservations_receipt_chained",
                condition=Q(place=1, previous="") | (Q(place__gt=1) & ~Q(previous="")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceAddress(models.Model):
    """To whom an invoice is written, because they asked for it. The only personal data of a
    shop's documents; deleted when the law no longer wants it kept."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="address")
    name = models.CharField(max_length=120)
    #: A firm, a department.
    addition = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=10)
    town = models.CharField(max_length=80)

    class Meta:
        verbose_name_plural = "invoice addresses"

    def __str__(self) -> str:
        return f"address of {self.receipt_id}"


class Paper(models.Model):
    """A document to the byte: typesetters change, what was issued does not."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="paper")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=DIGEST)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"paper of {self.receipt_id}"
