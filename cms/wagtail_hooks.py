"""Where Wagtail asks us."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from wagtail import hooks
from wagtail.models import Page

from cms.models import HomePage
from cms.views.front import front
from marketplace.core import http
from marketplace.core.views import errors

Serve = Callable[[Page, HttpRequest, list[Any], dict[str, Any]], HttpResponseBase]

#: Seconds. Shown availability is never older than 2 (design section 7); text may be.
FRESH_GOODS, FRESH_TEXT = 2, 60


@hooks.register("on_serve_page", order=100)  # inside Wagtail's own check of page restrictions
def serve_page(inner: Serve) -> Serve:
    """Front pages with what is on the shelves; pages that everybody may see may be cached."""

    def serve(
        page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return errors.method_not_allowed(request, ["GET"])
        # SECURITY: a page behind a password is for its visitor only.
        is_public = not page.get_view_restrictions().exists()
        request.is_public_page = is_public  # type: ignore[attr-defined]
        if isinstance(page, HomePage):
            response: HttpResponseBase = front(request, page)
            fresh = FRESH_GOODS
        else:
            response = inner(page, request, args, kwargs)
            fresh = FRESH_TEXT
        return http.mark_public(response, fresh) if is_public else response

    return serve
