"""Goods that were handed over are not as they should be (law A15)."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from marketplace.reservations.enums import (
    COMPLAINT_CURING,
    COMPLAINT_ENDED,
    COMPLAINT_OPEN,
    ComplaintState,
    Cure,
    Informed,
)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def open(self) -> "ComplaintQuerySet":
        return self.filter(state__in=COMPLAINT_OPEN)

    def of(self, shop: Any) -> "ComplaintQuerySet":
        return self.filter(shop=shop)


class Complaint(models.Model):
    """One defect of one line. Changes its state only in `domain.complaints`, by compare-and-swap.

    Whose it is stands in the checkout's contact; what they wrote is emptied by retention.
    """

    #: From the form: the same form gives the same complaint (truth 11).
    nonce = models.UUIDField(unique=True)
    reservation = models.ForeignKey(
        "reservations.Reservation", on_delete=models.PROTECT, related_name="complaints"
    )
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("reservations.Line", on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ComplaintState, default=ComplaintState.REPORTED)
    #: What is wrong, as it was told.
    words = models.TextField(max_length=2000, blank=True)
    reported_at = models.DateTimeField()
    #: Somebody of the shop wrote it down; empty where the shopper did.
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: What the shopper chose; empty: nothing yet.
    wish = models.CharField(max_length=8, choices=Cure, blank=True)
    #: LAW: when the shopper had been told of the choice and of what a repair does to the
    #: limitation period (BGB § 475 (4)).
    informed_at = models.DateTimeField(null=True, blank=True)
    informed_how = models.CharField(max_length=5, choices=Informed, blank=True)
    cure_type = models.CharField(max_length=8, choices=Cure, blank=True)
    cure_at = models.DateTimeField(null=True, blank=True)
    #: Why the shop does not do what the shopper chose (BGB § 439 (4)).
    cure_reason = models.TextField(max_length=1000, blank=True)
    #: What the shop knows of spare parts and repair.
    spare_parts = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: The shop's last word: why it refuses, or what else the shopper should know.
    answer = models.TextField(max_length=1000, blank=True)
    #: Claims about this defect do not lapse before the end of that day.
    limitation_until = models.DateField()
    #: Set by retention when the texts above were emptied.
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["shop", "state"], name="reservations_complaint_shop"),
            models.Index(fields=["reservation"], name="reservations_complaint_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=sorted(COMPLAINT_OPEN)),
                name="reservations_complaint_one_open",
            ),
            models.CheckConstraint(
                name="reservations_complaint_state_known",
                condition=Q(state__in=ComplaintState.values),
            ),
            models.CheckConstraint(
                name="reservations_complaint_words_known",
                condition=Q(
                    wish__in=["", *Cure.values],
                    cure_type__in=["", *Cure.values],
                    informed_how__in=["", *Informed.values],
                ),
            ),
            models.CheckConstraint(
                name="reservations_complaint_units_positive", condition=Q(units__gt=0)
            ),
            models.CheckConstraint(
                name="reservations_complaint_informed_somehow",
                condition=Q(informed_at__isnull=True, informed_how="")
                | (Q(informed_at__isnull=False) & ~Q(informed_how="")),
            ),
            # LAW: no repair and no replacement before the shopper was told that the choice is
            # theirs and that a repair prolongs the limitation period (BGB § 475 (4); law A15).
            models.CheckConstraint(
                name="reservations_complaint_informed_before_cure",
                condition=Q(cure_type="", cure_at__isnull=True)
                | (
                    ~Q(cure_type="")
                    # A comparison with nothing is no refusal, so it is said twice.
                    & Q(
                        cure_at__isnull=False,
                        informed_at__isnull=False,
                        informed_at__lte=F("cure_at"),
                    )
                ),
            ),
            models.CheckConstraint(
                name="reservations_complaint_cure_has_kind",
                condition=~Q(state__in=sorted(COMPLAINT_CURING)) | ~Q(cure_type=""),
            ),
            models.CheckConstraint(
                name="reservations_complaint_ended_with_time",
                condition=Q(state__in=sorted(COMPLAINT_OPEN), ended_at__isnull=True)
                | Q(state__in=sorted(COMPLAINT_ENDED), ended_at__isnull=False),
            ),
            # LAW: nobody is refused without being told why.
            models.CheckConstraint(
                name="reservations_complaint_refused_with_reason",
                condition=~Q(state=ComplaintState.REFUSED)
                | ~Q(answer="")
                | Q(erased_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"complaint {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in COMPLAINT_OPEN
