"""Goods and shop photographs."""

from django.db import models
from django.db.models import Q

from marketplace.core.enums import PictureState


class Picture(models.Model):
    """A photograph in three widths, WebP and JPEG, without metadata, under its content's hash.

    Written only through `core.domain.pictures`; the same upload gives the same row.
    """

    #: SHA-256 of the uploaded bytes, in hex.
    sha256 = models.CharField(max_length=64, unique=True)
    #: Storage name of the master: upright, sRGB, metadata gone. The upload itself is not kept.
    master = models.CharField(max_length=120)
    #: Of the master, in pixels.
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    #: File name of the upload, to find it again.
    name = models.CharField(max_length=120, blank=True)
    alt = models.CharField(max_length=300, blank=True)
    credit = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=6, choices=PictureState, default=PictureState.NEW)
    created_at = models.DateTimeField()
    #: When a task was last asked for the renditions.
    asked_at = models.DateTimeField()
    renditions_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"], name="core_picture_new", condition=Q(state=PictureState.NEW)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="core_picture_state_known", condition=Q(state__in=PictureState.values)
            ),
            models.CheckConstraint(
                name="core_picture_size_positive", condition=Q(width__gt=0, height__gt=0)
            ),
            models.CheckConstraint(
                name="core_picture_ready_has_time",
                condition=~Q(state=PictureState.READY) | Q(renditions_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]
