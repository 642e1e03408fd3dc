"""What Wagtail's pages show besides their own words; asked when they are served and previewed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult

from cms.domain import living, operating, queries, routing, versions
from cms.domain.queries import Town
from cms.enums import Consent, Drawing
from cms.models import (
    CampaignIndex,
    CampaignPage,
    ContentPage,
    GuidePage,
    HomePage,
    Published,
    SignPage,
)
from cms.models.sign import FILMS
from cms.views import heads
from marketplace.core import qr
from shops.models import City
from shops.requests import city_of


def read(page: Published, request: HttpRequest) -> dict[str, Any]:
    """The template's context for this kind of page."""
    now = timezone.now()
    city = _city(page, request)
    meta = heads.of(page, request, city)
    context = {"now": now, "meta": meta}
    if isinstance(page, SignPage):
        return context | _film(page)
    if isinstance(page, ContentPage) and page.legal:
        return context | _legal(page, city, now)
    if isinstance(page, CampaignPage):
        context["code"] = qr.svg(meta.url, _("This page online"))
    reader = _READERS.get(type(page))
    if reader is None:
        return context
    return context | reader(page, queries.town(city=city, now=now))


def sample(kind: str, request: HttpRequest) -> dict[str, Any]:
    """What the desk's preview of a living block shows: goods and shops of the host's city."""
    now = timezone.now()
    town = queries.town(city=city_of(request), now=now)
    return {"now": now, "shown": living.sample(kind=kind, town=town)}


def _city(page: Any, request: HttpRequest) -> City:
    """The city of the host; a preview is drawn for the city in whose tree the page stands."""
    city: City | None = getattr(request, "city", None)
    return city or City.objects.get(site=page.get_site())


def _legal(page: ContentPage, city: City, now: datetime) -> dict[str, Any]:
    """Which wording this is; a page that was never published has none."""
    language = page.locale.language_code
    has_told = any(each["type"] == "told" for each in page.body.raw_data)
    return {
        "told": operating.told(city=city, language=language, on=now) if has_told else {},
        "version": versions.of(page_id=page.pk).defer("body").first() if page.live else None,
        "governs": page.governing == language,
    }


def _home(page: Any, town: Town) -> dict[str, Any]:
    return {
        "front": queries.front(town=town),
        "campaign": queries.running(home=page, today=timezone.localdate(town.now)),
        "living": living.fill(body=page.body, town=town),
    }


def _guide(page: Any, town: Town) -> dict[str, Any]:
    trade = page.trade.slug if page.trade else ""
    listed = (
        living.shops(town, quarter=page.quarter, street=page.street, trade=trade)
        if page.lists_shops
        else []
    )
    return {
        "shops": listed,
        "open": sum(view.is_open for view in listed),
        "living": living.fill(body=page.body, town=town),
    }


def _campaign(page: Any, town: Town) -> dict[str, Any]:
    today = timezone.localdate(town.now)
    return {
        "living": living.fill(body=page.body, town=town),
        "is_over": page.last_day is not None and page.last_day < today,
        "is_to_come": page.first_day is not None and page.first_day > today,
        "candles": queries.candles(today=today, last_day=page.last_day)
        if page.drawing == Drawing.CANDLES and page.last_day
        else None,
    }


def _campaigns(page: Any, town: Town) -> dict[str, Any]:
    return {"campaigns": queries.campaigns(page=page, today=timezone.localdate(town.now))}


def _film(page: Any) -> dict[str, Any]:
    film, picture = page.film, page.picture
    if film is None:
        return {"film_url": ""}
    # A draft's film is the desk's: only what is published is for everybody.
    at = reverse("film", args=[film.pk]) if page.live else film.url
    shown = picture if picture and picture.consent != Consent.MISSING else None
    return {
        "film_url": at,
        "kind": FILMS.get(film.file_extension.lower(), ""),
        "poster": shown.get_rendition("fill-960x540|format-webp").url if shown else "",
    }


_READERS: dict[type, Callable[[Any, Town], dict[str, Any]]] = {
    HomePage: _home,
    GuidePage: _guide,
    CampaignPage: _campaign,
    CampaignIndex: _campaigns,
}


_walk = Page.route_for_request


def route(request: HttpRequest, path: str) -> RouteResult | None:
    """Takes the place of `Page.route_for_request`, which asks twice for each part of the path.

    What is not found here, Wagtail looks for in its own way.
    """
    site: Site | None = Site.find_for_request(request)
    if site and not hasattr(request, "_wagtail_route_for_request"):
        slugs = [part for part in path.split("/") if part]
        language = translation.get_language()
        found = routing.find(root=site.root_page, language=language, slugs=slugs)
        if found is not None:
            request._wagtail_route_for_request = RouteResult(found)  # type: ignore[attr-defined]
    return _walk(request, path)
