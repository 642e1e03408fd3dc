"""Pages for what went wrong. Each helps on, in the language of the address asked for."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.html import escape

#: Made without request and context: nothing that might be broken is asked.
STANDALONE = frozenset({421, 500, 503})


def answer(
    request: HttpRequest,
    status: int,
    *,
    message: object = "",
    headers: dict[str, str] | None = None,
    template: str = "",
    **context: Any,
) -> HttpResponse:
    """The error page of this status. `message` is a sentence of ours that may be shown."""
    page = loader.get_template(template or f"{status}.html")
    if status in STANDALONE:
        body = page.render({"message": message, "status": status} | context)
    else:
        body = page.render({"message": message, "status": status} | context, request)
    return HttpResponse(body, status=status, headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Cookies off, an old form, or another site's: says what to do. `reason` stays in the log."""
    return answer(request, 403, template="403_csrf.html")


def too_many(request: HttpRequest) -> HttpResponse:
    return answer(request, 429, headers={"Retry-After": "60"})


def method_not_allowed(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    names = list(allowed)
    if "GET" in names:
        names.insert(names.index("GET") + 1, "HEAD")
    return answer(request, 405, headers={"Allow": ", ".join(names)})


def conflict(request: HttpRequest, message: object) -> HttpResponse:
    """A domain function said no and the view had no better place to say it."""
    return answer(request, 409, message=message)


def unavailable(request: HttpRequest) -> HttpResponse:
    return answer(request, 503, headers={"Retry-After": "5"})


def server_error(request: HttpRequest) -> HttpResponse:
    """Never fails itself: without its template it still says one sentence."""
    try:
        return answer(request, 500)
    except Exception:  # whatever it is, it must not become a second error
        request_id = escape(getattr(request, "request_id", ""))
        return HttpResponse(f"500 {request_id}", status=500, content_type="text/plain")
