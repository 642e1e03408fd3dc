"""The basket. A session begins here and not before (law G1): with the first thing put in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.core.errors import Refused
from marketplace.core.http import access, same_origin
from marketplace.reservations import access as allowed
from marketplace.reservations import forms
from marketplace.reservations.domain import basket as baskets
from marketplace.reservations.domain import queries
from marketplace.reservations.models import Basket
from marketplace.reservations.views.answers import see_other
from shops import access as shop_access
from shops.requests import city_of

KEY = "basket"
GONE = gettext_lazy("These goods are no longer offered here. Nothing else in your basket changed.")


def gathering(request: HttpRequest, now: datetime) -> Basket:
    """The same, begun where there is none yet. The caller keeps its key in the session."""
    return basket_of(request) or baskets.start(city=city_of(request), now=now)


def basket_of(request: HttpRequest) -> Basket | None:
    """The basket of this session, in this city."""
    return allowed.basket_of(request.session.get(KEY), city_of(request))


@access("shopper")
def show(request: HttpRequest) -> HttpResponse:
    """What is in the basket: one group for each later reservation."""
    return _page(request)


@access("shopper", methods=("POST",))
@same_origin
def add(request: HttpRequest) -> HttpResponse:
    """Put an offer in, then on to the basket, with `next=pruefen` straight to reserving, or with
    `next=bezahlen` to paying for what is from there."""
    city, now = city_of(request), timezone.now()
    form = forms.AddForm(request.POST)
    if not form.is_valid():
        return _page(request, sentence=form.sentence, status=422)
    quantity = form.cleaned_data["quantity"]
    offers = shop_access.public_offers(city).select_related("variant__product")
    offer = offers.filter(pk=form.cleaned_data["offer"]).first()
    if offer is None:
        return _page(request, sentence=GONE, status=409)
    try:
        with transaction.atomic():
            basket = gathering(request, now)
            baskets.want(basket=basket, offer=offer, quantity=quantity, now=now)
    except Refused as refusal:
        return _page(request, sentence=refusal.message, status=422)
    request.session[KEY] = str(basket.key)
    if request.POST.get("next") == "pruefen":
        return see_other("reservations:checkout")
    if request.POST.get("next") == "bezahlen":
        return see_other("reservations:order", bei=offer.branch_id)
    title = offer.variant.product.title
    messages.success(request, _("“%(title)s” is in your basket.") % {"title": title})
    return see_other("reservations:basket")


@access("shopper", methods=("POST",))
def change(request: HttpRequest) -> HttpResponse:
    """Another quantity of a line, or the line taken out."""
    basket, form = basket_of(request), forms.ChangeForm(request.POST)
    if not form.is_valid():
        return _page(request, sentence=form.sentence, status=422)
    line_id, quantity = form.cleaned_data["line"], form.cleaned_data["quantity"]
    if basket is not None:
        try:
            baskets.change(basket=basket, line_id=line_id, quantity=quantity, now=timezone.now())
        except Refused as refusal:
            return _page(request, sentence=refusal.message, status=422)
    return see_other("reservations:basket")


def _page(request: HttpRequest, *, sentence: Any = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    view = queries.basket_view(basket_of(request), now=now)
    context = {"view": view, "sentence": sentence, "now": now}
    return render(request, "reservations/basket.html", context, status=status)
