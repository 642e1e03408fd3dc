"""Which VAT a price holds on a day. Pure.

UStG § 12 (1) 19 %, (2) 7 %, (3) 0 % since 2023; § 28 in the second half of 2020. § 19: a small
business shows no VAT at all. A new rate is a line here; goods that change their class on a day
that a law names carry that day (`Variant.next_tax_from`).
"""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from shops.enums import TaxClass
from shops.models import Shop, Variant

#: Since when which rate, in percent of the net price, youngest last.
RATES: dict[TaxClass, tuple[tuple[date, Decimal], ...]] = {
    TaxClass.STANDARD: (
        (date(2007, 1, 1), Decimal(19)),
        (date(2020, 7, 1), Decimal(16)),
        (date(2021, 1, 1), Decimal(19)),
    ),
    TaxClass.REDUCED: (
        (date(1983, 7, 1), Decimal(7)),
        (date(2020, 7, 1), Decimal(5)),
        (date(2021, 1, 1), Decimal(7)),
    ),
    TaxClass.ZERO: ((date(2023, 1, 1), Decimal(0)),),
    TaxClass.EXEMPT: ((date(1968, 1, 1), Decimal(0)),),
}


def rate(tax_class: TaxClass, *, on: date) -> Decimal:
    """Percent of the net price. ValueError before the class existed."""
    found = [percent for since, percent in RATES[tax_class] if since <= on]
    if not found:
        raise ValueError(f"{tax_class} did not exist on {on}")
    return found[-1]


def class_of(variant: Variant, *, shop: Shop, on: date) -> TaxClass:
    """What is copied onto a line: the variant's class that day, exempt for a small business."""
    if is_small_business(shop, on=on):
        return TaxClass.EXEMPT
    if variant.next_tax_from is not None and variant.next_tax_from <= on:
        return TaxClass(variant.next_tax_class)
    return TaxClass(variant.tax_class)


def is_small_business(shop: Shop, *, on: date) -> bool:
    """Whether UStG § 19 holds for the shop that day."""
    first, last = shop.small_business_from, shop.small_business_until
    return first is not None and first <= on and (last is None or on <= last)


def day(now: datetime) -> date:
    """The day in the town's time: a new rate holds from its midnight."""
    return timezone.localtime(now).date()
