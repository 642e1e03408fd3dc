"""What members do with a reservation: one button, one act, then back to the counter."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations.domain import counter, holding
from marketplace.reservations.models import Reservation
from marketplace.retail.forms.counter import HandOverForm, ReadyForm, ReasonForm, TapForm
from marketplace.retail.views import pages, scope
from shops.models import Branch

INCOMPLETE = _("This form did not arrive whole. Please try again.")


@access("member", methods=("POST",), obj="reservation")
def accept(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """We hold the goods."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = TapForm(request.POST, auto_id="accept-%s")
    return _tap(request, here, row, counter.accept, accept_form=form)


@access("member", methods=("POST",), obj="reservation")
def decline(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """We cannot fill the request, for this reason."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = ReasonForm(request.POST, auto_id="end-%s")
    return _tap(request, here, row, counter.decline, takes=_reason, end_form=form)


@access("member", methods=("POST",), obj="reservation")
def ready(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """Found, so many of each, and in this compartment."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = ReadyForm(request.POST, lines=holding.lines_of(row), auto_id="ready-%s")
    return _tap(request, here, row, counter.mark_ready, takes=_found, ready_form=form)


@access("member", methods=("POST",), obj="reservation")
def hand_over(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """The shopper takes so many of each. LAW: nothing about money is asked or kept (law C4)."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = HandOverForm(request.POST, lines=holding.lines_of(row), auto_id="hand-%s")
    return _tap(request, here, row, counter.hand_over, takes=_taken, hand_over_form=form)


@access("member", methods=("POST",), obj="reservation")
def cancel(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """We call it off, for this reason."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = ReasonForm(request.POST, auto_id="end-%s")
    return _tap(request, here, row, counter.cancel, takes=_reason, end_form=form)


@access("member", methods=("POST",), obj="reservation")
def reinstate(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """The shopper came late, the goods are still set aside."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = TapForm(request.POST, auto_id="reinstate-%s")
    return _tap(request, here, row, counter.reinstate, stay=True, reinstate_form=form)


@access("member", methods=("POST",), obj="reservation")
def shelve(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """The goods are back on the shelf."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    form = TapForm(request.POST, auto_id="shelve-%s")
    return _tap(request, here, row, counter.shelve, shelve_form=form)


@access("member", methods=("POST",), obj="reservation")
def undo(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """Take my last act back."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    try:
        counter.undo(reservation_id=row.pk, by=scope.member(request), now=timezone.now())
    except (Refused, Stale) as no:
        return pages.sheet(request, here, row.pk, message=no.message, status=409)
    messages.success(request, _("Taken back. Everything is as it was before."))
    return redirect("retail:reservation", shop, branch, row.pk)


def _tap(
    request: HttpRequest,
    branch: Branch,
    row: Reservation,
    act: Callable[..., Reservation],
    *,
    takes: Callable[[Any], dict[str, Any]] = lambda form: {},
    stay: bool = False,
    **named: TapForm,
) -> HttpResponse:
    """The act with what its form says; a refusal is told on the reservation's page, input kept."""
    [form] = named.values()
    if form.has_error("client_id"):
        return pages.sheet(request, branch, row.pk, message=INCOMPLETE, status=422)
    if not form.is_valid():
        return pages.sheet(request, branch, row.pk, failed=named, status=422)
    try:
        act(
            reservation_id=row.pk,
            client_id=form.cleaned_data["client_id"],
            by=scope.member(request),
            now=timezone.now(),
            **takes(form),
        )
    except (Refused, Stale) as no:
        return pages.sheet(request, branch, row.pk, message=no.message, failed=named, status=409)
    if stay:
        return redirect("retail:reservation", branch.shop.slug, branch.slug, row.pk)
    return redirect("retail:counter", branch.shop.slug, branch.slug)


def _reason(form: ReasonForm) -> dict[str, Any]:
    return {"reason": form.cleaned_data["reason"]}


def _found(form: ReadyForm) -> dict[str, Any]:
    return {"found": form.units, "shelf": form.cleaned_data["shelf"]}


def _taken(form: HandOverForm) -> dict[str, Any]:
    return {"taken": form.units, "age_checked": bool(form.cleaned_data.get("age_checked"))}
