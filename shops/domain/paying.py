"""Whether a shop can be paid online, and what the operator keeps of it.

`Shop.pay_open_since` is told downwards: payments knows the shop's account, this module knows
whether the shop says who it is. Nobody else writes it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.money import round_gross
from shops.domain.legal import facts
from shops.models import City, Shop

MOST_PERCENT, MOST_FIXED = Decimal(20), Decimal(5)


def is_open(*, shop: Shop, city: City) -> bool:
    """Whether pages may speak of paying this shop online. An installation whose provider is gone
    falls silent at once, whatever was told before."""
    return bool(settings.STRIPE_SECRET_KEY) and city.pay_open and shop.pay_open_since is not None


def legal_facts_missing(shop: Shop) -> list[Any]:
    """What a seller must say of itself before it may sell at a distance and this shop does not:
    words for people, empty where nothing is missing.

    LAW: EGBGB Art. 246a § 1(1) no. 2 and 3 (A6), UStG § 25e (D12), Art. 246d § 1 no. 4 (D3).
    """
    return facts.missing(shop)


@transaction.atomic
def tell(*, shop_id: int, can_charge: bool, now: datetime) -> bool:
    """Payments says whether the shop's account can charge; returns whether anything changed."""
    # RACE: whoever tells holds the shop's row, so that the last word is the youngest.
    shop = Shop.objects.select_for_update().select_related("city").get(pk=shop_id)
    is_open = can_charge and shop.city.pay_open and not legal_facts_missing(shop)
    if is_open == (shop.pay_open_since is not None):
        return False
    Shop.objects.filter(pk=shop_id).update(pay_open_since=now if is_open else None)
    history.record(
        verb="shop.pay_open" if is_open else "shop.pay_close",
        subject=f"shop:{shop_id}",
        scope=f"shop:{shop_id}",
        by=Actor.system(),
        now=now,
    )
    return True


def pay_fee(city: City, amount: Decimal) -> Decimal:
    """The operator's part of a payment of so much, to the cent; never more than the payment."""
    fee = round_gross(amount * city.pay_fee_percent / 100 + city.pay_fee_fixed)
    return min(fee, amount)


@transaction.atomic
def set_rules(
    *, city: City, is_open: bool, percent: Decimal, fixed: Decimal, by: Actor, now: datetime
) -> bool:
    """Give a city its rules of paying online; returns whether they are new.

    Closing holds at once for what begins; shops open again with the caretaker's next round.
    """
    if not (0 <= percent <= MOST_PERCENT and 0 <= fixed <= MOST_FIXED):
        raise Refused(
            _("The fee is between 0 and 20 percent and between 0 and 5 euros."), code="fee_odd"
        )
    wanted = {"pay_open": is_open, "pay_fee_percent": percent, "pay_fee_fixed": fixed}
    if not City.objects.filter(pk=city.pk).exclude(**wanted).update(**wanted):
        return False
    if not is_open:
        Shop.objects.of(city).exclude(pay_open_since=None).update(pay_open_since=None)
    history.record(
        verb="city.pay_rules",
        subject=f"city:{city.pk}",
        scope="",
        by=by,
        now=now,
        data={"open": is_open, "percent": percent, "fixed": fixed},
    )
    return True
