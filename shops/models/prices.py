"""What prices were, and which reductions are announced. Written by `shops.domain.prices`."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shops.enums import Cut


class PriceChange(models.Model):
    """One line of price history. Append-only; the base of the 30-day lowest price (PAngV § 11)."""

    offer = models.ForeignKey("shops.Offer", on_delete=models.PROTECT, related_name="price_changes")
    price = models.DecimalField(max_digits=10, decimal_places=2)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["offer", "at"], name="shops_pricechange_since")]

    def __str__(self) -> str:
        return f"{self.price} {self.at:%Y-%m-%d}"


class Sale(models.Model):
    """A branch's act "so many percent off", on all its goods or one category of them."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.PROTECT, related_name="sales")
    percent = models.PositiveSmallIntegerField()
    category = models.ForeignKey(
        "shops.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: Last day on which its prices hold; empty: until somebody ends it.
    last_day = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: The form it came with: the same one again is the same sale (truth 11).
    nonce = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shops_sale_percent_sane", condition=Q(percent__gte=1, percent__lte=90)
            ),
        ]

    def __str__(self) -> str:
        return f"-{self.percent} % {self.branch_id}"


class Reduction(models.Model):
    """An announced reduction of one offer, with the price it is measured by, frozen at its start.

    A further step down, without a gap, is a row of its own that carries the first one's reference
    (PAngV § 11 (3)).
    """

    offer = models.ForeignKey("shops.Offer", on_delete=models.PROTECT, related_name="reductions")
    kind = models.CharField(max_length=9, choices=Cut, default=Cut.SALE)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    reference_price = models.DecimalField(max_digits=10, decimal_places=2)
    #: What the goods cost before: they cost it again when the reduction ends.
    regular_price = models.DecimalField(max_digits=10, decimal_places=2)
    started_at = models.DateTimeField()
    last_day = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: The step before this one.
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True)
    sale = models.ForeignKey(
        Sale, on_delete=models.PROTECT, null=True, blank=True, related_name="reductions"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["last_day"],
                condition=Q(ended_at__isnull=True, last_day__isnull=False),
                name="shops_reduction_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(ended_at__isnull=True),
                name="shops_reduction_one_at_a_time",
            ),
            models.CheckConstraint(
                name="shops_reduction_below_reference",
                condition=Q(price__gt=0, price__lt=F("reference_price")),
            ),
            models.CheckConstraint(
                name="shops_reduction_kind_known", condition=Q(kind__in=Cut.values)
            ),
            models.CheckConstraint(
                name="shops_reduction_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference_price} > {self.price}"
