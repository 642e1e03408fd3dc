"""Pages the town's shops share: proposals that wait, names nobody knows, people who click on."""

from datetime import datetime, timedelta

from marketplace.core.domain.history import Actor
from shops.domain import catalogue, naming, outward
from shops.domain.sharing import corrections, proposals
from shops.enums import Correctable
from shops.models import City, Product, Shop

#: Who wishes what: shop, page, field, new words, reason.
_WISHES = (
    (
        "buchhandlung-seitenwind",
        "Schreibtischlampe „Kranich“",
        Correctable.BRAND,
        "Lichtwerk Aller",
        "So steht es auf dem Karton und auf dem Netzteil.",
    ),
    (
        "buchhandlung-seitenwind",
        "Regenschirm mit Holzgriff",
        Correctable.TITLE,
        "Stockschirm mit Holzgriff",
        "Kundinnen suchen nach Stockschirm. Er lässt sich nicht zusammenschieben.",
    ),
    (
        "haushaltswaren-lindhorst",
        "Tischuhr aus Messing",
        Correctable.BRAND,
        "Okertakt",
        "Auf dem Zifferblatt zu lesen.",
    ),
    (
        "gruenspan",
        "Blütenhonig, 500 g",
        Correctable.CATEGORY,
        "aufstriche-honig",
        "Feinkost ist zu ungenau, dafür gibt es eine eigene Warengruppe.",
    ),
)
#: Two pages that a till holds for one.
_PAIRS = (("radwerk", "Fahrradklingel aus Messing", "Fahrradklingel, klein"),)
#: What a till calls a few goods, as numbers of its own.
_NAMES = (
    (
        "haushaltswaren-lindhorst",
        "WG 40 Kerzen u. Duft",
        ("Drei Stumpenkerzen", "Kerzenhalter aus Messing"),
    ),
    ("haushaltswaren-lindhorst", "WG 47", ("Wolldecke „Heide“",)),
)
#: Days back on which people have gone on to web shops, every so many, and at most so many clicks.
_DAYS, _EVERY, _CLICKS = 28, 4, 3


def plant(*, city: City, by: Actor, now: datetime) -> None:
    """After the goods are there; what a town lacks of it is left out."""
    shops = {shop.slug: shop for shop in Shop.objects.of(city)}
    pages = {page.title: page for page in Product.objects.of(city)}
    yesterday = now - timedelta(days=1)
    for slug, title, field, new, reason in _WISHES:
        if slug in shops and title in pages:
            page = pages[title]
            corrections.propose(
                shop=shops[slug],
                product_id=page.pk,
                field=field,
                old=corrections.value_of(page, field),
                new=new,
                reason=reason,
                by=by,
                now=yesterday,
            )
    for slug, first, second in _PAIRS:
        if slug in shops and {first, second} <= pages.keys():
            pair = (pages[first].pk, pages[second].pk)
            proposals.open_pairs(shop=shops[slug], apart=[pair], now=yesterday)
    for slug, name, titles in _NAMES:
        if slug in shops:
            naming.ask(shop=shops[slug], names=[name], now=yesterday)
            for title in titles:
                if title in pages:
                    _unsorted(pages[title], name, now)
    _click(city, now)


def _unsorted(page: Product, name: str, now: datetime) -> None:
    """As a file with that name would have left it."""
    key = naming.key_of(name)
    catalogue.update_product(product=page, category=None, source_category=key, now=now)
    catalogue.finish_product(product=page, now=now)


def _click(city: City, now: datetime) -> None:
    """The same numbers every time, by day and shop."""
    for shop in Shop.objects.of(city).exclude(online_shop="").order_by("pk"):
        gate = outward.to_shop(city=city, shop_id=shop.pk)
        if gate is None:
            continue
        for day in range(0, _DAYS, _EVERY):
            for _time in range((day * 7 + shop.pk * 5) % (_CLICKS + 1)):
                outward.count(gate=gate, now=now - timedelta(days=day))
