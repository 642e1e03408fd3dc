"""Outermost: gives each request an id and writes one line about it."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from marketplace.core.logs import masked_path

log = structlog.get_logger("request")

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
#: Asked for every few seconds, or not worth a line.
_QUIET = ("/static/", "/media/", "/healthz", "/readyz")


class RequestMiddleware:
    """X-Request-ID in (if it looks like one) and out, in every log line in between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if response.status_code >= 500 or not request.path.startswith(_QUIET):
            match = request.resolver_match
            log.info(
                "request",
                method=request.method,
                path=masked_path(request.path, match.kwargs if match else None),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
            )
        return response
