"""The demo's letter box: what the town's mails say. Mounted in demo and debug only."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from marketplace.core.http import access
from marketplace.workbench.domain import outbox
from marketplace.workbench.domain.outbox import Letter


@access("public")
def post(request: HttpRequest) -> HttpResponse:
    """All mails, the youngest first."""
    return render(request, "workbench/post.html", {"letters": outbox.letters(_folder())})


@access("public", obj="letter")
def letter(request: HttpRequest, key: str) -> HttpResponse:
    """One mail: its text with links to follow, and the pictures that came with it."""
    return render(request, "workbench/letter.html", {"letter": _letter(key)})


@access("public", obj="letter")
def html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part as the mail has it, under our own strict policy."""
    found = _letter(key)
    if not found.html:
        raise Http404
    body = found.html
    for cid in found.pictures:
        body = body.replace(f"cid:{cid}", reverse("workbench:picture", args=[key, cid]))
    return HttpResponse(body)


@access("public", obj="letter")
def picture(request: HttpRequest, key: str, cid: str) -> HttpResponse:
    """A picture inside a mail, such as the code to collect with."""
    found = outbox.picture(_folder(), key, cid)
    if found is None:
        raise Http404
    content, kind = found
    return HttpResponse(content, content_type=kind)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _letter(key: str) -> Letter:
    found = outbox.letter(_folder(), key)
    if found is None:
        raise Http404
    return found
