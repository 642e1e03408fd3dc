"""A physical place of a shop and when it is open."""

from typing import Any

from django.db import models


class BranchQuerySet(models.QuerySet["Branch"]):
    def of(self, city: Any) -> "BranchQuerySet":
        return self.filter(shop__city=city)

    def live(self) -> "BranchQuerySet":
        return self.filter(is_live=True, shop__is_live=True)


class Branch(models.Model):
    """Where goods and code meet."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.PROTECT, related_name="branches")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=5)
    town = models.CharField(max_length=80)
    #: District as people call it; lists of shops and the search offer it as a place to go to.
    quarter = models.CharField(max_length=80, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    #: How to get in, in words: steps, width of the door, bus stop.
    directions = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    #: Opening minutes from confirmation to ready.
    lead_minutes = models.PositiveSmallIntegerField(default=30)
    #: How many reservations are being prepared; told downwards by `reservations`.
    preparing = models.PositiveIntegerField(default=0)
    #: No new reservations before this instant.
    paused_until = models.DateTimeField(null=True, blank=True)
    is_live = models.BooleanField(default=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "branches"
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="shops_branch_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One weekly interval, local time; `closes <= opens` runs past midnight."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="hours")
    #: 0 is Monday (ISO 8601 minus one, as `date.weekday()`).
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                name="shops_openinghours_weekday", condition=models.Q(weekday__lte=6)
            ),
            models.UniqueConstraint(
                fields=["branch", "weekday", "opens"], name="shops_openinghours_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class Closure(models.Model):
    """Dated closing, first and last day included."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="closures")
    first_date = models.DateField()
    last_date = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shops_closure_in_order",
                condition=models.Q(last_date__gte=models.F("first_date")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} - {self.last_date}"
