"""The city's pages, as its staff write them in `/cms/`."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField

from cms.enums import Basis, Drawing, Legal, Publisher
from cms.models.facts import LegalBody
from cms.models.fields import BodyField, PageForm
from cms.models.living import LivingBody


class Published(models.Model):
    """Who answers for a page and where its words come from; said at its foot."""

    #: (page, request) -> what its template shows besides the page; `cms.apps` says who reads it, as
    #: a model knows neither domain nor views. Previews ask it as well.
    read: ClassVar[Callable[["Published", Any], dict[str, Any]]]

    publisher = models.CharField(
        _("publisher"), max_length=8, choices=Publisher, default=Publisher.CITY
    )
    basis = models.CharField(
        _("content basis"),
        max_length=9,
        choices=Basis,
        default=Basis.EDITORIAL,
        help_text=_("Shown at the foot of the page. Advertisements are named as such at its top."),
    )

    base_form_class = PageForm

    #: A page stands at the same address in every language.
    override_translatable_fields: ClassVar = [SynchronizedField("slug", overridable=False)]

    publishing_panel = MultiFieldPanel(
        [FieldPanel("publisher"), FieldPanel("basis")], heading=_("Who says this")
    )

    class Meta:
        abstract = True

    @cached_property
    def _restrictions(self) -> QuerySet[PageViewRestriction]:
        """As Wagtail reads them, in one query: of this page and those above it; an alias has those
        of the page it repeats."""
        path, step = self.path, Page.steplen  # type: ignore[attr-defined]
        paths = [path[:end] for end in range(step, len(path) + 1, step)]
        here = (
            models.Q(page__path__in=paths)
            | models.Q(page__aliases__path__in=paths)
            | models.Q(page__aliases__aliases__path__in=paths)
        )
        return PageViewRestriction.objects.filter(here, page__alias_of=None).distinct()

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Asked once, however often Wagtail and we want to know."""
        return self._restrictions

    def make_preview_request(self, *args: Any, **options: Any) -> Any:
        """The page as the desk shows it in a frame: framed pages keep the desk's policy, not that
        of the public page, which nobody may frame."""
        response = super().make_preview_request(*args, **options)  # type: ignore[misc]
        response.headers.pop("Content-Security-Policy", None)
        return response

    def get_context(self, request: Any, *args: Any, **options: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **options)  # type: ignore[misc]
        return context | type(self).read(self, request)


class HomePage(Published, Page):  # type: ignore[django-manager-missing]
    """A city's front page in one language; made with the city, never by hand.

    So there is exactly one per locale at a site's root: `cms.domain.pages.plant` sees to it.
    """

    intro = models.TextField(
        _("introduction"),
        max_length=600,
        blank=True,
        help_text=_("One or two sentences below the search field."),
    )
    body = BodyField(LivingBody(), blank=True, verbose_name=_("below the goods of today"))

    #: Front pages are siblings, so each has a slug of its own.
    override_translatable_fields: ClassVar = [BaseTranslatableField("slug")]

    content_panels = (
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        Published.publishing_panel,
    )
    search_fields = (*Page.search_fields, index.SearchField("intro"), index.SearchField("body"))

    page_description = _("The city's front page: introduction, search, shops, goods.")
    template = "cms/home.html"
    parent_page_types = ("wagtailcore.Page",)
    subpage_types = (
        "cms.ContentPage",
        "cms.GuidePage",
        "cms.CampaignIndex",
        "cms.EasyPage",
        "cms.SignPage",
    )
    is_creatable = False

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")


class ContentPage(Published, Page):  # type: ignore[django-manager-missing]
    """A page of text and pictures; legal pages are such pages too."""

    body = BodyField(LegalBody(), blank=True, verbose_name=_("text"))
    legal = models.CharField(
        _("kind"),
        max_length=13,
        choices=Legal,
        default=Legal.NONE,
        blank=True,
        help_text=_("Legal pages are linked at the foot of every page."),
    )
    is_sample = models.BooleanField(
        _("is a sample"),
        default=False,
        help_text=_("Says at the top of the page that its text has not been checked by a lawyer."),
    )
    valid_from = models.DateField(
        _("valid from"),
        null=True,
        blank=True,
        help_text=_("For terms and notices: the day on which this text came into force."),
    )
    governing = models.CharField(
        _("language that governs"),
        max_length=2,
        choices=[("de", _("German")), ("en", _("English"))],
        default="de",
        help_text=_("The other languages say that they are translations."),
    )
    reviewed_by = models.CharField(
        _("checked by"),
        max_length=120,
        blank=True,
        help_text=_("Who checked this text for the law. Not shown to visitors."),
    )
    reviewed_on = models.DateField(_("checked on"), null=True, blank=True)

    override_translatable_fields: ClassVar = [
        *Published.override_translatable_fields,
        SynchronizedField("governing", overridable=False),
        SynchronizedField("reviewed_by"),
    ]

    content_panels = (*Page.content_panels, FieldPanel("body"), Published.publishing_panel)
    promote_panels = (
        *Page.promote_panels,
        MultiFieldPanel(
            [
                FieldPanel(name)
                for name in (
                    "legal",
                    "is_sample",
                    "valid_from",
                    "governing",
                    "reviewed_by",
                    "reviewed_on",
                )
            ],
            heading=_("Legal page"),
        ),
    )
    search_fields = (*Page.search_fields, index.SearchField("body"))

    page_description = _("A page of text and pictures, for example how collecting works.")
    template = "cms/content.html"
    parent_page_types = ("cms.HomePage", "cms.ContentPage")
    subpage_types = ("cms.ContentPage",)

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
        constraints = [
            models.CheckConstraint(
                name="cms_contentpage_reviewed_by_and_on",
                condition=models.Q(reviewed_by="", reviewed_on=None)
                | (~models.Q(reviewed_by="") & models.Q(reviewed_on__isnull=False)),
                violation_error_message=_("Say who checked the text and on which day, or neither."),
            ),
        ]


