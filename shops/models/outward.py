"""How often people went on to shops' own web shops: sums, and nothing about anybody."""

from django.db import models
from django.db.models import Q

from shops.enums import Way


class OutwardClicks(models.Model):
    """Clicks of one day on the links of one kind to one shop. No person, page or time of day."""

    shop = models.ForeignKey("shops.Shop", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    way = models.CharField(max_length=5, choices=Way)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "outward clicks"
        constraints = [
            models.UniqueConstraint(fields=["shop", "day", "way"], name="shops_outward_once"),
            models.CheckConstraint(name="shops_outward_way_known", condition=Q(way__in=Way.values)),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.day} {self.way}"
