"""Withdrawals that no machine could assign: the desk's list, and one of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from cms import access as allowed
from cms.forms_withdrawals import AssignForm, RejectionForm
from cms.views import scope
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations.domain.queries import withdrawals as reading
from marketplace.reservations.domain.queries.withdrawals import Told
from marketplace.reservations.domain.withdrawal import answer, match
from marketplace.reservations.enums import WithdrawalState

#: Rows on one page.
MANY = 50


@access("editor", obj="city")
def listing(request: HttpRequest) -> HttpResponse:
    """Withdrawals nobody has assigned first, then the others, the youngest on top."""
    rows = allowed.withdrawals(scope.publishers_city(request))
    waits = Case(
        When(state=WithdrawalState.RECEIVED, then=0), default=1, output_field=IntegerField()
    )
    ids = rows.order_by(waits, "-pk").values_list("pk", flat=True)
    shown = Paginator(ids, MANY).get_page(request.GET.get("page", 1))
    place = {pk: number for number, pk in enumerate(shown)}
    found = sorted(
        reading.told(rows.filter(pk__in=list(place))), key=lambda each: place[each.row.pk]
    )
    context = {"shown": shown, "found": found, "now": timezone.now()}
    return render(request, "cms/withdrawals/list.html", context)


@access("editor", obj="withdrawal")
def one(request: HttpRequest, unknown: int) -> HttpResponse:
    """What was declared, and which order may be meant."""
    return _one(request, _told(request, unknown))


@access("editor", methods=("POST",), obj="withdrawal")
def assign(request: HttpRequest, unknown: int) -> HttpResponse:
    """This order is meant."""
    told = _told(request, unknown)
    form = AssignForm(request.POST, candidates=_ids(told))
    if not form.is_valid():
        return _one(request, told, assign_form=form, status=422)
    try:
        match.assign(
            withdrawal_id=told.row.pk,
            reservation_id=form.cleaned_data["order"],
            by=scope.editor(request),
            now=timezone.now(),
        )
    except (Refused, Stale) as problem:
        again = _told(request, unknown)
        return _one(request, again, message=problem.message, status=409)
    messages.success(request, _("Assigned. Shop and shopper are told."))
    return redirect("withdrawals")


@access("editor", methods=("POST",), obj="withdrawal")
def reject(request: HttpRequest, unknown: int) -> HttpResponse:
    """No order fits; whoever declared is told why."""
    told = _told(request, unknown)
    form = RejectionForm(request.POST)
    if told.row.state != WithdrawalState.RECEIVED or not form.is_valid():
        return _one(request, told, reject_form=form, status=422)
    try:
        answer.reject(
            withdrawal_id=told.row.pk,
            reason=form.cleaned_data["reason"],
            by=scope.editor(request),
            now=timezone.now(),
        )
    except (Refused, Stale) as problem:
        again = _told(request, unknown)
        return _one(request, again, message=problem.message, status=409)
    messages.success(request, _("Rejected. Whoever declared gets your reasons by e-mail."))
    return redirect("withdrawals")


def _told(request: HttpRequest, pk: int) -> Told:
    rows = allowed.withdrawals(scope.publishers_city(request)).filter(pk=pk)
    found = reading.told(rows)
    if not found:
        raise Http404
    return found[0]


def _ids(told: Told) -> list[int]:
    return [each.reservation.pk for each in reading.candidates(told)]


def _one(
    request: HttpRequest,
    told: Told,
    *,
    assign_form: AssignForm | None = None,
    reject_form: RejectionForm | None = None,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    is_open = told.row.state == WithdrawalState.RECEIVED
    context = {
        "told": told,
        "is_open": is_open,
        "candidates": reading.candidates(told) if is_open else [],
        "assign_form": assign_form,
        "reject_form": reject_form or RejectionForm(),
        "message": message,
        "now": timezone.now(),
    }
    return render(request, "cms/withdrawals/one.html", context, status=status)


class WithdrawalsPanel(Component):
    """On the desk's start page while a withdrawal waits to be assigned."""

    name = "withdrawals"
    template_name = "cms/withdrawals/panel.html"
    order = 35

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        request = (parent_context or {})["request"]
        rows = allowed.withdrawals(request.city).filter(state=WithdrawalState.RECEIVED)
        found = reading.waiting(rows, now=timezone.now())
        return {"found": found, "href": reverse("withdrawals")}


def panels(request: HttpRequest) -> list[Component]:
    """The panel, for those who speak for the city."""
    return [WithdrawalsPanel()] if scope.may_publish(request) else []
