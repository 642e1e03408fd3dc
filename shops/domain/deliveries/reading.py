"""What a till has sent, as rows: JSON or a table of text. Nothing is looked up here.

A row that cannot be read is a row with a code (`words.REFUSED`) and refused later on; the list as a
whole is `Refused` only where nobody could say what its rows are.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.imports import numbers, tabular, till, words
from shops.domain.imports.numbers import MAX_PRICE, MAX_QUANTITY, TILL_ZONE, Unreadable

MAX_ROWS = 50_000
MAX_BYTES = 16_000_000
#: Longest barcode and article number that any goods of ours have.
LONGEST = 80

LIMITS = tabular.Limits(
    MAX_BYTES,
    MAX_ROWS,
    _("This list is larger than 16 MB. Please split it."),
    _("This list has more than 50,000 rows. Please split it."),
)
_CENT = Decimal("0.01")
_FIELDS = ("barcode", "sku", "quantity", "price", "as_of")


class Row(NamedTuple):
    """One article. `trouble` is the code of what cannot be read; then the rest says nothing."""

    line: int
    barcode: str = ""
    sku: str = ""
    quantity: int | None = None
    #: Gross, EUR.
    price: Decimal | None = None
    as_of: datetime | None = None
    trouble: str = ""

    @property
    def mark(self) -> str:
        """How the sender names the goods."""
        return self.sku or self.barcode


@dataclass(frozen=True, slots=True)
class Listing:
    """A delivery as it was sent. `number` and `as_of` are empty where it does not name them."""

    rows: Sequence[Row]
    number: str = ""
    as_of: datetime | None = None


def from_json(content: bytes) -> Listing:
    """An object with `rows`, and perhaps `delivery` and `as_of`. Lines count from 1."""
    _fits(content)
    try:
        found = json.loads(content, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refused(_("This is not JSON."), code="not_json") from None
    if not isinstance(found, dict) or not isinstance(found.get("rows"), list):
        raise Refused(
            _("We expect an object with a list named “rows”. See the example in the manual."),
            code="no_rows",
        )
    number = found.get("delivery", "")
    if not isinstance(number, str | int) or isinstance(number, bool):
        raise Refused(_("“delivery” is not a text."), code="delivery")
    rows = found["rows"]
    _bounded(rows)
    read = [_object(line, each) for line, each in enumerate(rows, 1)]
    return Listing(read, str(number), moment(found.get("as_of")))


def from_table(content: bytes) -> Listing:
    """Rows below a header with the columns of a till sheet. Lines are those of the file."""
    _fits(content)
    table = tabular.read(content, LIMITS)
    for at, row in enumerate(table.rows[: tabular.HEAD]):
        places = columns(row.cells)
        if places is not None:
            rows, broken = tabular.body(table, at, LIMITS)
            found = [Row(line, trouble=code) for line, code in broken]
            found += _cells(rows, places)
            _bounded(found)
            return Listing(sorted(found, key=lambda each: each.line))
    raise Refused(
        _(
            "No header was found. We need a column “EAN” or “Artikelnummer” and a column "
            "“Bestand” or “VK”; English names are understood as well."
        ),
        code="no_header",
    )


#: English names beside the German ones of the till sheet.
_ENGLISH = {
    "sku": ("sku", "articlenumber", "itemnumber"),
    "barcode": ("barcode", "gtin", "ean"),
    "quantity": ("quantity", "stock", "qty"),
    "price": ("price",),
    "as_of": ("asof", "countedat"),
}


def columns(header: Sequence[str]) -> dict[str, int] | None:
    """Where our fields stand, or None when this row is not a header of ours."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(words.header(words.one_line(name)[:40]), place)
    found: dict[str, int] = {}
    for name in _FIELDS:
        aliases = (*till.ALIASES["gtin" if name == "barcode" else name], *_ENGLISH[name])
        known = [places[alias] for alias in aliases if alias in places]
        if known:
            found[name] = known[0]
    says_what = "barcode" in found or "sku" in found
    return found if says_what and ("quantity" in found or "price" in found) else None


