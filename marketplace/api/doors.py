"""The API as ninja runs it, and the doors by which our table of addresses knows it."""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from marketplace.api import problems
from marketplace.api.keys import StockKey
from marketplace.api.problems import Problem
from marketplace.api.views import stock
from marketplace.core.errors import Refused, Stale
from marketplace.core.http import access

log = structlog.get_logger("api")

#: The library's own pages of documentation bring scripts along; ours is `views.manual`.
api = NinjaAPI(
    title="Stadtregal",
    version="1",
    description="Doors for machines. Sentences come in German or English by Accept-Language.",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    auth=StockKey(),
)
api.add_router("/stock", stock.router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.answer(problem.status, problem.code, problem.detail)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    text = _("This key opens nothing. Please send a valid one: Authorization: Bearer …")
    return problems.answer(401, "key", text)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    status = 413 if refusal.code in stock.TOO_LARGE else 422
    return problems.answer(status, refusal.code, refusal.message)


@api.exception_handler(Stale)
def _stale(request: HttpRequest, stale: Stale) -> HttpResponse:
    return problems.answer(409, stale.code, stale.message)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.answer(422, "address", _("This address cannot be read."))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("database_unavailable", exc_info=error)
    return problems.answer(503, "unavailable", _("Please try again in a few seconds."))


def doors() -> list[URLPattern]:
    """The library's addresses, each with our word on who may knock."""
    found = []
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name in METHODS:
            pattern.callback = _door(pattern.callback, pattern.name)
            found.append(pattern)
    return found


#: By name; the library also has a root, which is none of our addresses.
METHODS = {"push": ("POST",), "delivery": ("GET",)}


def _door(view: Callable[..., HttpResponse], name: str) -> Callable[..., HttpResponseBase]:
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked, request.method = request.method, METHODS[name][0]  # HEAD comes with GET
        try:
            with problems.spoken(request):
                return problems.mark(view(request, *args, **kwargs))
        finally:
            request.method = asked  # the server leaves the body out

    door.__qualname__ = name
    # SECURITY: no cookie is looked at here, so there is nothing a foreign form could borrow.
    guarded: Callable[..., HttpResponseBase] = csrf_exempt(
        access("machine", methods=METHODS[name], obj="branch")(door)
    )
    return guarded


def openapi() -> dict[str, Any]:
    """The contract for machines, the body's shape included."""
    schema: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    shapes = schema["components"]["schemas"]
    body = stock.BODY.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes.update(body.pop("$defs", {}))
    shapes["Push"] = body
    return schema
