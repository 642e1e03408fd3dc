"""Something is wrong with goods that were handed over. Behind the secret link, without a login."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations import forms
from marketplace.reservations.domain import links
from marketplace.reservations.domain.complaints import queries, reporting
from marketplace.reservations.domain.complaints.queries import Seen
from marketplace.reservations.enums import ComplaintState, Mode, State
from marketplace.reservations.models import Checkout, Reservation
from marketplace.reservations.views.answers import see_other
from marketplace.reservations.views.status import reservation_of, with_checkout


@access("shopper", methods=("GET", "POST"), obj="reservation")
@with_checkout
def complain(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """What was told of these goods, and the form that tells more. LAW: A15."""
    reservation = reservation_of(checkout, pk)
    if request.method != "POST":
        return _page(request, checkout, reservation)
    # Goods whose complaint is open already stay in the form: it may have been sent twice.
    lines = list(queries.lines_of(reservation))
    form = forms.ComplaintForm(request.POST, lines=lines)
    if not form.is_valid():
        return _page(request, checkout, reservation, form=form, status=422)
    said = form.cleaned_data
    try:
        reporting.report(
            reservation_id=reservation.pk,
            line_id=said["line"],
            units=said["units"],
            words=said["words"],
            wish=said["wish"],
            nonce=said["nonce"],
            by=Actor.shopper(request.user),
            now=timezone.now(),
        )
    except Refused as no:
        return _page(request, checkout, reservation, form=form, sentence=no.message, status=409)
    return see_other("reservations:complain", links.token(checkout), pk)


@access("shopper", methods=("POST",), obj="reservation")
@with_checkout
def choose(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """Repair or replacement (BGB § 439 (1))."""
    reservation = reservation_of(checkout, pk)
    form = forms.WishForm(request.POST)
    if not form.is_valid():
        sentence = next(iter(form.errors.get("wish", [])), "")
        return _page(request, checkout, reservation, sentence=sentence, status=422)
    found = reservation.complaints.filter(pk=form.cleaned_data["complaint"]).first()
    if found is None:
        raise Http404
    try:
        reporting.choose(
            complaint_id=found.pk,
            wish=form.cleaned_data["wish"],
            by=Actor.shopper(request.user),
            now=timezone.now(),
        )
    except Stale as no:
        return _page(request, checkout, reservation, sentence=no.message, status=409)
    return see_other("reservations:complain", links.token(checkout), pk)


def _page(
    request: HttpRequest,
    checkout: Checkout,
    reservation: Reservation,
    *,
    form: forms.ComplaintForm | None = None,
    sentence: Any = "",
    status: int = 200,
) -> HttpResponse:
    """The complaints of a reservation, and the form where one may be added."""
    lines = list(queries.lines_for(reservation))
    may_tell = reservation.mode == Mode.PAY and reservation.state == State.COLLECTED
    if form is None and may_tell and lines:
        form = forms.ComplaintForm(lines=lines, initial={"nonce": uuid.uuid4()})
    context = {
        "reservation": reservation,
        "token": links.token(checkout),
        "found": [(each, _wish_form(each)) for each in queries.of_reservation(reservation)],
        "form": form if may_tell else None,
        "sentence": sentence,
        "now": timezone.now(),
    }
    return render(request, "reservations/complain.html", context, status=status)


def _wish_form(seen: Seen) -> forms.WishForm | None:
    """As long as the shop has not begun."""
    complaint = seen.complaint
    if complaint.state != ComplaintState.REPORTED:
        return None
    initial = {"complaint": complaint.pk, "wish": complaint.wish or None}
    return forms.WishForm(initial=initial, auto_id=f"wish-{complaint.pk}-%s")
