"""Doors for load balancers and monitors."""

import os

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from marketplace import __version__
from marketplace.core.http import access
from marketplace.operations.domain import health


@access("probe")
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers; asks nothing else, so that a slow database does not restart us."""
    return JsonResponse({"ok": True, "process": os.getpid(), "version": __version__})


@access("probe")
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything a shopper needs works (200), or 503 and which part does not."""
    parts = health.parts(now=timezone.now())
    ok = all(part.ok for part in parts)
    body = {"ok": ok, "parts": {part.name: part.detail or "ok" for part in parts}}
    return JsonResponse(body, status=200 if ok else 503)
