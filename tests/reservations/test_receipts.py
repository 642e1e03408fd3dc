"""Documents come to be with the money they are about: in the shop's own series, to the cent."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation

from marketplace.core.errors import Refused
from marketplace.operations.domain import audit
from marketplace.payments.domain import refunds
from marketplace.payments.enums import PaymentState, RefundState
from marketplace.payments.gateway.port import RefundSnapshot
from marketplace.payments.models import Refund
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.receipts import issuing, queries
from marketplace.reservations.enums import EndReason, ReceiptKind
from marketplace.reservations.models import Receipt
from shops.enums import Deposit, TaxClass
from tests import factories, tills
from tests.factories import NOW
from tests.reservations.receipting import (
    ADDRESS,
    BY,
    collected,
    documents,
    goes_back,
    offer,
    paid,
    receipt,
    shop,
    words,
)

pytestmark = pytest.mark.django_db
D = Decimal


def in_order() -> None:
    assert audit.run(now=NOW).violations == []


def cancelled(reservation) -> None:
    lifecycle.cancel(reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=BY, now=NOW)


@pytest.mark.law("C2")
def test_money_that_is_taken_gets_one_receipt_in_the_shops_own_series():
    mine = shop()
    other = shop("Seitenwind", city=mine.city)
    goods = offer(mine, "24.90")
    first, second = paid((goods, 2)), paid((goods, 1))
    theirs = paid((offer(other, "9.90"), 1))

    numbers = [receipt(each).number for each in (first, second, theirs)]

    assert numbers == [
        f"WOB-{mine.pk}-2026-000001",
        f"WOB-{mine.pk}-2026-000002",
        f"WOB-{other.pk}-2026-000001",
    ]
    assert documents(first) == [("RECEIPT", D("49.80"))]
    goes_back(first)  # the same report once more
    assert documents(first) == [("RECEIPT", D("49.80"))]
    in_order()


def test_each_year_begins_at_one_in_the_towns_time():
    goods = offer(shop(), "24.90")
    last = paid((goods, 1), now=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    first = paid((goods, 1), now=datetime(2026, 12, 31, 23, 1, tzinfo=UTC))

    assert receipt(last).number.endswith("-2026-000001")
    assert receipt(first).number.endswith("-2027-000001")


def test_a_number_whose_transaction_fails_is_given_again():
    goods = offer(shop(), "24.90")
    first, second = (factories.reservation((goods, 1), pay=True) for _ in range(2))
    with transaction.atomic():
        tills.say(first, PaymentState.CAPTURED)
        assert receipt(first).number.endswith("-000001")
        transaction.set_rollback(True)
    tills.say(second, PaymentState.CAPTURED)
    assert receipt(second).number.endswith("-000001")
    in_order()


def test_nothing_is_issued_for_what_is_only_promised():
    made = tills.authorised(offer(shop(), "24.90"))
    assert documents(made) == []


@pytest.mark.law("C2")
def test_a_receipt_of_249_99_has_no_name_on_it():
    made = paid((offer(shop(), "249.99"), 1))

    row = receipt(made)
    assert row.content["small"]
    said = words(row) + str(row.content)
    contact = made.checkout.contact
    assert "Koch" in contact.name
    assert not [word for word in (*contact.name.split(), contact.email) if word in said]
    assert "UStDV § 33" in said
    assert queries.to_be_invoiced([row]) is None


@pytest.mark.law("C2")
@pytest.mark.parametrize(("price", "small"), [("250.00", True), ("250.01", False)])
def test_up_to_and_with_250_euros_it_is_an_invoice_in_itself(price, small):
    row = receipt(paid((offer(shop(), price), 1)))
    assert row.content["small"] is small
    assert ("UStDV § 33" in words(row)) is small


@pytest.mark.law("C2")
def test_an_invoice_on_wish_repeats_the_receipt_and_keeps_the_address_apart():
    made = paid((offer(shop(), "289.00"), 1))
    row = receipt(made)

    invoice = issuing.invoice(receipt_id=row.pk, address=ADDRESS, now=NOW + timedelta(days=1))

    assert (invoice.kind, invoice.total, invoice.about) == ("INVOICE", row.total, row)
    assert invoice.number.endswith("-000002")
    assert "Koch" not in str(invoice.content)
    said = words(invoice)
    assert "Dr. Lena Koch" in said
    assert "Schillerstraße 12" in said
    assert row.number in said
    assert "DE136695976" in said
    assert "UStDV § 31" in said
    with pytest.raises(Refused, match="written already"):
        issuing.invoice(receipt_id=row.pk, address=ADDRESS, now=NOW)
    assert Receipt.objects.filter(kind=ReceiptKind.INVOICE).count() == 1
    assert queries.to_be_invoiced([row, invoice]) is None
    in_order()


def test_no_invoice_once_all_the_money_has_gone_back():
    made = paid((offer(shop(), "289.00"), 1))
    cancelled(made)
    goes_back(made)

    with pytest.raises(Refused, match="nothing left"):
        issuing.invoice(receipt_id=receipt(made).pk, address=ADDRESS, now=NOW)
    assert queries.to_be_invoiced(Receipt.objects.all()) is None
    in_order()


@pytest.mark.law("C2")
def test_all_money_back_cancels_the_invoice_line_by_line():
    mine = shop()
    made = paid((offer(mine, "39.90"), 2), (offer(mine, "4.20", tax=TaxClass.REDUCED), 1))
    cancelled(made)
    assert documents(made) == [("RECEIPT", D("84.00"))]

    goes_back(made)

    row = receipt(made, ReceiptKind.CORRECTION)
    assert row.total == D("-84.00")
    assert row.content["whole"]
    assert row.content["lines"] == receipt(made).content["lines"]
    assert row.content["taxes"] == receipt(made).content["taxes"]
    with translation.override("en"):
        assert "Cancellation of an invoice" in words(row)
    goes_back(made)
    assert len(documents(made)) == 2
    in_order()


@pytest.mark.law("C2")
def test_what_was_left_behind_is_corrected_by_units():
    mine = shop()
    made = paid((offer(mine, "39.90"), 3), (offer(mine, "4.20", tax=TaxClass.REDUCED), 2))
    cups, bread = made.lines.order_by("pk")
    collected(made, {cups.pk: 1, bread.pk: 2})

    goes_back(made)

    row = receipt(made, ReceiptKind.CORRECTION)
    assert not row.content["whole"]
    assert [(each["line"], each["units"]) for each in row.content["lines"]] == [(cups.pk, 2)]
    assert row.content["about"]["number"] == receipt(made).number
    assert row.content["collected_at"]
    in_order()


@pytest.mark.law("C2")
def test_a_part_of_the_price_lowers_the_tax_of_every_rate():
    mine = shop()
    made = paid((offer(mine, "30.00"), 1), (offer(mine, "10.00", tax=TaxClass.REDUCED), 1))
    collected(made)
    payment = tills.payment_of(made)
    refunds.refund(payment_id=payment.pk, amount=D("4.00"), nonce=uuid4(), by=BY, now=NOW)

    goes_back(made)

    row = receipt(made, ReceiptKind.CORRECTION)
    rates = [(each["rate"], each["gross"]) for each in row.content["taxes"]]
    assert rates == [("19.00", "3.00"), ("7.00", "1.00")]
    assert [each["line"] for each in row.content["lines"]] == [0, 0]
    in_order()


def test_refunds_that_are_done_out_of_turn_name_what_each_was_for():
    mine = shop()
    made = paid((offer(mine, "30.00"), 1), (offer(mine, "10.00"), 1), (offer(mine, "5.00"), 1))
    dear, cheap, kept = made.lines.order_by("pk")
    who = {"reservation_id": made.pk, "by": BY, "now": NOW}
    lifecycle.accept(**who)
    lifecycle.mark_ready(**who, found={dear.pk: 0})
    tills.confirm(made)
    lifecycle.hand_over(**who, taken={cheap.pk: 0, kept.pk: 1})
    assert [each.amount for each in Refund.objects.order_by("pk")] == [D("30.00"), D("10.00")]

    goes_back_one(made, Refund.objects.get(amount=D("10.00")))
    goes_back(made)

    rows = Receipt.objects.filter(kind=ReceiptKind.CORRECTION).order_by("pk")
    named = [[each["line"] for each in row.content["lines"]] for row in rows]
    assert named == [[cheap.pk], [dear.pk]]
    in_order()


def goes_back_one(made, refund) -> None:
    seen = RefundSnapshot(
        provider_id=f"re_{refund.pk}",
        amount=refund.amount,
        state=RefundState.DONE,
        reference=str(refund.nonce),
    )
    captured = tills.payment_of(made).captured
    tills.say(made, PaymentState.CAPTURED, captured=captured, refunds=(seen,))


def test_a_refund_that_came_back_from_the_bank_is_corrected_once():
    made = paid((offer(shop(), "39.90"), 1))
    cancelled(made)
    goes_back(made)
    refund = Refund.objects.get()
    failed = RefundSnapshot(
        provider_id=refund.provider_id,
        amount=refund.amount,
        state=RefundState.FAILED,
        reference=str(refund.nonce),
    )
    tills.say(made, PaymentState.CAPTURED, captured=D("39.90"), refunds=(failed,))
    assert tills.payment_of(made).owed_back == D("39.90")
    in_order()
    again = refunds.again(refund_id=refund.pk, nonce=uuid4(), by=BY, now=NOW)
    done = RefundSnapshot(
        provider_id="re_again",
        amount=again.amount,
        state=RefundState.DONE,
        reference=str(again.nonce),
    )
    tills.say(made, PaymentState.CAPTURED, captured=D("39.90"), refunds=(failed, done))

    assert documents(made) == [("RECEIPT", D("39.90")), ("CORRECTION", D("-39.90"))]
    in_order()


def test_money_that_comes_too_late_is_on_a_receipt_and_on_its_correction():
    goods = offer(shop(), "39.90")
    made = factories.reservation((goods, 5), pay=True)
    lifecycle.lapse(reservation_id=made.pk, now=NOW)
    factories.reservation((goods, 5), email="zweite@example.de")
    tills.say(made, PaymentState.CAPTURED)

    goes_back(made)

    assert documents(made) == [("RECEIPT", D("199.50")), ("CORRECTION", D("-199.50"))]
    assert receipt(made, ReceiptKind.CORRECTION).content["whole"]
    in_order()


@pytest.mark.law("C1")
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_small_business_shows_no_tax_anywhere(language):
    mine = shop(small_business_from=date(2020, 1, 1))
    made = paid((offer(mine, "48.00"), 1), language=language)
    cancelled(made)
    goes_back(made)

    for row in Receipt.objects.all():
        with translation.override(language):
            said = words(row)
        shown = said.replace("VAT ID", "").replace("USt-IdNr", "")
        assert not re.search(r"MwSt|inkl\.|incl|including VAT|19\s%|7\s%|0\s%", shown)
        assert "§ 19" in said


@pytest.mark.law("C1")
def test_the_rate_on_a_receipt_is_the_one_that_was_agreed():
    mine = shop("Seitenwind")
    made = paid((offer(mine, "24.00", tax=TaxClass.REDUCED), 1))
    line = made.lines.get()
    assert (line.tax_class, line.tax_rate) == ("REDUCED", D(7))
    mine.small_business_from = NOW.date() + timedelta(days=1)
    mine.save()
    collected(made, now=NOW + timedelta(days=2))
    assert [each["rate"] for each in receipt(made).content["taxes"]] == ["7.00"]


@pytest.mark.law("C2")
def test_deposit_is_named_and_no_part_of_the_sum():
    goods = offer(shop(), "2.19", deposit_amount=D("0.15"), deposit_kind=Deposit.MEHRWEG)
    made = paid((goods, 4))
    row = receipt(made)
    assert (row.total, row.content["deposit"]) == (D("8.76"), "0.60")
    with translation.override("en"):
        assert "€0.60 deposit, paid in the shop" in words(row)


@pytest.mark.law("C2")
def test_the_seller_stands_there_as_it_says_by_law():
    row = receipt(paid((offer(shop(), "24.90"), 1)))
    said = words(row)
    for word in ("Laufwerk GmbH", "Porschestraße 1", "38440 Wolfsburg", "DE136695976"):
        assert word in said


@pytest.mark.law("C2")
def test_no_text_for_shoppers_says_gutschrift():
    """That word means an invoice that the buyer writes (UStG § 14 (2))."""
    root = settings.BASE_DIR
    files = [*(root / "templates").rglob("*.html"), *(root / "templates").rglob("*.txt")]
    files += [*root.glob("marketplace/**/*.typ"), *root.glob("marketplace/locale/**/*.po")]
    assert len(files) > 100
    said = [f for f in files if "gutschrift" in f.read_text(encoding="utf-8").casefold()]
    assert said == []
