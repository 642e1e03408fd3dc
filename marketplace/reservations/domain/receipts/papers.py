"""A shop's document as people read it: words and figures for the typesetter, and the PDF/A."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.core import pdf
from marketplace.core.errors import Stale
from marketplace.core.money import format_price
from marketplace.reservations.domain.receipts.figures import ZERO
from marketplace.reservations.domain.receipts.issuing import PART_BACK, PART_PAID
from marketplace.reservations.enums import ReceiptKind
from marketplace.reservations.models import InvoiceAddress, Paper, Receipt

TEMPLATE = "reservations/receipt.typ"
#: Papers that one round of the clock lays down, so that it never takes long.
ONE_ROUND = 100


def read(receipt: Receipt) -> bytes:
    """The PDF/A of a document: as it was laid down, else as it will be. Writes nothing.

    `Stale` for an invoice whose address has been deleted by the schedule of retention.
    """
    kept: Paper | None = getattr(receipt, "paper", None)
    return bytes(kept.content) if kept else _set(receipt)


def sweep(*, now: datetime) -> int:
    """Lay down the papers of documents that have none; returns how many."""
    missing = Receipt.objects.filter(paper=None).exclude(
        kind=ReceiptKind.INVOICE, address__isnull=True
    )
    return sum(_lay_down(each, now=now) for each in missing.order_by("pk")[:ONE_ROUND])


def title(receipt: Receipt) -> str:
    """What the document is called. LAW: never a Gutschrift, which would be the buyer's own
    invoice (UStG § 14 (2); law C2)."""
    if receipt.kind == ReceiptKind.CORRECTION:
        if receipt.content["whole"]:
            # Translators: German "Stornorechnung".
            return _("Cancellation of an invoice")
        # Translators: German "Rechnungskorrektur".
        return _("Correction of an invoice")
    if receipt.kind == ReceiptKind.INVOICE:
        return pgettext("receipt", "Invoice")
    return pgettext("receipt", "Receipt")


def data(receipt: Receipt, address: InvoiceAddress | None = None) -> dict[str, Any]:
    """What the typesetter is given, in the active language."""
    content = receipt.content
    seller = content["seller"]
    return {
        "title": title(receipt),
        "number": receipt.number,
        "seller": seller,
        "address": _address(address),
        "facts": _facts(receipt),
        "heads": {
            "units": pgettext("receipt", "Units"),
            "goods": pgettext("receipt", "Goods"),
            "price": pgettext("receipt", "Price each"),
            "gross": pgettext("receipt", "Amount"),
            "rate": pgettext("receipt", "VAT"),
            "net": pgettext("receipt", "Net"),
            "tax": pgettext("receipt", "thereof VAT"),
            "whole": pgettext("receipt", "Gross"),
        },
        "lines": [_line(receipt, each) for each in content["lines"]],
        "total": {"label": _total_label(receipt), "amount": _amount(receipt, receipt.total)},
        # LAW: a small business shows no tax, not even nought (UStG § 19, UStDV § 34a).
        "taxes": [] if content["small_business"] else [_tax(receipt, t) for t in content["taxes"]],
        "notes": _notes(receipt),
        "foot": _foot(content),
    }


# Inside -------------------------------------------------------------------------------------


def _set(receipt: Receipt) -> bytes:
    address: InvoiceAddress | None = None
    if receipt.kind == ReceiptKind.INVOICE:
        address = getattr(receipt, "address", None)
        if address is None:
            raise Stale(
                _("This invoice has been deleted: its time of being kept is over."), code="erased"
            )
    with translation.override(receipt.language):
        return pdf.render(
            template=TEMPLATE, data=data(receipt, address), now=receipt.issued_at, standard="a-2a"
        )


def _lay_down(receipt: Receipt, *, now: datetime) -> bool:
    content = _set(receipt)
    try:
        with transaction.atomic():
            Paper.objects.create(
                receipt=receipt,
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                made_at=now,
            )
    except IntegrityError:
        # RACE: another round was faster, with the same bytes.
        return False
    return True


def _address(address: InvoiceAddress | None) -> list[str]:
    if address is None:
        return []
    place = f"{address.postcode} {address.town}"
    return [each for each in (address.name, address.addition, address.street, place) if each]


def _facts(receipt: Receipt) -> list[list[str]]:
    """Pairs of word and value beside the seller."""
    content = receipt.content
    rows = [
        (pgettext("receipt", "Number"), receipt.number),
        (pgettext("receipt", "Date"), _day(receipt.issued_at)),
    ]
    if about := content.get("about"):
        rows += [
            # Translators: before the number of the receipt a document is about.
            (pgettext("receipt", "For receipt"), about["number"]),
            (pgettext("receipt", "dated"), _day(_moment(about["issued_at"]))),
        ]
    rows.append((pgettext("receipt", "Order"), f"{receipt.reservation_id}"))
    if paid := content.get("paid_at"):
        rows.append((pgettext("receipt", "Paid online"), _day(_moment(paid))))
    if content["collected_at"]:
        # LAW: the day of the supply (UStG § 14 (4) no. 6).
        rows.append((pgettext("receipt", "Collected"), _day(_moment(content["collected_at"]))))
    return [list(row) for row in rows]


def _line(receipt: Receipt, line: Mapping[str, Any]) -> dict[str, str]:
    words = {PART_PAID: _("Goods as ordered"), PART_BACK: _("Part of the price given back")}
    shows_rate = not receipt.content["small_business"]
    return {
        "units": str(line["units"]) if line["line"] else "",
        "title": words.get(line["title"], line["title"]) if not line["line"] else line["title"],
        "label": line["label"],
        "price": format_price(Decimal(line["price"])) if line["line"] else "",
        "gross": _amount(receipt, Decimal(line["gross"])),
        "rate": _percent(line["rate"]) if shows_rate else "",
    }


def _tax(receipt: Receipt, row: Mapping[str, str]) -> dict[str, str]:
    amounts = {name: _amount(receipt, Decimal(row[name])) for name in ("net", "tax", "gross")}
    return {"rate": _percent(row["rate"]), **amounts}


def _total_label(receipt: Receipt) -> str:
    if receipt.kind == ReceiptKind.CORRECTION:
        return pgettext("receipt", "Given back")
    if receipt.content["small_business"]:
        return _("Final price, paid")
    return _("Total including VAT, paid")


def _notes(receipt: Receipt) -> list[str]:
    content = receipt.content
    notes = []
    if content["small_business"]:
        notes.append(
            _(
                "No VAT is shown or owed: these goods are exempt because the seller is a small "
                "business (UStG § 19)."
            )
        )
    if receipt.kind == ReceiptKind.INVOICE:
        notes.append(
            _(
                "This invoice adds the buyer’s name and address to receipt %(number)s (UStDV § 31 "
                "paragraph 5). It is for the same goods and the same payment, and not a second "
                "supply."
            )
            % {"number": content["about"]["number"]}
        )
        if content["corrections"]:
            numbers = ", ".join(content["corrections"])
            notes.append(_("Corrected by: %(numbers)s.") % {"numbers": numbers})
    if receipt.kind == ReceiptKind.CORRECTION:
        notes.append(
            _("This corrects receipt %(number)s. The money goes back the way it was paid.")
            % {"number": content["about"]["number"]}
        )
    deposit = Decimal(content["deposit"])
    if deposit > ZERO and receipt.kind != ReceiptKind.CORRECTION:
        notes.append(
            _("Plus %(price)s deposit, paid in the shop: it is not part of this amount.")
            % {"price": format_price(deposit)}
        )
    if receipt.kind == ReceiptKind.RECEIPT:
        notes.append(_small_note(receipt))
    notes.append(
        _("Issued in the name and on behalf of %(shop)s by the online marketplace of %(city)s.")
        % {"shop": content["seller"]["name"], "city": content["marketplace"]}
    )
    return notes


def _small_note(receipt: Receipt) -> str:
    if receipt.content["small"]:
        return _("Invoice for a small amount (UStDV § 33): valid without a buyer’s name.")
    return _("Do you need an invoice with name and address? Ask for it on the page of your order.")


def _foot(content: Mapping[str, Any]) -> str:
    seller = content["seller"]
    vat_id = _("VAT ID %(number)s") % {"number": seller["vat_id"]} if seller["vat_id"] else ""
    where = f"{seller['street']}, {seller['place']}"
    parts = (seller["name"], where, seller["register"], vat_id)
    return " · ".join(part for part in parts if part)


def _amount(receipt: Receipt, amount: Decimal) -> str:
    """With the sign of the document, a true minus."""
    below = receipt.kind == ReceiptKind.CORRECTION
    return ("−" if below else "") + format_price(abs(amount))


def _percent(rate: str) -> str:
    number = Decimal(rate).normalize()
    text = f"{number:f}"
    return (text if translation.get_language() == "en" else text.replace(".", ",")) + "\u00a0%"


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
