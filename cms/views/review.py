"""The desk's list of goods whose words ask for a person, and of notes about manufacturers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms.forms import ReasonForm
from cms.views import scope
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from shops import access as allowed
from shops.domain import registry
from shops.domain.gate import review
from shops.models import Product

#: Rows of each list; those that wait longest come first.
MANY = 100


@access("editor", obj="city")
def listing(request: HttpRequest) -> HttpResponse:
    """Goods that wait, goods that were refused, notes of shops."""
    return _page(request)


@access("editor", methods=("POST",), obj="goods")
def release(request: HttpRequest, goods: int) -> HttpResponse:
    """These goods may be offered."""
    row = _product(request, goods)
    return _act(
        request,
        lambda: review.release(product_id=row.pk, by=scope.editor(request), now=timezone.now()),
        _("Released: %(title)s") % {"title": row.title},
    )


@access("editor", methods=("POST",), obj="goods")
def refuse(request: HttpRequest, goods: int) -> HttpResponse:
    """These goods are not offered here, and why."""
    row = _product(request, goods)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, failed={row.pk: form}, status=422)
    reason = form.cleaned_data["reason"]
    return _act(
        request,
        lambda: review.refuse(
            product_id=row.pk, reason=reason, by=scope.editor(request), now=timezone.now()
        ),
        _("Refused: %(title)s. The shop reads why.") % {"title": row.title},
    )


@access("editor", methods=("POST",), obj="note")
def settle(request: HttpRequest, note: int) -> HttpResponse:
    """A note about a manufacturer has been seen to."""
    row = get_object_or_404(allowed.city_notes(scope.publishers_city(request)), pk=note)
    registry.settle_note(note_id=row.pk, by=scope.editor(request), now=timezone.now())
    return redirect("goods_review")


def _product(request: HttpRequest, pk: int) -> Product:
    return get_object_or_404(allowed.city_products(scope.publishers_city(request)), pk=pk)


def _act(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
    except (Refused, Stale) as no:
        return _page(request, message=no.message, status=409)
    messages.success(request, said)
    return redirect("goods_review")


def _page(
    request: HttpRequest,
    *,
    failed: dict[int, ReasonForm] | None = None,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    city = scope.publishers_city(request)
    context = {
        "waiting": [
            (row, (failed or {}).get(row.pk) or ReasonForm(auto_id=f"p{row.pk}-%s"))
            for row in review.waiting(city=city)[:MANY]
        ],
        "refused": review.refused(city=city)[:MANY],
        "notes": registry.open_notes(city_id=city.pk)[:MANY],
        "message": message,
    }
    return render(request, "cms/review/list.html", context, status=status)


class ReviewPanel(Component):
    """On the desk's start page while goods wait."""

    name = "goods_review"
    template_name = "cms/review/panel.html"
    order = 45

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = (parent_context or {})["request"]
        number = review.waiting(city=request.city).count()
        return {"number": number, "href": reverse("goods_review")}


def panels(request: HttpRequest) -> list[Component]:
    """The panel, for those who speak for the city."""
    return [ReviewPanel()] if scope.may_publish(request) else []
