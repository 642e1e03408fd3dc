"""One screen, two fields, one button: to reserve all, or to pay for what is from one branch."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.payments import gateway
from marketplace.payments.domain import pages
from marketplace.reservations import forms
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.domain import links, paying, queries, steps
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Basket, Checkout
from marketplace.reservations.views.answers import see_other
from marketplace.reservations.views.basket import basket_of
from shops.domain.legal import texts
from shops.requests import city_of


@access("shopper", methods=("GET", "POST"))
def check(request: HttpRequest) -> HttpResponse:
    """Everything that will be reserved, and the two fields; POST reserves it."""
    return _place(request, lambda checkout: see_other("reservations:status", links.token(checkout)))


@access("shopper", methods=("GET", "POST"))
def order(request: HttpRequest) -> HttpResponse:
    """What is from the branch `bei`, to be paid online; POST orders it and leads on to paying.

    LAW: goods, total, seller and place stand directly above the one button (law A3).
    """
    asked = forms.BranchForm(request.GET)
    branch_id = asked.cleaned_data["bei"] if asked.is_valid() else 0
    return _place(request, _to_paying, pay_branch=branch_id)


def _to_paying(checkout: Checkout) -> HttpResponse:
    """Through a page of ours: a form's redirect to another host would be blocked by form-action."""
    payment = paying.waiting_payment(checkout)
    if payment is None:
        return see_other("reservations:status", links.token(checkout))
    pages.open_now(payment_id=payment.pk, now=timezone.now(), gateway=gateway.configured())
    return see_other("reservations:pay", links.token(checkout))


def _place(
    request: HttpRequest,
    go_on: Callable[[Checkout], HttpResponse],
    *,
    pay_branch: int | None = None,
) -> HttpResponse:
    basket, now = basket_of(request), timezone.now()
    fields = forms.CheckoutForm if pay_branch is None else forms.OrderForm
    if request.method != "POST":
        return _screen(request, basket, fields(), now, pay_branch=pay_branch)
    form = fields(request.POST)
    closed = pay_branch is not None and not gateway.is_configured()
    if basket is None or closed or not form.is_valid():
        return _screen(request, basket, form, now, pay_branch=pay_branch, status=422)
    data, windows = form.cleaned_data, forms.windows(request.POST)
    if pay_branch is not None and not queries.was_seen(data["seen"], Mode.PAY):
        # LAW: nobody orders who has not seen the review before the button (law A3).
        return _screen(request, basket, form, now, pay_branch=pay_branch, status=400)
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
            pay_branch=pay_branch,
        )
    except (Refused, Stale) as no:
        return _screen(request, basket, form, now, pay_branch=pay_branch, problem=no, status=409)
    return go_on(checkout)


def _screen(
    request: HttpRequest,
    basket: Basket | None,
    form: forms.CheckoutForm,
    now: datetime,
    *,
    pay_branch: int | None,
    problem: Refused | Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    """The screen with what was typed; nonce and `seen` always fit what it shows."""
    kept = getattr(form, "cleaned_data", {}).get("nonce")
    context: dict[str, Any] = {
        "view": queries.basket_view(basket, now=now, pay_branch=pay_branch),
        "form": form,
        "nonce": kept or uuid.uuid4(),
        "problem": problem,
        "windows": forms.windows(request.POST),
        "gone": getattr(problem, "offer_id", None),
        "city": city_of(request),
        "now": now,
    }
    if pay_branch is None:
        return render(request, "reservations/checkout.html", context, status=status)
    shops = [group.branch.shop for group in context["view"].groups]
    language = translation.get_language() or "de"
    context |= {
        "steps": steps.of_ordering(),
        "bei": pay_branch,
        "texts": [
            text for shop in shops for text in texts.current(shop=shop, language=language, on=now)
        ],
    }
    return render(request, "reservations/order.html", context, status=status)
