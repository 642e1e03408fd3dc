"""What a legal page said, and since when: written at each publishing and never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.enums import Publisher


class PageVersion(models.Model):
    """One published wording of a legal page in one language. Append-only by trigger.

    Holds no person: who checked it stands on the page, who published it in Wagtail's own log.
    """

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    #: The page's id, no key: the wording stays when the page goes.
    page = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=13)
    publisher = models.CharField(max_length=8, choices=Publisher)
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    #: The bricks as they were stored (`ContentPage.body.raw_data`).
    body = models.JSONField()
    #: The day it came into force, where one was named; else the day it was published.
    valid_from = models.DateField()
    is_sample = models.BooleanField()
    #: SHA-256 over title, bricks and day, as hexadecimal digits.
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of a legal page")
        verbose_name_plural = _("versions of legal pages")
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="cms_pageversion_number"),
            models.CheckConstraint(
                name="cms_pageversion_numbers_start_at_1", condition=models.Q(number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
