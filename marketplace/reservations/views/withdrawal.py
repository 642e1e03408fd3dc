"""Withdrawing from a contract: two steps and a receipt, without login, cookie, script or riddle.

LAW: BGB § 356a (law A9 and section 3). The form is the same for everybody, and so is the answer:
nobody learns here whether an order exists.
"""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import limits
from marketplace.core.domain.history import Actor
from marketplace.core.http import access, client_ip, same_origin
from marketplace.core.text import fold
from marketplace.core.views import errors
from marketplace.reservations import access as allowed
from marketplace.reservations.domain import links
from marketplace.reservations.domain.queries import withdrawals
from marketplace.reservations.domain.withdrawal import declare, payload
from marketplace.reservations.forms import WithdrawalForm
from marketplace.reservations.models import Reservation
from marketplace.reservations.views.answers import see_other
from shops.requests import city_of

#: Declarations in an hour: from one address of a computer, and for one mail box.
FROM_ONE, TO_ONE, HOUR = 30, 10, 3600
TOO_MANY = _(
    "Too many declarations came from here within an hour, and this one was not taken. Please try"
    " again later, or write to the shop: a withdrawal by e-mail or letter counts just as much."
)


@access("public", methods=("GET", "POST"))
@same_origin
def withdraw(request: HttpRequest) -> HttpResponse:
    """The form that every page leads to."""
    return _steps(request, None)


@access("shopper", methods=("GET", "POST"), obj="checkout")
@same_origin
def from_order(request: HttpRequest, token: str) -> HttpResponse:
    """The same, with the order of the secret link filled in. A link that opens none says so;
    the plain form is in its footer."""
    rows = allowed.paid_by_token(token, city_of(request))
    found = rows.select_related("shop", "checkout__contact").first()
    if found is None:
        return errors.answer(request, 404, template="reservations/unknown_link.html")
    response = _steps(request, found)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@access("shopper", obj="declaration")
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What arrived, and when, to the second; the same as in the mail."""
    row = allowed.declarations_by_token(token, city_of(request)).first()
    if row is None:
        return errors.answer(request, 404, template="reservations/unknown_link.html")
    context = {"said": payload.read(row.payload), "received_at": row.received_at}
    response = render(request, "reservations/withdrawal/receipt.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _steps(request: HttpRequest, reservation: Reservation | None) -> HttpResponse:
    left = withdrawals.left(reservation) if reservation else []
    if request.method != "POST":
        form = WithdrawalForm(initial=_known(reservation), left=left)
        return _page(request, "form", form, reservation)
    step = request.POST.get("step")
    form = WithdrawalForm(request.POST, left=left)
    if step == "change":
        again = WithdrawalForm(initial=request.POST.dict(), left=left)
        return _page(request, "form", again, reservation)
    is_valid = form.is_valid()
    nonce = form.cleaned_data.get("nonce")
    if step == "confirm" and nonce and (known := declare.known(city_of(request), nonce=nonce)):
        # Sent twice, and what it asks for may be gone from the order by its own doing.
        return see_other("reservations:withdrawal_receipt", links.receipt_token(known))
    if not is_valid:
        return _page(request, "form", form, reservation, status=422)
    if step != "confirm":
        return _page(request, "review", form, reservation)
    return _declare(request, form, reservation)


def _declare(
    request: HttpRequest, form: WithdrawalForm, reservation: Reservation | None
) -> HttpResponse:
    said, now = form.said, timezone.now()
    # SECURITY: each is a row and a mail; nobody may fill a stranger's mail box through us.
    for name, most in ((f"ip:{client_ip(request)}", FROM_ONE), (f"to:{fold(said.email)}", TO_ONE)):
        if limits.take(name=f"withdrawal:{name}", most=most, seconds=HOUR, now=now) is None:
            return errors.answer(request, 429, message=TOO_MANY, headers={"Retry-After": "3600"})
    declaration = declare.declare(
        city=city_of(request),
        said=said,
        nonce=form.cleaned_data["nonce"],
        language=get_language() or "de",
        by=Actor.shopper(request.user),
        now=now,
        checkout=reservation.checkout if reservation else None,
    )
    return see_other("reservations:withdrawal_receipt", links.receipt_token(declaration))


def _known(reservation: Reservation | None) -> dict[str, Any]:
    """What the link tells, and a form of its own."""
    fresh = {"nonce": uuid.uuid4()}
    if reservation is None:
        return fresh
    contact = reservation.checkout.contact
    day = date_format(timezone.localtime(reservation.placed_at), "DATE_FORMAT")
    return fresh | {
        "name": contact.name,
        "email": contact.email,
        "contract": withdrawals.contract_words(reservation, day),
    }


def _page(
    request: HttpRequest,
    step: str,
    form: WithdrawalForm,
    reservation: Reservation | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "reservation": reservation,
    }
    if step == "review":
        context |= {"said": form.said, "sentence": payload.sentence(form.said)}
    return render(request, f"reservations/withdrawal/{step}.html", context, status=status)
