"""Tax as the law's row C1 has it: rates by day, classes that change, shops that have none."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from shops.domain.prices import tax
from shops.enums import TaxClass
from shops.models import Variant
from tests import factories
from tests.shops.test_domain_prices import branch, made, told

pytestmark = pytest.mark.django_db

__all__ = ["branch"]


@pytest.mark.law("C1")
def test_c1_rates_change_at_midnight():
    assert tax.rate(TaxClass.STANDARD, on=date(2020, 6, 30)) == 19
    assert tax.rate(TaxClass.STANDARD, on=date(2020, 7, 1)) == 16
    assert tax.rate(TaxClass.REDUCED, on=date(2020, 12, 31)) == 5
    assert tax.rate(TaxClass.REDUCED, on=date(2021, 1, 1)) == 7
    with pytest.raises(ValueError, match="did not exist"):
        tax.rate(TaxClass.ZERO, on=date(2022, 12, 31))
    assert tax.day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == date(2027, 1, 1)


@pytest.mark.law("C1")
def test_c1_goods_change_their_class_on_a_named_day(branch):
    offer = made(branch, next_tax_class="REDUCED", next_tax_from=date(2027, 1, 1))
    shop = branch.shop
    assert tax.class_of(offer.variant, shop=shop, on=date(2026, 12, 31)) == TaxClass.STANDARD
    assert tax.class_of(offer.variant, shop=shop, on=date(2027, 1, 1)) == TaxClass.REDUCED
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(pk=offer.variant_id).update(next_tax_from=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(pk=offer.variant_id).update(tax_class="EXEMPT")


@pytest.mark.law("C1")
def test_c1_a_small_business_has_no_tax_while_it_is_one(branch):
    shop = branch.shop
    shop.small_business_from, shop.small_business_until = date(2026, 1, 1), date(2026, 12, 31)
    shop.save()
    offer = made(branch)
    assert not told(offer).shows_tax
    assert told(offer, on=date(2027, 1, 1)).shows_tax
    line = factories.reservation((factories.offer(branch), 1)).lines.get()
    assert (line.tax_class, line.tax_rate) == ("EXEMPT", 0)
