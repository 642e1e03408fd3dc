"""The city's pictures, with what one must know before showing them."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from cms.enums import Consent, Licence
from cms.models.fields import AddressField


class CityImage(AbstractImage):
    """A picture of the city's library. No text alternative means: decoration only."""

    alt = models.CharField(
        _("text alternative"),
        max_length=250,
        blank=True,
        help_text=_("What the picture shows, for people who do not see it."),
    )
    alt_en = models.CharField(_("text alternative in English"), max_length=250, blank=True)
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Name of the author as it is to be shown."),
    )
    licence = models.CharField(_("licence"), max_length=8, choices=Licence, default=Licence.OWN)
    source = AddressField(
        _("source"),
        blank=True,
        help_text=_("Where the picture is from; CC licences want it named."),
    )
    consent = models.CharField(
        _("consent of people shown"), max_length=8, choices=Consent, default=Consent.MISSING
    )

    admin_form_fields = (
        *Image.admin_form_fields,
        "alt",
        "alt_en",
        "credit",
        "licence",
        "source",
        "consent",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.CheckConstraint(
                name="cms_cityimage_licence_known", condition=models.Q(licence__in=Licence.values)
            ),
            models.CheckConstraint(
                name="cms_cityimage_consent_known", condition=models.Q(consent__in=Consent.values)
            ),
            # LAW: CC BY and CC BY-SA demand the author's name, § 13 UrhG gives it to everybody.
            models.CheckConstraint(
                name="cms_cityimage_credit_given",
                condition=models.Q(licence__in=[Licence.OWN, Licence.CC0]) | ~models.Q(credit=""),
            ),
        ]

    @property
    def default_alt_text(self) -> str:
        return (get_language() == "en" and self.alt_en) or self.alt


class CityRendition(AbstractRendition):
    """One size of a CityImage."""

    image = models.ForeignKey(CityImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="cms_rendition_unique"
            ),
        ]
