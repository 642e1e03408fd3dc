"""The desk's start page names the pages that the law wants and that are not there."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST
from wagtail.admin.ui.components import Component

from cms.domain import duties
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
        gaps = duties.gaps(city=request.city)
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
    return [DutiesPanel()] if _may_add(request, city.site.root_page) else []


@require_POST
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """A draft of one of these pages; its editor goes on in the form."""
    home = city_of(request).site.root_page.specific
    duty = next((each for each in duties.DUTIES if each.kind == kind), None)
    if duty is None:
        raise Http404
    if not _may_add(request, home):
        raise PermissionDenied
    page = duties.begin(
        home=home,
        duty=duty,
        by=Actor.editor(request.user),
        user=request.user,
        now=timezone.now(),
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


def _may_add(request: HttpRequest, home: Any) -> bool:
    return bool(home.permissions_for_user(request.user).can_add_subpage())
