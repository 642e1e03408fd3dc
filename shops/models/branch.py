"""A physical place of a shop."""

from typing import Any

from django.db import models
from django.db.models import Q

from shops.enums import Trade


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
    #: What the law says about its door on Sundays, on holidays and on 24 and 31 December.
    trade = models.CharField(max_length=8, choices=Trade, default=Trade.RETAIL)
    #: Where it lies, for Sundays on which a part of town opens.
    zone = models.ForeignKey(
        "shops.Zone", on_delete=models.SET_NULL, null=True, blank=True, related_name="branches"
    )
    #: Units kept back for the shop floor of articles that come new onto its shelf.
    buffer = models.PositiveIntegerField(default=0)
    #: Opening minutes from confirmation to ready.
    lead_minutes = models.PositiveSmallIntegerField(default=30)
    #: How many reservations it can prepare side by side.
    parallel = models.PositiveSmallIntegerField(default=5)
    #: How many reservations are being prepared; told downwards by `reservations`.
    preparing = models.PositiveIntegerField(default=0)
    #: What is asked for from this time of the day on is prepared the next day.
    cutoff = models.TimeField(null=True, blank=True)
    #: Length of a window for hand-over, in minutes, and how many fit in; 0: come when you like.
    slot_minutes = models.PositiveSmallIntegerField(default=0)
    slot_capacity = models.PositiveSmallIntegerField(default=0)
    #: No new reservations before this instant.
    paused_until = models.DateTimeField(null=True, blank=True)
    #: Hours in words that no calendar understands: shown as they are, never as open.
    hours_text = models.CharField(max_length=300, blank=True)
    #: When somebody of the shop last said that the hours are right.
    hours_confirmed_at = models.DateTimeField(null=True, blank=True)
    #: All its hours in one place, compiled by `shops.domain.hours` from their rows; JSON.
    calendar = models.TextField(blank=True)
    #: Since when its offers' confidence moments do not know its calendar; a task mends them.
    moments_stale_since = models.DateTimeField(null=True, blank=True)
    is_live = models.BooleanField(default=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "branches"
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="shops_branch_slug_unique"),
            models.CheckConstraint(name="shops_branch_parallel", condition=Q(parallel__gt=0)),
            models.CheckConstraint(
                name="shops_branch_slots",
                condition=Q(slot_minutes=0) | Q(slot_minutes__range=(10, 480), slot_capacity__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ready_minutes(self) -> int:
        """Opening minutes until a new reservation is ready, behind those being prepared now."""
        return ready_minutes(self.lead_minutes, self.preparing, self.parallel)


def ready_minutes(lead_minutes: int, preparing: int, parallel: int) -> int:
    """The same from plain numbers, for lists that load no branches."""
    return lead_minutes * (1 + preparing // parallel)
