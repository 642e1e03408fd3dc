"""Documents stay as they were issued; the audit finds what the database was made to forget."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.core.domain import retention
from marketplace.operations.domain import audit
from marketplace.reservations.domain.receipts import issuing, queries
from marketplace.reservations.models import InvoiceAddress, Receipt, Series
from tests.factories import NOW
from tests.reservations.receipting import ADDRESS, offer, paid, receipt, shop

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.mark.law("C5")
@pytest.mark.parametrize(
    "change", [{"total": D("1.00")}, {"content": {}}, {"number": "WOB-1"}, {"sha256": "0" * 64}]
)
def test_an_issued_receipt_cannot_be_changed(change):
    row = receipt(paid((offer(shop(), "24.90"), 1)))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Receipt.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Receipt.objects.filter(pk=row.pk)._raw_delete("default")


def test_an_address_cannot_be_changed_but_deleted_by_retention():
    row = receipt(paid((offer(shop(), "289.00"), 1)))
    issuing.invoice(receipt_id=row.pk, address=ADDRESS, now=NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        InvoiceAddress.objects.update(name="Jemand anders")
    with transaction.atomic(), retention.open_pass(rule="invoice_address", now=NOW):
        InvoiceAddress.objects.all().delete()
    assert not InvoiceAddress.objects.exists()


@pytest.fixture
def three():
    goods = offer(shop(), "24.90")
    made = [paid((goods, 1)) for _ in range(3)]
    return [receipt(each) for each in made]


def without_triggers(statement: str, *values) -> None:
    """What somebody does who owns the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred locks the table
            cursor.execute("ALTER TABLE reservations_receipt DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER reservations_receipt_append_only_update")
            cursor.execute("DROP TRIGGER reservations_receipt_append_only_delete")
        cursor.execute(statement, values)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE reservations_receipt ENABLE TRIGGER USER")


def told() -> set[str]:
    found = audit.run(now=NOW).violations
    return {f"{each.subject}: {each.what}" for each in found if each.subject.startswith("rec")}


@pytest.mark.law("C2", "C5")
def test_the_audit_finds_a_gap(three):
    year = queries.years(three[0].shop_id)[0]
    assert not year.has_gap
    without_triggers("DELETE FROM reservations_receipt WHERE id = %s", three[1].pk)
    assert f"receipt:{three[2].number}: stands at 3, the document before it at 1" in told()
    assert f"receipt:{three[2].number}: does not follow the document before it" in told()
    assert queries.years(three[0].shop_id)[0].has_gap


@pytest.mark.law("C5")
def test_the_audit_finds_the_last_one_missing(three):
    without_triggers("DELETE FROM reservations_receipt WHERE id = %s", three[2].pk)
    series = Series.objects.get()
    assert f"receipt:{series.prefix}: counts 3 documents, 2 are there" in told()
    assert queries.years(three[0].shop_id)[0].has_gap


@pytest.mark.law("C5")
def test_the_audit_finds_what_was_rewritten(three):
    without_triggers("UPDATE reservations_receipt SET language = 'en' WHERE id = %s", three[1].pk)
    assert told() == {f"receipt:{three[1].number}: is not what was issued"}


def test_the_audit_finds_money_without_a_receipt(three):
    payment = three[2].payment_id
    without_triggers("DELETE FROM reservations_receipt WHERE id = %s", three[2].pk)
    said = {(each.subject, each.what) for each in audit.run(now=NOW).violations}
    assert (f"payment:{payment}", "captured 24.90, receipts say 0.00") in said
