"""The shop's payments, for its owner: the list, one payment's story, money back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import sheets
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.payments import access as payments_access
from marketplace.payments.domain import refunds
from marketplace.payments.domain.queries import provider_here
from marketplace.payments.enums import RefundState
from marketplace.payments.models import Payment, Refund
from marketplace.retail.domain import payments as rooms
from marketplace.retail.domain.payments import Month, Show
from marketplace.retail.forms.payments import AgainForm, PaymentsForm, RefundForm, typed
from marketplace.retail.views import scope
from shops.models import Shop


@access("owner", obj="shop")
def listing(request: HttpRequest, shop: str) -> HttpResponse:
    """What was paid, what went back, and the sums of a month; also for a spreadsheet."""
    mine = scope.owned_shop_of(request, shop)
    rows = payments_access.shop_payments([mine])
    months = rooms.months(rows, now=timezone.now())
    if not months:
        if not provider_here():
            raise Http404
        return render(request, "retail/payments.html", {"shop": mine, "found": None})
    month, show, page = PaymentsForm(request.GET).chosen(months)
    if request.GET.get("format") == "csv":
        return _sheet(mine, rooms.movements(rows, month=month), month)
    found = rooms.overview(rows, shop=mine, known=months, month=month, show=show, page=page)
    context = {"shop": mine, "found": found, "show": show, "shows": Show.choices}
    return render(request, "retail/payments.html", context)


@access("owner", obj="payment")
def payment(request: HttpRequest, shop: str, payment: int) -> HttpResponse:
    """What became of a payment, and the form that gives money back."""
    mine = scope.owned_shop_of(request, shop)
    return _page(request, mine, _payment(mine, payment))


@access("owner", methods=("POST",), obj="payment")
def refund(request: HttpRequest, shop: str, payment: int) -> HttpResponse:
    """First asks whether this is meant; then it goes back."""
    mine = scope.owned_shop_of(request, shop)
    row = _payment(mine, payment)
    form = RefundForm(request.POST, auto_id="refund-%s")
    if not form.is_valid():
        return _page(request, mine, row, form=form, status=422)
    said = form.cleaned_data
    if not said["sure"]:
        return _confirm(request, mine, row, form)
    return _act(
        request,
        mine,
        row,
        lambda: refunds.refund(
            payment_id=row.pk,
            amount=said["amount"],
            nonce=said["nonce"],
            reason=said["reason"],
            by=scope.member(request),
            now=timezone.now(),
        ),
        form=form,
    )


@access("owner", methods=("POST",), obj="refund")
def again(request: HttpRequest, shop: str, payment: int, refund: int) -> HttpResponse:
    """A refund that did not arrive is tried once more."""
    mine = scope.owned_shop_of(request, shop)
    row = _payment(mine, payment)
    failed = get_object_or_404(Refund, payment=row, pk=refund)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _page(request, mine, row, status=422)
    return _act(
        request,
        mine,
        row,
        lambda: refunds.again(
            refund_id=failed.pk,
            nonce=form.cleaned_data["nonce"],
            by=scope.member(request),
            now=timezone.now(),
        ),
    )


def _payment(shop: Shop, pk: int) -> Payment:
    rows = payments_access.shop_payments([shop]).select_related("shop", "account")
    return get_object_or_404(rows, pk=pk)


def _sheet(shop: Shop, found: list[rooms.Movement], month: Month | None) -> HttpResponse:
    name = f"zahlungen-{month}.csv" if month else "zahlungen.csv"
    return HttpResponse(
        sheets.text(rooms.table(found, shop=shop)),
        content_type=sheets.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _confirm(request: HttpRequest, shop: Shop, row: Payment, form: RefundForm) -> HttpResponse:
    """The question, with what was typed carried along."""
    amount = form.cleaned_data["amount"]
    try:
        refunds.check(payment=row, amount=amount)
    except Refused as no:
        return _page(request, shop, row, form=form, message=no.message, status=409)
    context = {"shop": shop, "payment": row, "amount": amount, "typed": typed(amount), "form": form}
    return render(request, "retail/refund.html", context)


def _act(
    request: HttpRequest,
    shop: Shop,
    row: Payment,
    act: Callable[[], Refund],
    *,
    form: RefundForm | None = None,
) -> HttpResponse:
    try:
        act()
    except (Refused, Stale) as no:
        row.refresh_from_db()
        return _page(request, shop, row, form=form, message=no.message, status=409)
    messages.success(request, _("The money is on its way back to the shopper."))
    return redirect("retail:payment", shop.slug, row.pk)


def _page(
    request: HttpRequest,
    shop: Shop,
    row: Payment,
    *,
    form: RefundForm | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    story = rooms.story(row)
    if form is None and story.can_give_back:
        form = RefundForm(initial={"amount": typed(row.kept)}, auto_id="refund-%s")
    context: dict[str, Any] = {
        "shop": shop,
        "story": story,
        "payment": row,
        "form": form,
        "presets": [(one, typed(one.price)) for one in story.lines if 0 < one.price <= row.kept],
        "whole": typed(row.kept),
        "refunds": [(one, _try_again(one)) for one in story.refunds],
        "message": message,
        "now": timezone.now(),
    }
    return render(request, "retail/payment.html", context, status=status)


def _try_again(refund: Refund) -> AgainForm | None:
    """The form of a refund that did not arrive and that nothing has taken the place of."""
    if refund.state != RefundState.FAILED or refund.replaced_by_id is not None:
        return None
    return AgainForm(auto_id=f"again-{refund.pk}-%s")
