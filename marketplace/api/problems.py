"""How a machine is told what went wrong: a status, a word it can act on, a sentence for people.

The shape is RFC 9457's (`application/problem+json`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import trans_real

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends an operation with this status. `code` is stable, `detail` may be shown to people."""

    def __init__(self, status: int, code: str, detail: Any) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.detail = detail


def answer(status: int, code: str, detail: Any) -> HttpResponse:
    """The problem as a response, in the active language."""
    response = JsonResponse(
        {"type": "about:blank", "status": status, "code": code, "detail": str(detail)},
        status=status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    elif status in (429, 503):
        response["Retry-After"] = "60" if status == 429 else "5"
    return response


@contextmanager
def spoken(request: HttpRequest) -> Iterator[None]:
    """Inside, sentences are in the language the machine asks for; German where it asks for none.

    Pages take their language from the path alone, but an address of the API is the same for all.
    """
    with translation.override(_language(request.headers.get("Accept-Language", ""))):
        yield


def mark(response: HttpResponse) -> HttpResponse:
    """Say in which language the answer is, and that it depends on what was asked for."""
    response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _language(accepted: str) -> str:
    for name, _weight in trans_real.parse_accept_lang_header(accepted):
        short = name.partition("-")[0]
        if short in dict(settings.LANGUAGES):
            return short
    return str(settings.LANGUAGE_CODE)
