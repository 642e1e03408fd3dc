"""Rules of a category: data that the city may change; its goods follow at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from shops.domain.gate import refresh
from shops.domain.gate.rules import ASKED
from shops.enums import Rule
from shops.models import Category
from shops.models.facts import AGES


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
