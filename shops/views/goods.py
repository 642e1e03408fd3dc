"""Pages of goods: search and product. Cookie-less and the same for everybody (law G1)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from marketplace.core.http import absolute, access, public_page
from marketplace.core.views import errors
from shops import forms
from shops.domain import queries
from shops.requests import city_of

#: Seconds. Shown availability is never older (design section 7).
FRESH = 2


@access("public")
@public_page(FRESH)
def search(request: HttpRequest) -> HttpResponse:
    """Goods by words and category; without either, all of them."""
    city, now = city_of(request), timezone.now()
    asked = forms.query(request.GET)
    results = queries.search(
        city=city, text=asked.text, category=asked.category, page=asked.page, now=now
    )
    context = {"results": results, "asked": asked, "search_text": asked.text, "now": now}
    return render(request, "shops/search.html", context)


@access("public", obj="product")
@public_page(FRESH)
def product(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A product with its branches side by side; an old slug moves on, a gone product says so."""
    city, now = city_of(request), timezone.now()
    variant_id = forms.whole(request.GET.get("variante", ""))
    page = queries.product(city=city, product_id=pk, variant_id=variant_id, now=now)
    if page is None:
        return _gone(request, pk)
    path = reverse("shops:product", args=[page.product.slug, pk])
    if slug != page.product.slug:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
    context = {"page": page, "now": now, "canonical": absolute(request, path)}
    return render(request, "shops/product.html", context)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """410 with something else of the kind; 404 for what this city never had."""
    product = queries.gone(city=city_of(request), product_id=pk)
    if product is None:
        raise Http404
    now = timezone.now()
    others = queries.alternatives(product=product, now=now)
    return errors.answer(
        request,
        410,
        template="shops/product_gone.html",
        category=product.category,
        alternatives=others,
        now=now,
    )
