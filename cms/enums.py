"""Closed sets of the city's pages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Licence(models.TextChoices):
    """Under which right the city shows a picture."""

    OWN = "OWN", _("our own picture")
    GRANTED = "GRANTED", _("used with the author's permission")
    CC0 = "CC0", _("CC0 or public domain")
    CC_BY = "CC_BY", _("CC BY")
    CC_BY_SA = "CC_BY_SA", _("CC BY-SA")
    PRESS = "PRESS", _("press picture, editorial use only")


class Consent(models.TextChoices):
    """Whether the people on a picture agreed. LAW: KUG § 22, GDPR Art. 6."""

    NOBODY = "NOBODY", _("nobody to be recognised")
    GIVEN = "GIVEN", _("everybody agreed in writing")
    MISSING = "MISSING", _("not yet asked: do not publish")


class Fallback(models.TextChoices):
    """What fills a shelf whose goods have sold out."""

    CATEGORY = "CATEGORY", _("other goods of the same category")
    ANY = "ANY", _("other goods of the town")
    NONE = "NONE", _("nothing: show fewer")


class Drawing(models.TextChoices):
    """The small living drawing at a campaign's head."""

    NONE = "", _("none")
    CANDLES = "CANDLES", _("four candles: one burns for each Advent Sunday that has passed")


class Basis(models.TextChoices):
    """Where a page's words come from. LAW: DDG § 6, UWG § 5a: advertising is named as such."""

    EDITORIAL = "EDITORIAL", _("written by the city's editors")
    SHOPS = "SHOPS", _("written with the shops, without payment")
    PAID = "PAID", _("advertisement, paid for")


class Legal(models.TextChoices):
    """What a page is by law (`law.md` 9); the footer and the list of legal texts link it.

    Texts of a shop are no pages but `shops.LegalText`; ranking, reports, credits and withdrawing
    are pages that the program makes.
    """

    NONE = "", _("a page of text")
    IMPRINT = "IMPRINT", _("imprint")
    PRIVACY = "PRIVACY", _("privacy notice")
    ACCESSIBILITY = "ACCESSIBILITY", _("accessibility statement")
    BFSG = "BFSG", _("accessibility of the service")
    TERMS = "TERMS", _("terms of use")
    RETAILERS = "RETAILERS", _("terms for retailers")
    CONTACT = "CONTACT", _("contact and reporting")
    HOW = "HOW", _("how it works")
    PAYMENT = "PAYMENT", _("paying and collecting")
    GUARANTEE = "GUARANTEE", _("statutory guarantee")
    DISPUTE = "DISPUTE", _("consumer arbitration")
    SAFETY = "SAFETY", _("product safety")
    MODERATION = "MODERATION", _("rules for content")
    JOINT = "JOINT", _("joint controllers")
    DISPOSAL = "DISPOSAL", _("disposal of devices and packaging")
    COMPETITION = "COMPETITION", _("terms of a prize game")
    OPEN_DATA = "OPEN_DATA", _("open data")
    DEMO = "DEMO", _("notice that this is a demo")


class Publisher(models.TextChoices):
    """Who answers for a page. LAW: DDG § 5, MStV § 18."""

    CITY = "CITY", _("the city")
    OPERATOR = "OPERATOR", _("the operator of the marketplace")


class Lack(models.TextChoices):
    """What is wrong with a page that the law wants."""

    MISSING = "MISSING", _("is missing")
    DRAFT = "DRAFT", _("is not published")
    UNTRANSLATED = "UNTRANSLATED", _("is not translated")
    NO_FACTS = "NO_FACTS", _("lacks its table of facts")
    OLD = "OLD", _("is older than a year")
    NO_FILM = "NO_FILM", _("has no film")
    SAMPLE = "SAMPLE", _("shows our sample text")


class ReportKind(models.TextChoices):
    """What somebody tells the city."""

    CONTENT = "CONTENT", _("unlawful content")
    BARRIER = "BARRIER", _("barrier")


class Decision(models.TextChoices):
    """What the city decided about a report."""

    ACTED = "ACTED", _("We have changed or removed it.")
    KEPT = "KEPT", _("We leave it as it is.")


class Fault(models.TextChoices):
    """What is wrong with the words of a page."""

    REPEALED = "REPEALED", _("names a law that has been replaced")
    DEAD_PLATFORM = "DEAD_PLATFORM", _("points to the arbitration platform that was closed")
    DEAD_LINK = "DEAD_LINK", _("links to a page that is not there")


#: Nothing with these is published. LAW: a leftover link misleads (UWG § 5); A16.
GRAVE = frozenset({Fault.REPEALED, Fault.DEAD_PLATFORM})
