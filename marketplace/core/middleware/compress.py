"""Public pages travel compressed, also where no front server does it."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from marketplace.core.middleware.headers import PRIVATE


class CompressMiddleware(GZipMiddleware):
    """Compresses what shared caches may keep, and nothing else.

    SECURITY: a page that is the same for everybody holds no secret, so its length tells none
    (BREACH, CVE-2013-3587). Pages with a form token or somebody's data stay as they are.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_public = getattr(response, "public_page", False)
        if not is_public or response.get("Cache-Control") == PRIVATE:
            return response
        return super().process_response(request, response)
