"""Pages of goods: search and product. Cookie-less and the same for everybody (law G1)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from marketplace.core.http import access, public_page
from marketplace.core.views import errors
from shops import forms
from shops.domain import queries
from shops.models import Product
from shops.requests import city_of
from shops.views import heads

#: Seconds. Shown availability is never older (design section 7).
FRESH = 2
#: Pages of text only.
FRESH_TEXT = 60


@access("public")
@public_page(FRESH)
def search(request: HttpRequest) -> HttpResponse:
    """Goods by words, category and filters; without any, all of them."""
    city, now = city_of(request), timezone.now()
    wanted = forms.query(request.GET)
    results = queries.search(city=city, wanted=wanted, now=now)
    context = {
        "results": results,
        "meta": heads.search(request, results),
        "is_cut": forms.is_cut(request.GET),
        "search_text": wanted.text,
        "now": now,
    }
    return render(request, "shops/search.html", context)


@access("public")
@public_page(FRESH_TEXT)
def ranking(request: HttpRequest) -> HttpResponse:
    """How lists are sorted. LAW: UWG § 5b(2), EGBGB Art. 246d: one click from every list."""
    context = {"counted": queries.COUNTED, "meta": heads.ranking(request)}
    return render(request, "shops/ranking.html", context)


@access("public", obj="product")
@public_page(FRESH)
def product(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A product with its branches side by side; an old slug moves on, a gone product says so."""
    city, now = city_of(request), timezone.now()
    variant_id = forms.whole(request.GET.get("variante", ""))
    page = queries.product(city=city, product_id=pk, variant_id=variant_id, now=now)
    if page is None:
        return _gone(request, pk)
    if slug != page.product.slug:
        return _moved(request, page.product)
    context = {"page": page, "now": now, "meta": heads.product(request, page)}
    return render(request, "shops/product.html", context)


def _moved(request: HttpRequest, to: Product) -> HttpResponse:
    """Kinds keep their numbers wherever their page goes, so what was chosen stays chosen."""
    path = reverse("shops:product", args=[to.slug, to.pk])
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """On to the page it is one with now; 410 with something else of the kind; 404 for what this
    city never had."""
    into = queries.moved(city=city_of(request), product_id=pk)
    if into is not None:
        return _moved(request, into)
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
