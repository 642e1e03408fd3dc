"""Papers as they are given away, and a year of them as it leaves the house."""

import csv
import hashlib
import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from marketplace.core import pdf
from marketplace.core.domain import retention
from marketplace.core.errors import Stale
from marketplace.operations.domain import tick
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.domain.receipts import issuing, papers, years
from marketplace.reservations.enums import EndReason, ReceiptKind
from marketplace.reservations.models import InvoiceAddress, Paper, Receipt, Series
from shops.enums import TaxClass
from tests.factories import NOW
from tests.reservations.receipting import (
    ADDRESS,
    BY,
    collected,
    goes_back,
    offer,
    paid,
    receipt,
    shop,
    words,
)

pytestmark = pytest.mark.django_db
D = Decimal
LATER = NOW + timedelta(days=3)


@pytest.fixture
def mine():
    return shop()


@pytest.fixture
def year(mine):
    """A receipt, a correction, an invoice; a bookshop's rate among them."""
    dear = paid((offer(mine, "289.00", title="Topfset"), 1))
    issuing.invoice(receipt_id=receipt(dear).pk, address=ADDRESS, now=NOW)
    mixed = paid(
        (offer(mine, "24.00", tax=TaxClass.REDUCED, title="=SUMME(Buch)"), 1),
        (offer(mine, "9.90"), 2),
    )
    lifecycle.cancel(reservation_id=mixed.pk, reason=EndReason.SHOPPER, by=BY, now=NOW)
    goes_back(mixed)
    return Series.objects.get()


def archive(series: Series) -> bytes:
    into = io.BytesIO()
    years.write(series=series, into=into)
    return into.getvalue()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.law("C2")
def test_a_paper_is_an_archive_document_and_carries_its_fonts(mine):
    content = papers.read(receipt(paid((offer(mine, "24.90"), 1))))
    assert content.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in content
    fonts = re.findall(rb"/FontName\s*/[A-Z]{6}\+([\w-]+)", content)
    assert fonts
    assert all(name.startswith(b"FiraSans") for name in fonts)


@pytest.mark.law("C5")
def test_a_paper_is_laid_down_once_and_stays_as_it_was(mine, monkeypatch):
    row = receipt(paid((offer(mine, "24.90"), 1)))
    before = papers.read(row)
    assert not Paper.objects.exists()
    assert tick.run(now=LATER)["papers"] == 1
    assert papers.sweep(now=LATER) == 0

    monkeypatch.setattr(pdf, "render", lambda **data: b"another typesetter")
    again = Receipt.objects.get(pk=row.pk)
    assert papers.read(again) == before
    paper = Paper.objects.get()
    assert paper.sha256 == hashlib.sha256(before).hexdigest()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Paper.objects.update(sha256="")


def test_an_english_shopper_reads_english_and_the_amounts_stay(mine):
    made = paid((offer(mine, "1234.50", title="Fahrrad"), 1), language="en")
    row = receipt(made)
    assert row.language == "en"
    with translation.override("en"):
        said = words(row)
    assert "€1,234.50" in said
    assert "Total including VAT, paid" in said


@pytest.mark.law("C2")
def test_full_data_stand_on_an_invoice(mine):
    """UStG § 14 (4): both parties, tax number, date, number, goods, day of supply, rate, tax."""
    made = paid((offer(mine, "289.00", title="Topfset"), 1))
    collected(made, now=LATER)
    invoice = issuing.invoice(receipt_id=receipt(made).pk, address=ADDRESS, now=LATER)
    with translation.override("en"):
        said = words(invoice)
    for word in (
        "Laufwerk GmbH", "Porschestraße 1", "Dr. Lena Koch", "38440 Wolfsburg", "DE136695976",
        invoice.number, "3 Dec 2026", "6 Dec 2026", "Topfset", "€242.86", "19\u00a0%", "€46.14",
        "€289.00",
    ):  # fmt: skip
        assert word in said, word


