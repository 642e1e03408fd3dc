"""Security headers on every answer: pages, errors, redirects, static files."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import has_vary_header

log = structlog.get_logger("headers")

#: A view that needs one of these (the counter's camera) sets its own Permissions-Policy.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
#: For pages with a scanner: this origin may ask for the camera, nobody else.
WITH_CAMERA = PERMISSIONS.replace("camera=()", "camera=(self)")
PRIVATE = "private, no-store"


class HeadersMiddleware:
    """What browsers and caches may do with the answer. Content-Security-Policy is django-csp's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        desk = request.path.startswith("/cms/")
        if desk:
            response._csp_replace = dict(settings.CMS_POLICY)  # type: ignore[attr-defined]
        response["X-Frame-Options"] = "SAMEORIGIN" if desk else "DENY"
        response["X-Content-Type-Options"] = "nosniff"
        # `no-referrer` would make browsers send `Origin: null` and kill our own forms.
        response["Referrer-Policy"] = "same-origin"
        response["Cross-Origin-Opener-Policy"] = "same-origin"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
            )
        if getattr(response, "public_page", False) and is_personal(response):
            _degrade(request, response)
        response.setdefault("Cache-Control", PRIVATE)
        return response


def is_personal(response: HttpResponseBase) -> bool:
    """Does the answer set a cookie, or depend on one?"""
    return bool(response.cookies) or has_vary_header(response, "Cookie")


def _degrade(request: HttpRequest, response: HttpResponseBase) -> None:
    """SECURITY: a page that says it is public and looked at a session must never be shared."""
    if settings.STRICT_PAGES:
        raise AssertionError(f"{request.path} is a public page and looks at a cookie")
    log.error("public_page_looks_at_cookie")
    response["Cache-Control"] = PRIVATE
