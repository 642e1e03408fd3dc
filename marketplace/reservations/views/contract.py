"""The contract as it was agreed, behind the secret link: to read, to keep, to print."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.core.http import access
from marketplace.reservations.domain import agreed, links, queries
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Checkout
from marketplace.reservations.views.status import with_checkout


@access("shopper", obj="checkout")
@with_checkout
def show(request: HttpRequest, checkout: Checkout) -> HttpResponse:
    """Goods, prices and the seller's texts in the versions of that day (law A16).

    LAW: stored and accessible, as was promised before ordering (BGB § 312i (1) no. 4). A
    reservation is no contract and has none.
    """
    paid = checkout.reservations.filter(mode=Mode.PAY).order_by("pk")
    reservations = list(queries.with_lines(paid))
    if not reservations:
        raise Http404
    context = {
        "reservations": reservations,
        "agreed": agreed.of(checkout),
        "token": links.token(checkout),
    }
    return render(request, "reservations/contract.html", context)