def test_an_invoice_whose_time_is_over_is_gone_and_its_number_stays(mine):
    made = paid((offer(mine, "289.00"), 1))
    row = issuing.invoice(receipt_id=receipt(made).pk, address=ADDRESS, now=NOW)
    papers.sweep(now=NOW)
    with transaction.atomic(), retention.open_pass(rule="invoice_address", now=NOW):
        Paper.objects.filter(receipt=row).delete()
        InvoiceAddress.objects.filter(receipt=row).delete()

    row = Receipt.objects.get(pk=row.pk)
    with pytest.raises(Stale):
        papers.read(row)
    assert papers.sweep(now=NOW) == 0
    with ZipFile(io.BytesIO(archive(row.series))) as file:
        manifest = json.loads(file.read(f"{row.series.prefix}/manifest.json"))
        assert f"{row.series.prefix}/pdf/{row.number}.pdf" not in file.namelist()
    assert manifest["deleted_by_retention"] == [row.number]
    assert manifest["broken"] == []


@pytest.mark.law("C5")
def test_a_year_is_the_same_to_the_byte_whenever_it_is_made(year):
    first = archive(year)
    tick.run(now=LATER)  # papers are laid down meanwhile
    assert archive(Series.objects.get()) == first


@pytest.mark.law("C5")
def test_a_year_holds_every_document_its_paper_and_the_sums(year):
    with ZipFile(io.BytesIO(archive(year))) as file:
        assert all(each.compress_type == ZIP_STORED for each in file.infolist())
        files = {name.partition("/")[2]: file.read(name) for name in file.namelist()}
        assert {name.partition("/")[0] for name in file.namelist()} == {year.prefix}
    manifest = json.loads(files["manifest.json"])
    sums = {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "manifest.json"}
    assert manifest["files"] == sums
    assert (manifest["documents"], manifest["broken"]) == (4, [])
    assert manifest["last_sha256"] == Receipt.objects.get(place=4).sha256

    rows = table(files["belege.csv"])
    kinds = [(each["Art"], each["Betrag EUR"], each["zählt"]) for each in rows]
    assert kinds == [
        ("Beleg", "289,00", "ja"),
        ("Rechnung zum Beleg", "289,00", "nein"),
        ("Beleg", "43,80", "ja"),
        ("Rechnungskorrektur", "'-43,80", "ja"),
    ]
    for each in rows:
        assert files[f"pdf/{each['Nummer']}.pdf"].startswith(b"%PDF")
    assert "'=SUMME(Buch)" in {each["Artikel"] for each in table(files["positionen.csv"])}
    taxes = [(each["Steuersatz %"], each["Brutto EUR"]) for each in table(files["steuern.csv"])]
    assert taxes[2:] == [
        ("19,00", "19,80"),
        ("7,00", "24,00"),
        ("19,00", "'-19,80"),
        ("7,00", "'-24,00"),
    ]
    assert "Koch" not in (files["belege.csv"] + files["positionen.csv"]).decode()


def test_a_new_document_changes_the_year(year, mine):
    before = archive(year)
    paid((offer(mine, "9.90"), 1))
    assert archive(Series.objects.get()) != before


@pytest.mark.law("C1")
def test_a_small_business_has_no_taxes_in_its_year():
    mine = shop(small_business_from=NOW.date())
    paid((offer(mine, "48.00"), 1))
    series = Series.objects.get()
    with ZipFile(io.BytesIO(archive(series))) as file:
        assert table(file.read(f"{series.prefix}/steuern.csv")) == []
        lines = table(file.read(f"{series.prefix}/positionen.csv"))
    assert [each["Steuersatz %"] for each in lines] == [""]


def test_a_correction_names_the_receipt_it_is_about(mine):
    made = paid((offer(mine, "24.90"), 1))
    lifecycle.cancel(reservation_id=made.pk, reason=EndReason.SHOPPER, by=BY, now=NOW)
    goes_back(made)
    correction = receipt(made, ReceiptKind.CORRECTION)
    with translation.override("en"):
        said = words(correction)
    assert receipt(made).number in said
    assert "−€24.90" in said
    assert "Total including VAT, paid" not in said
