"""Receipts behind the secret link, in mails, and an invoice on wish."""

import pytest
from django.core import mail as outbox

from marketplace.core.domain import notices as core_notices
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle, links
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import InvoiceAddress, Receipt
from tests import tills
from tests.factories import NOW
from tests.reservations.receipting import BY, goes_back, offer, paid, receipt, shop

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Dr. Lena Koch",
    "addition": "Koch & Söhne",
    "street": "Schillerstraße 12",
    "postcode": "38440",
    "town": "Wolfsburg",
}


@pytest.fixture
def dear():
    return paid((offer(shop(), "289.00", title="Topfset"), 1), language="en")


def base(reservation) -> str:
    return f"/en/abholung/{links.token(reservation.checkout)}/"


def test_the_order_leads_to_its_receipt(client, dear):
    page = client.get(base(dear)).content.decode()
    row = receipt(dear)
    path = f"{base(dear)}{dear.pk}/beleg/{row.number}.pdf"
    assert f'href="{path}"' in page
    assert f"{base(dear)}{dear.pk}/rechnung/" in page
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert row.number in answer["Content-Disposition"]


@pytest.mark.law("C2")
def test_up_to_250_euros_nobody_is_asked_for_a_name(client):
    made = paid((offer(shop(), "250.00"), 1), language="en")
    assert "/rechnung/" not in client.get(base(made)).content.decode()
    page = client.get(f"{base(made)}{made.pk}/rechnung/").content.decode()
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert receipt(made).number in page
    answer = client.post(f"{base(made)}{made.pk}/rechnung/", FIELDS)
    assert answer.status_code == 303
    assert not InvoiceAddress.objects.exists()


@pytest.mark.law("C2")
def test_whoever_wants_an_invoice_says_to_whom_and_gets_it(client, dear):
    path = f"{base(dear)}{dear.pk}/rechnung/"
    page = client.get(path).content.decode()
    assert "eight years" in page
    wrong = client.post(path, {"name": "", "town": "x"})
    assert wrong.status_code == 422
    assert "Please enter the street." in wrong.content.decode()

    assert client.post(path, FIELDS).status_code == 303

    address = InvoiceAddress.objects.get()
    assert {name: getattr(address, name) for name in FIELDS} == FIELDS
    assert address.receipt.about == receipt(dear)
    page = client.get(path).content.decode()
    assert f"/beleg/{address.receipt.number}.pdf" in page
    assert client.post(path, FIELDS | {"name": "Jemand"}).status_code == 303
    assert InvoiceAddress.objects.count() == 1
    assert "/rechnung/" not in client.get(base(dear)).content.decode()
    paper = client.get(f"{base(dear)}{dear.pk}/beleg/{address.receipt.number}.pdf")
    assert paper.status_code == 200


def test_names_with_line_breaks_are_not_taken(client, dear):
    answer = client.post(f"{base(dear)}{dear.pk}/rechnung/", FIELDS | {"name": "Lena\r\nKoch\x07"})
    assert answer.status_code == 422
    assert not InvoiceAddress.objects.exists()


def test_nothing_has_been_taken_yet(client):
    made = tills.authorised(offer(shop(), "289.00"))
    page = client.get(f"{base(made)}{made.pk}/rechnung/").content.decode()
    assert "nothing has been taken from you" in page
    assert "Receipts" not in client.get(base(made)).content.decode()


def test_receipts_of_others_do_not_exist(client, dear):
    other = paid((dear.lines.get().offer, 1), language="en")
    for path in (
        f"{base(dear)}{dear.pk}/beleg/{receipt(other).number}.pdf",
        f"{base(dear)}{other.pk}/beleg/{receipt(dear).number}.pdf",
        f"{base(dear)}{other.pk}/rechnung/",
    ):
        assert client.get(path).status_code == 404, path


def sent(kind: str) -> list:
    for notice in Notice.objects.filter(kind=kind, state="QUEUED"):
        core_notices.send_one(notice_id=notice.pk, now=max(NOW, notice.not_before))
    return outbox.outbox


def test_the_mail_about_a_refund_leads_to_receipt_and_correction(dear):
    lifecycle.accept(reservation_id=dear.pk, by=BY, now=NOW)
    line = dear.lines.get()
    lifecycle.mark_ready(reservation_id=dear.pk, found={line.pk: 1}, by=BY, now=NOW)
    two = paid((line.offer, 2), language="en")
    lifecycle.accept(reservation_id=two.pk, by=BY, now=NOW)
    lifecycle.mark_ready(reservation_id=two.pk, found={two.lines.get().pk: 1}, by=BY, now=NOW)
    goes_back(two)

    letter = sent("reservations.refunded")[-1]

    numbers = [each.number for each in Receipt.objects.filter(reservation=two).order_by("pk")]
    assert len(numbers) == 2
    for number in numbers:
        address = f"http://testserver{base(two)}{two.pk}/beleg/{number}.pdf"
        assert address in letter.body
        assert address in letter.alternatives[0][0]
    assert "Correction of an invoice" in letter.body


def test_a_mail_about_a_cancelled_order_leads_there_too(dear):
    lifecycle.cancel(reservation_id=dear.pk, reason=EndReason.SHOPPER, by=BY, now=NOW)
    assert receipt(dear).number in sent("reservations.cancelled")[-1].body
