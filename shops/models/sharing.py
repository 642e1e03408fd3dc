"""Pages that several shops share: proposals to correct or to join them, and what was joined."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from shops.enums import Correctable, Verdict

#: As long as what people may type.
LONGEST_REASON = 1000


class MergeProposal(models.Model):
    """Two shared products that a shop's file holds for one. Proposed once, however often it comes.

    `first` is the older one. A product that goes takes its proposals with it; what became of it
    stands in `Merge`.
    """

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey("shops.Product", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("shops.Product", on_delete=models.CASCADE, related_name="+")
    #: Whose file named them together.
    shop = models.ForeignKey(
        "shops.Shop", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    #: Empty while it waits; `ACCEPTED` never stays: then one of the two products is gone.
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    note = models.TextField(max_length=LONGEST_REASON, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            # Also a rejected pair is not proposed again by the next night's file.
            models.UniqueConstraint(fields=["first", "second"], name="shops_mergeproposal_once"),
            models.CheckConstraint(
                name="shops_mergeproposal_in_order", condition=Q(first__lt=F("second"))
            ),
            models.CheckConstraint(
                name="shops_mergeproposal_decided_with_time",
                condition=Q(verdict="", decided_at=None)
                | (Q(verdict__in=Verdict.values, decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}"


class Correction(models.Model):
    """A shop's proposal to change one thing on a page that other shops share."""

    product = models.ForeignKey(
        "shops.Product", on_delete=models.CASCADE, related_name="corrections"
    )
    shop = models.ForeignKey("shops.Shop", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=12, choices=Correctable)
    #: What stood there when it was proposed, and what should.
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    reason = models.TextField(max_length=LONGEST_REASON)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    note = models.TextField(max_length=LONGEST_REASON, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "shop", "field"],
                condition=Q(verdict=""),
                name="shops_correction_one_open",
            ),
            models.CheckConstraint(
                name="shops_correction_field_known", condition=Q(field__in=Correctable.values)
            ),
            models.CheckConstraint(
                name="shops_correction_decided_with_time",
                condition=Q(verdict="", decided_at=None)
                | (Q(verdict__in=Verdict.values, decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.product_id}"


class Merge(models.Model):
    """A product that became part of another. Its old address leads there, by `number`."""

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    #: The primary key it had, and has again when the merge is taken back.
    number = models.PositiveBigIntegerField(unique=True)
    product = models.ForeignKey("shops.Product", on_delete=models.CASCADE, related_name="merges")
    #: Its columns, so that it can be taken back.
    was = models.JSONField(encoder=DjangoJSONEncoder)
    #: Ids of what moved: variants, pictures; and of what was settled between offers.
    moved = models.JSONField()
    #: The product it went into at that moment; merged on, `product` names the last one.
    into = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["city", "-at"], name="shops_merge_latest")]

    def __str__(self) -> str:
        return f"{self.number} -> {self.product_id}"
