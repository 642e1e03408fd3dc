"""To the provider's page and back, behind the secret link. A GET changes nothing here either."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.payments import gateway
from marketplace.payments.domain import pages
from marketplace.payments.enums import PaymentState
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import holding, links, paying
from marketplace.reservations.enums import Mode, State
from marketplace.reservations.models import Checkout
from marketplace.reservations.views import status
from marketplace.reservations.views.answers import see_other
from marketplace.reservations.views.basket import KEY, gathering
from marketplace.reservations.views.status import reservation_of, with_checkout


@access("shopper", methods=("GET", "POST"), obj="checkout")
@with_checkout
def go(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """On to the provider's page, by link and by itself; POST asks the provider once more for it."""
    payment = paying.waiting_payment(checkout)
    if payment is None or payment.state not in (PaymentState.BEGUN, PaymentState.OPEN):
        return see_other("reservations:status", links.token(checkout))
    if request.method == "POST":
        provider = gateway.configured()
        pages.open_now(payment_id=payment.pk, now=timezone.now(), gateway=provider)
        return see_other("reservations:pay", links.token(checkout))
    reservation = checkout.reservations.select_related("shop").get(subject=payment.subject)
    context = {
        "payment": payment,
        "host": urlsplit(payment.page_url).hostname or "",
        "reservation": reservation,
        "token": links.token(checkout),
        "now": timezone.now(),
    }
    response = render(request, "reservations/pay.html", context)
    if not payment.page_url:
        response["Refresh"] = str(status.RELOAD)
    return response


@access("shopper", methods=("POST",), obj="reservation")
@with_checkout
def give_up(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """Not paying after all: the goods become free as soon as nobody can pay any more."""
    reservation, by = reservation_of(checkout, pk), Actor.shopper(request.user)
    try:
        paying.give_up(reservation_id=reservation.pk, by=by, now=timezone.now())
    except Stale as problem:
        return status.page(request, checkout, sentence=problem.message, status=409)
    return see_other("reservations:status", links.token(checkout))


@access("shopper", methods=("POST",), obj="reservation")
@with_checkout
def again(request: HttpRequest, checkout: Checkout, pk: int) -> HttpResponse:
    """What was not paid in time goes into the basket once more."""
    reservation, now = reservation_of(checkout, pk), timezone.now()
    if reservation.mode != Mode.PAY or reservation.state != State.EXPIRED:
        return see_other("reservations:status", links.token(checkout))
    wanted = {line.offer_id: line.quantity for line in holding.lines_of(reservation)}
    try:
        basket = gathering(request, now)
        number = baskets.fill_again(basket=basket, wanted=wanted, now=now)
    except Refused as problem:
        return status.page(request, checkout, sentence=problem.message, status=409)
    request.session[KEY] = str(basket.key)
    if number < len(wanted):
        messages.warning(request, _("Some of these goods are no longer offered."))
    return see_other("reservations:basket")
