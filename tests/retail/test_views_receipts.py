"""The owner's list of receipts, its search, and a year for the tax adviser."""

import io
import re
from zipfile import ZipFile

import pytest
from django.test import Client

from marketplace.reservations.domain import lifecycle
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import Receipt
from shops.enums import Role
from tests import factories
from tests.factories import NOW
from tests.reservations import receipting
from tests.reservations.receipting import BY, goes_back, offer, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine():
    return receipting.shop()


@pytest.fixture
def here(mine):
    return f"/en/haendler/{mine.slug}/belege/"


@pytest.fixture
def client(mine) -> Client:
    made = Client()
    made.force_login(factories.member(mine, role=Role.OWNER))
    return made


@pytest.fixture
def some(mine):
    """Two receipts and a correction."""
    kept = paid((offer(mine, "24.90"), 1))
    back = paid((offer(mine, "9.90"), 2))
    lifecycle.cancel(reservation_id=back.pk, reason=EndReason.SHOPPER, by=BY, now=NOW)
    goes_back(back)
    return kept, back


def numbers(page: str) -> list[str]:
    return re.findall(r"/belege/(WOB-[\d-]+)\.pdf", page)


def test_before_the_first_receipt_the_room_says_what_it_is_for(client, here):
    page = client.get(here).content.decode()
    assert "No receipts yet" in page
    assert client.get(f"{here}2026.zip").status_code == 404


def test_the_list_with_sums_and_no_gap(client, here, some, mine):
    page = client.get(here).content.decode()
    rows = [each.number for each in Receipt.objects.order_by("-pk")]
    assert numbers(page) == rows
    assert len(rows) == 3
    sums = re.findall(r"<dd>(-?€[\d.,]+)</dd>", page)
    assert sums == ["€44.70", "€19.80", "€24.90"]
    assert f"all numbers of series WOB-{mine.pk}-2026 from 1 to 3 are there" in page
    assert "Cancellation of an invoice" in page
    answer = client.get(f"{here}{rows[0]}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")


@pytest.mark.parametrize("text", ["19.80", "19,80 €", "-19,80"])
def test_an_amount_finds_receipt_and_correction(client, here, some, text):
    found = numbers(client.get(here, {"suche": text}).content.decode())
    assert [each[-6:] for each in found] == ["000003", "000002"]


def test_a_number_its_end_and_a_code_find_their_documents(client, here, some):
    kept, back = some
    first = Receipt.objects.get(reservation=kept)
    for text in (first.number, first.number.lower(), "000001", "1"):
        page = client.get(here, {"suche": text}).content.decode()
        assert numbers(page) == [first.number], text
    page = client.get(here, {"suche": back.spoken_code.lower()}).content.decode()
    assert [each[-6:] for each in numbers(page)] == ["000003", "000002"]
    assert "No receipt of yours fits" in client.get(here, {"suche": "nichts"}).content.decode()


def test_nonsense_in_the_address_is_the_beginning(client, here, some):
    page = client.get(here, {"year": "abcd", "page": "x"}).content.decode()
    assert len(numbers(page)) == 3


def test_a_year_is_one_archive(client, here, some, mine):
    answer = client.get(f"{here}2026.zip")
    assert answer["Content-Type"] == "application/zip"
    assert f"WOB-{mine.pk}-2026.zip" in answer["Content-Disposition"]
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as file:
        assert file.testzip() is None
        assert len([name for name in file.namelist() if name.endswith(".pdf")]) == 3
    assert client.get(f"{here}2025.zip").status_code == 404


def test_how_it_works_can_be_printed(client, here):
    page = client.get(f"{here}verfahren/").content.decode()
    assert "Verfahrensdokumentation" in page
    assert "eight years" in page


def test_staff_does_not_get_in(mine, here, some):
    staff = Client()
    staff.force_login(factories.member(mine))
    for path in ("", "2026.zip", "verfahren/", f"{Receipt.objects.first().number}.pdf"):
        assert staff.get(here + path).status_code == 404, path


def test_the_payments_lead_here(client, here, some, mine):
    assert here in client.get(f"/en/haendler/{mine.slug}/zahlungen/").content.decode()
