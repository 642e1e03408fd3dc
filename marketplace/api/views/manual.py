"""The contract to read: for machines as OpenAPI, for people as a page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from marketplace.api.doors import openapi
from marketplace.core.http import absolute, access, public_page
from shops.domain.deliveries import reading, words

FRESH = 3600  # seconds: it changes with a new version of the program


@access("public")
@public_page(FRESH)
def contract(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, in English."""
    return JsonResponse(openapi(), json_dumps_params={"ensure_ascii": False, "indent": 1})


@access("public")
@public_page(FRESH)
def manual(request: HttpRequest) -> HttpResponse:
    """What a till maker must know, on one page."""
    context = {
        "address": absolute(request, "/api/v1/stock"),
        "contract": absolute(request, "/api/v1/openapi.json"),
        "most_rows": reading.MAX_ROWS,
        "most_megabytes": reading.MAX_BYTES // 1_000_000,
        "refused": words.REFUSED.items(),
        "held": words.HELD.items(),
    }
    return render(request, "api/manual.html", context)
