"""All paths of the product, and `/null/`: nothing, below everything that stands around a view."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from marketplace.urls import *  # noqa: F403
from marketplace.urls import urlpatterns as paths
from tests.bench.null import BODY


def null(request: HttpRequest) -> HttpResponse:
    """A constant answer."""
    return HttpResponse(BODY)


urlpatterns = [path("null/", null), *paths]
