"""An article's particulars: what is asked, what is missing, and who makes it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access
from marketplace.retail.domain import article as pages
from marketplace.retail.forms.article import ArticleForm, ManufacturerForm, NoteForm
from marketplace.retail.views import scope
from shops.domain import article as articles
from shops.domain import registry
from shops.domain.article import Said
from shops.models import Manufacturer, Product, Shop


@access("member", methods=("GET", "POST"), obj="product")
def article(request: HttpRequest, shop: str, product: int) -> HttpResponse:
    """What the shop says of it; saving lets the gate look again."""
    mine = scope.shop_of(request, shop)
    row = scope.product_of(mine, product)
    shown = pages.of(product=row, shop=mine, now=timezone.now())
    form = ArticleForm(request.POST if request.method == "POST" else None, article=shown)
    if request.method != "POST":
        return _page(request, shown, form)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    try:
        changed = _tell(request, mine, row, form.said)
    except (Refused, Stale) as no:
        return _page(request, shown, form, message=no.message, status=409)
    messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return redirect("retail:product", shop, product)


@access("member", methods=("GET", "POST"), obj="product")
def maker(request: HttpRequest, shop: str, product: int) -> HttpResponse:
    """Search the registry; POST enters a manufacturer nobody has named yet."""
    mine = scope.shop_of(request, shop)
    row = scope.product_of(mine, product)
    form = ManufacturerForm(request.POST or None, initial={"name": _text(request)})
    if request.method != "POST":
        return _makers(request, mine, row, form)
    if not form.is_valid():
        return _makers(request, mine, row, form, status=422)
    try:
        made = registry.create(said=form.cleaned_data, by=scope.member(request), now=timezone.now())
        _tell(request, mine, row, Said(product={"manufacturer": made}))
    except (Refused, Stale) as no:
        return _makers(request, mine, row, form, message=no.message, status=409)
    messages.success(request, _("The manufacturer is entered."))
    return redirect("retail:product", shop, product)


@access("member", methods=("POST",), obj="product")
def take(request: HttpRequest, shop: str, product: int, maker: int) -> HttpResponse:
    """This one makes it."""
    mine = scope.shop_of(request, shop)
    row = scope.product_of(mine, product)
    made = get_object_or_404(Manufacturer, pk=maker)
    if _tell(request, mine, row, Said(product={"manufacturer": made})):
        messages.success(request, _("The manufacturer is entered."))
    return redirect("retail:product", shop, product)


@access("member", methods=("GET", "POST"), obj="product")
def correct(request: HttpRequest, shop: str, product: int) -> HttpResponse:
    """Correct the manufacturer for all its goods, where this shop alone has some."""
    mine = scope.shop_of(request, shop)
    row = scope.product_of(mine, product)
    made = get_object_or_404(Manufacturer, products=row)
    initial = {name: getattr(made, name) for name in ManufacturerForm.base_fields}
    form = ManufacturerForm(request.POST or None, initial=initial)
    context = {"shop": mine, "product": row, "form": form, "made": made}
    if request.method != "POST":
        return render(request, "retail/maker_correct.html", context)
    if not form.is_valid():
        return render(request, "retail/maker_correct.html", context, status=422)
    try:
        registry.edit(
            manufacturer_id=made.pk,
            said=form.cleaned_data,
            shop=mine,
            by=scope.member(request),
            now=timezone.now(),
        )
    except (Refused, Stale) as no:
        context["message"] = no.message
        return render(request, "retail/maker_correct.html", context, status=409)
    messages.success(request, _("Saved, for all goods of this manufacturer."))
    return redirect("retail:product", shop, product)


@access("member", methods=("POST",), obj="product")
def note(request: HttpRequest, shop: str, product: int) -> HttpResponse:
    """The registry is wrong about a manufacturer that other shops use as well: the city hears."""
    mine = scope.shop_of(request, shop)
    row = scope.product_of(mine, product)
    made = get_object_or_404(Manufacturer, products=row)
    form = NoteForm(request.POST)
    if not form.is_valid():
        shown = pages.of(product=row, shop=mine, now=timezone.now())
        return _page(request, shown, ArticleForm(article=shown), note_form=form, status=422)
    registry.note(
        manufacturer=made,
        shop=mine,
        text=form.cleaned_data["text"],
        by=scope.member(request),
        now=timezone.now(),
    )
    messages.success(request, _("Thank you. The city looks at it."))
    return redirect("retail:product", shop, product)


def _tell(request: HttpRequest, shop: Shop, product: Product, said: Said) -> bool:
    by, now = scope.member(request), timezone.now()
    return articles.tell(product=product, shop=shop, said=said, by=by, now=now)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:100].replace("\0", "").strip()


def _page(
    request: HttpRequest,
    shown: pages.Article,
    form: ArticleForm,
    *,
    note_form: NoteForm | None = None,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "shop": shown.shop,
        "article": shown,
        "form": form,
        "note_form": note_form or NoteForm(),
        "message": message,
    }
    return render(request, "retail/article.html", context, status=status)


def _makers(
    request: HttpRequest,
    shop: Shop,
    product: Product,
    form: ManufacturerForm,
    *,
    message: Any = "",
    status: int = 200,
) -> HttpResponse:
    text = _text(request)
    context = {
        "shop": shop,
        "product": product,
        "text": text,
        "found": registry.search(text) if text else registry.likely(product=product),
        "form": form,
        "message": message,
    }
    return render(request, "retail/maker.html", context, status=status)
