"""Pages of shops: the list from A to Z and each shop's own. Cookie-less (law G1)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from marketplace.core.http import absolute, access, public_page
from shops import forms
from shops.domain import queries
from shops.requests import city_of
from shops.views.goods import FRESH


@access("public")
@public_page(FRESH)
def shop_list(request: HttpRequest) -> HttpResponse:
    """The city's shops from A to Z, by branch of trade, quarter and whether they are open."""
    now = timezone.now()
    found = queries.shops(city=city_of(request), sought=forms.sought(request.GET), now=now)
    return render(request, "shops/shop_list.html", {"list": found, "now": now})


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
    path = reverse("shops:shop", args=[page.view.shop.slug])
    context = {"page": page, "now": now, "canonical": absolute(request, path)}
    return render(request, "shops/shop.html", context)
