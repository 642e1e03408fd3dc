"""Pages in German Sign Language. LAW: BITV § 4 and Annex 2 part 2 (law.md H4)."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.models.blocks import Body
from cms.models.fields import AddressField, BodyField
from cms.models.pages import Published

#: Kinds of film that every browser plays, and how they are sent.
FILMS = {"mp4": "video/mp4", "webm": "video/webm"}


class SignPage(Published, Page):  # type: ignore[django-manager-missing]
    """A film in German Sign Language, and the same in words."""

    film = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("film"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_(
            "MP4 or WebM, at least 320 × 240 pixels and 25 pictures per second, on a background "
            "that is neither black nor white. Our server shows it; nobody else is asked."
        ),
    )
    film_address = AddressField(
        _("or a film elsewhere"),
        blank=True,
        help_text=_("Is linked, not shown: the other host would learn who looks."),
    )
    seconds = models.PositiveIntegerField(
        _("length in seconds"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    picture = models.ForeignKey(
        "cms.CityImage",
        verbose_name=_("first picture of the film"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = BodyField(Body(), blank=True, verbose_name=_("what the film says, in words"))

    #: One film for all languages: it is in German Sign Language.
    override_translatable_fields: ClassVar = [
        *Published.override_translatable_fields,
        SynchronizedField("film_address", overridable=False),
        SynchronizedField("seconds", overridable=False),
    ]

    content_panels = (
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("film"),
                FieldPanel("film_address"),
                FieldPanel("seconds"),
                FieldPanel("picture"),
            ],
            heading=_("Film"),
        ),
        FieldPanel("body"),
        Published.publishing_panel,
    )
    search_fields = (*Page.search_fields, index.SearchField("body"))

    page_description = _("A film in German Sign Language with its words below.")
    template = "cms/sign_language.html"
    parent_page_types = ("cms.HomePage",)
    subpage_types = ()

    class Meta:
        verbose_name = _("page in sign language")
        verbose_name_plural = _("pages in sign language")
        constraints = [
            models.CheckConstraint(
                name="cms_signpage_one_film",
                condition=models.Q(film=None) | models.Q(film_address=""),
                violation_error_message=_("Choose a film or give its address, not both."),
            ),
        ]

    def clean(self) -> None:
        """LAW: BITV Annex 2: one can download the film and knows its size and length before."""
        super().clean()
        if self.film and self.film.file_extension.lower() not in FILMS:
            raise ValidationError({"film": _("Only MP4 and WebM are played by every browser.")})
        if self.has_film and not self.seconds:
            raise ValidationError({"seconds": _("Say how long the film is.")})

    @property
    def has_film(self) -> bool:
        return bool(self.film_id or self.film_address)

    @property
    def length(self) -> str:
        """`1:05`, minutes and seconds."""
        minutes, seconds = divmod(self.seconds or 0, 60)
        return f"{minutes}:{seconds:02}"
