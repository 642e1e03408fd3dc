"""The desk's list of payments that a person has to look at, and what can be done about one."""

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
from django.utils.translation import ngettext
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from cms.forms import CaseForm
from cms.views import scope
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.payments import access as allowed
from marketplace.payments.domain import casework, queries
from marketplace.payments.models import Case

#: Rows on one page of the desk's list.
MANY = 50


@access("editor", obj="city")
def listing(request: HttpRequest) -> HttpResponse:
    """All cases of the city's shops, the open ones first, those that wait longest on top."""
    rows = allowed.city_cases(scope.publishers_city(request))
    found = rows.order_by(F("closed_at").desc(nulls_first=True), "opened_at", "pk")
    shown = Paginator(found, MANY).get_page(request.GET.get("page", 1))
    return render(request, "cms/cases/list.html", {"shown": shown})


@access("editor", obj="case")
def one(request: HttpRequest, case: int) -> HttpResponse:
    """What is known about a case."""
    return _page(request, _case(request, case), CaseForm())


@access("editor", methods=("POST",), obj="case")
def close(request: HttpRequest, case: int) -> HttpResponse:
    """It has been dealt with, and how."""
    row = _case(request, case)
    form = CaseForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    note = form.cleaned_data["note"]
    return _act(
        request,
        row,
        form,
        lambda: casework.close(
            case_id=row.pk, note=note, by=scope.editor(request), now=timezone.now()
        ),
        lambda done: _("The case is closed."),
    )


@access("editor", methods=("POST",), obj="case")
def ask(request: HttpRequest, case: int) -> HttpResponse:
    """Where does this payment stand at the provider?"""
    row = _case(request, case)
    return _act(
        request,
        row,
        CaseForm(),
        lambda: casework.ask(case_id=row.pk, by=scope.editor(request), now=timezone.now()),
        lambda done: _("The provider is being asked. Please look again in a minute."),
    )


@access("editor", methods=("POST",), obj="case")
def revive(request: HttpRequest, case: int) -> HttpResponse:
    """Try again what was given up."""
    row = _case(request, case)
    return _act(
        request,
        row,
        CaseForm(),
        lambda: casework.revive(case_id=row.pk, by=scope.editor(request), now=timezone.now()),
        lambda number: (
            ngettext("%(n)d call is tried again.", "%(n)d calls are tried again.", number)
            % {"n": number}
        ),
    )


def _case(request: HttpRequest, pk: int) -> Case:
    return get_object_or_404(allowed.city_cases(scope.publishers_city(request)), pk=pk)


def _act(
    request: HttpRequest,
    row: Case,
    form: CaseForm,
    act: Callable[[], Any],
    told: Callable[[Any], str],
) -> HttpResponse:
    try:
        done = act()
    except (Refused, Stale) as problem:
        row.refresh_from_db()
        return _page(request, row, form, message=problem.message, status=409)
    messages.success(request, told(done))
    return redirect("case", row.pk)


def _page(
    request: HttpRequest, row: Case, form: CaseForm, *, message: Any = "", status: int = 200
) -> HttpResponse:
    found = casework.dossier(case=row)
    context = {"found": found, "case": row, "form": form, "message": message}
    return render(request, "cms/cases/one.html", context, status=status)


class CasesItem(MenuItem):
    """Shown to those who speak for the city, where anybody can pay or something is left to do."""

    def is_shown(self, request: HttpRequest) -> bool:
        return scope.may_publish(request) and queries.takes_part(scope.publishers_city(request))

    def render_component(self, request: HttpRequest) -> Any:
        """Its label says how many are open."""
        shown = super().render_component(request)
        number = queries.open_cases(scope.publishers_city(request))
        if number:
            shown.label = f"{self.label} ({number})"
        return shown


class CasesPanel(Component):
    """On the desk's start page while cases are open."""

    name = "cases"
    template_name = "cms/cases/panel.html"
    order = 30

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = (parent_context or {})["request"]
        return {"number": queries.open_cases(request.city), "href": reverse("cases")}


def panels(request: HttpRequest) -> list[Component]:
    """The panel, for those who speak for the city."""
    return [CasesPanel()] if scope.may_publish(request) else []
