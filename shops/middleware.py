"""Which city is asked? Decided by the host name, before any page."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase

from marketplace.core.views import errors
from shops.models import CityHost

log = structlog.get_logger("host")

#: Asked by machines that know no city.
PROBES = frozenset({"/healthz", "/readyz"})


class HostMiddleware:
    """Sets `request.city` and `request.base_url`; a host that no city owns gets 421.

    SECURITY: this is what guards `ALLOWED_HOSTS = ["*"]`; nothing below it sees an unknown host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.city = None  # type: ignore[attr-defined]
        if request.path in PROBES:
            return self.get_response(request)
        try:
            host = hostname(request.get_host())
        except DisallowedHost:  # not a host name at all
            return errors.answer(request, 421)
        try:
            row = CityHost.objects.select_related("city__site__root_page").filter(host=host).first()
        except DatabaseError:
            log.exception("database_unavailable")
            return errors.unavailable(request)
        desk = request.path.startswith("/cms/")
        if row is not None:
            request.city = row.city  # type: ignore[attr-defined]
            request.base_url = row.city.base_url  # type: ignore[attr-defined]
            # Wagtail keeps the site it found here; it would fall back to the default one.
            request._wagtail_site = row.city.site  # type: ignore[attr-defined]
        elif not settings.ADMIN_HOST or host != settings.ADMIN_HOST:
            return errors.answer(request, 421)
        elif not desk and not request.path.startswith(("/konto/", "/en/konto/", "/media/")):
            return errors.not_found(request)
        if desk and settings.ADMIN_HOST and host != settings.ADMIN_HOST:
            return errors.not_found(request)
        return self.get_response(request)


def hostname(host: str) -> str:
    """Lower case, without port and without the root's dot: what a CityHost stores."""
    name = host.lower()
    if name.startswith("["):  # an IPv6 address keeps its brackets
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].removesuffix(".")
