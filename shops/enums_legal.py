"""Closed sets of what shops and the operator say of themselves (law A6, A16, D13, section 1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegalKind(models.TextChoices):
    """What a legal text is; each is written in versions."""

    IMPRINT = "IMPRINT", _("Legal notice (Impressum)")
    TERMS = "TERMS", _("Terms and conditions")
    WITHDRAWAL = "WITHDRAWAL", _("Withdrawal instruction")
    FORM = "FORM", _("Model withdrawal form")
    GUARANTEE = "GUARANTEE", _("Statutory and commercial guarantee")
    DISPUTE = "DISPUTE", _("Consumer arbitration")


class LegalForm(models.TextChoices):
    """What kind of person in law a trader is; German words, as registers have them."""

    SOLE = "SOLE", "Einzelunternehmen"
    EK = "EK", "eingetragene Kauffrau, eingetragener Kaufmann (e. K.)"
    GBR = "GBR", "Gesellschaft bürgerlichen Rechts (GbR)"
    EGBR = "EGBR", "eingetragene GbR (eGbR)"
    OHG = "OHG", "offene Handelsgesellschaft (OHG)"
    KG = "KG", "Kommanditgesellschaft (KG, GmbH & Co. KG)"
    GMBH = "GMBH", "GmbH"
    UG = "UG", "UG (haftungsbeschränkt)"
    AG = "AG", "Aktiengesellschaft (AG)"
    EG = "EG", "eingetragene Genossenschaft (eG)"
    EV = "EV", "eingetragener Verein (e. V.)"
    PUBLIC = "PUBLIC", "Körperschaft des öffentlichen Rechts"
    OTHER = "OTHER", "andere Rechtsform"

    @property
    def is_registered(self) -> bool:
        """Stands in a public register, whose court and number are told (DDG § 5 (1) no. 4)."""
        return self not in (self.SOLE, self.GBR, self.PUBLIC, self.OTHER)

    @property
    def is_represented(self) -> bool:
        """Acts through people, who are named (DDG § 5 (1) no. 1)."""
        return self not in (self.SOLE, self.EK)


class ReturnCosts(models.TextChoices):
    """Who pays for sending goods back after a withdrawal (BGB § 357 (5))."""

    SHOP = "SHOP", _("The shop")
    BUYER = "BUYER", _("The shopper")


class Arbitration(models.TextChoices):
    """What a trader says of proceedings before a consumer arbitration board (VSBG § 36)."""

    REFUSES = "REFUSES", _("Neither willing nor obliged to take part")
    WILLING = "WILLING", _("Willing to take part")
    OBLIGED = "OBLIGED", _("Obliged to take part")
    #: LAW: VSBG § 36 (3): only with ten people or fewer at the end of last year.
    SILENT = "SILENT", _("Says nothing: ten people or fewer, and not obliged")

    @property
    def names_body(self) -> bool:
        return self in (self.WILLING, self.OBLIGED)


class OperatorModel(models.TextChoices):
    """Who runs the marketplace (law.md section 1)."""

    CITY = "A", _("The city itself")
    COMPANY = "B", _("A company of the city")
    PRIVATE = "C", _("An association, cooperative or private company")
