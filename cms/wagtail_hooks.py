"""Where Wagtail asks us."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Page

from cms.models import ContentPage, Published
from cms.views.choosers import GoodsChooserViewSet, ShopChooserViewSet
from marketplace.core import http
from marketplace.core.views import errors

Serve = Callable[[Page, HttpRequest, list[Any], dict[str, Any]], HttpResponseBase]

#: Seconds. Shown availability is never older than 2 (design section 7); text may be.
FRESH_GOODS, FRESH_TEXT = 2, 60


@hooks.register("on_serve_page", order=100)  # inside Wagtail's own check of page restrictions
def serve_page(inner: Serve) -> Serve:
    """Pages that everybody may see may be cached: those with goods for a moment only."""

    def serve(
        page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return errors.method_not_allowed(request, ["GET"])
        # SECURITY: a page behind a password is for its visitor only.
        is_public = not page.get_view_restrictions().exists()
        request.is_public_page = is_public  # type: ignore[attr-defined]
        response = inner(page, request, args, kwargs)
        is_living = isinstance(page, Published) and not isinstance(page, ContentPage)
        fresh = FRESH_GOODS if is_living else FRESH_TEXT
        return http.mark_public(response, fresh) if is_public else response

    return serve


@hooks.register("insert_global_admin_js")
def desk_script() -> str:
    """Widgets start without inline scripts."""
    return render_to_string("cms/desk_script.html")


@hooks.register("register_admin_viewset")
def choosers() -> list[ViewSet]:
    """Choosing goods and shops of the city."""
    return [GoodsChooserViewSet("goods_chooser"), ShopChooserViewSet("shop_chooser")]
