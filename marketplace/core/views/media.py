"""Uploaded pictures, where no front server or object storage takes this over."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views import static

from marketplace.core.http import access

#: Served by Wagtail's own view, which asks who may; or never meant to be served.
_CLOSED = ("documents/", "original_images/")
#: Named by their content: they never change.
_HASHED = re.compile(r"[0-9a-f]{16,}")


@access("public")
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file below MEDIA_ROOT, never a listing; 404 for what is not for everybody."""
    if path.startswith(_CLOSED) or "/." in f"/{path}":
        raise Http404
    response = static.serve(request, path, document_root=str(settings.MEDIA_ROOT))
    if _HASHED.search(path.rpartition("/")[2]):
        patch_cache_control(response, public=True, max_age=365 * 24 * 3600, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=3600)
    return response
