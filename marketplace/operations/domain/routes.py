"""Every door of the installation: the table that tests hold complete."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern

from marketplace.core.roles import Access

#: Doors that libraries bring, by path. First match wins; a path none of these knows has no role,
#: which `tests/architecture` refuses.
LIBRARIES: tuple[tuple[str, Access], ...] = (
    ("cms/", Access("editor", ("GET", "POST"), None)),
    ("django-admin/", Access("editor", ("GET", "POST"), None)),
    ("dokumente/", Access("public", ("GET",), "Document")),
    ("konto/login/", Access("public", ("GET", "POST"), None)),
    ("konto/password/reset/", Access("public", ("GET", "POST"), None)),
    ("konto/signup/", Access("public", ("GET",), None)),
    ("konto/email/", Access("public", ("GET",), None)),
    ("konto/confirm-email/", Access("public", ("GET",), None)),
    ("konto/inactive/", Access("public", ("GET",), None)),
    ("konto/", Access("member", ("GET", "POST"), "User")),
    ("_util/", Access("public", ("GET", "POST"), "Page")),
)
#: Wagtail serves every path that no view took.
PAGES = Access("public", ("GET",), "Page")


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern. `role` is "" where nobody said who may knock."""

    path: str
    name: str
    view: str
    methods: tuple[str, ...]
    role: str
    object: str | None
    #: Served in English under `/en/` as well.
    translated: bool
    #: Guarded by `@same_origin` instead of a form token.
    same_origin: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def routes() -> list[Route]:
    """All patterns in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "", "", translated=False))


def _walk(patterns: list[Any], prefix: str, namespace: str, *, translated: bool) -> Iterator[Route]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            locale = isinstance(entry.pattern, LocalePrefixPattern)
            yield from _walk(
                entry.url_patterns,
                prefix if locale else prefix + _text(entry),
                f"{namespace}{entry.namespace}:" if entry.namespace else namespace,
                translated=translated or locale,
            )
        else:
            yield _route(entry, prefix, namespace, translated=translated)


def _route(entry: URLPattern, prefix: str, namespace: str, *, translated: bool) -> Route:
    path = prefix + _text(entry)
    view = entry.callback
    row = getattr(view, "access", None) or _library(path, entry.name or "")
    return Route(
        path=f"/{path}",
        name=f"{namespace}{entry.name}" if entry.name else "",
        view=f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}",
        methods=row.methods if row else (),
        role=row.role if row else "",
        object=row.obj if row else None,
        translated=translated,
        same_origin=getattr(view, "same_origin", False),
    )


def _library(path: str, name: str) -> Access | None:
    if name == "wagtail_serve":
        return PAGES
    return next((row for start, row in LIBRARIES if path.startswith(start)), None)


def _text(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    return text.removeprefix("^") if isinstance(entry.pattern, RegexPattern) else text
