"""Legal texts of shops. Cookie-less and the same for everybody (law G1)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from marketplace.core.http import access, public_page
from shops import forms
from shops.domain.legal import pages
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
