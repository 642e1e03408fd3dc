"""Legal texts of shops and of the operator. Cookie-less and the same for everybody (law G1)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from marketplace.core.http import access, public_page
from shops import forms
from shops.domain.legal import operators, pages, texts
from shops.requests import city_of
from shops.views import heads
from shops.views.goods import FRESH_TEXT


@access("public", obj="shop")
@public_page(FRESH_TEXT)
def of_shop(request: HttpRequest, slug: str, text: str) -> HttpResponse:
    """One legal text of a shop as it is in force; an older one by `?fassung=`."""
    page = pages.page(
        city=city_of(request),
        slug=slug,
        kind=pages.KINDS[text],
        language=get_language() or "de",
        number=forms.whole(request.GET.get("fassung", "")),
        now=timezone.now(),
    )
    if page is None:
        raise Http404
    context = {"page": page, "meta": heads.legal(request, page)}
    return render(request, "shops/legal.html", context)


@access("public")
@public_page(FRESH_TEXT)
def operator(request: HttpRequest) -> HttpResponse:
    """Who runs the marketplace. LAW: DDG § 5; the shops are the sellers (EGBGB Art. 246d no. 6)."""
    city, now = city_of(request), timezone.now()
    found = texts.current_of_operator(city=city, language=get_language() or "de", on=now)
    if not found:
        raise Http404
    context = {
        "texts": found,
        "legal": operators.of(city),
        "meta": heads.operator(request),
    }
    return render(request, "shops/operator.html", context)
