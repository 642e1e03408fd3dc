"""What became of a checkout, behind its secret link. No session, no login: the link is the key.

SECURITY: links in mails and in messengers are opened by programs, too, so a GET changes nothing.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import qr
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.core.views import errors
from marketplace.reservations import access as allowed
from marketplace.reservations import forms
from marketplace.reservations.domain import (
    codes,
    lifecycle,
    links,
    money,
    moves,
    paying,
    queries,
    sentences,
)
from marketplace.reservations.enums import OPEN, EndReason, Mode, State
from marketplace.reservations.models import Checkout, Reservation
from marketplace.reservations.views.answers import see_other
from shops.requests import city_of

#: Seconds after which a page that waits for the provider loads itself again.
RELOAD = 5
#: States in which the code is worth showing (look.md, code ticket).
WITH_CODE = frozenset({State.CONFIRMED, State.READY})


def with_checkout(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the checkout its link opens; any other text leads to a page that helps on."""

    @functools.wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        found = allowed.checkouts_by_token(token, city_of(request))
        checkout = found.select_related("contact", "city").first()
        if checkout is None:
            return errors.answer(request, 404, template="reservations/unknown_link.html")
        response = view(request, checkout, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def reservation_of(checkout: Checkout, pk: int) -> Reservation:
    """A reservation of this checkout; any other does not exist here."""
    rows = checkout.reservations.select_related("branch__shop", "shop", "checkout__city")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@access("shopper", obj="checkout")
@with_checkout
def show(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """All reservations of the checkout: state, code, until when, what, how much.

    Who comes back from paying before the provider has told us waits here: the page reads our own
    state only, and loads itself again.
    """
    return page(request, checkout)


@access("shopper", methods=("GET", "POST"), obj="reservation")
@with_checkout
def cancel(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """GET asks once, POST cancels. LAW: what was paid and accepted is a contract, and calling it
    off is a withdrawal: that has its own way, with a receipt (BGB § 356a)."""
    reservation = reservation_of(checkout, pk)
    if reservation.mode == Mode.PAY and reservation.state in OPEN - {State.REQUESTED}:
        return see_other("reservations:withdraw_order", links.token(checkout))
    if request.method != "POST" and reservation.state in OPEN:
        paid = money.of([reservation]).get(reservation.pk)
        context = {
            "reservation": reservation,
            "token": links.token(checkout),
            "money_sentence": sentences.of_money(reservation, paid),
        }
        return render(request, "reservations/cancel.html", context)
    if request.method == "POST":
        try:
            lifecycle.cancel(
                reservation_id=pk,
                reason=EndReason.SHOPPER,
                by=Actor.shopper(request.user),
                now=timezone.now(),
            )
        except Stale as problem:
            return page(request, checkout, sentence=problem.message, status=409)
    return see_other("reservations:status", links.token(checkout))


@access("shopper", methods=("POST",), obj="checkout")
@with_checkout
def choose(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """What becomes of goods that were not found: taken elsewhere, or left out."""
    form, now = forms.ChoiceForm(request.POST), timezone.now()
    if not form.is_valid():
        sentence = _("This form was not complete. Please try again.")
        return page(request, checkout, sentence=sentence, status=422)
    line_id, offer_id = form.cleaned_data["line"], form.cleaned_data["offer"]
    by = Actor.shopper(request.user)
    try:
        if offer_id is None:
            moves.drop(checkout=checkout, line_id=line_id, by=by, now=now)
        else:
            moves.take_elsewhere(
                checkout=checkout, line_id=line_id, offer_id=offer_id, by=by, now=now
            )
    except (Refused, Stale) as problem:
        return page(request, checkout, sentence=problem.message, status=409)
    return see_other("reservations:status", links.token(checkout))


@access("shopper", obj="reservation")
@with_checkout
def code(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """The collection code as a QR picture, while it is worth showing."""
    reservation = reservation_of(checkout, pk)
    if reservation.state not in WITH_CODE:
        raise Http404
    title = _("Collection code %(code)s") % {"code": reservation.spoken_code}
    drawing = qr.svg(codes.PREFIX + reservation.code, title)
    return HttpResponse(drawing, content_type="image/svg+xml")


def page(
    request: HttpRequest, checkout: Checkout, *, sentence: Any = "", status: int = 200
) -> HttpResponse:
    """The page behind the secret link, with a sentence where something was refused."""
    now = timezone.now()
    placed = queries.placed(checkout, now=now)
    is_back = paying.BACK in request.GET and any(each.is_unpaid for each in placed)
    context = {
        "checkout": checkout,
        "token": links.token(checkout),
        "placed": placed,
        "is_back": is_back,
        "sentence": sentence,
        "now": now,
    }
    response = render(request, "reservations/status.html", context, status=status)
    if is_back:
        response["Refresh"] = str(RELOAD)
    return response
