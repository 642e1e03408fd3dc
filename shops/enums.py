"""Closed sets of the shops package."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A person's place in a shop."""

    OWNER = "OWNER", _("Owner")
    STAFF = "STAFF", _("Counter staff")


class TaxClass(models.TextChoices):
    """VAT class of a variant (UStG § 12); the rate is looked up, never typed."""

    STANDARD = "STANDARD", _("19 %")
    REDUCED = "REDUCED", _("7 %")
    ZERO = "ZERO", _("0 %")

    @property
    def rate(self) -> Decimal:
        """Percent of the net price."""
        return {"STANDARD": Decimal(19), "REDUCED": Decimal(7), "ZERO": Decimal(0)}[self.value]


class Source(models.TextChoices):
    """Who said the last number of an offer."""

    EYE = "EYE", _("counted in the shop")
    FILE = "FILE", _("from the shop's file")


class Reason(models.TextChoices):
    """Why an offer's number changed: one per Movement."""

    COUNT = "COUNT", _("counted")
    HAND_OVER = "HAND_OVER", _("handed over")
    NOT_FOUND = "NOT_FOUND", _("not found")
    ADJUST = "ADJUST", _("corrected by hand")
    UNDO = "UNDO", _("taken back")
    UNKNOWN = "UNKNOWN", _("no longer counted")


class Code(models.TextChoices):
    """What an Availability says (design section 7)."""

    THERE = "THERE", _("In stock")
    PROBABLY = "PROBABLY", _("Probably in stock")
    ASK = "ASK", _("Availability on request")
    GONE = "GONE", _("Currently not in stock")
