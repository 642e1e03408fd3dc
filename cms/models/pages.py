"""The city's pages, as its staff write them in `/cms/`."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.models.blocks import Body


class HomePage(Page):
    """A city's front page in one language; made with the city, never by hand.

    So there is exactly one per locale at a site's root: `cms.domain.pages.plant` sees to it.
    """

    intro = models.TextField(
        _("introduction"),
        max_length=600,
        blank=True,
        help_text=_("One or two sentences above the search field."),
    )

    content_panels = (*Page.content_panels, FieldPanel("intro"))
    search_fields = (*Page.search_fields, index.SearchField("intro"))

    page_description = _("The city's front page: introduction, search, shops, goods.")
    template = "cms/home.html"
    parent_page_types = ("wagtailcore.Page",)
    subpage_types = ("cms.ContentPage",)
    is_creatable = False

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")


class ContentPage(Page):
    """A page of text and pictures."""

    body = StreamField(Body(), blank=True, verbose_name=_("text"))

    content_panels = (*Page.content_panels, FieldPanel("body"))
    search_fields = (*Page.search_fields, index.SearchField("body"))

    page_description = _("A page of text and pictures, for example how collecting works.")
    template = "cms/content.html"
    parent_page_types = ("cms.HomePage", "cms.ContentPage")
    subpage_types = ("cms.ContentPage",)

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
