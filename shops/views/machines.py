"""Files that browsers and search engines ask a city for: robots, manifest, icon."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _

from marketplace.core.http import absolute, access, public_page
from shops.requests import city_of

#: Seconds.
A_DAY = 24 * 3600
#: Pages that are somebody's own or that do something; nothing on them is worth a search.
CLOSED = ("/korb/", "/abholung/", "/merkzettel/", "/konto/", "/haendler/", "/weiter/", "/cms/")


@access("public")
@public_page(A_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may ask for (RFC 9309). Invented shops are not for search engines at all."""
    city_of(request)
    closed = (
        ("/",) if settings.DEMO else tuple(f"{at}{path}" for at in ("", "/en") for path in CLOSED)
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines += [f"Sitemap: {absolute(request, '/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@access("public")
@public_page(A_DAY)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the city's shelf on its first screen (W3C Web App Manifest)."""
    city = city_of(request)
    icons = [
        {"src": static(f"icons/mark-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    facts = {
        "name": f"Stadtregal {city.name}",
        "short_name": "Stadtregal",
        "description": _("What shops in %(city)s really have: find it here, collect it today.")
        % {"city": city.name},
        "lang": settings.LANGUAGE_CODE,
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fbf8f2",
        "theme_color": city.colour,
        "icons": [*icons, icons[1] | {"purpose": "maskable"}],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@access("public")
@public_page(A_DAY)
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers look that read no page."""
    return HttpResponseRedirect(static("icons/mark-192.png"))
