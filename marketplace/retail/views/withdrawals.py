"""Withdrawals from orders at the branches one works at: the list, one of them, and the answers."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.reservations.domain.queries import withdrawals as reading
from marketplace.reservations.domain.withdrawal import answer, goods
from marketplace.retail.domain import withdrawals as rooms
from marketplace.retail.domain.withdrawals import Sheet
from marketplace.retail.forms.withdrawals import BackForm, RejectForm
from marketplace.retail.views import scope
from shops.models import Shop


@access("member", obj="shop")
def listing(request: HttpRequest, shop: str) -> HttpResponse:
    """What waits, with the day its money is due, and what is done."""
    mine = scope.shop_of(request, shop)
    branches = list(scope.my_branches(request).filter(shop=mine))
    shown = rooms.listing(branches, page=request.GET.get("page", "1"))
    context = {"shop": mine, "shown": shown, "now": timezone.now()}
    return render(request, "retail/withdrawals.html", context)


@access("member", obj="withdrawal")
def withdrawal(request: HttpRequest, shop: str, withdrawal: int) -> HttpResponse:
    """One withdrawal: what was declared, what is due, what one can do."""
    mine = scope.shop_of(request, shop)
    return _page(request, mine, _sheet(request, mine, withdrawal))


@access("member", methods=("POST",), obj="withdrawal")
def back(request: HttpRequest, shop: str, withdrawal: int) -> HttpResponse:
    """The goods are back, or were never collected: their money goes back."""
    mine = scope.shop_of(request, shop)
    sheet = _sheet(request, mine, withdrawal)
    form = _back_form(sheet, request)
    if not sheet.can_be_answered or not form.is_valid():
        return _page(request, mine, sheet, back_form=form, status=422)
    return _act(
        request,
        mine,
        sheet,
        lambda: answer.accept(
            withdrawal_id=sheet.told.row.pk,
            back=form.back,
            reason=form.cleaned_data.get("reason", ""),
            by=scope.member(request),
            now=timezone.now(),
        ),
        said=_("Done. The money goes back the way it was paid."),
        back_form=form,
    )


@access("member", methods=("POST",), obj="withdrawal")
def reject(request: HttpRequest, shop: str, withdrawal: int) -> HttpResponse:
    """No, and why."""
    mine = scope.shop_of(request, shop)
    sheet = _sheet(request, mine, withdrawal)
    form = RejectForm(request.POST, auto_id="reject-%s")
    if not form.is_valid():
        return _page(request, mine, sheet, reject_form=form, status=422)
    return _act(
        request,
        mine,
        sheet,
        lambda: answer.reject(
            withdrawal_id=sheet.told.row.pk,
            reason=form.cleaned_data["reason"],
            by=scope.member(request),
            now=timezone.now(),
        ),
        said=_("Rejected. The shopper gets your reasons by e-mail."),
        reject_form=form,
    )


@access("member", methods=("POST",), obj="withdrawal")
def take_out(request: HttpRequest, shop: str, withdrawal: int) -> HttpResponse:
    """What was withdrawn from has been taken out of the compartment."""
    mine = scope.shop_of(request, shop)
    sheet = _sheet(request, mine, withdrawal)
    return _act(
        request,
        mine,
        sheet,
        lambda: goods.take_out(
            reservation_id=sheet.told.row.reservation_id or 0,
            by=scope.member(request),
            now=timezone.now(),
        ),
        said=_("Back on the shelf, and counted again."),
    )


def _sheet(request: HttpRequest, shop: Shop, pk: int) -> Sheet:
    rows = scope.withdrawals_of(request, shop).filter(pk=pk)
    found = reading.told(rows)
    if not found:
        raise Http404
    return rooms.sheet(found[0])


def _back_form(sheet: Sheet, request: HttpRequest | None = None) -> BackForm:
    return BackForm(
        request.POST if request else None,
        asked=sheet.asked,
        kinds=sheet.kinds,
        is_collected=sheet.is_collected,
        is_in_words=sheet.told.is_in_words,
        auto_id="back-%s",
    )


def _act(
    request: HttpRequest,
    shop: Shop,
    sheet: Sheet,
    act: Callable[[], object],
    *,
    said: str,
    back_form: BackForm | None = None,
    reject_form: RejectForm | None = None,
) -> HttpResponse:
    try:
        act()
    except (Refused, Stale) as no:
        again = _sheet(request, shop, sheet.told.row.pk)
        return _page(
            request,
            shop,
            again,
            back_form=back_form,
            reject_form=reject_form,
            message=no.message,
            status=409,
        )
    messages.success(request, said)
    return redirect("retail:withdrawal", shop.slug, sheet.told.row.pk)


def _page(
    request: HttpRequest,
    shop: Shop,
    sheet: Sheet,
    *,
    back_form: BackForm | None = None,
    reject_form: RejectForm | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "shop": shop,
        "sheet": sheet,
        "told": sheet.told,
        "back_form": back_form or _back_form(sheet),
        "reject_form": reject_form or RejectForm(auto_id="reject-%s"),
        "message": message,
        "now": timezone.now(),
    }
    return render(request, "retail/withdrawal.html", context, status=status)
