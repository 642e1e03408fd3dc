"""Which versions of the seller's legal texts a paid checkout was made under."""

from django.db import models


class AgreedText(models.Model):
    """Append-only: whoever has ordered finds the words of that day (law A16). In the language of
    the checkout and in German, which governs."""

    checkout = models.ForeignKey(
        "reservations.Checkout", on_delete=models.PROTECT, related_name="agreed_texts"
    )
    text = models.ForeignKey("shops.LegalText", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkout", "text"], name="reservations_agreed_once"),
        ]

    def __str__(self) -> str:
        return f"checkout {self.checkout_id}: text {self.text_id}"
