"""What a shopper has gathered. Claims nothing, counts nothing down."""

import uuid

from django.db import models
from django.db.models import Q


class Basket(models.Model):
    """Found by the key in the shopper's session; swept when long untouched."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    city = models.ForeignKey("shops.City", on_delete=models.CASCADE, related_name="+")
    touched_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["touched_at"], name="reservations_basket_touched")]

    def __str__(self) -> str:
        return str(self.key)


class BasketLine(models.Model):
    """So many of one offer."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey("shops.Offer", on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["basket", "offer"], name="reservations_basketline_once"
            ),
            models.CheckConstraint(
                name="reservations_basketline_quantity_positive", condition=Q(quantity__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.offer_id}"
