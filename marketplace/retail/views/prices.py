"""What goods cost: one price, what is reduced, so many percent off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import prices as rooms
from marketplace.retail.forms.payments import typed
from marketplace.retail.forms.prices import (
    AdviceForm,
    KindForm,
    PriceForm,
    SaleForm,
    SmallBusinessForm,
)
from marketplace.retail.views import scope
from shops import access as shop_access
from shops.domain import contents
from shops.domain.prices import advice, business, kinds, reductions, sales
from shops.enums import NoBasePrice, Unbound
from shops.models import Branch, Offer, Variant


@access("member", methods=("GET", "POST"), obj="offer")
def price(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """One article's price: what it was, what it is to be, and how that is told."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    if request.method != "POST":
        return _sheet(request, here, row)
    form = PriceForm(request.POST)
    if not form.is_valid():
        return _sheet(request, here, row, form=form, status=422)
    try:
        reductions.ask(
            offer=row,
            price=form.cleaned_data["price"],
            cut=form.cut,
            last_day=form.cleaned_data["last_day"] if form.cut else None,
            by=scope.member(request),
            now=timezone.now(),
        )
    except Refused as no:
        form.add_error("price", str(no.message))
        return _sheet(request, here, row, form=form, status=409)
    messages.success(request, _("The price is changed."))
    return redirect("retail:price", shop, branch, offer)


