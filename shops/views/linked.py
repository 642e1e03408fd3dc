"""What goods and shops pages tell machines: schema.org as JSON-LD.

Google's "merchant listing" and "local business" guides name the properties; everything stands on
the page as well, to the cent and to the minute.
"""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.core import meta
from marketplace.core.domain import pictures
from marketplace.core.http import absolute
from marketplace.core.models import Picture
from shops.domain import opening
from shops.domain.categories import name_of
from shops.domain.listings import Row
from shops.domain.prices.tag import Tag
from shops.domain.queries import BranchView, ProductPage, ShopPage, ShopView
from shops.enums import Code, EnergyClass, Unit
from shops.models import Branch, City, Manufacturer, Shop

SCHEMA = "https://schema.org"
_AVAILABILITY = {
    Code.THERE: "InStock",
    Code.PROBABLY: "LimitedAvailability",
    Code.GONE: "OutOfStock",
}
#: UN/CEFACT recommendation 20.
_UNITS = {Unit.KG: "KGM", Unit.L: "LTR", Unit.M: "MTR", Unit.M2: "MTK"}
#: How far ahead machines hear of days that are not as usual.
SPECIAL = timedelta(days=60)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def website(request: HttpRequest, city: City) -> dict[str, Any]:
    """The city's guide and its search."""
    home = absolute(request, reverse("shops:search")).removesuffix("suche/")
    return {
        "@context": SCHEMA,
        "@type": "WebSite",
        "name": f"Stadtregal {city.name}",
        "url": home,
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{absolute(request, reverse('shops:search'))}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def product(request: HttpRequest, page: ProductPage) -> list[dict[str, Any]]:
    """A product with what each branch says of it, and the way to it."""
    found = page.product
    search = reverse("shops:search")
    steps = [(_("All goods"), search)]
    steps += [(name_of(each), f"{search}?kategorie={each.slug}") for each in page.crumbs]
    path = reverse("shops:product", args=[found.slug, found.pk])
    facts: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Product",
        "name": found.title,
        "url": absolute(request, path),
        "inLanguage": found.language,
    }
    if found.text:
        facts["description"] = found.text
    if found.brand:
        facts["brand"] = {"@type": "Brand", "name": found.brand}
    if found.category:
        facts["category"] = name_of(found.category)
    if page.pictures:
        facts["image"] = [image(request, each) for each in page.pictures]
    if page.variant is not None and page.variant.gtin:
        facts["gtin"] = page.variant.gtin
    if found.manufacturer:
        facts["manufacturer"] = _manufacturer(found.manufacturer)
    if page.variant is not None and page.variant.energy_class:
        facts["hasEnergyConsumptionDetails"] = _energy(page.variant.energy_class)
    if page.rows:
        facts["offers"] = [_offer(request, row) for row in page.rows]
    return [facts, meta.crumbs(request, *steps, (found.title, path))]


def shop(request: HttpRequest, page: ShopPage) -> list[dict[str, Any]]:
    """Each branch as a store with its hours, and the way to the shop."""
    view = page.view
    path = reverse("shops:shop", args=[view.shop.slug])
    stores = [_store(request, view, each, path) for each in view.branches]
    steps = ((_("Shops"), reverse("shops:shop_list")), (view.shop.name, path))
    return [*stores, meta.crumbs(request, *steps)]


def image(request: HttpRequest, picture: Picture) -> str:
    """The absolute address of a picture."""
    source = pictures.sources(picture).src
    return absolute(request, source) if source.startswith("/") else source


def _manufacturer(made: Manufacturer) -> dict[str, str]:
    told = {
        "@type": "Organization",
        "name": made.name,
        "address": made.address,
        "email": made.email,
    }
    return {name: value for name, value in told.items() if value}


def _energy(letter: str) -> dict[str, str]:
    """The class, the least and the most efficient one of its scale."""
    classes = f"{SCHEMA}/EUEnergyEfficiencyCategory"
    return {
        "@type": "EnergyConsumptionDetails",
        "hasEnergyEfficiencyCategory": classes + letter,
        "energyEfficiencyScaleMin": classes + EnergyClass.values[-1],
        "energyEfficiencyScaleMax": classes + EnergyClass.values[0],
    }


def _offer(request: HttpRequest, row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "@type": "Offer",
        "price": str(row.offer.price),
        "priceCurrency": "EUR",
        "availableDeliveryMethod": f"{SCHEMA}/OnSitePickup",
        "availableAtOrFrom": _place(request, row.shop, row.branch),
        "seller": {"@type": "Organization", "name": row.shop.name},
    }
    # A question is no availability: nothing is claimed of what nobody has counted.
    if row.availability.code in _AVAILABILITY:
        facts["availability"] = f"{SCHEMA}/{_AVAILABILITY[row.availability.code]}"
    facts["priceSpecification"] = list(_prices(row.tag))
    return facts


def _prices(tag: Tag) -> Iterator[dict[str, Any]]:
    """The same facts as stand at the price on the page (law B1): tax, unit, reference, advice."""
    told = {"priceCurrency": "EUR", "valueAddedTaxIncluded": tag.shows_tax}
    yield {"@type": "PriceSpecification", "price": str(tag.amount), **told}
    if tag.base is not None:
        yield {
            "@type": "UnitPriceSpecification",
            "price": str(tag.base.amount),
            **told,
            "referenceQuantity": {
                "@type": "QuantitativeValue",
                "value": "1",
                "unitCode": _UNITS[tag.base.unit],
            },
        }
    for kind, amount in (
        ("StrikethroughPrice", tag.reference),
        ("SRP", tag.recommended),
    ):
        if amount is not None:
            yield {
                "@type": "UnitPriceSpecification",
                "priceType": f"{SCHEMA}/{kind}",
                "price": str(amount),
                **told,
            }


def _place(request: HttpRequest, shop: Shop, branch: Branch) -> dict[str, Any]:
    path = reverse("shops:shop", args=[shop.slug])
    return {
        "@type": "Store",
        "@id": f"{absolute(request, path)}#branch-{branch.pk}",
        "name": shop.name,
        "address": _address(branch),
    }


def _address(branch: Branch) -> dict[str, str]:
    return {
        "@type": "PostalAddress",
        "streetAddress": branch.street,
        "postalCode": branch.postcode,
        "addressLocality": branch.town,
        "addressCountry": "DE",
    }


def _store(request: HttpRequest, of: ShopView, view: BranchView, path: str) -> dict[str, Any]:
    branch, shop, online = view.branch, of.shop, of.online
    facts = {"@context": SCHEMA, **_place(request, shop, branch), "url": absolute(request, path)}
    if shop.description:
        facts["description"] = shop.description
    if branch.phone:
        facts["telephone"] = branch.phone
    if shop.picture is not None:
        facts["image"] = image(request, shop.picture)
    if online is not None:
        facts["sameAs"] = online.url
    if branch.latitude is not None and branch.longitude is not None:
        facts["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": branch.latitude,
            "longitude": branch.longitude,
        }
    facts["openingHoursSpecification"] = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"{SCHEMA}/{name}",
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
        }
        for name, day in zip(_DAYS, view.week, strict=False)
        for opens, closes in day.spans
    ]
    facts["specialOpeningHoursSpecification"] = [
        {
            "@type": "OpeningHoursSpecification",
            # Opens and closes at midnight: closed on these days (Google, local business guide).
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
            "validFrom": days.first.isoformat(),
            "validThrough": days.last.isoformat(),
        }
        for days in opening.different(view.calendar, view.now, SPECIAL, by_season=False)
        for opens, closes in days.spans or ((time(), time()),)
    ]
    return facts
