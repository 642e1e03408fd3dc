"""The desk's list of what shops propose about shared pages: to join two, to correct one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms.forms_goods import CorrectionForm, MergeForm
from cms.views import scope
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from shops import access as allowed
from shops.domain.sharing import corrections, merging, proposals, queries
from shops.enums import Verdict
from shops.models import Correction, Merge, MergeProposal

#: Rows on one page of the desk's lists.
MANY = 50


@access("editor", obj="city")
def listing(request: HttpRequest) -> HttpResponse:
    """Pages to join, those that were joined, corrections: what waits longest on top."""
    city = scope.publishers_city(request)
    waits = (F("decided_at").desc(nulls_first=True), "proposed_at", "pk")
    merges = allowed.city_merges(city).select_related("first", "second", "shop").order_by(*waits)
    rows = allowed.city_corrections(city).select_related("product", "shop").order_by(*waits)
    joined = allowed.city_merged(city).select_related("product").order_by("-at", "-pk")
    now = timezone.now()
    context = {
        "merges": Paginator(merges, MANY).get_page(request.GET.get("seiten", 1)),
        "corrections": Paginator(rows, MANY).get_page(request.GET.get("page", 1)),
        "joined": [(row, merging.may_undo(row, now=now)) for row in joined[:MANY]],
    }
    return render(request, "cms/goods/list.html", context)


@access("editor", methods=("GET", "POST"), obj="merge")
def merge(request: HttpRequest, merge: int) -> HttpResponse:
    """Two pages side by side, and the form that joins them or leaves them apart."""
    city = scope.publishers_city(request)
    row = get_object_or_404(allowed.city_merges(city), pk=merge)
    form = MergeForm(request.POST or None)
    if request.method != "POST":
        return _merge(request, row, form)
    if not form.is_valid():
        return _merge(request, row, form, status=422)
    keep, note = form.cleaned_data["keep"], form.cleaned_data["note"]
    by, now = scope.editor(request), timezone.now()

    def act() -> str:
        if keep:
            proposals.accept(proposal_id=row.pk, keep_id=keep, by=by, now=now)
            return _("The two pages are one now. The old address leads there.")
        proposals.reject(proposal_id=row.pk, note=note, by=by, now=now)
        return _("Noted: these are two things.")

    return _act(request, act, lambda message: _merge(request, row, form, message=message))


@access("editor", methods=("GET", "POST"), obj="correction")
def correction(request: HttpRequest, wish: int) -> HttpResponse:
    """What a shop wants changed, and the form that decides it."""
    city = scope.publishers_city(request)
    row = get_object_or_404(allowed.city_corrections(city), pk=wish)
    form = CorrectionForm(request.POST or None)
    if request.method != "POST":
        return _correction(request, row, form)
    if not form.is_valid():
        return _correction(request, row, form, status=422)

    def act() -> str:
        done = corrections.decide(
            correction_id=row.pk, by=scope.editor(request), now=timezone.now(), **form.cleaned_data
        )
        return {
            Verdict.ACCEPTED: _("The page says so now."),
            Verdict.REJECTED: _("Rejected. The shop reads your reason."),
            Verdict.STALE: _("The page was changed meanwhile, so nothing was taken over."),
        }[Verdict(done.verdict)]

    return _act(request, act, lambda message: _correction(request, row, form, message=message))


@access("editor", methods=("POST",), obj="merged")
def undo(request: HttpRequest, merged: int) -> HttpResponse:
    """Two pages again."""
    city = scope.publishers_city(request)
    row: Merge = get_object_or_404(allowed.city_merged(city), pk=merged)
    try:
        merging.undo(merge_id=row.pk, by=scope.editor(request), now=timezone.now())
    except (Refused, Stale) as problem:
        messages.error(request, str(problem.message))
    else:
        messages.success(request, _("These are two pages again, with their old addresses."))
    return redirect("shared_goods")


def _act(
    request: HttpRequest, act: Callable[[], str], again: Callable[[Any], HttpResponse]
) -> HttpResponse:
    try:
        told = act()
    except (Refused, Stale) as problem:
        answer = again(problem.message)
        answer.status_code = 409
        return answer
    messages.success(request, told)
    return redirect("shared_goods")


def _merge(
    request: HttpRequest,
    row: MergeProposal,
    form: MergeForm,
    *,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    rows = queries.merges(MergeProposal.objects.filter(pk=row.pk))
    if not rows:  # joined by somebody else while this was decided: the proposal went with the page
        messages.error(request, str(message))
        return redirect("shared_goods")
    context = {"view": rows[0], "form": form, "message": message}
    return render(request, "cms/goods/merge.html", context, status=status)


def _correction(
    request: HttpRequest,
    row: Correction,
    form: CorrectionForm,
    *,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    (view,) = queries.corrected(Correction.objects.filter(pk=row.pk))
    context = {"view": view, "form": form, "message": message}
    return render(request, "cms/goods/correction.html", context, status=status)


class GoodsPanel(Component):
    """On the desk's start page while proposals wait."""

    name = "shared_goods"
    template_name = "cms/goods/panel.html"
    order = 50

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        city = (parent_context or {})["request"].city
        return {
            "merges": allowed.city_merges(city).filter(verdict="").count(),
            "corrections": allowed.city_corrections(city).filter(verdict="").count(),
            "href": reverse("shared_goods"),
        }


def panels(request: HttpRequest) -> list[Component]:
    """The panel, for those who speak for the city."""
    return [GoodsPanel()] if scope.may_publish(request) else []
