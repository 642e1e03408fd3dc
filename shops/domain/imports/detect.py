"""Which door a file belongs to."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from shops.domain.imports import google, oscar, shopify, spree, tabular, till, vendure, workbook
from shops.domain.imports.goods import Goods
from shops.domain.imports.tabular import Table

#: Whether a row is the header of this kind of file, and who reads it then. The till sheet is the
#: least particular and comes last.
DOORS: tuple[tuple[Callable[[Iterable[str]], object], Callable[[Table, int], Goods]], ...] = (
    (spree.is_header, spree.read),
    (shopify.is_header, shopify.read),
    (google.is_header, google.read),
    (vendure.is_header, vendure.read),
    (till.columns, till.read),
)


def read(content: bytes) -> Goods:
    """The goods in a shop's file. Raises `Refused`, and nothing else, for what is none."""
    tables = workbook.read(content) if workbook.is_one(content) else [tabular.read(content)]
    for table in tables:
        goods = _read(table)
        if goods is not None:
            return goods
    raise Refused(
        _(
            "This file is not understood. We read the exports of Spree, Shopify, Vendure and "
            "Oscar, Google's local inventory, and German till sheets, as CSV or XLSX, with at "
            "least the columns “Bezeichnung” and “VK” (or “Preis”)."
        ),
        code="unknown_file",
    )


def _read(table: Table) -> Goods | None:
    for at, row in enumerate(table.rows[: tabular.HEAD]):
        for is_header, door in DOORS:
            if is_header(row.cells):
                goods = door(table, at)
                if not goods.rows:
                    raise Refused(_("Below its header this file holds no rows."), code="empty")
                return goods
    return oscar.read(table) if oscar.is_one(table) else None
