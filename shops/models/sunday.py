"""Sundays on which the city may let shops open (NLöffVZG § 5): by permit, by zone, by choice."""

from django.db import models
from django.db.models import F, Q

from shops.enums import SundayStatus


class Zone(models.Model):
    """A part of town that has Sundays of its own (Ortsbereich)."""

    city = models.ForeignKey("shops.City", on_delete=models.CASCADE, related_name="zones")
    name = models.CharField(max_length=80)
    #: Recognised place for excursions: eight Sundays a year instead of four.
    is_excursion = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="shops_zone_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SundayOpening(models.Model):
    """One permitted Sunday; shops of its zone open only where they say that they take part."""

    city = models.ForeignKey("shops.City", on_delete=models.CASCADE, related_name="sundays")
    #: None: the whole town.
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="sundays"
    )
    date = models.DateField()
    opens = models.TimeField()
    closes = models.TimeField()
    reason = models.CharField(max_length=120)
    #: Number of the permit; empty while it is only planned.
    permit = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=SundayStatus, default=SundayStatus.PLANNED)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shops_sundayopening_in_order", condition=Q(closes__gt=F("opens"))
            ),
            models.CheckConstraint(
                name="shops_sundayopening_permit",
                condition=~Q(status=SundayStatus.PERMITTED) | ~Q(permit=""),
            ),
            models.UniqueConstraint(
                fields=["city", "date"],
                condition=Q(zone=None),
                name="shops_sundayopening_town_once",
            ),
            models.UniqueConstraint(
                fields=["zone", "date"],
                condition=Q(zone__isnull=False),
                name="shops_sundayopening_zone_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.reason}"


class SundayShop(models.Model):
    """A branch takes part, for all of the permitted hours or for a part of them."""

    opening = models.ForeignKey(SundayOpening, on_delete=models.CASCADE, related_name="shops")
    branch = models.ForeignKey("shops.Branch", on_delete=models.CASCADE, related_name="sundays")
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opening", "branch"], name="shops_sundayshop_once"),
            models.CheckConstraint(
                name="shops_sundayshop_in_order", condition=Q(closes__gt=F("opens"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.opens:%H:%M}-{self.closes:%H:%M}"
