"""The photographs of an article: add, describe, turn, cut, put in order, take away."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import photos as rooms
from marketplace.retail.forms.photos import AddForm, AltForm, CutForm, MoveForm, TurnForm
from marketplace.retail.views import scope
from shops import access as shop_access
from shops.domain import photos as domain
from shops.domain.photos import Added
from shops.models import Product, ProductPicture, Shop


@dataclass(frozen=True, slots=True)
class Row:
    """A picture with the form of its words."""

    shown: ProductPicture
    form: AltForm


@access("member", methods=("GET", "POST"), obj="product")
def photos(request: HttpRequest, shop: str, product: int) -> HttpResponse:
    """All photographs of an article; a POST adds some."""
    mine, row = _product(request, shop, product)
    if request.method != "POST":
        return _page(request, mine, row)
    form = AddForm(request.POST, request.FILES, auto_id="add-%s")
    if not form.is_valid():
        return _page(request, mine, row, form=form, status=422)
    done = domain.add(
        product=row,
        shop=mine,
        uploads=form.cleaned_data["photos"],
        alt=form.cleaned_data["alt"],
        by=scope.member(request),
        now=timezone.now(),
    )
    if done.refused:
        return _page(request, mine, row, form=form, added=done, status=422)
    messages.success(request, _added(done))
    return redirect("retail:photos", shop, product)


@access("member", methods=("POST",), obj="product")
def describe(request: HttpRequest, shop: str, product: int, photo: int) -> HttpResponse:
    """Say in other words what is to be seen."""
    mine, shown = _photo(request, shop, product, photo)
    form = AltForm(request.POST, auto_id=f"p{photo}-%s")
    if not form.is_valid():
        return _page(request, mine, shown.product, alts={photo: form}, status=422)
    return _act(request, mine, shown, domain.describe, _("Saved."), alt=form.cleaned_data["alt"])


@access("member", methods=("POST",), obj="product")
def turn(request: HttpRequest, shop: str, product: int, photo: int) -> HttpResponse:
    """A quarter to the right or to the left."""
    mine, shown = _photo(request, shop, product, photo)
    form = TurnForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, mine, shown)
    return _act(request, mine, shown, domain.turn, _("Turned."), **form.cleaned_data)


@access("member", methods=("GET", "POST"), obj="product")
def cut(request: HttpRequest, shop: str, product: int, photo: int) -> HttpResponse:
    """Choose the part that stays."""
    mine, shown = _photo(request, shop, product, photo)
    size = {"width": shown.picture.width, "height": shown.picture.height}
    form = CutForm(request.POST or None, auto_id="cut-%s", **size)
    if request.method == "POST" and form.is_valid():
        return _act(request, mine, shown, domain.cut, _("Cut."), box=form.box)
    context = {"shop": mine, "product": shown.product, "shown": shown, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "retail/photo_cut.html", context, status=status)


@access("member", methods=("POST",), obj="product")
def move(request: HttpRequest, shop: str, product: int, photo: int) -> HttpResponse:
    """One place earlier or later."""
    mine, shown = _photo(request, shop, product, photo)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _incomplete(request, mine, shown)
    earlier = form.cleaned_data["to"] == "earlier"
    return _act(request, mine, shown, domain.move, _("Moved."), earlier=earlier)


@access("member", methods=("POST",), obj="product")
def remove(request: HttpRequest, shop: str, product: int, photo: int) -> HttpResponse:
    """Do not show it with this article any more."""
    mine, shown = _photo(request, shop, product, photo)
    return _act(request, mine, shown, domain.remove, _("Taken away."))


def _product(request: HttpRequest, shop: str, product: int) -> tuple[Shop, Product]:
    """An article the shop offers or has described."""
    mine = scope.shop_of(request, shop)
    return mine, get_object_or_404(shop_access.offered_products(mine), pk=product)


def _photo(
    request: HttpRequest, shop: str, product: int, photo: int
) -> tuple[Shop, ProductPicture]:
    """A picture of an article whose pictures the shop arranges."""
    mine = scope.shop_of(request, shop)
    row = get_object_or_404(shop_access.arranged_products(mine), pk=product)
    shown = get_object_or_404(row.pictures.select_related("picture", "product"), pk=photo)
    return mine, shown


def _act(
    request: HttpRequest,
    shop: Shop,
    shown: ProductPicture,
    act: Callable[..., object],
    said: str,
    **more: object,
) -> HttpResponse:
    """The act, then the pictures again; a refusal is told above them."""
    try:
        act(shown=shown, shop=shop, by=scope.member(request), now=timezone.now(), **more)
    except (Refused, Stale) as no:
        return _page(request, shop, shown.product, message=no.message, status=409)
    messages.success(request, said)
    return redirect("retail:photos", shop.slug, shown.product_id)


def _incomplete(request: HttpRequest, shop: Shop, shown: ProductPicture) -> HttpResponse:
    message = _("This form did not arrive whole. Please try again.")
    return _page(request, shop, shown.product, message=message, status=422)


def _page(
    request: HttpRequest,
    shop: Shop,
    product: Product,
    *,
    form: AddForm | None = None,
    alts: dict[int, AltForm] | None = None,
    added: Added | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    found = rooms.photos(shop=shop, product=product)
    if form is None or added is not None:
        form = AddForm(initial={"alt": domain.proposal(product)}, auto_id="add-%s")
    context = {
        "shop": shop,
        "product": product,
        "found": found,
        "rows": [
            Row(
                each,
                (alts or {}).get(each.pk)
                or AltForm(initial={"alt": each.picture.alt}, auto_id=f"p{each.pk}-%s"),
            )
            for each in found.shown
        ],
        "form": form,
        "added": _added(added) if added and added.new else "",
        "refused": added.refused if added else (),
        "message": message,
    }
    return render(request, "retail/photos.html", context, status=status)


def _added(done: Added) -> str:
    if not done.new:
        return _("These photos are there already.")
    sentence = ngettext("%(n)d photo added.", "%(n)d photos added.", done.new)
    return sentence % {"n": done.new}
