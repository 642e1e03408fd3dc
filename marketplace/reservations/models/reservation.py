"""The part of a checkout at one branch."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from marketplace.reservations.enums import (
    ENDED,
    HOLDING,
    LIVE,
    OPEN,
    Choice,
    EndReason,
    LineState,
    Mode,
    State,
    Verb,
)
from shops.enums import Deposit, TaxClass, Withdrawal


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def open(self) -> "ReservationQuerySet":
        return self.filter(state__in=OPEN)

    def told(self) -> "ReservationQuerySet":
        """Those the shop knows of: one that waits for its payment is not its business yet."""
        return self.exclude(state=State.PENDING)

    def at(self, branch: Any) -> "ReservationQuerySet":
        return self.filter(branch=branch)


class Reservation(models.Model):
    """Changes its state only in `domain.lifecycle`, by compare-and-swap (truth 4)."""

    checkout = models.ForeignKey(
        "reservations.Checkout", on_delete=models.PROTECT, related_name="reservations"
    )
    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("shops.Branch", on_delete=models.PROTECT, related_name="+")
    #: The window the shopper chose, where the branch has some.
    slot = models.ForeignKey(
        "shops.Slot", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mode = models.CharField(max_length=8, choices=Mode)
    #: What its payments are for, in mode PAY; they know nothing else of us.
    subject = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State)
    #: Six of 28 unambiguous characters, unique among the shop's open reservations.
    code = models.CharField(max_length=6)
    placed_at = models.DateTimeField()
    #: The shop's silence after this declines a request.
    answer_by = models.DateTimeField(null=True, blank=True)
    #: Promised: ready from here on.
    ready_by = models.DateTimeField(null=True, blank=True)
    #: A reserve lapses here.
    collect_by = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    #: An unpaid hold lapses here, once its payment path is closed.
    hold_until = models.DateTimeField(null=True, blank=True)
    #: The goods lie in their compartment and the money is being taken.
    set_aside_at = models.DateTimeField(null=True, blank=True)
    #: The shop accepts by itself and the stock was sure when claimed: accepted as soon as paid.
    is_sure = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: LAW: that somebody looked at a proof of age, and who; never a date of birth (law E1).
    age_checked_at = models.DateTimeField(null=True, blank=True)
    age_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: LAW: when what was agreed reached the shopper in full, by mail or on paper (law A5), and a
    #: SHA-256 over it; the goods of a paid one are not handed over before.
    confirmation_sent_at = models.DateTimeField(null=True, blank=True)
    confirmation_hash = models.CharField(max_length=64, blank=True)
    #: Who handed it over on paper; empty where it went by mail.
    confirmation_paper_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: Compartment the goods lie in.
    shelf = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=16, choices=EndReason, blank=True)
    version = models.PositiveIntegerField(default=0)
    #: LAW: paid and collected: the right of withdrawal ends at this midnight (BGB § 355; law A7).
    #: Written at the hand-over, since what has been told must not move with a calendar.
    withdrawal_ends_at = models.DateTimeField(null=True, blank=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["branch", "state"], name="reservations_at_branch"),
            models.Index(fields=["shop", "code"], name="reservations_by_code"),
            models.Index(fields=["state", "answer_by"], name="reservations_answer_due"),
            models.Index(fields=["state", "collect_by"], name="reservations_collect_due"),
            models.Index(
                fields=["hold_until"],
                name="reservations_hold_due",
                condition=Q(state=State.PENDING),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "code"],
                condition=Q(state__in=sorted(LIVE)),
                name="reservations_code_unique_while_open",
            ),
            models.CheckConstraint(
                name="reservations_state_known", condition=Q(state__in=State.values)
            ),
            models.CheckConstraint(
                name="reservations_mode_known", condition=Q(mode__in=Mode.values)
            ),
            models.CheckConstraint(
                name="reservations_age_checked_by_somebody",
                condition=Q(age_checked_at__isnull=True, age_checked_by__isnull=True)
                | Q(age_checked_at__isnull=False, age_checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="reservations_ended_with_time",
                condition=Q(state__in=sorted(LIVE), ended_at__isnull=True)
                | Q(state__in=sorted(ENDED), ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reservations_ready_with_time",
                condition=~Q(state=State.READY)
                | Q(ready_at__isnull=False, collect_by__isnull=False),
            ),
            models.CheckConstraint(
                name="reservations_paid_has_subject",
                condition=Q(mode=Mode.PAY, subject__isnull=False, hold_until__isnull=False)
                | Q(mode=Mode.RESERVE, subject__isnull=True, hold_until__isnull=True),
            ),
            models.CheckConstraint(
                name="reservations_only_paid_wait_for_money",
                condition=Q(mode=Mode.PAY)
                | (~Q(state=State.PENDING) & Q(set_aside_at__isnull=True)),
            ),
            # LAW: nobody leaves with paid goods who has not got the contract (BGB § 312f (2)).
            models.CheckConstraint(
                name="reservations_handed_over_confirmed",
                condition=~Q(mode=Mode.PAY, state=State.COLLECTED)
                | Q(confirmation_sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reservations_confirmed_with_time",
                condition=Q(confirmation_sent_at__isnull=False)
                | Q(confirmation_hash="", confirmation_paper_by__isnull=True),
            ),
            # LAW: whoever has paid keeps a claim on the goods or the money, whatever the clock
            # says; only a hold that was never paid lapses (design 5).
            models.CheckConstraint(
                name="reservations_paid_never_lapses",
                condition=~Q(mode=Mode.PAY, state=State.EXPIRED) | Q(ready_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"reservation {self.pk}"

    @property
    def spoken_code(self) -> str:
        """The code as people read it: four and two."""
        return f"{self.code[:4]} {self.code[4:]}"

    @property
    def withdrawal_until(self) -> date | None:
        """The last day on which it can be withdrawn from; None before it was collected."""
        if self.withdrawal_ends_at is None:
            return None
        return timezone.localdate(self.withdrawal_ends_at - timedelta(seconds=1))


class Line(models.Model):
    """One offer in a reservation. What was copied at checkout never changes after (truth 5)."""

    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey("shops.Offer", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    variant_label = models.CharField(max_length=200, blank=True)
    #: Gross, EUR, per unit.
    price = models.DecimalField(max_digits=10, decimal_places=2)
    tax_class = models.CharField(max_length=10, choices=TaxClass)
    tax_rate = models.DecimalField(max_digits=4, decimal_places=2)
    #: EUR per unit, beside the price and no part of it (PAngV § 7).
    deposit_amount = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    deposit_kind = models.CharField(max_length=7, choices=Deposit, blank=True)
    #: Years one must have to be given it.
    min_age = models.PositiveSmallIntegerField(default=0)
    #: LAW: whether it can be given back without a reason, as it was told before ordering (law A8).
    withdrawal = models.CharField(max_length=10, choices=Withdrawal, blank=True)
    quantity = models.PositiveIntegerField()
    #: Units still claimed in the offer; nought once the line has ended.
    held = models.PositiveIntegerField()
    consumed = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    #: Units withdrawn from before the hand-over; those of them that still lie in the compartment
    #: are `held` until somebody takes them out.
    given_up = models.PositiveIntegerField(default=0)
    #: Units withdrawn from after the hand-over and taken back by the shop.
    withdrawn = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=LineState, default=LineState.CLAIMED)
    #: What the shopper made of missing units.
    choice = models.CharField(max_length=8, choices=Choice, blank=True)

    class Meta:
        indexes = [models.Index(fields=["offer", "state"], name="reservations_line_holding")]
        constraints = [
            models.UniqueConstraint(fields=["reservation", "offer"], name="reservations_line_once"),
            models.CheckConstraint(
                name="reservations_line_state_known", condition=Q(state__in=LineState.values)
            ),
            models.CheckConstraint(
                name="reservations_line_quantity_positive", condition=Q(quantity__gt=0)
            ),
            models.CheckConstraint(
                name="reservations_line_held_while_holding",
                condition=Q(state__in=sorted(HOLDING), held__gt=0)
                | (~Q(state__in=sorted(HOLDING)) & Q(held=0)),
            ),
            models.CheckConstraint(
                name="reservations_line_units_add_up",
                condition=Q(quantity__gte=F("held") + F("consumed") + F("missing")),
            ),
            models.CheckConstraint(
                name="reservations_line_given_up_within_quantity",
                condition=Q(quantity__gte=F("given_up") + F("consumed") + F("missing")),
            ),
            models.CheckConstraint(
                name="reservations_line_withdrawn_within_consumed",
                condition=Q(withdrawn__lte=F("consumed")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"

    @property
    def kept(self) -> int:
        """Units that were collected and not given back after a withdrawal."""
        return self.consumed - self.withdrawn

    @property
    def owed(self) -> int:
        """Units the shopper may still collect and pays for: held, less those withdrawn from that
        nobody has taken out of the compartment yet."""
        return max(min(self.held, self.quantity - self.missing - self.given_up), 0)

    @property
    def to_take_out(self) -> int:
        """Units withdrawn from that still lie in the compartment."""
        return self.held - self.owed


class Tap(models.Model):
    """One act at the counter: makes it idempotent (truth 11) and lets its member take it back."""

    #: From the form or the device.
    client_id = models.UUIDField(unique=True)
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="taps")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=12, choices=Verb)
    at = models.DateTimeField()
    #: The reservation's version after the tap: a later one means something followed.
    version = models.PositiveIntegerField()
    #: What the reservation and its lines were before.
    before = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["reservation", "at"], name="reservations_tap_last")]
        constraints = [
            models.CheckConstraint(
                name="reservations_tap_verb_known", condition=Q(verb__in=Verb.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.reservation_id}"
