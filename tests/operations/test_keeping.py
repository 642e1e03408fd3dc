"""Every model says how long its rows are kept; the page about it says the same."""

import pytest
from django.conf import settings

from marketplace.operations.domain import keeping
from marketplace.operations.domain.keeping import Keep
from marketplace.reservations.models import InvoiceAddress, Receipt


@pytest.mark.law("C5")
def test_every_model_has_a_retention_class():
    named = {model._meta.label for model in keeping.ours()}
    assert named - set(keeping.CLASSES) == set(), "add them to operations/domain/keeping.py"
    assert set(keeping.CLASSES) - named == set(), "these are gone"


@pytest.mark.law("C5")
def test_receipts_are_kept_for_eight_years_and_addresses_no_longer():
    assert keeping.retention_class(Receipt) is Keep.VOUCHER
    assert keeping.retention_class(InvoiceAddress) is Keep.INVOICE_ADDRESS
    assert Keep.VOUCHER.value.kept.startswith("8 years")
    assert not Keep.VOUCHER.value.personal


@pytest.mark.law("C5")
def test_the_page_shows_the_same_table():
    page = settings.BASE_DIR / "marketplace" / "docs" / "retention.md"
    assert keeping.table() in page.read_text(encoding="utf-8")
