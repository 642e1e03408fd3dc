"""How every page that the law wants stands, and what the words of the pages get wrong."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cms.domain import lint, operating, standing
from cms.views.duties import may_add
from marketplace.core.http import access
from shops.requests import city_of


@access("editor", obj="city")
def listing(request: HttpRequest) -> HttpResponse:
    """For those who may add pages here."""
    city = city_of(request)
    if not may_add(request, city.site.root_page):
        raise Http404
    context = {
        "rows": standing.rows(city=city, now=timezone.now()),
        "found": lint.of_city(city=city),
        "model": operating.model(city=city),
    }
    return render(request, "cms/legal/desk.html", context)
