"""Innermost: turns what a view could not say better itself into a page that helps on."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from marketplace.core.errors import Refused, Stale
from marketplace.core.views import errors

log = structlog.get_logger("refused")


class RefusedMiddleware:
    """`Refused` and `Stale` become 409 with their sentence, a waiting database 503: never a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused | Stale):
            log.info("refused", code=exception.code)
            return errors.conflict(request, exception.message)
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("database_unavailable", exc_info=exception)
            return errors.unavailable(request)
        return None
