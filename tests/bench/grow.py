"""Makes the town that is measured, on an empty migrated database, and writes what is asked of it.

    python -m tests.bench.grow OFFERS PLAN.json

Runs with the bench's settings, so all of it happens at the bench's own hour.
"""

import json
import random
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction

SEED = "kiez-1"
#: One shop for so many offers, beside the first ones.
SHOPS, OFFERS_A_SHOP = 20, 500
#: Products and offers that a run walks through.
WALKED = 64
#: Branches of a product whose page compares many, and how many offers such products have in all.
MANY, COMPARED = 8, 512


def grow(offers: int) -> dict[str, Any]:
    """The town; returns the plan: which addresses are asked, which offers reserved."""
    from django.utils import timezone  # noqa: PLC0415 only after django.setup()

    from marketplace.core.domain import statistics  # noqa: PLC0415
    from marketplace.core.domain.history import Actor  # noqa: PLC0415
    from shops.models import Shop  # noqa: PLC0415
    from tests.bench import goods, town  # noqa: PLC0415

    words = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    chance, by, now = random.Random(SEED), Actor.system(), timezone.now()
    with transaction.atomic():
        city = town.found(by=by, now=now)
        branches = town.shops(city, SHOPS + offers // OFFERS_A_SHOP, words, chance)
    photographs = town.photographs(by=by, now=now)
    compared = min(COMPARED, offers // 2)
    goods.Grower(city, branches, photographs, words, chance, now).grow(offers - compared)
    many = goods.Grower(city, branches, photographs, words, chance, now, 10**7, MANY)
    many.grow(compared)
    plan = _plan(words, chance)
    picked = plan.pop("picked")
    shop = Shop.objects.filter(city=city, trade=branches[0].shop.trade).order_by("pk")[0]
    last_day = timezone.localdate(now) + timedelta(days=20)
    plan["campaign"] = [town.campaign(city, shop=shop, picked=picked, last_day=last_day)]
    # What the caretaker (on PostgreSQL autovacuum) has done in any town that is an hour old.
    if not statistics.refresh(now=now):
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return plan


def _plan(words: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """What each workload walks through."""
    from urllib.parse import urlencode  # noqa: PLC0415

    from django.db.models import Count  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from shops.models import Branch, Category, Offer, Product, Shop, Variant  # noqa: PLC0415
    from tests.bench.goods import DEPTH  # noqa: PLC0415

    places = Count("variants__offers__branch", distinct=True)
    products = list(Product.objects.annotate(places=places).order_by("pk"))
    walked = chance.sample(products, min(WALKED, len(products)))
    compared = [each for each in products if each.places == MANY][:WALKED]
    deep = list(
        Offer.objects.filter(on_hand=DEPTH).select_related("variant__product").order_by("pk")
    )
    count: Callable[[Any], int] = lambda model: model.objects.count()  # noqa: E731
    search = reverse("shops:search")
    leaves = Category.objects.filter(slug__in=words["nouns"]).order_by("pk")
    return {
        "rows": {
            model.__name__: count(model)
            for model in (Shop, Branch, Category, Product, Variant, Offer)
        },
        "home": ["/"],
        "category": [f"{search}?{urlencode({'kategorie': each.slug})}" for each in leaves],
        "all": [search],
        "product": [reverse("shops:product", args=[each.slug, each.pk]) for each in walked],
        "compared": [reverse("shops:product", args=[each.slug, each.pk]) for each in compared],
        "search": [f"{search}?{urlencode({'q': phrase})}" for phrase in words["phrases"]],
        "offers": [
            {
                "id": each.pk,
                "page": reverse(
                    "shops:product", args=[each.variant.product.slug, each.variant.product_id]
                )
                + f"?variante={each.variant_id}",
            }
            for each in deep[:WALKED]
        ],
        "picked": walked[:5],
    }


if __name__ == "__main__":
    django.setup()
    Path(sys.argv[2]).write_text(json.dumps(grow(int(sys.argv[1])), ensure_ascii=False, indent=1))
