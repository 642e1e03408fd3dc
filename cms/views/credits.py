"""Whose pictures, fonts and programs these are."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from cms.domain import credits as credited
from cms.views import heads
from marketplace.core.http import access, public_page
from shops.requests import city_of

#: Seconds.
TEN_MINUTES = 600
#: Pictures on one page of the list.
MANY = 50


@access("public")
@public_page(TEN_MINUTES)
def credits(request: HttpRequest) -> HttpResponse:
    """Every picture on the city's pages with author and licence; fonts and programs."""
    city = city_of(request)
    shown = credited.shown(city=city, language=get_language() or "")
    context = {
        "shown": Paginator(shown, MANY).get_page(request.GET.get("page", 1)),
        "shares": credited.shares(city=city),
        "fonts": credited.FONTS,
        "programs": credited.PROGRAMS,
        "meta": heads.credits(request),
    }
    return render(request, "cms/credits.html", context)
