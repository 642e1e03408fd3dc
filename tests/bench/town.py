"""The town around grown goods: city, shops, pages, pictures; planted as people would do it."""

import random
from datetime import date, datetime, time
from typing import Any

from django.core.files.images import ImageFile
from django.utils import timezone
from wagtail.models import Page

from cms.domain import editors, pages
from cms.enums import Basis, Consent, Drawing, Licence, Publisher
from cms.models import CampaignIndex, CampaignPage, CityImage
from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from marketplace.core.models import Picture
from marketplace.core.text import fold
from marketplace.workbench import town as demo
from marketplace.workbench.domain import pages as demo_pages
from shops.domain import cities, hours, tree
from shops.domain.catalogue import slug_of
from shops.models import Branch, Category, City, OpeningHours, Product, Shop

HOST = "localhost"
BASE_URL = f"https://{HOST}"
#: Pictures that grown goods share.
PICTURES = 8
#: Opening hours of a branch by its number: through the day, with a break at noon, short Saturdays.
WEEKS = (
    ([(9, 19)], [(9, 18)]),
    ([(10, 18)], [(10, 14)]),
    ([(9, 13), (14, 18)], [(9, 13)]),
    ([(8, 20)], [(8, 20)]),
)


def found(*, by: Actor, now: datetime) -> City:
    """A city with front pages, legal pages and the demo's goods tree."""
    city = cities.create(
        name="Benchstadt",
        slug="benchstadt",
        land="NI",
        base_url=BASE_URL,
        hosts=[HOST],
        by=by,
        now=now,
    )
    pages.plant(city=city, by=by, now=now)
    demo_pages.plant(city=city, now=now)
    tree.plant()
    return city


def shops(city: City, number: int, words: dict[str, Any], chance: random.Random) -> list[Branch]:
    """So many live shops, one in three with a second branch."""
    roots = list(Category.objects.filter(parent=None).order_by("pk"))
    branches = []
    for count in range(number):
        name = f"{chance.choice(words['shops'])} {chance.choice(words['names'])} {count + 1}"
        shop = Shop.objects.create(
            city=city,
            name=name,
            slug=slug_of(name),
            sort_name=fold(name),
            description=" ".join(chance.sample(words["sentences"], 2)),
            trade=roots[count % len(roots)],
            online_shop=f"https://laden-{count + 1}.example.de/" if count % 3 == 1 else "",
            email=f"laden-{count + 1}@example.de",
            auto_accept=count % 2 == 0,
            is_live=True,
            trader_declared_at=timezone.now(),
        )
        for _ in range(2 if count % 3 == 0 else 1):
            branches.append(_branch(shop, len(branches), words, chance))
    return branches


def photographs(*, by: Actor, now: datetime) -> list[Picture]:
    """A few of the demo's pictures, with all their renditions."""
    made = []
    for path in sorted(demo.PICTURES.glob("*.webp"))[:PICTURES]:
        alt = path.stem.replace("-", " ").capitalize()
        content = path.read_bytes()
        made.append(pictures.store(content=content, name=path.name, alt=alt, by=by, now=now))
        pictures.render(picture_id=made[-1].pk, now=now)
    return made


def campaign(city: City, *, shop: Shop, picked: list[Product], last_day: date) -> str:
    """A running campaign with three blocks that live: by rule, picked, shops. Returns its path."""
    home = city.site.root_page.specific
    index = CampaignIndex(title="Aktionen", slug="aktionen", show_in_menus=True)
    home.add_child(instance=index)
    index.save_revision().publish()
    page = CampaignPage(
        title="Advent in Benchstadt",
        slug="advent",
        intro="Kleine Geschenke aus den Läden der Stadt, heute zurückgelegt und abgeholt.",
        drawing=Drawing.CANDLES,
        picture=_picture(city),
        last_day=last_day,
        publisher=Publisher.CITY,
        basis=Basis.EDITORIAL,
    )
    page.body = page._meta.get_field("body").to_python(_blocks(shop, picked))
    index.add_child(instance=page)
    page.save_revision().publish()
    home.body = home._meta.get_field("body").to_python(_blocks(shop, picked)[1:2])
    _again(home)
    return "/aktionen/advent/"


def _again(page: Page) -> None:
    page.save_revision().publish()


def _blocks(shop: Shop, picked: list[Product]) -> list[dict[str, Any]]:
    rule = {"words": "", "price": "25.00", "shop": None, "today": False, "fallback": "ANY"}
    by_rule = {"heading": "Kleines unter 25 €", "category": "", "number": 5} | rule
    goods = {"heading": "Für lange Abende", "goods": [each.pk for each in picked]}
    trade = shop.trade.slug if shop.trade else ""
    places = {"heading": "Offen für Sie", "quarter": "", "trade": trade, "open": True, "number": 6}
    text = "<p>Die Läden haben länger offen, und an jeder Ecke riecht es nach Zimt.</p>"
    return [
        {"type": "paragraph", "value": text, "id": "7c2f4f6e-0000-4000-8000-000000000001"},
        {"type": "goods_by_rule", "value": by_rule, "id": "7c2f4f6e-0000-4000-8000-000000000002"},
        {
            "type": "goods_picked",
            "value": goods | {"fallback": "CATEGORY"},
            "id": "7c2f4f6e-0000-4000-8000-000000000003",
        },
        {"type": "shops_by_rule", "value": places, "id": "7c2f4f6e-0000-4000-8000-000000000004"},
    ]


def _picture(city: City) -> CityImage:
    path = sorted((demo.PAGES / "pictures").glob("*.webp"))[0]
    with path.open("rb") as file:
        image: CityImage = CityImage.objects.create(
            title=path.stem,
            file=ImageFile(file, name=path.name),
            collection=editors.collection(city),
            alt="Eine Straße im Advent",
            alt_en="A street in Advent",
            credit="Stadtregal",
            licence=Licence.OWN,
            consent=Consent.NOBODY,
        )
    return image


def _branch(shop: Shop, count: int, words: dict[str, Any], chance: random.Random) -> Branch:
    quarter = chance.choice(words["quarters"])
    branch = Branch.objects.create(
        shop=shop,
        name=f"{shop.name} {quarter}",
        slug=slug_of(f"{quarter}-{count}"),
        street=f"{chance.choice(words['streets'])} {chance.randint(1, 90)}",
        postcode="38440",
        town="Benchstadt",
        quarter=quarter,
        latitude=52.42 + chance.uniform(-0.03, 0.03),
        longitude=10.78 + chance.uniform(-0.05, 0.05),
        phone=f"05361 {100000 + count}",
        lead_minutes=(15, 30, 60)[count % 3],
    )
    week, saturday = WEEKS[count % len(WEEKS)]
    OpeningHours.objects.bulk_create(
        OpeningHours(branch=branch, weekday=day, opens=time(opens), closes=time(closes))
        for day in range(6)
        for opens, closes in (saturday if day == 5 else week)
    )
    hours.publish([branch.pk])
    return branch
