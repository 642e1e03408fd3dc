"""What the demo towns' shops say of themselves by law, from `town/legal.json`."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from marketplace.core.domain.history import Actor
from marketplace.workbench import town
from shops.domain.legal import facts
from shops.models import City, Shop


def plant(*, by: Actor, now: datetime) -> None:
    """Say it as owners would, before anything is sold."""
    for name, said in town.legal().items():
        city = City.objects.get(slug=name)
        shops = {shop.slug: shop for shop in Shop.objects.of(city).select_related("city")}
        for slug, row in said.items():
            facts.save(shop=shops[slug], said=_typed(row), is_trader=True, by=by, now=now)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    most = row.get("return_most")
    return row | {"return_most": Decimal(most) if most else None}
