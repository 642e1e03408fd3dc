"""Scanning: goods put on the shelf one by one, and many in a row."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from shops.enums import ScanMode, ScanOutcome


class Shelving(models.Model):
    """One form "put on the shelf" that was sent: sent again, it does nothing again (truth 11)."""

    client_id = models.UUIDField(unique=True)
    offer = models.ForeignKey("shops.Offer", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.client_id)


class ScanSession(models.Model):
    """What a member has scanned at a branch in a row. One is open at a time; it waits for days."""

    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="scans")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mode = models.CharField(max_length=5, choices=ScanMode)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["branch", "-finished_at"], name="shops_scansession_done"),
        ]
        constraints = [
            # RACE: two taps on "begin" open one session.
            models.UniqueConstraint(
                fields=["branch", "member"],
                condition=Q(finished_at__isnull=True),
                name="shops_scansession_one_open",
            ),
            models.CheckConstraint(
                name="shops_scansession_mode_known", condition=Q(mode__in=ScanMode.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}/{self.member_id} {self.started_at:%Y-%m-%d %H:%M}"


class ScanLine(models.Model):
    """One article of a session: how many, and in the end what became of it."""

    session = models.ForeignKey(ScanSession, on_delete=models.CASCADE, related_name="lines")
    #: None: nobody here knows the number; somebody has to describe the thing.
    variant = models.ForeignKey(
        "shops.Variant", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    #: As it was scanned.
    code = models.CharField(max_length=40)
    quantity = models.PositiveIntegerField(default=0)
    #: Last scan of it, which is when its count was true, and what was set aside then.
    scanned_at = models.DateTimeField()
    set_aside = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=9, choices=ScanOutcome, blank=True)
    #: On hand before and after, where the session was written.
    before = models.IntegerField(null=True, blank=True)
    after = models.IntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["session"],
                condition=Q(outcome=ScanOutcome.UNKNOWN),
                name="shops_scanline_undescribed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "variant"],
                condition=Q(variant__isnull=False),
                name="shops_scanline_variant_once",
            ),
            models.UniqueConstraint(
                fields=["session", "code"],
                condition=Q(variant__isnull=True),
                name="shops_scanline_code_once",
            ),
            models.CheckConstraint(
                name="shops_scanline_outcome_known",
                condition=Q(outcome__in=["", *ScanOutcome.values]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.code}"


class Scan(models.Model):
    """One beep, or one number typed instead; the last one can be taken back."""

    line = models.ForeignKey(ScanLine, on_delete=models.CASCADE, related_name="scans")
    #: Of the request: sent twice it counts once.
    client_id = models.UUIDField(unique=True)
    units = models.IntegerField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.units:+d}"
