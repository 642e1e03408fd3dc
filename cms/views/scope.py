"""Who asks in the desk, and for which city. What somebody may not do ends here."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from wagtail.models import Page

from marketplace.core.domain.history import Actor
from shops.models import City
from shops.requests import city_of


def home(request: HttpRequest) -> Any:
    """The front page of the city asked for."""
    page: Page = city_of(request).site.root_page
    return page


def may_publish(request: HttpRequest) -> bool:
    """Whether they may publish the city's front page, and so speak for the city; no city, no."""
    if getattr(request, "city", None) is None:
        return False
    return bool(home(request).permissions_for_user(request.user).can_publish())


def publishers_city(request: HttpRequest) -> City:
    """The city asked for, for those who speak for it."""
    city = city_of(request)
    if not may_publish(request):
        raise PermissionDenied
    return city


def editor(request: HttpRequest) -> Actor:
    """The person of the city's staff who asks, as `by` of a domain call."""
    return Actor.editor(request.user)
