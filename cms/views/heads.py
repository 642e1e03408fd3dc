"""Heads of the desk's pages: title, sentence, address in each language, facts for machines."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.models import HomePage
from marketplace.core import meta
from marketplace.core.meta import Meta
from shops.models import City
from shops.views import linked


def of(page: Any, request: HttpRequest, city: City) -> Meta:
    """The head of a page; its languages are those in which it is published. One query."""
    is_home = isinstance(page, HomePage)
    path = page.get_url_parts()[2] if page.get_url_parts() else "/"
    title = page.seo_title or (f"Stadtregal {city.name}" if is_home else page.title)
    text = page.search_description or getattr(page, "intro", "") or page.title
    if is_home:
        text = page.search_description or _(
            "What shops in %(city)s really have: find it here, collect it today."
        ) % {"city": city.name}
        facts = [linked.website(request, city)]
    else:
        facts = [meta.crumbs(request, (page.title, path))]
    return meta.of(
        request,
        path=path,
        title=title,
        description=text,
        languages=None if is_home else _languages(page),
        image=_picture(page),
        facts=facts,
    )


def credits(request: HttpRequest) -> Meta:
    """The head of the list of credits."""
    text = _("Whose pictures, fonts and programs you see here.")
    return made(request, path=reverse("credits"), title=_("Credits"), text=text)


def made(request: HttpRequest, *, path: str, title: str, text: str) -> Meta:
    """The head of a page that the program makes in every language."""
    facts = [meta.crumbs(request, (title, path))]
    return meta.of(request, path=path, title=title, description=text, facts=facts)


def _languages(page: Any) -> list[str]:
    # One query: `public()` would ask for all guarded pages first. Only its own guard counts here.
    others = page.get_translations().live().filter(view_restrictions=None)
    return [get_language() or "", *others.values_list("locale__language_code", flat=True)]


def _picture(page: Any) -> str:
    pk = getattr(page, "picture_id", None)
    return reverse("social_preview", args=[pk]) if pk else static("icons/preview.png")
