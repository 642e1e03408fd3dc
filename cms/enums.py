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
