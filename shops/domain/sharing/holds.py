"""Holding products while pages become one, and trying again when somebody else's goods came first.

Always products before offers, each in primary-key order: as an import does (`imports.shelve`).
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Stale
from shops.models import Product

#: Tries when somebody writes the same goods at the same time.
TRIES = 3

T = TypeVar("T")


def settled(act: Callable[[], T]) -> T:
    """`act` in a transaction of its own, again where a constraint tells of somebody faster."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return act()
        except IntegrityError:
            # RACE: an import gave the page that goes a variant, or took the number; now we see it.
            if not left:
                raise Stale(
                    _("Somebody is changing the same goods. Please try again."),
                    code="goods_changed",
                ) from None
    raise RuntimeError("TRIES is not positive")


def products(ids: Iterable[int]) -> dict[int, Product]:
    """Those that are there, held until the transaction ends. `Stale` when one is gone.

    RACE: on PostgreSQL the lock keeps out whoever is to give one of them a variant; on SQLite the
    transaction itself holds the file. What gets past it (a variant planned before) meets the
    foreign key of the deleted row at commit, and is planned again.
    """
    wanted = sorted(set(ids))
    rows = Product.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) != len(wanted):
        raise Stale(_("One of these pages is gone meanwhile."), code="page_gone")
    return found
