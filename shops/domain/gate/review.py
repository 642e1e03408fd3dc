"""The city's desk looks at goods whose words sound like goods we do not take (law E4)."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain.gate import refresh
from shops.enums import Review
from shops.models import City, Product

if TYPE_CHECKING:
    from shops.models.catalogue import ProductQuerySet

#: Reasons are read by the shop.
MOST_REASON = 300


def waiting(*, city: City) -> "ProductQuerySet":
    """Goods that wait for a decision, those that wait longest first."""
    rows = Product.objects.of(city).filter(review=Review.WAITING)
    return rows.select_related("shop", "category").order_by("pk")


def refused(*, city: City) -> "ProductQuerySet":
    """Goods that were refused; a decision can be taken back."""
    rows = Product.objects.of(city).filter(review=Review.REFUSED)
    return rows.select_related("shop", "category").order_by("-pk")


@transaction.atomic
def release(*, product_id: int, by: Actor, now: datetime) -> None:
    """These goods may be offered after all. `Stale` where nobody asks any more."""
    _decide(product_id, Review.RELEASED, "", by, now)


@transaction.atomic
def refuse(*, product_id: int, reason: str, by: Actor, now: datetime) -> None:
    """These goods are not offered here; the shop reads why. Nothing is deleted."""
    if not reason.strip():
        raise Refused(_("Please write why. The shop will read it."), code="reason")
    _decide(product_id, Review.REFUSED, reason.strip()[:MOST_REASON], by, now)


def _decide(product_id: int, review: Review, reason: str, by: Actor, now: datetime) -> None:
    # RACE: one decision at a time, and none about words that were never asked about.
    asked = Product.objects.filter(pk=product_id).exclude(review__in=(Review.NONE, review))
    if not asked.update(review=review, review_reason=reason):
        raise Stale(_("This has been decided already."), code="decided")
    scope = Product.objects.values_list("shop_id", flat=True).get(pk=product_id)
    history.record(
        verb=f"product.review_{review.value.lower()}",
        subject=f"product:{product_id}",
        scope=f"shop:{scope}" if scope else "",
        by=by,
        now=now,
    )
    refresh.refresh(products=[product_id], now=now)