class GuidePage(Published, Page):  # type: ignore[django-manager-missing]
    """A street, a district or a theme: text, then the shops that fit by open criteria."""

    intro = models.TextField(_("introduction"), max_length=600, blank=True)
    picture = models.ForeignKey(
        "cms.CityImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    quarter = models.CharField(
        _("quarter"),
        max_length=80,
        blank=True,
        help_text=_("As it stands at the shops. Shops of this quarter are listed."),
    )
    street = models.CharField(
        _("street"), max_length=80, blank=True, help_text=_("Shops whose address begins so.")
    )
    trade = models.ForeignKey(
        "shops.Category",
        verbose_name=_("branch of trade"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    body = BodyField(LivingBody(), blank=True, verbose_name=_("below the shops"))

    override_translatable_fields: ClassVar = [
        *Published.override_translatable_fields,
        SynchronizedField("quarter", overridable=False),
        SynchronizedField("street", overridable=False),
    ]

    content_panels = (
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("picture"),
        MultiFieldPanel(
            [FieldPanel("quarter"), FieldPanel("street"), FieldPanel("trade")],
            heading=_("Which shops are listed"),
            help_text=_("All that fit, from A to Z; nobody can buy a place. Visitors read this."),
        ),
        FieldPanel("body"),
        Published.publishing_panel,
    )
    search_fields = (*Page.search_fields, index.SearchField("intro"), index.SearchField("body"))

    page_description = _("A street, a quarter or a theme with its shops and goods.")
    template = "cms/guide.html"
    parent_page_types = ("cms.HomePage", "cms.GuidePage")
    subpage_types = ("cms.GuidePage",)

    class Meta:
        verbose_name = _("guide page")
        verbose_name_plural = _("guide pages")

    def clean(self) -> None:
        super().clean()
        if not (self.lists_shops or self.body):
            message = _("Name a quarter, a street or a branch of trade, or show goods below.")
            raise ValidationError({"quarter": message})

    @property
    def lists_shops(self) -> bool:
        """A page about a theme, such as small gifts, may show goods alone."""
        return bool(self.quarter or self.street or self.trade_id)

    @property
    def is_place(self) -> bool:
        return bool(self.quarter or self.street)


class CampaignIndex(Published, Page):  # type: ignore[django-manager-missing]
    """All campaigns of a city."""

    intro = models.TextField(_("introduction"), max_length=600, blank=True)

    content_panels = (*Page.content_panels, FieldPanel("intro"), Published.publishing_panel)

    page_description = _("Lists the campaigns that run, are to come and have been.")
    template = "cms/campaigns.html"
    parent_page_types = ("cms.HomePage",)
    subpage_types = ("cms.CampaignPage",)
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of campaigns")
        verbose_name_plural = _("lists of campaigns")


class CampaignPage(Published, Page):  # type: ignore[django-manager-missing]
    """A campaign: what it is, until when one collects, and shelves that live."""

    intro = models.TextField(_("one or two sentences"), max_length=400)
    picture = models.ForeignKey(
        "cms.CityImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Stands beside the title; nothing is written on it."),
    )
    drawing = models.CharField(
        _("drawing"), max_length=7, choices=Drawing, default=Drawing.NONE, blank=True
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(
        _("last day to collect"), null=True, blank=True, help_text=_("Stands out on the page.")
    )
    body = BodyField(LivingBody(), blank=True, verbose_name=_("shelves and text"))

    content_panels = (
        HelpPanel(template="cms/help_panel.html", heading=_("A campaign page in 15 minutes")),
        *Page.content_panels,
        FieldPanel("intro"),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("drawing")], heading=_("At its head")),
        MultiFieldPanel([FieldPanel("first_day"), FieldPanel("last_day")], heading=_("When")),
        FieldPanel("body"),
        Published.publishing_panel,
    )
    search_fields = (*Page.search_fields, index.SearchField("intro"), index.SearchField("body"))

    page_description = _("A campaign with shelves that live: Advent, back to school, market week.")
    template = "cms/campaign.html"
    parent_page_types = ("cms.CampaignIndex",)
    subpage_types = ()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                name="cms_campaign_days_in_order",
                condition=models.Q(first_day=None)
                | models.Q(last_day=None)
                | models.Q(first_day__lte=models.F("last_day")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]
