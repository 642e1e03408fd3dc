"""Whose pictures, fonts and programs stand on a city's pages. LAW: § 13 UrhG, law.md K6."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page

from cms.domain import queries
from cms.domain.routing import KINDS
from cms.enums import Consent
from cms.models import CityImage
from shops import access
from shops.models import City, ProductPicture


@dataclass(frozen=True, slots=True)
class Work:
    """A font or a program of others: what, by whom, under which licence, where from."""

    name: str
    author: str
    licence: str
    address: str
    #: The licence's text among our own files, where it must travel along.
    text: str = ""


#: A test holds them to the files under `static/fonts/`.
FONTS = (
    Work(
        "Fira Sans",
        "The Mozilla Foundation, Telefonica S.A.",
        "SIL Open Font License 1.1",
        "https://github.com/mozilla/Fira",
        "fonts/OFL-fira-sans.txt",
    ),
    Work(
        "Vollkorn",
        "The Vollkorn Project Authors",
        "SIL Open Font License 1.1",
        "https://github.com/FAlthausen/Vollkorn-Typeface",
        "fonts/OFL-vollkorn.txt",
    ),
)
#: What makes the pages. No script of others reaches a reader's browser: a test sees to that.
PROGRAMS = (
    Work("Django", "Django Software Foundation", "BSD-3-Clause", "https://www.djangoproject.com/"),
    Work("Wagtail", "Torchbox Ltd", "BSD-3-Clause", "https://wagtail.org/"),
    Work("Segno", "Lars Heuer", "BSD-3-Clause", "https://github.com/heuer/segno"),
)


@dataclass(slots=True)
class Shown:
    """A picture of the city's library, and the pages it stands on."""

    image: CityImage
    pages: list[Page] = field(default_factory=list)


@dataclass(slots=True)
class Share:
    """Pictures of goods and shops by one author, or brought by one shop."""

    name: str
    #: Of the shop, where nobody else is named as the author.
    slug: str = ""
    goods: int = 0
    fronts: int = 0


def shown(*, city: City, language: str) -> list[Shown]:
    """Pictures on the city's published pages, each once, with its pages in this language.

    Four queries, however many pages. LAW: a picture whose people have not been asked is nowhere.
    """
    pages = Page.objects.live().public().filter(queries.below(city=city))
    found: dict[int, dict[int, Page]] = {}
    for page in pages.select_related("locale", *KINDS).order_by("path"):
        kind = page.cached_content_type.model
        if kind in KINDS:
            for pk in _pictures(getattr(page, kind)):
                found.setdefault(pk, {})[page.pk] = page
    images = CityImage.objects.exclude(consent=Consent.MISSING).in_bulk(list(found))
    rows = [
        Shown(images[pk], [page for page in on.values() if page.locale.language_code == language])
        for pk, on in found.items()
        if pk in images
    ]
    return sorted(rows, key=lambda row: (row.image.credit, row.image.title, row.image.pk))


def shares(*, city: City) -> list[Share]:
    """Pictures of goods and shops, by who is named as their author. Three queries.

    Where nobody is named the shop answers for them.
    """
    found: dict[tuple[str, str], Share] = {}

    def share(credit: str, name: str | None, slug: str | None) -> Share:
        key = (credit, "") if credit else ("", slug or "")
        return found.setdefault(key, Share(credit or name or "", "" if credit else slug or ""))

    goods = ProductPicture.objects.filter(product__in=access.public_products(city)).order_by()
    number = Count("picture", distinct=True)
    named = goods.exclude(picture__credit="").values_list("picture__credit").annotate(n=number)
    for credit, n in named:
        share(credit, "", "").goods += n
    shops = goods.filter(picture__credit="")
    for name, slug, n in shops.values_list("product__shop__name", "product__shop__slug").annotate(
        n=number
    ):
        share("", name, slug).goods += n
    fronts = access.public_shops(city).exclude(picture=None)
    for credit, name, slug in fronts.values_list("picture__credit", "name", "slug"):
        share(credit, name, slug).fronts += 1
    return sorted(found.values(), key=lambda each: (bool(each.slug), each.name.casefold()))


# What a page shows --------------------------------------------------------------------------------


def _pictures(page: Any) -> Iterator[int]:
    if getattr(page, "picture_id", None):
        yield page.picture_id
    body = getattr(page, "body", None)
    if body is not None:
        # As stored: to build the blocks would fetch everything they choose, page by page.
        yield from _chosen(body.stream_block, list(body.raw_data))


def _chosen(block: Any, value: Any) -> Iterator[int]:
    """Pictures chosen anywhere in a stored block."""
    if value is None:
        return
    if isinstance(block, ImageChooserBlock):
        yield int(value)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from _chosen(child, value.get(name))
    elif isinstance(block, blocks.ListBlock):
        for each in value:
            is_item = isinstance(each, dict) and each.get("type") == "item"
            yield from _chosen(block.child_block, each["value"] if is_item else each)
    elif isinstance(block, blocks.BaseStreamBlock):
        for each in value:
            if each["type"] in block.child_blocks:
                yield from _chosen(block.child_blocks[each["type"]], each["value"])
