"""Withdrawals from contracts: what was declared, word for word, and what the shop made of it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.reservations.enums import Seal, WithdrawalState


class WithdrawalDeclaration(models.Model):
    """LAW: evidence (BGB § 356a; law, section 3). Append-only by trigger; only retention may empty
    the payload, which names a person. The sum over it stays."""

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    #: The checkout whose secret link led to the form; empty where the form was found otherwise.
    checkout = models.ForeignKey(
        "reservations.Checkout", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: From the form: the same form gives the same declaration (truth 11).
    nonce = models.UUIDField(unique=True)
    #: To the second, as the receipt says.
    received_at = models.DateTimeField()
    language = models.CharField(max_length=8)
    #: Version of form and sentence that were confirmed.
    wording = models.CharField(max_length=20)
    #: JSON as `domain.withdrawal.payload` writes it: what was declared, by whom, in which words.
    payload = models.TextField(blank=True)
    #: SHA-256 over the payload, which holds version and moment as well.
    sha256 = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["city", "received_at"], name="reservations_declared")]

    def __str__(self) -> str:
        return f"declaration {self.pk}"


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def at(self, branches: Any) -> "WithdrawalQuerySet":
        return self.filter(reservation__branch__in=branches)


class Withdrawal(models.Model):
    """What became of a declaration. Changes its state only in `domain.withdrawal`."""

    declaration = models.OneToOneField(
        WithdrawalDeclaration, on_delete=models.PROTECT, related_name="withdrawal"
    )
    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    reservation = models.ForeignKey(
        "reservations.Reservation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="withdrawals",
    )
    state = models.CharField(max_length=13, choices=WithdrawalState)
    #: The whole order, or the lines below; without any a person reads which goods are meant.
    is_whole = models.BooleanField()
    #: Received after the right had ended, as far as we know; the shop decides, never the machine.
    is_late = models.BooleanField(default=False)
    #: LAW: the money is back by then (BGB § 355 (3), § 357 (1)).
    refund_due_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True, blank=True)
    #: The goods were given back, and who took them.
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refunded_at = models.DateTimeField(null=True, blank=True)
    #: Why not, or not all of it; the shopper reads it.
    reason = models.TextField(blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "refund_due_at"], name="reservations_withdrawal_due"),
        ]
        constraints = [
            models.CheckConstraint(
                name="reservations_withdrawal_state_known",
                condition=Q(state__in=WithdrawalState.values),
            ),
            models.CheckConstraint(
                name="reservations_withdrawal_is_about_something",
                condition=Q(state__in=[WithdrawalState.RECEIVED, WithdrawalState.REJECTED])
                | Q(reservation__isnull=False, matched_at__isnull=False),
            ),
            # LAW: no machine rejects a withdrawal, and nobody without saying why (law A9).
            models.CheckConstraint(
                name="reservations_withdrawal_rejected_by_somebody",
                condition=~Q(state=WithdrawalState.REJECTED)
                | (Q(answered_by__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="reservations_withdrawal_returned_to_somebody",
                condition=~Q(state=WithdrawalState.RETURNED)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reservations_withdrawal_refunded_with_time",
                condition=Q(state=WithdrawalState.REFUNDED, refunded_at__isnull=False)
                | (~Q(state=WithdrawalState.REFUNDED) & Q(refunded_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"


class WithdrawalLine(models.Model):
    """So many units of a line, as declared and as granted."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(
        "reservations.Line", on_delete=models.PROTECT, related_name="withdrawals"
    )
    units = models.PositiveIntegerField()
    #: Empty until it is decided.
    granted = models.PositiveIntegerField(null=True, blank=True)
    #: Of those, units that went back on the shelf.
    shelved = models.PositiveIntegerField(default=0)
    #: LAW: looked at for sealed goods only (BGB § 312g (2) no. 3, 6).
    seal = models.CharField(max_length=8, choices=Seal, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "line"], name="reservations_withdrawalline_once"
            ),
            models.CheckConstraint(
                name="reservations_withdrawalline_units_positive", condition=Q(units__gt=0)
            ),
            models.CheckConstraint(
                name="reservations_withdrawalline_granted_within_units",
                condition=Q(granted__isnull=True) | Q(granted__lte=models.F("units")),
            ),
            models.CheckConstraint(
                name="reservations_withdrawalline_shelved_within_granted",
                condition=Q(shelved=0) | Q(granted__gte=models.F("shelved")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of line {self.line_id}"
