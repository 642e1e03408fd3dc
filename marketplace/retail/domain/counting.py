"""Counting several shelves in one go."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from marketplace.core.domain.history import Actor
from shops.domain import counts
from shops.models import Offer


@transaction.atomic
def count_shelves(*, on_shelf: Mapping[int, int], by: Actor, now: datetime) -> list[Offer]:
    """So many of each offer stand on its shelf: all of them are counted, or none.

    RACE: in primary-key order, as claims run (truth 10).
    """
    return [
        counts.count_by_eye(offer_id=pk, on_shelf=number, by=by, now=now)
        for pk, number in sorted(on_shelf.items())
    ]
