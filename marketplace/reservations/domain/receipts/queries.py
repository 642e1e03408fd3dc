"""What pages, mails and the audit read of documents. Writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, Q

from marketplace.core.errors import Refused
from marketplace.core.money import parse_price
from marketplace.reservations.domain import links
from marketplace.reservations.domain.receipts import issuing, papers
from marketplace.reservations.domain.receipts.figures import ZERO
from marketplace.reservations.enums import ReceiptKind
from marketplace.reservations.models import InvoiceAddress, Receipt, Reservation, Series

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Documents per page.
MANY = 50


@dataclass(frozen=True, slots=True)
class Document:
    """One document as a page or a mail names it."""

    receipt: Receipt
    #: There is something to download; off for an invoice whose time is over.
    is_there: bool = True

    @property
    def title(self) -> str:
        return papers.title(self.receipt)

    @property
    def address(self) -> str:
        """Absolute, behind the secret link: for mails."""
        reservation = self.receipt.reservation
        base = links.address(reservation.checkout)
        return f"{base}{reservation.pk}/beleg/{self.receipt.number}.pdf"


def of(reservations: Iterable[Reservation]) -> dict[int, list[Document]]:
    """Reservation id -> its documents, oldest first. One query."""
    rows = Receipt.objects.filter(reservation__in=[each.pk for each in reservations])
    found: dict[int, list[Document]] = {}
    for document in _documents(rows.select_related("reservation__checkout__city").order_by("pk")):
        found.setdefault(document.receipt.reservation_id, []).append(document)
    return found


def to_be_invoiced(receipts: Iterable[Receipt]) -> Receipt | None:
    """Of a reservation's documents the receipt that an invoice with name and address can be
    written for: of more than a small amount, with something left of it, and without one. The
    youngest, where money came twice."""
    later: dict[int, list[Receipt]] = {}
    for each in sorted(receipts, key=lambda one: -one.pk):
        if each.about_id:
            later.setdefault(each.about_id, []).append(each)
        elif not each.content["small"] and _is_open(each, later.get(each.pk, [])):
            return each
    return None


@dataclass(frozen=True, slots=True)
class Year:
    """A year's series of a shop, and whether its numbers are all there."""

    series: Series
    count: int
    first: int | None
    last: int | None
    #: Taken and given back, EUR; invoices repeat receipts and count for nothing.
    taken: Decimal
    back: Decimal

    @property
    def year(self) -> int:
        return self.series.year

    @property
    def has_gap(self) -> bool:
        whole = (self.count, self.first or 0, self.last or 0)
        return whole != (self.series.last, min(self.series.last, 1), self.series.last)

    @property
    def kept(self) -> Decimal:
        return self.taken - self.back


def years(shop_id: int) -> list[Year]:
    """Every year with documents, youngest first. Two queries."""
    sums: dict[int, dict[str, Decimal]] = {}
    rows = Receipt.objects.filter(shop=shop_id).exclude(kind=ReceiptKind.INVOICE)
    # Added up here: SQLite keeps decimals in binary.
    for series, kind, total in rows.values_list("series", "kind", "total"):
        known = sums.setdefault(series, {})
        known[kind] = known.get(kind, ZERO) + total
    series_rows = Series.objects.filter(shop=shop_id).annotate(
        count=Count("receipts"), first=Min("receipts__place"), youngest=Max("receipts__place")
    )
    return [
        Year(
            each,
            each.count,
            each.first,
            each.youngest,
            sums.get(each.pk, {}).get(ReceiptKind.RECEIPT, ZERO),
            -sums.get(each.pk, {}).get(ReceiptKind.CORRECTION, ZERO),
        )
        for each in series_rows.order_by("-year")
    ]


def listing(
    rows: "QuerySet[Receipt]", *, year: int | None, text: str, page: str
) -> "tuple[Page[Receipt], list[Document]]":
    """Documents of a year, youngest first, that fit `text`: a number or its end, the code of a
    reservation, or an amount."""
    if year is not None:
        rows = rows.filter(series__year=year)
    if text:
        rows = rows.filter(_fits(text))
    found = Paginator(
        rows.select_related("reservation__branch", "reservation__checkout__city").order_by("-pk"),
        MANY,
    ).get_page(page)
    return found, list(_documents(found.object_list))


def broken(series: Series) -> Iterator[tuple[str, str]]:
    """Pairs of number and what is wrong: places left out, a chain that does not hold, a counter
    that says otherwise. Reads every document of the series."""
    place, before = 0, ""
    for each in series.receipts.order_by("place").iterator():
        place += 1
        if each.place != place:
            yield each.number, f"stands at {each.place}, the document before it at {place - 1}"
            place = each.place
        if each.number != f"{series.prefix}-{each.place:06d}":
            yield each.number, f"is not the number of place {each.place} in {series.prefix}"
        if each.previous != before:
            yield each.number, "does not follow the document before it"
        if each.sha256 != issuing.digest(each):
            yield each.number, "is not what was issued"
        before = each.sha256
    if (series.last, series.last_hash) != (place, before):
        yield series.prefix, f"counts {series.last} documents, {place} are there"


# Inside -------------------------------------------------------------------------------------


def _documents(rows: Iterable[Receipt]) -> Iterator[Document]:
    """An invoice without its address cannot be set any more."""
    listed = list(rows)
    invoices = [each.pk for each in listed if each.kind == ReceiptKind.INVOICE]
    kept = (
        set(InvoiceAddress.objects.filter(receipt__in=invoices).values_list("receipt", flat=True))
        if invoices
        else set()
    )
    for each in listed:
        yield Document(each, each.kind != ReceiptKind.INVOICE or each.pk in kept)


def _is_open(receipt: Receipt, later: Iterable[Receipt]) -> bool:
    back = ZERO
    for each in later:
        if each.kind == ReceiptKind.INVOICE:
            return False
        back += each.total
    return receipt.total + back > 0


def _fits(text: str) -> Q:
    plain = text.replace(" ", "").upper()
    found = Q(number=plain) | Q(reservation__code=plain)
    if plain.isdecimal() and len(plain) <= 9:
        found |= Q(place=int(plain))
    try:
        amount = parse_price(text.lstrip("-−"))
    except Refused:
        return found
    return found | Q(total=amount) | Q(total=-amount)