def moment(said: object) -> datetime | None:
    """When numbers were true. `Refused` for what is no time; the till's own zone where it says
    none."""
    try:
        return _moment(said)
    except Unreadable:
        raise Refused(
            _("“as_of” is no time. Example: 2026-12-03T14:05:00+01:00"), code="as_of"
        ) from None


def _fits(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        raise Refused(LIMITS.too_large, code="too_large")


def _bounded(rows: Sequence[object]) -> None:
    if not rows:
        raise Refused(_("This list holds no rows."), code="empty")
    if len(rows) > MAX_ROWS:
        raise Refused(LIMITS.too_many, code="too_many_rows")


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _object(line: int, found: object) -> Row:
    if not isinstance(found, dict):
        return Row(line, trouble="row")
    try:
        said = found.get
        as_of = said("as_of")
        return _checked(
            line,
            _mark(said("barcode")),
            _mark(said("sku")),
            _quantity(said("quantity")),
            _price(said("price")),
            None if as_of is None else _moment(as_of),
        )
    except Unreadable as trouble:
        return Row(line, trouble=trouble.code)


def _cells(rows: Sequence[tabular.Row], places: Mapping[str, int]) -> Iterator[Row]:
    marks = {
        name: numbers.decimal_mark(row.cells[places[name]] for row in rows)
        for name in ("quantity", "price")
        if name in places
    }

    def cell(row: tabular.Row, name: str) -> str:
        return row.cells[places[name]] if name in places else ""

    for row in rows:
        try:
            yield _checked(
                row.line,
                cell(row, "barcode"),
                words.article_number(cell(row, "sku")),
                _quantity(cell(row, "quantity"), marks.get("quantity", ",")),
                _price(cell(row, "price"), marks.get("price", "")),
                _moment(cell(row, "as_of")),
            )
        except Unreadable as trouble:
            yield Row(row.line, trouble=trouble.code)


def _checked(
    line: int,
    barcode: str,
    sku: str,
    quantity: int | None,
    price: Decimal | None,
    as_of: datetime | None,
) -> Row:
    if not (barcode or sku) or len(barcode) > LONGEST or len(sku) > LONGEST:
        return Row(line, trouble="no_mark")
    if quantity is None and price is None:
        return Row(line, barcode, sku, trouble="no_news")
    return Row(line, barcode, sku, quantity, price, as_of)


def _mark(said: object) -> str:
    if said is None:
        return ""
    if isinstance(said, str):
        return said.strip()
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    raise Unreadable("no_mark", "")


def _quantity(said: object, mark: str = ",") -> int | None:
    """Whole units; None where nothing is said. A word is no quantity of a till."""
    if said is None or said == "":
        return None
    if type(said) is str:
        # Most cells are plain digits; the careful reader costs ten times as much.
        if said.isascii() and said.isdigit() and len(said) <= 6:
            return int(said)
        found = numbers.quantity(said, mark)
        if found is None:
            raise Unreadable("quantity", "")
        return found
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        raise Unreadable("quantity", "")
    if said < 0:
        raise Unreadable("quantity_negative", "")
    if said > MAX_QUANTITY:
        raise Unreadable("quantity_too_high", "")
    return int(said)


def _price(said: object, mark: str = "") -> Decimal | None:
    if said is None or said == "":
        return None
    if type(said) is str:
        return numbers.price(said, mark or numbers.decimal_mark((said,)))
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        raise Unreadable("price", "")
    found = Decimal(said)
    if found > MAX_PRICE:
        raise Unreadable("price_too_high", "")
    found = found.quantize(_CENT, ROUND_HALF_UP)
    if found <= 0:
        raise Unreadable("price_zero", "")
    return found


def _moment(said: object) -> datetime | None:
    if said is None or said == "":
        return None
    if not isinstance(said, str):
        raise Unreadable("as_of", "")
    try:
        found = parse_datetime(said)
    except ValueError:
        found = None
    if found is None:
        return numbers.moment(said)
    return found if found.tzinfo else found.replace(tzinfo=TILL_ZONE)
