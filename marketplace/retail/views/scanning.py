"""The scanner: from a barcode to an article on the shelf."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.core.middleware.headers import WITH_CAMERA
from marketplace.core.money import format_price
from marketplace.retail.domain import scanning as rooms
from marketplace.retail.forms.scanning import AskedForm, BarcodeForm, ShelfForm, about, typed
from marketplace.retail.views import scope
from shops.domain import scanning, shelving
from shops.domain.shelving import Found, Shelved
from shops.models import Branch, ScanLine


@access("member", methods=("GET", "POST"), obj="branch")
def scan(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """A barcode by scanner, hand or photograph, then what the article is, its price, how many."""
    here = scope.branch_of(request, shop, branch)
    if request.method == "POST":
        form = BarcodeForm(request.POST, request.FILES, auto_id="scan-%s")
        if not form.is_valid():
            return _page(request, here, form=form, status=422)
        return redirect(_address(here, code=form.cleaned_data["text"]))
    asked = AskedForm(request.GET).asked()
    line = _waiting(here, asked.get("line"))
    found = _found(here, asked) if asked.get("code") or asked.get("variant") else None
    if found and not found.mark.barcode and found.variant is None:
        form = BarcodeForm({"code": asked.get("code", "")}, auto_id="scan-%s")
        return _page(request, here, form=form, status=422)
    done = rooms.offer_shown(branch=here, pk=asked["done"]) if "done" in asked else None
    return _page(request, here, found=found, line=line, done=done)


@access("member", obj="branch")
def new_article(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Goods without any number: one of a kind, home-made, second-hand."""
    here = scope.branch_of(request, shop, branch)
    return _page(request, here, found=shelving.look_up(branch=here, code=""))


@access("member", methods=("POST",), obj="branch")
def put_on_shelf(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """The article with its price and quantity, described where nobody has; a second tap does
    nothing."""
    here = scope.branch_of(request, shop, branch)
    asked = AskedForm(request.POST).asked()
    line, found = _waiting(here, asked.get("line")), _found(here, asked)
    form = _shelf_form(here, found, line, data=request.POST)
    if not form.is_valid():
        return _page(request, here, found=found, line=line, shelf_form=form, status=422)
    said = form.cleaned_data
    wanted: dict[str, Any] = {
        "branch": here,
        "client_id": said["client_id"],
        "code": said["code"],
        "price": said["price"],
        "on_shelf": said["on_shelf"],
        "words": form.words(),
        "variant_id": said["variant"],
        "by": scope.member(request),
        "now": timezone.now(),
    }
    try:
        done = scanning.describe(line=line, **wanted) if line else shelving.shelve(**wanted)
    except (Refused, Stale) as no:
        message = no.message
        return _page(
            request, here, found=found, line=line, shelf_form=form, message=message, status=409
        )
    messages.success(request, _said(done))
    if line:
        return redirect("retail:scan_waiting", shop, branch)
    return redirect(_address(here, done=done.offer.pk))


def _found(branch: Branch, asked: dict[str, Any]) -> Found:
    code = asked.get("code", "")
    if "variant" in asked:
        return shelving.chosen(branch=branch, variant_id=asked["variant"], code=code)
    return shelving.look_up(branch=branch, code=code)


def _waiting(branch: Branch, pk: int | None) -> ScanLine | None:
    """An article that is to be described; none was asked for, or it is described already."""
    return None if pk is None else rooms.waiting_line(branch=branch, pk=pk)


def _shelf_form(branch: Branch, found: Found, line: ScanLine | None, data: Any = None) -> ShelfForm:
    describes = found.variant is None
    initial: dict[str, Any] = {"code": found.mark.barcode}
    if line is not None:
        initial |= {"line": line.pk, "on_shelf": line.quantity}
    if found.variant is not None:
        initial["variant"] = found.variant.pk
    else:
        initial["category"], initial["tax_class"] = rooms.proposed(branch=branch)
    if found.offer is not None:
        initial["price"] = typed(found.offer.price)
        initial.setdefault("on_shelf", rooms.on_shelf(found.offer))
    return ShelfForm(
        data,
        describes=describes,
        categories=rooms.category_choices() if describes else None,
        initial=initial,
        auto_id="shelf-%s",
    )


def _page(
    request: HttpRequest,
    branch: Branch,
    *,
    form: BarcodeForm | None = None,
    found: Found | None = None,
    line: ScanLine | None = None,
    shelf_form: ShelfForm | None = None,
    done: object = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    asks = found is not None and not found.alike
    if found is not None and asks and shelf_form is None:
        shelf_form = _shelf_form(branch, found, line)
    context = {
        "branch": branch,
        "form": form or BarcodeForm(auto_id="scan-%s"),
        "found": found,
        "line": line,
        "picture": rooms.picture_of(found) if found else None,
        "about": about(found.mark) if found and found.mark.barcode else "",
        "shelf_form": shelf_form,
        "done": done,
        "message": message,
        "waiting": rooms.waiting_number(branch=branch),
    }
    answer = render(request, "retail/scan.html", context, status=status)
    answer["Permissions-Policy"] = WITH_CAMERA
    return answer


def _address(branch: Branch, **asked: object) -> str:
    path = reverse("retail:scan", args=[branch.shop.slug, branch.slug])
    return f"{path}?{urlencode(asked)}"


def _said(done: Shelved) -> str:
    offer = done.offer
    words = {"title": offer.variant.product.title, "price": format_price(offer.price)}
    if offer.on_hand is None:
        return _("On the shelf: %(title)s, %(price)s. Shoppers are told to ask.") % words
    return _("On the shelf: %(title)s, %(price)s, %(number)d in the shop.") % {
        **words,
        "number": offer.on_hand,
    }
