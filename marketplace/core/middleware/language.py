"""The language of an answer follows from its path and from nothing else.

So a page may be cached without `Vary`, a link means the same to everybody, and no cookie is needed.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation


class LanguageMiddleware:
    """`/en/…` is English, every other path the default language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            # Wagtail's desk speaks the language of the person, whatever the path.
            response.setdefault("Content-Language", translation.get_language() or language)
        return response
