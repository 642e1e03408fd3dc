"""Google's local inventory feed: stock and price per store, of goods that are known already.

Columns as Google's "Local inventory data specification" names them. The feed has no titles; what
this shop has not offered before, another file has to bring first.
"""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from shops.domain.imports import numbers, tabular, words
from shops.domain.imports.goods import Goods, Group, Item, without_repeats
from shops.domain.imports.numbers import Unreadable
from shops.domain.imports.tabular import Row, Table
from shops.domain.imports.till import BROKEN

#: Google's word, and what older feeds call it.
_NAMES = {"storecode": "store_code", "itemid": "id"}
NEEDED = frozenset({"store_code", "id", "price"})
_GONE = frozenset({"out_of_stock", "out of stock", "not_supported"})


def is_header(cells: Iterable[str]) -> bool:
    """Whether this row is the header of a local inventory feed."""
    return NEEDED.issubset(_names(cells))


def read(table: Table, at: int) -> Goods:
    """Stock of the feed whose header is `table.rows[at]`; goods without words."""
    header = _names(table.rows[at].cells)
    rows, broken = tabular.body(table, at)
    counts = "quantity" in header or "availability" in header
    goods = Goods(
        kind="google_local", rows=len(rows) + len(broken), counts_stock=counts, names_goods=False
    )
    for line, code in broken:
        goods.reject(line, code, BROKEN[code])
    for row in rows:
        _take(goods, row, dict(zip(header, row.cells, strict=True)))
    goods.products = len(goods.groups)
    return without_repeats(goods)


def _take(goods: Goods, row: Row, cells: dict[str, str]) -> None:
    sku = words.article_number(cells["id"])
    try:
        if not sku:
            raise Unreadable("sku", _("There is no article number."))
        if len(sku) > 80:
            raise Unreadable("sku", _("The article number is longer than 80 characters."))
        item = Item(
            line=row.line,
            sku=sku,
            price=numbers.price(cells.get("sale_price") or cells["price"], "."),
            quantity=_quantity(cells),
            store=cells["store_code"],
        )
    except numbers.ForeignCurrency:
        goods.left_out["no_eur_price"] += 1
        return
    except Unreadable as trouble:
        goods.reject(row.line, trouble.code, trouble.message)
        return
    # Two stores may name the same article, so the store is part of the key.
    key = f"google:{item.store}/{sku}"[:200]
    goods.groups.append(Group(key=key, title="", language="", items=[item]))


def _quantity(cells: dict[str, str]) -> int | None:
    """ "In stock" without a number is no count."""
    if cells.get("availability", "").casefold() in _GONE:
        return 0
    return numbers.quantity(cells.get("quantity", ""), ".")


def _names(cells: Iterable[str]) -> list[str]:
    bare = (cell.strip().casefold().replace(" ", "_") for cell in cells)
    return [_NAMES.get(name, name) for name in bare]
