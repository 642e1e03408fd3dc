"""What offers cost in a span of time, from their append-only price history."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Min, OuterRef, Subquery

from marketplace.core.money import CENT
from shops.models import Offer, PriceChange

#: LAW: PAngV § 11 (1).
SPAN = timedelta(days=30)
#: Parameters of one statement stay few enough for SQLite.
_CHUNK = 400


def lowest(*, offer_ids: Iterable[int], before: datetime) -> dict[int, Decimal]:
    """The lowest price, EUR, each offer had in the 30 days before a moment (PAngV § 11 (1)).

    A price that held when the span began counts. For goods offered for a shorter time it is the
    lowest since they are. Two queries for each 400 offers.
    """
    wanted = sorted(set(offer_ids))
    found: dict[int, Decimal] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        inside = PriceChange.objects.filter(
            offer_id__in=chunk, at__gte=before - SPAN, at__lt=before
        )
        for row in inside.order_by().values("offer_id").annotate(price=Min("price")):
            found[row["offer_id"]] = row["price"].quantize(CENT)
        earlier = PriceChange.objects.filter(offer=OuterRef("pk"), at__lt=before - SPAN)
        held = Offer.objects.filter(pk__in=chunk).annotate(
            held=Subquery(earlier.order_by("-at", "-pk").values("price")[:1])
        )
        for pk, price in held.filter(held__isnull=False).values_list("pk", "held"):
            found[pk] = min(price.quantize(CENT), found.get(pk, price))
    return found


def of(*, offer: Offer, now: datetime) -> list[PriceChange]:
    """What it cost in the last 30 days, oldest first, the price it began with included."""
    rows = PriceChange.objects.filter(offer=offer).order_by("at", "pk")
    inside = list(rows.filter(at__gte=now - SPAN))
    began = rows.filter(at__lt=now - SPAN).last()
    return [began, *inside] if began else inside
