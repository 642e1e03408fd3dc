"""Payments, refunds, disputes, and what a person has to look at."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Round
from django.db.models.lookups import Exact, LessThanOrEqual

from marketplace.payments.enums import (
    LIVE,
    CaptureMode,
    CaseKind,
    DisputeState,
    PaymentState,
    RefundState,
)

ZERO = Decimal("0.00")
#: What a person says about a case when closing it.
LONGEST_NOTE = 400


def _cents(name: str) -> Cast:
    """A column in whole cents. SQLite keeps decimals in binary, where 10.10 + 0.20 is not 10.30."""
    return Cast(Round(F(name) * 100), models.BigIntegerField())


def _money(default: Decimal | None = ZERO) -> models.DecimalField:
    """Gross, EUR."""
    return models.DecimalField(max_digits=10, decimal_places=2, default=default)


class Payment(models.Model):
    """One attempt to pay one thing. Written only by `domain`, under its version (truths 6 and 7).

    `subject` is what the money is for, known to whoever asked, never to us. All amounts are EUR.
    """

    subject = models.UUIDField(db_index=True)
    account = models.ForeignKey(
        "payments.ProviderAccount", on_delete=models.PROTECT, related_name="payments"
    )
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    #: What the shopper was shown, and the operator's part of it.
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    fee = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.BEGUN)
    #: The provider's word.
    authorised = _money()
    captured = _money()
    #: Ours: captured = kept + refunded + owed back (truth 6).
    kept = _money()
    refunded = _money()
    owed_back = _money()
    #: What we have asked to be captured; the provider takes an authorisation once.
    capture_asked = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    #: Since when nobody wants this payment any more: money that comes after is late.
    close_asked_at = models.DateTimeField(null=True, blank=True)
    #: Kind of means: card, klarna, sepa_debit ...
    method = models.CharField(max_length=40, blank=True)
    capture_mode = models.CharField(max_length=7, choices=CaptureMode, blank=True)
    #: The authorisation is lost here.
    capture_before = models.DateTimeField(null=True, blank=True)
    open_disputes = models.PositiveSmallIntegerField(default=0)
    session_ref = models.CharField(max_length=120, blank=True)
    intent_ref = models.CharField(max_length=120, blank=True)
    #: The provider's hosted page, while it is open.
    page_url = models.TextField(blank=True)
    created_at = models.DateTimeField()
    #: The payment page closes by itself.
    expires_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["shop", "created_at"], name="payments_of_shop"),
            models.Index(
                fields=["capture_before"],
                name="payments_capture_due",
                condition=Q(state=PaymentState.AUTHORISED),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=sorted(LIVE)),
                name="payments_one_live_per_subject",
            ),
            models.UniqueConstraint(
                fields=["session_ref"],
                condition=~Q(session_ref=""),
                name="payments_session_unique",
            ),
            models.UniqueConstraint(
                fields=["intent_ref"], condition=~Q(intent_ref=""), name="payments_intent_unique"
            ),
            models.CheckConstraint(
                name="payments_state_known", condition=Q(state__in=PaymentState.values)
            ),
            models.CheckConstraint(
                name="payments_amount_positive",
                condition=Q(amount__gt=0, fee__gte=0, fee__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="payments_not_negative",
                condition=Q(authorised__gte=0, captured__gte=0, kept__gte=0, refunded__gte=0)
                & Q(owed_back__gte=0),
            ),
            models.CheckConstraint(
                name="payments_captured_at_most_authorised",
                condition=Q(LessThanOrEqual(_cents("captured"), _cents("authorised"))),
            ),
            models.CheckConstraint(
                name="payments_authorised_at_most_amount",
                condition=Q(LessThanOrEqual(_cents("authorised"), _cents("amount"))),
            ),
            models.CheckConstraint(
                name="payments_refunded_at_most_captured",
                condition=Q(LessThanOrEqual(_cents("refunded"), _cents("captured"))),
            ),
            models.CheckConstraint(
                name="payments_captured_is_accounted_for",
                condition=Q(
                    Exact(
                        _cents("captured"),
                        _cents("kept") + _cents("refunded") + _cents("owed_back"),
                    )
                ),
            ),
            models.CheckConstraint(
                name="payments_captured_has_money",
                condition=Q(state=PaymentState.CAPTURED, captured__gt=0, captured_at__isnull=False)
                | (~Q(state=PaymentState.CAPTURED) & Q(captured=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"payment {self.pk}"


class Refund(models.Model):
    """Money back by the means it came. `nonce` makes asking twice one refund.

    `is_ours` is off where the shop refunded at the provider itself.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    nonce = models.UUIDField(unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=7, choices=RefundState, default=RefundState.ASKED)
    is_ours = models.BooleanField(default=True)
    provider_id = models.CharField(max_length=120, blank=True)
    #: The refund that takes the place of this one, which did not arrive.
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id"],
                condition=~Q(provider_id=""),
                name="payments_refund_provider_id_unique",
            ),
            models.CheckConstraint(
                name="payments_refund_amount_positive", condition=Q(amount__gt=0)
            ),
            models.CheckConstraint(
                name="payments_refund_state_known", condition=Q(state__in=RefundState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.pk}"


class Dispute(models.Model):
    """A complaint at the shopper's bank, as the provider reports it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=120, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=12, choices=DisputeState)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payments_dispute_state_known", condition=Q(state__in=DisputeState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk}"


class Case(models.Model):
    """Something the machine may not decide. Open until a person closes it."""

    kind = models.CharField(max_length=16, choices=CaseKind)
    #: "payment:12", "account:3", "provider:pi_..."
    about = models.CharField(max_length=140)
    #: A code, never free text.
    detail = models.CharField(max_length=120, blank=True)
    shop = models.ForeignKey(
        "shops.Shop", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    #: What became of it, in the words of who closed it. The form asks for no names.
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)

    class Meta:
        indexes = [models.Index(fields=["shop", "closed_at"], name="payments_case_of_shop")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=Q(closed_at__isnull=True),
                name="payments_case_open_once",
            ),
            models.CheckConstraint(
                name="payments_case_kind_known", condition=Q(kind__in=CaseKind.values)
            ),
            models.CheckConstraint(
                name="payments_case_closed_with_note",
                condition=Q(closed_at__isnull=True, note="")
                | (Q(closed_at__isnull=False) & ~Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Cursor(models.Model):
    """How far the provider's list of events has been read, per account."""

    account = models.OneToOneField(
        "payments.ProviderAccount", on_delete=models.PROTECT, related_name="cursor"
    )
    #: Events made before this moment have been seen.
    read_until = models.DateTimeField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"cursor of account {self.account_id}"
