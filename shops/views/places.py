"""Pages of shops: the list from A to Z and each shop's own. Cookie-less (law G1)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from marketplace.core.errors import Refused
from marketplace.core.http import access, public_page
from shops import forms
from shops.domain import brand, queries
from shops.requests import city_of
from shops.views import heads
from shops.views.goods import FRESH

#: Seconds.
A_YEAR = 365 * 24 * 3600


@access("public")
@public_page(A_YEAR)
def colours(request: HttpRequest, colour: str) -> HttpResponse:
    """A city's own stylesheet, named by its colour, so that it never changes."""
    try:
        text = brand.stylesheet(brand.check(colour))
    except Refused:
        raise Http404 from None
    return HttpResponse(text, content_type="text/css; charset=utf-8")


@access("public")
@public_page(FRESH)
def shop_list(request: HttpRequest) -> HttpResponse:
    """The city's shops from A to Z, by branch of trade, quarter and whether they are open."""
    now = timezone.now()
    found = queries.shops(city=city_of(request), sought=forms.sought(request.GET), now=now)
    context = {"list": found, "now": now, "meta": heads.shops(request, found)}
    return render(request, "shops/shop_list.html", context)


@access("public", obj="shop")
@public_page(FRESH)
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """A shop: where, when, what."""
    now = timezone.now()
    number = forms.whole(request.GET.get("page", "")) or 1
    category = request.GET.get("kategorie", "")
    page = queries.shop(city=city_of(request), slug=slug, category=category, page=number, now=now)
    if page is None:
        raise Http404
    context = {"page": page, "now": now, "meta": heads.shop(request, page)}
    return render(request, "shops/shop.html", context)
