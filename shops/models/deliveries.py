"""What a branch's till sends: its key, each delivery with its receipt, rows that were held back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shops.enums import Channel, HeldState


class StockToken(models.Model):
    """A till's key to one branch. The secret itself is nowhere: only its hash."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="tokens")
    #: Which till it is in, as the shop calls it.
    name = models.CharField(max_length=60)
    #: The part that may be shown, and by which the row is found.
    prefix = models.CharField(max_length=12, unique=True)
    #: SHA-256 of the whole token, in hex.
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["branch", "-created_at"], name="shops_token_of_branch")]

    def __str__(self) -> str:
        return self.prefix


class Delivery(models.Model):
    """One list of numbers and prices from a till, and how far it has been taken.

    Rows are taken in the list's own order; `position` of them are done. The sums are written with
    the offers they speak of, so a delivery that stops half way goes on where it was.
    """

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="deliveries")
    #: The sender's own name for it: the same name is the same delivery.
    number = models.CharField(max_length=100)
    #: SHA-256 of what was sent, in hex.
    fingerprint = models.CharField(max_length=64)
    channel = models.CharField(max_length=4, choices=Channel)
    token = models.ForeignKey(
        StockToken, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: When its numbers were true, where a row says nothing else.
    as_of = models.DateTimeField()
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    #: Rows that say "none left" are held back: there are too many of them (`shops.domain.brake`).
    holds_zeros = models.BooleanField(default=False)
    #: The first unknown and refused rows: {"unknown": [[line, number]], "refused": [[line, code]]}.
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["branch", "-received_at"], name="shops_delivery_latest"),
            models.Index(fields=["branch", "as_of"], name="shops_delivery_as_of"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["branch", "number"], name="shops_delivery_once"),
            models.CheckConstraint(
                name="shops_delivery_adds_up",
                condition=Q(
                    position=F("accepted")
                    + F("unchanged")
                    + F("unknown")
                    + F("held")
                    + F("refused"),
                    position__lte=F("rows"),
                ),
            ),
            models.CheckConstraint(
                name="shops_delivery_finished_whole",
                condition=Q(finished_at__isnull=True) | Q(position=F("rows")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class HeldRow(models.Model):
    """A row that looked like a mistake: nothing of it is taken before somebody has looked."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="held_rows")
    offer = models.ForeignKey("shops.Offer", on_delete=models.CASCADE, related_name="held_rows")
    line = models.PositiveIntegerField()
    #: Why; `shops.domain.brake` names them.
    code = models.CharField(max_length=20)
    quantity = models.PositiveIntegerField(null=True, blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    as_of = models.DateTimeField()
    #: What the offer said when the row was held back.
    old_quantity = models.IntegerField(null=True, blank=True)
    old_price = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=9, choices=HeldState, default=HeldState.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["delivery", "state"], name="shops_heldrow_of_delivery")]
        constraints = [
            # One question per article: a younger row takes the place of the one before.
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(state=HeldState.OPEN),
                name="shops_heldrow_one_open",
            ),
            models.CheckConstraint(
                name="shops_heldrow_decided",
                condition=Q(state=HeldState.OPEN, decided_at__isnull=True)
                | (~Q(state=HeldState.OPEN) & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.line}"

    @property
    def has_new_quantity(self) -> bool:
        """Whether the row says another number than the shelf."""
        return self.quantity is not None and self.quantity != self.old_quantity

    @property
    def has_new_price(self) -> bool:
        """Whether the row says another price than the label."""
        return self.price is not None and self.price != self.old_price
