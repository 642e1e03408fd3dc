"""What stands at some of the town's prices: reductions, a recommendation, a small business.

Each as its shop would say it, so each as the law lets it (`shops.domain.prices`).
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from marketplace.core.domain.history import Actor
from shops.domain.prices import advice, business, reductions, sales, tax
from shops.enums import Cut
from shops.models import Branch, City, Offer, Shop

#: Shop, the beginning of a title, the price it falls to, for how many days more.
REDUCED = (
    ("haushaltswaren-lindhorst", "Gusseisentopf", "74.00", 12),
    ("haushaltswaren-lindhorst", "Wolldecke", "64.00", 12),
    ("laufwerk", "Yogamatte", "24.90", 5),
)
#: Best eaten today.
PERISHING = ("allerwinkel-kontor", "Baguette", "2.40")
RECOMMENDED = ("elektro-ampere", "Küchenradio", "129.00", "Preisliste Klangwerk Süd, Herbst")
SMALL = ("toepferei-tonspur", date(2021, 1, 1))
#: Everything but what a law binds.
SALE = ("buchhandlung-seitenwind", "vorsfelde", 10, 6)
_NONCE = UUID("5e11e0ff-0000-4000-8000-000000000010")


def plant(*, city: City, by: Actor, now: datetime) -> None:
    """Say it, in a town that has its goods."""
    today = tax.day(now)
    slug, first = SMALL
    business.set_small(
        shop=Shop.objects.get(city=city, slug=slug), first=first, last=None, by=by, now=now
    )
    for shop, title, price, days in REDUCED:
        for offer in _offers(city, shop, title):
            reductions.announce(
                offer=offer,
                price=Decimal(price),
                last_day=today + timedelta(days=days),
                by=by,
                now=now,
            )
    shop, title, price = PERISHING
    for offer in _offers(city, shop, title):
        reductions.announce(
            offer=offer,
            price=Decimal(price),
            kind=Cut.PERISHING,
            last_day=today,
            by=by,
            now=now,
        )
    shop, title, price, source = RECOMMENDED
    for offer in _offers(city, shop, title):
        advice.recommend(offer=offer, price=Decimal(price), source=source)
    shop, place, percent, days = SALE
    sales.start(
        branch=Branch.objects.get(shop__city=city, shop__slug=shop, slug=place),
        percent=percent,
        category=None,
        last_day=today + timedelta(days=days),
        nonce=_NONCE,
        by=by,
        now=now,
    )


def _offers(city: City, shop: str, title: str) -> list[Offer]:
    """The first kind of these goods at each branch that has them dearer than most."""
    rows = Offer.objects.filter(
        branch__shop__city=city,
        branch__shop__slug=shop,
        variant__product__title__startswith=title,
    )
    return list(rows.order_by("pk")[:1])
