"""Whether a shop is a small business, which shows and owes no VAT (UStG § 19)."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.models import Shop


def set_small(
    *, shop: Shop, first: date | None, last: date | None, by: Actor, now: datetime
) -> None:
    """From `first` to the end of `last` (None: on and on) no price of the shop holds VAT; without
    `first` it is none. What was reserved before keeps what it was placed with (truth 5)."""
    if last is not None and (first is None or last < first):
        raise Refused(_("The last day comes before the first."), code="span")
    if (shop.small_business_from, shop.small_business_until) == (first, last):
        return
    shop.small_business_from, shop.small_business_until = first, last
    Shop.objects.filter(pk=shop.pk).update(small_business_from=first, small_business_until=last)
    history.record(
        verb="shop.small_business",
        subject=f"shop:{shop.pk}",
        scope=f"shop:{shop.pk}",
        by=by,
        now=now,
        data={"from": str(first or ""), "until": str(last or "")},
    )
