"""Rules of a category: data that the city may change; its goods follow at once."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.domain.gate import refresh
from shops.domain.gate.rules import ASKED
from shops.enums import Rule
from shops.models import Category
from shops.models.facts import AGES

#: What goods of each branch of the tree (`shops.domain.tree`) have to tell, by slug.
FILE = Path(__file__).parents[2] / "trees" / "rules.json"


def plant(*, by: Actor, now: datetime) -> int:
    """Give the branches of the goods tree the rules of their file; how many got some.

    Safe to repeat: a branch with rules keeps them, as a city may have changed them.
    """
    said: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    bare = Category.objects.filter(slug__in=said, rules=[], min_age=0, blocked="")
    rows = list(bare.order_by("pk"))
    for category in rows:
        set_rules(category=category, by=by, now=now, **said[category.slug])
    return len(rows)


@transaction.atomic
def set_rules(
    *,
    category: Category,
    rules: Iterable[str] = (),
    min_age: int = 0,
    blocked: str = "",
    by: Actor,
    now: datetime,
) -> int:
    """What goods in and below this category have to tell; how many variants it changes.

    `rules`: names of `Rule`, `-name` takes back what a category above asks. ValueError for names
    nobody knows.
    """
    listed = list(dict.fromkeys(rules))
    odd = [name for name in listed if Rule(name.removeprefix("-")) not in ASKED]
    if odd or min_age not in AGES:
        raise ValueError(f"no rule of a category: {odd or min_age}")
    Category.objects.filter(pk=category.pk).update(rules=listed, min_age=min_age, blocked=blocked)
    category.rules, category.min_age, category.blocked = listed, min_age, blocked
    history.record(
        verb="category.rules",
        subject=f"category:{category.pk}",
        scope="",
        by=by,
        now=now,
        data={"rules": listed, "min_age": min_age, "blocked": bool(blocked)},
    )
    return refresh.refresh_below(category=category, now=now)
