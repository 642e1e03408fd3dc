"""Everything of a city that is worth finding, for search engines (sitemaps.org)."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sitemaps import Sitemap
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from wagtail.models import Page

from marketplace.core.http import absolute, access, public_page
from shops import access as shops_access
from shops.models import Category, City
from shops.requests import city_of

#: Seconds.
AN_HOUR = 3600


class _InBothLanguages(Sitemap):
    """Pages of the interface: the same in every language."""

    i18n = True
    alternates = True
    x_default = True
    #: sitemaps.org: at most 50,000 addresses in a file; each stands here once per language.
    limit = 20_000

    def __init__(self, city: City) -> None:
        super().__init__()
        self.city = city


class Goods(_InBothLanguages):
    """Products that somebody offers."""

    def items(self) -> Any:
        return shops_access.public_products(self.city).only("pk", "slug").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("shops:product", args=[item.slug, item.pk])


class Shops(_InBothLanguages):
    """Shops."""

    def items(self) -> Any:
        return shops_access.public_shops(self.city).only("slug").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("shops:shop", args=[item.slug])


class Lists(_InBothLanguages):
    """Lists of goods, one per category, and of shops."""

    def items(self) -> Any:
        goods = shops_access.public_products(self.city).values("category")
        used = Category.objects.filter(pk__in=goods).order_by("pk").values_list("slug", flat=True)
        search = "shops:search"
        return [("shops:shop_list", ""), (search, ""), *((search, slug) for slug in used)]

    def location(self, item: Any) -> str:
        name, category = item
        return reverse(name) + (f"?kategorie={category}" if category else "")


class Pages(Sitemap):
    """Pages of the desk, each in its own language."""

    limit = 20_000

    def __init__(self, city: City) -> None:
        super().__init__()
        homes = city.site.root_page.get_translations(inclusive=True)
        found = Page.objects.none()
        for home in homes:
            found |= Page.objects.descendant_of(home, inclusive=True)
        self.pages = found.live().public().select_related("locale").order_by("path")

    def items(self) -> Any:
        return self.pages

    def location(self, item: Any) -> str:
        parts = item.get_url_parts()
        return str(parts[2]) if parts else "/"

    def lastmod(self, item: Any) -> Any:
        return item.last_published_at


MAPS: dict[str, type[Any]] = {
    "seiten": Pages,
    "listen": Lists,
    "laeden": Shops,
    "waren": Goods,
}


@access("public")
@public_page(AN_HOUR)
def index(request: HttpRequest) -> HttpResponse:
    """The city's sitemaps, in files of a size that crawlers take."""
    city = city_of(request)
    sitemaps = []
    for name, kind in MAPS.items():
        at = absolute(request, reverse("sitemap", args=[name]))
        sitemaps += [
            {"location": at if number == 1 else f"{at}?p={number}"}
            for number in kind(city).paginator.page_range
        ]
    return _xml(request, "sitemap_index.xml", {"sitemaps": sitemaps})


@access("public")
@public_page(AN_HOUR)
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    """One kind of pages, with their other language beside each."""
    city = city_of(request)
    if section not in MAPS:
        raise Http404
    parts = urlsplit(city.base_url)
    try:
        urlset = MAPS[section](city).get_urls(
            page=request.GET.get("p", 1),
            site=SimpleNamespace(domain=parts.netloc),
            protocol=parts.scheme,
        )
    except (EmptyPage, PageNotAnInteger):
        raise Http404 from None
    return _xml(request, "sitemap.xml", {"urlset": urlset})


def _xml(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, content_type="application/xml")
