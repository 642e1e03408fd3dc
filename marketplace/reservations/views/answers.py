"""Answers that several views give."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode


def see_other(name: str, *args: object, **query: int | str) -> HttpResponse:
    """303: whatever was sent, what follows is a page to look at; reloading it sends nothing."""
    target = reverse(name, args=args) + (f"?{urlencode(query)}" if query else "")
    return HttpResponseRedirect(target, status=303)
