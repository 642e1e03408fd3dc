"""The import format of Vendure: a product's words on its first row, padded cells, `a|b` lists."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain.imports import numbers, tabular, words
from shops.domain.imports.goods import Goods, Group, Item, without_repeats
from shops.domain.imports.numbers import Unreadable
from shops.domain.imports.tabular import Table
from shops.domain.imports.till import BROKEN
from shops.enums import TaxClass

NEEDED = frozenset({"name", "optiongroups", "optionvalues", "sku", "price", "stockonhand"})
_TRUE = frozenset({"true", "1"})

Cells = dict[str, str]


@dataclass(slots=True)
class _Product:
    first: Cells
    rows: list[tuple[int, Cells]] = field(default_factory=list)


def is_header(cells: Iterable[str]) -> bool:
    """Whether this row is the header of a Vendure file."""
    return NEEDED.issubset(cell.strip().casefold() for cell in cells)


def read(table: Table, at: int) -> Goods:
    """Goods of the file whose header is `table.rows[at]`."""
    header = [cell.strip().casefold() for cell in table.rows[at].cells]
    rows, broken = tabular.body(table, at)
    goods = Goods(kind="vendure", rows=len(rows) + len(broken))
    for line, code in broken:
        goods.reject(line, code, BROKEN[code])
    products: list[_Product] = []
    for row in rows:
        cells = {name: cell.strip() for name, cell in zip(header, row.cells, strict=True)}
        if cells["name"]:
            products.append(_Product(cells))
        if products:
            products[-1].rows.append((row.line, cells))
        else:
            goods.reject(row.line, "slug", _("This row does not say which product it belongs to."))
    goods.products = len(products)
    texts = (product.first.get("description", "") for product in products)
    language = words.language(texts, default="en")
    assumed = 0
    for product in products:
        group = _group(goods, product, language)
        assumed += sum(
            _tax_class(product.first.get("taxcategory", "")) is None for _item in group.items
        )
        goods.groups.append(group)
    if assumed:
        text = _("Rows without a VAT rate: {n}. 19 % was assumed.")
        goods.notice(0, "tax_assumed", format_lazy(text, n=assumed))
    return without_repeats(goods)


def _tax_class(text: str) -> TaxClass | None:
    """Vendure's tax category by its usual names; None when it says nothing we know."""
    try:
        return numbers.tax_class(text)
    except Unreadable:
        return None


def _group(goods: Goods, product: _Product, language: str) -> Group:
    first = product.first
    facets = [facet.partition(":")[::2] for facet in first.get("facets", "").split("|") if facet]
    title = words.one_line(words.plain(first["name"]))
    group = Group(
        key=f"slug:{first.get('slug') or title.casefold()}"[:200],
        title=words.clipped(title, 200),
        text=words.plain(first.get("description", "")),
        brand=next((value.strip() for name, value in facets if name == "brand"), "")[:120],
        # From wide to narrow, as the file has them.
        category=" > ".join(value.strip() for name, value in facets if name == "category"),
        language=language,
        pictures=_pictures(first.get("assets", "")),
    )
    names = _list(first.get("optiongroups", ""))
    tax = _tax_class(first.get("taxcategory", "")) or TaxClass.STANDARD
    for line, cells in product.rows:
        try:
            group.items.append(_item(goods, line, cells, names, tax))
        except Unreadable as trouble:
            goods.reject(line, trouble.code, trouble.message)
    return group


def _item(goods: Goods, line: int, cells: Cells, names: list[str], tax: TaxClass) -> Item:
    sku = words.article_number(cells["sku"])
    if len(sku) > 80:
        raise Unreadable("sku", _("The article number is longer than 80 characters."))
    values = _list(cells["optionvalues"])
    if len(values) > len(names):
        raise Unreadable("options", _("This row has more choices than the product."))
    return Item(
        line=line,
        sku=sku,
        price=numbers.price(cells["price"], "."),
        options=[
            [name[:40], words.clipped(value, 80)]
            for name, value in zip(names, values, strict=False)
        ],
        quantity=_quantity(goods, line, cells),
        tax_class=tax,
        pictures=_pictures(cells.get("variantassets", "")),
    )


def _quantity(goods: Goods, line: int, cells: Cells) -> int | None:
    """Vendure counts what it tracks; without a word it follows the whole shop's rule: tracked."""
    tracked = cells.get("trackinventory", "").casefold()
    if tracked and tracked not in _TRUE:
        return None
    try:
        return numbers.quantity(cells["stockonhand"], ".")
    except Unreadable as trouble:
        if trouble.code != "quantity_negative":
            raise
        goods.notice(line, trouble.code, trouble.message)
        return None


def _list(text: str) -> list[str]:
    return [words.one_line(part) for part in text.split("|") if part.strip()]


def _pictures(text: str) -> list[str]:
    return [name for part in text.split("|") if (name := words.file_name(part))]
