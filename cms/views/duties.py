"""The desk's start page names the pages that the law wants and that are not there; what names a
repealed law is not published."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from cms.domain import duties, lint
from cms.enums import Lack
from marketplace.core.domain.history import Actor
from shops.requests import city_of


class DutiesPanel(Component):
    """Shown to those who may add pages, while something is missing."""

    name = "duties"
    template_name = "cms/duties.html"
    order = 50

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = (parent_context or {})["request"]
        gaps = duties.gaps(city=request.city, now=timezone.now())
        return {
            "request": request,
            "gaps": [gap for gap in gaps if gap.lack != Lack.SAMPLE],
            "samples": [gap for gap in gaps if gap.lack == Lack.SAMPLE],
        }


def panels(request: HttpRequest) -> list[Component]:
    """The panel, where this person may do something about it."""
    city = getattr(request, "city", None)  # the desk's own host may belong to no city
    if city is None:
        return []
    return [DutiesPanel()] if may_add(request, city.site.root_page) else []


@require_POST
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """A draft of one of these pages; its editor goes on in the form."""
    city = city_of(request)
    home = city.site.root_page.specific
    duty = next((each for each in duties.wanted(city=city) if each.key == kind), None)
    if duty is None:
        raise Http404
    if not may_add(request, home):
        raise PermissionDenied
    page = duties.begin(
        home=home,
        duty=duty,
        by=Actor.editor(request.user),
        user=request.user,
        now=timezone.now(),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


def refuse(request: HttpRequest, page: Page) -> HttpResponse | None:
    """LAW: what is grave is kept as a draft and not published; who wrote it reads why (A16)."""
    found = [each for each in lint.words(*lint.said(page.specific)) if each.is_grave]
    if not found:
        return None
    # A new page is live from its first row on, before Wagtail publishes it.
    Page.objects.filter(pk=page.pk, first_published_at=None).update(live=False)
    for each in found:
        words = {"words": each.words, "fault": each.fault.label, "instead": each.instead}
        sentence = _(
            "Not published, but saved as a draft: “%(words)s” %(fault)s. Instead: %(instead)s."
        )
        messages.error(request, sentence % words)
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))


def warn(request: HttpRequest, page: Page) -> None:
    """Whoever published a link that leads nowhere is told."""
    for each in lint.dead_links(page=page.specific, city=city_of(request)):
        sentence = _("Published, but a link leads nowhere: %(words)s")
        messages.warning(request, sentence % {"words": each.words})


def may_add(request: HttpRequest, home: Any) -> bool:
    """Whether this person may add pages below a city's front page."""
    return bool(home.permissions_for_user(request.user).can_add_subpage())
