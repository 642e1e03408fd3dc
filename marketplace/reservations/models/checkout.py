"""What one act of checking out placed, and for whom."""

import uuid

from django.db import models


class Contact(models.Model):
    """The one row with a shopper's name, mail and phone; everything else refers to ids (law G3)."""

    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    #: Folded address, to count a person's open reservations.
    email_key = models.CharField(max_length=254, blank=True, db_index=True)
    phone = models.CharField(max_length=40, blank=True)
    #: Set by retention when the fields above were emptied.
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Checkout(models.Model):
    """One secret link, one mail thread, one reservation per branch; all or nothing."""

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="checkouts")
    #: From the form: the same form gives the same checkout (truth 11).
    nonce = models.UUIDField(unique=True)
    #: Part of the secret link; a new one revokes the old link.
    link_nonce = models.CharField(max_length=32)
    language = models.CharField(max_length=8)
    #: Version of the wording the shopper saw before reserving (law A2).
    wording = models.CharField(max_length=20)
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkout {self.pk}"


def new_link_nonce() -> str:
    """128 random bits."""
    return uuid.uuid4().hex
