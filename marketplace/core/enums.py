"""Closed sets of the core package."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    """Who did something: the role, never the name."""

    SHOPPER = "SHOPPER", _("Shopper")
    MEMBER = "MEMBER", _("Shop")
    EDITOR = "EDITOR", _("City staff")
    CLOCK = "CLOCK", _("Clock")
    SYSTEM = "SYSTEM", _("System")


class NoticeState(models.TextChoices):
    """Where a mail of ours stands."""

    QUEUED = "QUEUED", _("waiting")
    SENT = "SENT", _("sent")
    VOID = "VOID", _("no longer needed")
    FAILED = "FAILED", _("could not be sent")


class PictureState(models.TextChoices):
    """Whether the renditions of a picture exist."""

    NEW = "NEW", _("being prepared")
    READY = "READY", _("ready")
    BROKEN = "BROKEN", _("not readable")
