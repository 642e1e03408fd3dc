"""What `HostMiddleware` has found out about a request, typed."""

from django.http import Http404, HttpRequest

from shops.models import City


def city_of(request: HttpRequest) -> City:
    """The city whose host was asked; pages of no city do not exist (404)."""
    city: City | None = getattr(request, "city", None)
    if city is None:
        raise Http404
    return city
