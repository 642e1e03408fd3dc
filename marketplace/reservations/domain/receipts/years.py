"""A year of a shop's documents for its tax adviser: one ZIP, the same bytes whenever it is made.

    WOB-12-2026/belege.csv        a document a row, in order
    WOB-12-2026/positionen.csv    a line of a document a row
    WOB-12-2026/steuern.csv       a tax rate of a document a row
    WOB-12-2026/pdf/<number>.pdf
    WOB-12-2026/manifest.json     SHA-256 of each file, the chain's ends, what does not hold

LAW: AO § 147 (machine-readable, unchanged), § 146 (complete); law C5. Nothing in it says when it
was made; entries are stored, not packed, so that no library's packing changes a byte.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from marketplace.core import sheets
from marketplace.core.errors import Stale
from marketplace.reservations.domain.receipts import papers, queries
from marketplace.reservations.enums import ReceiptKind
from marketplace.reservations.models import Receipt, Series

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: German, as tax advisers here read it; machine words stay.
_DOCUMENTS = (
    "Nummer", "Art", "Datum", "Bestellung", "Zahlung", "Zum Beleg", "Betrag EUR", "zählt",
    "Kleinunternehmer", "Zahlungsart", "Abholung", "SHA-256", "SHA-256 zuvor",
)  # fmt: skip
_LINES = (
    "Nummer", "Position", "Menge", "Artikel", "Ausführung", "Einzelpreis EUR", "Betrag EUR",
    "Steuersatz %", "Pfand je Stück EUR, im Geschäft bezahlt",
)  # fmt: skip
_TAXES = ("Nummer", "Steuersatz %", "Netto EUR", "Steuer EUR", "Brutto EUR")
_KINDS = {
    ReceiptKind.RECEIPT: "Beleg",
    ReceiptKind.INVOICE: "Rechnung zum Beleg",
    ReceiptKind.CORRECTION: "Rechnungskorrektur",
}
#: So many papers are in memory at once.
A_FEW = 50
#: The first moment a ZIP can name; ours are about no moment.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write(*, series: Series, into: IO[bytes]) -> None:
    """The year's ZIP. One paper at a time, so that a large year fits into a small machine."""
    sums: dict[str, str] = {}
    with ZipFile(into, "w", ZIP_STORED) as archive:

        def add(name: str, content: bytes) -> None:
            sums[name] = hashlib.sha256(content).hexdigest()
            _add(archive, f"{series.prefix}/{name}", content)

        for name, heads, rows in (
            ("belege.csv", _DOCUMENTS, _document_rows),
            ("positionen.csv", _LINES, _line_rows),
            ("steuern.csv", _TAXES, _tax_rows),
        ):
            add(name, sheets.text([heads, *rows(series)]).encode())
        deleted = []
        kept = _receipts(series).select_related("paper", "address")
        for receipt in kept.iterator(chunk_size=A_FEW):
            try:
                add(f"pdf/{receipt.number}.pdf", papers.read(receipt))
            except Stale:
                deleted.append(receipt.number)
        said = {
            "series": series.prefix,
            "year": series.year,
            "documents": series.last,
            "last_sha256": series.last_hash,
            "broken": [list(each) for each in queries.broken(series)],
            "deleted_by_retention": deleted,
            "files": sums,
        }
        text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)
        _add(archive, f"{series.prefix}/manifest.json", text.encode())


# Inside -------------------------------------------------------------------------------------


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, _NO_TIME)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    archive.writestr(entry, content)


def _receipts(series: Series) -> "QuerySet[Receipt]":
    return series.receipts.select_related("about").order_by("place")


def _sign(receipt: Receipt) -> int:
    return -1 if receipt.kind == ReceiptKind.CORRECTION else 1


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _day(moment: str) -> str:
    return timezone.localtime(datetime.fromisoformat(moment)).strftime("%d.%m.%Y")


def _document_rows(series: Series) -> Iterator[list[str]]:
    for each in _receipts(series).iterator():
        content = each.content
        yield [
            each.number,
            _KINDS[ReceiptKind(each.kind)],
            timezone.localtime(each.issued_at).strftime("%d.%m.%Y"),
            str(each.reservation_id),
            str(each.payment_id),
            each.about.number if each.about else "",
            _euros(each.total),
            "nein" if each.kind == ReceiptKind.INVOICE else "ja",
            "ja" if content["small_business"] else "nein",
            content.get("method", ""),
            _day(content["collected_at"]) if content["collected_at"] else "",
            each.sha256,
            each.previous,
        ]


def _line_rows(series: Series) -> Iterator[list[str]]:
    for each in _receipts(series).iterator():
        for place, line in enumerate(each.content["lines"], start=1):
            title = line["title"] if line["line"] else "Teilbetrag ohne einzelnen Artikel"
            yield [
                each.number,
                str(place),
                str(line["units"]),
                title,
                line["label"],
                _euros(Decimal(line["price"])),
                _euros(_sign(each) * Decimal(line["gross"])),
                "" if each.content["small_business"] else _euros(Decimal(line["rate"])),
                _euros(Decimal(line["deposit"])),
            ]


def _tax_rows(series: Series) -> Iterator[list[str]]:
    """None for a small business, which owes none (UStG § 19)."""
    for each in _receipts(series).iterator():
        if each.content["small_business"]:
            continue
        for row in each.content["taxes"]:
            amounts = [_euros(_sign(each) * Decimal(row[n])) for n in ("net", "tax", "gross")]
            yield [each.number, _euros(Decimal(row["rate"])), *amounts]
