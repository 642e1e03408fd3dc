"""One screen, two fields, one button."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations import forms
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import links, queries
from marketplace.reservations.models import Basket
from marketplace.reservations.views.answers import see_other
from marketplace.reservations.views.basket import basket_of
from shops.requests import city_of


@access("shopper", methods=("GET", "POST"))
def check(request: HttpRequest) -> HttpResponse:
    """Everything that will be reserved, and the two fields; POST reserves it."""
    basket, now = basket_of(request), timezone.now()
    if request.method != "POST":
        return _screen(request, basket, forms.CheckoutForm(), now)
    form = forms.CheckoutForm(request.POST)
    if basket is None or not form.is_valid():
        return _screen(request, basket, form, now, status=422)
    data, windows = form.cleaned_data, forms.windows(request.POST)
    try:
        checkout = checkouts.place(
            basket=basket,
            nonce=data["nonce"],
            seen=data["seen"],
            shopper=checkouts.Shopper(name=data["name"], email=data["email"]),
            language=translation.get_language() or "de",
            by=Actor.shopper(request.user),
            now=now,
            windows=windows,
        )
    except (Refused, Stale) as problem:
        return _screen(request, basket, form, now, problem=problem, status=409)
    return see_other("reservations:status", links.token(checkout))


def _screen(
    request: HttpRequest,
    basket: Basket | None,
    form: forms.CheckoutForm,
    now: datetime,
    *,
    problem: Refused | Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    """The screen with what was typed; nonce and `seen` always fit what it shows."""
    kept = getattr(form, "cleaned_data", {}).get("nonce")
    context: dict[str, Any] = {
        "view": queries.basket_view(basket, now=now),
        "form": form,
        "nonce": kept or uuid.uuid4(),
        "problem": problem,
        "windows": forms.windows(request.POST),
        "gone": getattr(problem, "offer_id", None),
        "city": city_of(request),
        "now": now,
    }
    return render(request, "reservations/checkout.html", context, status=status)
