"""How a city comes to be, and where it answers."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import brand
from shops.domain.legal import texts
from shops.models import City, CityHost

#: ISO 3166-2:DE without "DE-"; public holidays differ between them.
LANDS = frozenset(
    ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
)
_PORTS = {"http": 80, "https": 443}


@transaction.atomic
def create(
    *,
    name: str,
    slug: str,
    land: str,
    base_url: str,
    hosts: Iterable[str],
    plate: str = "",
    by: Actor,
    now: datetime,
) -> City:
    """A city that answers on `hosts` and on the host of `base_url`.

    Its site has no front page yet: plant its pages in the same transaction
    (`cms.domain.pages.plant`). `plate` is what its number plates begin with. `Refused` for an
    address, slug or Land that cannot be or is taken.
    """
    if not name.strip():
        raise Refused(_("A city needs a name."), code="name_missing")
    if slugify(slug) != slug or not slug:
        raise Refused(
            _("The slug has other characters than small letters, digits and hyphens."),
            code="slug_odd",
        )
    if City.objects.filter(slug=slug).exists():
        raise Refused(_("There is a city with this slug already."), code="slug_taken")
    if land not in LANDS:
        raise Refused(
            _("This Land is unknown. Use two letters as in NI for Lower Saxony."), code="land_odd"
        )
    if len(plate) > 3 or not (plate.isalpha() or not plate):
        raise Refused(_("A number plate begins with one to three letters."), code="plate_odd")
    site = Site.objects.filter(city=None).order_by("-is_default_site", "pk").first() or Site(
        is_default_site=not Site.objects.filter(is_default_site=True).exists(),
        root_page=Page.get_first_root_node(),
    )
    site.site_name = name
    base_url = _point(site, base_url)
    city = City.objects.create(
        site=site, name=name, slug=slug, base_url=base_url, land=land, plate=plate.upper()
    )
    _add_hosts(city, [*hosts, urlsplit(base_url).hostname or ""])
    history.record(verb="city.create", subject=f"city:{city.pk}", scope="", by=by, now=now)
    return city


@transaction.atomic
def readdress(*, city: City, base_url: str, hosts: Iterable[str], by: Actor, now: datetime) -> bool:
    """Let a city answer at `base_url` and on more `hosts`; those it had stay.

    Returns whether that was news.
    """
    before = (city.base_url, city.hosts.count())
    if base_url.rstrip("/") != city.base_url:
        city.base_url = _point(city.site, base_url)
        city.save(update_fields=["base_url"])
        # LAW: withdrawal instructions name the address of the withdrawal function (law A6).
        for shop in city.shops.exclude(legal=None).order_by("pk"):
            texts.regenerate(shop=shop, by=by, now=now)
    _add_hosts(city, [*hosts, urlsplit(city.base_url).hostname or ""])
    if before == (city.base_url, city.hosts.count()):
        return False
    history.record(verb="city.readdress", subject=f"city:{city.pk}", scope="", by=by, now=now)
    return True


@transaction.atomic
def paint(*, city: City, colour: str, by: Actor, now: datetime) -> bool:
    """Give a city its colour; returns whether that was news.

    `Refused`, with the nearest colour that passes, where text on it could not be read.
    """
    wanted = brand.check(colour)
    if wanted == city.colour:
        return False
    city.colour = wanted
    city.save(update_fields=["colour"])
    history.record(verb="city.paint", subject=f"city:{city.pk}", scope="", by=by, now=now)
    return True


def frame(*, city: City, frame: dict[str, object]) -> None:
    """Keep what the city's desk says stands around every page: menu and legal pages by language."""
    City.objects.filter(pk=city.pk).exclude(frame=frame).update(frame=frame)
    city.frame = frame


def _point(site: Site, base_url: str) -> str:
    """Make Wagtail's site carry this address; returns the address without a slash at its end."""
    try:
        parts = urlsplit(base_url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _odd_address() from None
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username:
        raise _odd_address()
    site.hostname, site.port = parts.hostname, port
    if Site.objects.filter(hostname=site.hostname, port=port).exclude(pk=site.pk).exists():
        raise Refused(_("Another city has this address already."), code="address_taken")
    site.save()  # not update(): Wagtail forgets its cached addresses on this signal
    return f"{parts.scheme}://{parts.netloc}".lower()


def _odd_address() -> Refused:
    return Refused(
        _("The address is http:// or https:// and a host, without a path."), code="address_odd"
    )


def _add_hosts(city: City, hosts: Iterable[str]) -> None:
    for host in sorted({host.strip().lower() for host in hosts}):
        if not host or any(letter in host for letter in "/:@? "):
            raise Refused(
                _("A host is a name without scheme, port and path, for example example.org."),
                code="host_odd",
            )
        row, _is_new = CityHost.objects.get_or_create(host=host, defaults={"city": city})
        if row.city_id != city.pk:
            raise Refused(_("Another city answers on this host already."), code="host_taken")