@access("member", methods=("POST",), obj="offer")
def end_reduction(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """The old price holds again."""
    here = scope.branch_of(request, shop, branch)
    reductions.end(offer=scope.offer_of(here, offer), now=timezone.now())
    messages.success(request, _("The reduction is over, the old price holds again."))
    return redirect("retail:price", shop, branch, offer)


@access("member", methods=("POST",), obj="offer")
def recommend(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """What the manufacturer recommends."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    form = AdviceForm(request.POST)
    if not form.is_valid():
        return _sheet(request, here, row, told=form, status=422)
    try:
        advice.recommend(
            offer=row,
            price=form.cleaned_data["recommended"],
            source=form.cleaned_data["source"],
        )
    except Refused as no:
        form.add_error("source", str(no.message))
        return _sheet(request, here, row, told=form, status=409)
    messages.success(request, _("The recommended price is saved."))
    return redirect("retail:price", shop, branch, offer)


@access("member", methods=("POST",), obj="offer")
def kind(request: HttpRequest, shop: str, branch: str, offer: int) -> HttpResponse:
    """Drained weight, loose sale, base price and binding."""
    here = scope.branch_of(request, shop, branch)
    row = scope.offer_of(here, offer)
    form = KindForm(request.POST)
    if not form.is_valid():
        return _sheet(request, here, row, kind=form, status=422)
    said = form.cleaned_data
    try:
        kinds.tell(
            variant=row.variant,
            shop=here.shop,
            drained=said["drained"],
            is_loose=said["is_loose"],
            no_base_price=NoBasePrice(said["no_base_price"]) if said["no_base_price"] else None,
            unbound=Unbound(said["unbound"]) if said["unbound"] else None,
        )
    except Refused as no:
        form.add_error(None, str(no.message))
        return _sheet(request, here, row, kind=form, status=409)
    messages.success(request, _("Saved."))
    return redirect("retail:price", shop, branch, offer)


@access("member", obj="branch")
def prices(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """What is reduced here."""
    return _page(request, scope.branch_of(request, shop, branch))


@access("owner", methods=("POST",), obj="branch")
def start_sale(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """First what it would do, then it is done."""
    here = scope.owned_branch_of(request, shop, branch)
    now = timezone.now()
    found = rooms.prices(branch=here, number="", now=now)
    form = SaleForm(request.POST, categories=found.categories)
    if not form.is_valid():
        return _page(request, here, form=form, status=422)
    said = form.cleaned_data
    if not said["sure"]:
        seen = sales.preview(
            branch=here, percent=said["percent"], category=said["category"], now=now
        )
        context = {"branch": here, "form": form, "said": said, "preview": seen}
        return render(request, "retail/sale.html", context)
    try:
        _sale, number = sales.start(
            branch=here,
            percent=said["percent"],
            category=said["category"],
            last_day=said["last_day"],
            nonce=said["nonce"],
            by=scope.member(request),
            now=now,
        )
    except (Refused, Stale) as no:
        return _page(request, here, form=form, message=no.message, status=409)
    messages.success(
        request,
        ngettext("%(n)d article is reduced.", "%(n)d articles are reduced.", number)
        % {"n": number},
    )
    return redirect("retail:prices", shop, branch)


@access("owner", methods=("POST",), obj="branch")
def end_sale(request: HttpRequest, shop: str, branch: str, sale: int) -> HttpResponse:
    """The old prices hold again."""
    here = scope.owned_branch_of(request, shop, branch)
    row = get_object_or_404(shop_access.branch_sales([here]), pk=sale)
    sales.end(sale=row, now=timezone.now())
    messages.success(request, _("The old prices hold again."))
    return redirect("retail:prices", shop, branch)


@access("owner", methods=("POST",), obj="branch")
def small_business(request: HttpRequest, shop: str, branch: str) -> HttpResponse:
    """Whether the shop's prices hold VAT."""
    here = scope.owned_branch_of(request, shop, branch)
    form = SmallBusinessForm(request.POST)
    if not form.is_valid():
        return _page(request, here, small=form, status=422)
    try:
        business.set_small(
            shop=here.shop,
            first=form.cleaned_data["first"],
            last=form.cleaned_data["last"],
            by=scope.member(request),
            now=timezone.now(),
        )
    except Refused as no:
        form.add_error("last", str(no.message))
        return _page(request, here, small=form, status=409)
    messages.success(request, _("Saved. Every price of yours says so."))
    return redirect("retail:prices", shop, branch)


def _sheet(
    request: HttpRequest,
    branch: Branch,
    row: Offer,
    *,
    form: PriceForm | None = None,
    told: AdviceForm | None = None,
    kind: KindForm | None = None,
    status: int = 200,
) -> HttpResponse:
    row.refresh_from_db(fields=["price", "reference_price", "recommended_price", "claimed_price"])
    found = rooms.sheet(branch=branch, offer=row, now=timezone.now())
    recommended = row.recommended_price or row.claimed_price
    context: dict[str, Any] = {
        "branch": branch,
        "found": found,
        "form": form or PriceForm(initial={"price": typed(row.price)}),
        "kind": kind or _kind_of(row.variant),
        "told": told
        or AdviceForm(
            initial={
                "recommended": typed(recommended) if recommended else "",
                "source": row.recommended_source,
            }
        ),
    }
    return render(request, "retail/price.html", context, status=status)


def _kind_of(variant: Variant) -> KindForm:
    return KindForm(
        initial={
            "drained": contents.told(variant.drained_amount, variant.content_unit),
            "is_loose": variant.is_loose,
            "no_base_price": variant.no_base_price,
            "unbound": variant.unbound,
        }
    )


def _page(
    request: HttpRequest,
    branch: Branch,
    *,
    form: SaleForm | None = None,
    small: SmallBusinessForm | None = None,
    message: object = "",
    status: int = 200,
) -> HttpResponse:
    found = rooms.prices(branch=branch, number=request.GET.get("page", ""), now=timezone.now())
    owns = shop_access.owned_branches(request.user, branch.shop.city).filter(pk=branch.pk)
    is_owner = owns.exists()
    of = branch.shop
    since = {"first": of.small_business_from, "last": of.small_business_until}
    context = {
        "branch": branch,
        "found": found,
        "form": (form or SaleForm(categories=found.categories)) if is_owner else None,
        "small": small or SmallBusinessForm(initial=since),
        "message": message,
    }
    return render(request, "retail/prices.html", context, status=status)
