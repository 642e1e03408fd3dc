"""What a page says about itself to those who link to it, list it, or read it by machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from marketplace.core import http

#: What lists of results show of a description.
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Meta:
    """Head of an indexable page; pages without one are not to be indexed."""

    #: The one address of this page, whatever was asked for.
    url: str
    title: str
    description: str
    #: (language, address) of the same page; empty where it exists in one language only.
    alternates: list[tuple[str, str]]
    #: Absolute address of a picture, or empty.
    image: str = ""
    #: og:type.
    kind: str = "website"
    #: JSON-LD (schema.org), one block each.
    facts: tuple[dict[str, Any], ...] = ()

    @property
    def default(self) -> str:
        """Where somebody goes whose language is none of ours."""
        return self.alternates[0][1] if self.alternates else self.url


def of(
    request: HttpRequest,
    *,
    path: str,
    title: str,
    description: str,
    languages: Iterable[str] | None = None,
    image: str = "",
    kind: str = "website",
    facts: Iterable[dict[str, Any]] = (),
) -> Meta:
    """The head of the page at `path` (with what of its query belongs to its address).

    `languages`: those it exists in, all of ours without it. `image` is a path or an address.
    """
    spoken = [code for code, _name in settings.LANGUAGES] if languages is None else list(languages)
    alternates = [
        (code, http.absolute(request, http.in_language(path, code)))
        for code, _name in settings.LANGUAGES
        if code in spoken
    ]
    return Meta(
        url=http.absolute(request, path),
        title=title,
        description=shortened(description),
        alternates=alternates if len(alternates) > 1 else [],
        image=http.absolute(request, image) if image.startswith("/") else image,
        kind=kind,
        facts=tuple(facts),
    )


def shortened(text: str) -> str:
    """One line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return line[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:–") + "…"


def crumbs(request: HttpRequest, *steps: tuple[str, str]) -> dict[str, Any]:
    """The way from the front page as schema.org's BreadcrumbList; steps are (name, path)."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": http.absolute(request, path),
            }
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }
