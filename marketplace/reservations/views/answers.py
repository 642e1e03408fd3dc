"""Answers that several views give."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse


def see_other(name: str, *args: object) -> HttpResponse:
    """303: whatever was sent, what follows is a page to look at; reloading it sends nothing."""
    return HttpResponseRedirect(reverse(name, args=args), status=303)
