"""Requests that no page of ours expects are answered here, before anything reads them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from marketplace.core.views import errors

METHODS = ("GET", "POST")
#: Where the desk's editor of translations sends each sentence; its views name their methods.
SENTENCES, OF_SENTENCES = "/cms/localize/translate/", ("PUT", "DELETE")
LONGEST_VALUE = 2_000  # characters


class GuardMiddleware:
    """Only GET, HEAD, POST (Wagtail alone would answer 200 to DELETE); no NUL, no endless values.

    Neither database stores NUL and both search engines choke on it, so it is refused at the door.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_sentence = request.method in OF_SENTENCES and request.path.startswith(SENTENCES)
        if request.method not in (*METHODS, "HEAD") and not is_sentence:
            return errors.method_not_allowed(request, METHODS)
        if "\0" in request.path or any(
            "\0" in text or len(text) > LONGEST_VALUE
            for name, values in request.GET.lists()
            for text in (name, *values)
        ):
            return errors.bad_request(request)
        return self.get_response(request)
