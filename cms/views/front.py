"""How Wagtail's pages are answered; called by its hooks, not by the URLconf."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from cms.domain import queries
from cms.models import HomePage
from marketplace.core.http import access
from shops.requests import city_of


@access("public", obj="page")
def front(request: HttpRequest, page: HomePage) -> HttpResponse:
    """A city's front page: introduction, search, shops, goods."""
    now = timezone.now()
    found = queries.front(city=city_of(request), now=now)
    return render(request, page.template, {"page": page, "front": found, "now": now})
