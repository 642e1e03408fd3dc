"""Complaints about defects, for everybody who works in the shop. LAW: A15."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations import access as reservation_access
from marketplace.reservations.domain.complaints import curing, queries, reporting
from marketplace.reservations.enums import ComplaintState
from marketplace.reservations.forms import ComplaintForm
from marketplace.reservations.models import Complaint
from marketplace.retail.domain import complaints as rooms
from marketplace.retail.domain.complaints import Show
from marketplace.retail.forms.complaints import CureForm, EndForm, ListForm
from marketplace.retail.views import scope
from shops.models import Shop


@access("member", obj="shop")
def listing(request: HttpRequest, shop: str) -> HttpResponse:
    """What shoppers complain about: open ones, or those that are closed."""
    mine, now = scope.shop_of(request, shop), timezone.now()
    show, page = ListForm(request.GET).chosen()
    rows = reservation_access.shop_complaints([mine])
    found = rooms.listing(rows, show=show, page=page, now=now)
    context = {"shop": mine, "found": found, "show": show, "shows": Show.choices, "now": now}
    return render(request, "retail/complaints.html", context)


@access("member", obj="complaint")
def complaint(request: HttpRequest, shop: str, complaint: int) -> HttpResponse:
    """One complaint, and what can be done about it."""
    mine = scope.shop_of(request, shop)
    return _page(request, mine, _complaint(mine, complaint))


@access("member", methods=("GET", "POST"), obj="complaint")
def information(request: HttpRequest, shop: str, complaint: int) -> HttpResponse:
    """The paper for a shopper who stands here; POST says that it was handed over."""
    mine = scope.shop_of(request, shop)
    row = _complaint(mine, complaint)
    if request.method != "POST":
        context = {"shop": mine, "complaint": row, "now": timezone.now()}
        return render(request, "retail/complaint_paper.html", context)
    return _act(
        request,
        mine,
        row,
        lambda: curing.hand_information(
            complaint_id=row.pk, by=scope.member(request), now=timezone.now()
        ),
        done=_("Noted. You can begin with the repair or the replacement."),
    )


@access("member", methods=("POST",), obj="complaint")
def cure(request: HttpRequest, shop: str, complaint: int) -> HttpResponse:
    """We repair, or we replace."""
    mine = scope.shop_of(request, shop)
    row = _complaint(mine, complaint)
    form = CureForm(request.POST, wish=row.wish, auto_id="cure-%s")
    if not form.is_valid():
        return _page(request, mine, row, cure_form=form, status=422)
    said = form.cleaned_data
    return _act(
        request,
        mine,
        row,
        lambda: curing.begin_cure(
            complaint_id=row.pk,
            cure=said["cure"],
            reason=said.get("reason", ""),
            spare_parts=said["spare_parts"],
            by=scope.member(request),
            now=timezone.now(),
        ),
        done=_("The shopper is told."),
        cure_form=form,
    )


@access("member", methods=("POST",), obj="complaint")
def cured(request: HttpRequest, shop: str, complaint: int) -> HttpResponse:
    """Mended or replaced, and given back."""
    mine = scope.shop_of(request, shop)
    row = _complaint(mine, complaint)
    return _act(
        request,
        mine,
        row,
        lambda: curing.finish(complaint_id=row.pk, by=scope.member(request), now=timezone.now()),
        done=_("Closed. The shopper gets a mail with the new date."),
    )


@access("member", methods=("POST",), obj="complaint")
def end(request: HttpRequest, shop: str, complaint: int) -> HttpResponse:
    """Money back, refused, or no longer pursued."""
    mine = scope.shop_of(request, shop)
    row = _complaint(mine, complaint)
    form = EndForm(request.POST, auto_id="end-%s")
    if not form.is_valid():
        return _page(request, mine, row, end_form=form, status=422)
    return _act(
        request,
        mine,
        row,
        lambda: curing.end(
            complaint_id=row.pk,
            outcome=form.cleaned_data["outcome"],
            answer=form.cleaned_data["answer"],
            by=scope.member(request),
            now=timezone.now(),
        ),
        done=_("Closed. The shopper is told."),
        end_form=form,
    )


@access("member", methods=("GET", "POST"), obj="reservation")
def note(request: HttpRequest, shop: str, branch: str, reservation: int) -> HttpResponse:
    """A shopper stands at the counter with goods that are not as they should be."""
    here = scope.branch_of(request, shop, branch)
    row = scope.reservation_of(here, reservation)
    message: object = ""
    if request.method != "POST":
        form = ComplaintForm(
            lines=list(queries.lines_for(row)), initial={"nonce": uuid.uuid4()}, auto_id="note-%s"
        )
        status = 200
    else:
        lines = list(queries.lines_of(row))
        form = ComplaintForm(request.POST, lines=lines, auto_id="note-%s")
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = reporting.report(
                    reservation_id=row.pk,
                    line_id=said["line"],
                    units=said["units"],
                    words=said["words"],
                    wish=said["wish"],
                    nonce=said["nonce"],
                    by=scope.member(request),
                    now=timezone.now(),
                )
            except Refused as no:
                message, status = no.message, 409
            else:
                return redirect("retail:complaint", shop, made.pk)
    context = {
        "branch": here,
        "reservation": row,
        "form": form,
        "found": queries.of_reservation(row),
        "message": message,
    }
    return render(request, "retail/complaint_note.html", context, status=status)


def _complaint(shop: Shop, pk: int) -> Complaint:
    rows = queries.with_all(reservation_access.shop_complaints([shop]))
    return get_object_or_404(rows, pk=pk)


def _act(
    request: HttpRequest,
    shop: Shop,
    row: Complaint,
    act: Callable[[], Complaint],
    *,
    done: str,
    **forms: Any,
) -> HttpResponse:
    try:
        act()
    except (Refused, Stale) as no:
        again = _complaint(shop, row.pk)
        return _page(request, shop, again, message=no.message, status=409, **forms)
    messages.success(request, done)
    return redirect("retail:complaint", shop.slug, row.pk)


def _page(
    request: HttpRequest,
    shop: Shop,
    row: Complaint,
    *,
    cure_form: CureForm | None = None,
    end_form: EndForm | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    story = rooms.story(row, shop=shop, is_owner=getattr(shop, "is_owned", False))
    if row.state != ComplaintState.REPORTED:
        cure_form = None
    elif cure_form is None:
        cure_form = CureForm(wish=row.wish, initial={"cure": row.wish or None}, auto_id="cure-%s")
    context = {
        "shop": shop,
        "story": story,
        "seen": story.seen,
        "complaint": row,
        "cure_form": cure_form,
        "end_form": (end_form or EndForm(auto_id="end-%s")) if row.is_open else None,
        "message": message,
        "now": timezone.now(),
    }
    return render(request, "retail/complaint.html", context, status=status)
