"""Words and links of published pages that the law has overtaken (law A16, law.md 0)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import Resolver404, resolve
from django.utils import translation
from wagtail.models import Page

from cms.domain import queries, routing
from cms.domain.routing import KINDS
from cms.enums import GRAVE, Fault
from shops.models import City, LegalText

#: Old short name, beginning of the old long one, what holds instead.
_REPEALED = (
    ("VerpackG", "Verpackungsgesetz", "VerpackDG"),
    ("BattG", "Batteriegesetz", "BattDG"),
    ("TMG", "Telemediengesetz", "DDG"),
    ("TTDSG", "Telekommunikation-Telemedien", "TDDDG"),
    ("RStV", "Rundfunkstaatsvertrag", "MStV"),
    ("NetzDG", "Netzwerkdurchsetzungsgesetz", "DSA, DDG"),
)
_OLD_NAMES = [(re.compile(rf"\b(?:{short}\b|{long}\w*)"), new) for short, long, new in _REPEALED]
#: Closed on 20 July 2025; its address misleads wherever it still stands.
_PLATFORM = re.compile(
    r"""(?:webgate\.)?ec\.europa\.eu/(?:consumers/)?odr\b[^\s"'<>]*"""
    r"|\bOS-Plattform\b|\bODR platform\b",
    re.IGNORECASE,
)
#: A text without any of these has nothing to be looked at.
_HINTS = (*(name for row in _REPEALED for name in row[:2]), "europa.eu", "OS-Plattform", "ODR")
_LINK = re.compile(r"""<a\b[^>]*?\bhref=["']([^"']*)["']""")
_TO_PAGE = re.compile(r"""<a\b[^>]*?\blinktype=["']page["'][^>]*>""")
_ID = re.compile(r"""\bid=["'](\d+)["']""")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in the words of a page: what was found, and what helps."""

    fault: Fault
    words: str
    instead: str = ""
    page: Page | None = None
    #: The text of a shop or of the operator, where it is no page.
    text: LegalText | None = None

    @property
    def is_grave(self) -> bool:
        """Nothing with this is published."""
        return self.fault in GRAVE

    @property
    def where(self) -> str:
        """Address of the page, or whose text it is."""
        if self.page is not None:
            return str(self.page.url)
        if self.text is None:
            return ""
        whose = self.text.shop.slug if self.text.shop else "operator"
        return f"{whose} {self.text.kind} {self.text.language}"


def words(*texts: Any) -> list[Finding]:
    """Old names and dead platforms in these texts and raw stream values, each once. Pure."""
    found: dict[str, Finding] = {}
    for part in _strings(texts):
        for pattern, new in _OLD_NAMES:
            for match in pattern.finditer(part):
                found.setdefault(match[0], Finding(Fault.REPEALED, match[0], new))
        for match in _PLATFORM.finditer(part):
            found.setdefault(match[0], Finding(Fault.DEAD_PLATFORM, match[0], "VSBG § 36"))
    return list(found.values())


def dead_links(*, page: Any, city: City) -> list[Finding]:
    """Links of one page, as it stands in memory, that lead nowhere in this city."""
    return _dead_links(city, said(page), {})


def of_city(*, city: City) -> list[Finding]:
    """Everything wrong in the texts of a city's shops and on its published pages; few queries,
    whatever their number: one more for each address that is linked."""
    pages = Page.objects.live().public().filter(queries.below(city=city))
    known: dict[str, bool] = {}
    found = of_texts(city=city)
    for page in pages.select_related("locale", *KINDS).order_by("path"):
        kind = page.cached_content_type.model
        if kind not in KINDS:
            continue
        texts = said(getattr(page, kind))
        found += [
            Finding(each.fault, each.words, each.instead, page)
            for each in (*words(*texts), *_dead_links(city, texts, known))
        ]
    return found


def of_texts(*, city: City) -> list[Finding]:
    """Everything wrong in the legal texts of shops and operator that are in force or to come. One
    query."""
    suspect = Q(pk__in=[])
    for hint in _HINTS:
        suspect |= Q(body__contains=hint)
    same = LegalText.objects.filter(
        Q(shop=OuterRef("shop")) | Q(shop=None, city=OuterRef("city")),
        kind=OuterRef("kind"),
        language=OuterRef("language"),
        number__gt=OuterRef("number"),
    )
    rows = LegalText.objects.filter(suspect, ~Exists(same), city=city).select_related("shop")
    return [
        Finding(each.fault, each.words, each.instead, text=row)
        for row in rows.order_by("pk")
        for each in words(row.body)
    ]


def said(page: Any) -> list[Any]:
    """All words of a page, its bricks as they are stored."""
    body = getattr(page, "body", None)
    return [
        page.title,
        page.search_description,
        getattr(page, "intro", ""),
        list(body.raw_data) if body is not None else [],
    ]


# Texts and links --------------------------------------------------------------------------------


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _dead_links(city: City, texts: list[Any], known: dict[str, bool]) -> list[Finding]:
    """Links into our own pages that lead nowhere; addresses elsewhere are nobody's to ask here."""
    found: dict[str, Finding] = {}
    for part in _strings(texts):
        for address in _LINK.findall(part):
            path = _own_path(address, city)
            if path and not _is_there(path, city, known):
                found.setdefault(path, Finding(Fault.DEAD_LINK, path))
        for tag in _TO_PAGE.findall(part):
            number = _ID.search(tag)
            if number and not _is_live(number[1], known):
                found.setdefault(tag, Finding(Fault.DEAD_LINK, f"#{number[1]}"))
    return list(found.values())


def _own_path(address: str, city: City) -> str:
    parts = urlsplit(address)
    if parts.netloc and parts.netloc != urlsplit(city.base_url).netloc:
        return ""
    return parts.path if parts.scheme in ("", "http", "https") else ""


def _is_live(number: str, known: dict[str, bool]) -> bool:
    key = f"page {number}"
    if key not in known:
        known[key] = Page.objects.live().public().filter(pk=int(number)).exists()
    return known[key]


def _is_there(path: str, city: City, known: dict[str, bool]) -> bool:
    if path not in known:
        known[path] = _leads_somewhere(path, city)
    return known[path]


def _leads_somewhere(path: str, city: City) -> bool:
    language, rest = settings.LANGUAGE_CODE, path
    for code, _name in settings.LANGUAGES:
        if path == f"/{code}" or path.startswith(f"/{code}/"):
            language, rest = code, path[len(code) + 1 :] or "/"
    try:
        with translation.override(language):
            name = resolve(path).url_name
    except Resolver404:
        return False
    if name != "wagtail_serve":
        return True
    slugs = [part for part in rest.split("/") if part]
    page = routing.find(root=city.site.root_page, language=language, slugs=slugs)
    return page is not None and page.live
