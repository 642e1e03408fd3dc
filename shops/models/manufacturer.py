"""Who makes goods: one registry for all shops of the installation."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Manufacturer(models.Model):
    """Where a manufacturer is reached. Written by `shops.domain.registry` alone.

    LAW: Regulation (EU) 2023/988 Art. 19 (a), (b): an offer names the manufacturer with postal and
    electronic address, and a responsible person in the Union for those outside of it.
    """

    name = models.CharField(max_length=120)
    #: `fold(name)`: two shops that spell it alike mean the same.
    key = models.CharField(max_length=120, unique=True)
    address = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    outside_eu = models.BooleanField(default=False)
    responsible_name = models.CharField(max_length=120, blank=True)
    responsible_address = models.CharField(max_length=200, blank=True)
    responsible_email = models.EmailField(blank=True)
    #: `DE 12345678`; goods may have one of their own (ElektroG § 6).
    weee_number = models.CharField(max_length=11, blank=True)
    #: Beginnings of its barcodes, with spaces between them: only a hint.
    gtin_prefixes = models.CharField(max_length=200, blank=True)
    #: Goes up with each edit.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="shops_manufacturer_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="shops_manufacturer_responsible_named",
                condition=Q(outside_eu=False)
                | (~Q(responsible_name="") & ~Q(responsible_address="") & ~Q(responsible_email="")),
            ),
            models.CheckConstraint(
                name="shops_manufacturer_weee_number_form",
                condition=Q(weee_number="") | Q(weee_number__startswith="DE "),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        """Reached by post and by mail, and somebody in the Union answers for it."""
        return bool(self.address and self.email)


class ManufacturerVersion(models.Model):
    """What the registry said from then on. Append-only."""

    manufacturer = models.ForeignKey(
        Manufacturer, on_delete=models.PROTECT, related_name="versions"
    )
    version = models.PositiveIntegerField()
    #: Its columns by name.
    said = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "version"], name="shops_manufacturerversion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer_id} v{self.version}"


class ManufacturerNote(models.Model):
    """A shop tells the city's desk that the registry is wrong about a manufacturer others use."""

    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.CASCADE, related_name="notes")
    shop = models.ForeignKey("shops.Shop", on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["done_at", "at"], name="shops_manufacturernote_open")]
        constraints = [
            models.CheckConstraint(name="shops_manufacturernote_said", condition=~Q(text="")),
            models.CheckConstraint(
                name="shops_manufacturernote_done_after",
                condition=Q(done_at__isnull=True) | Q(done_at__gte=F("at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer_id}: {self.shop_id}"
