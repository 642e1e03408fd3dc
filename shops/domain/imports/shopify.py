"""The product export of Shopify: several rows per handle, words on the first, pictures on any.

Older and newer exports alike. The file names neither currency nor VAT rate: prices are taken as
euros, which a German shop sells in; the rate is assumed and said so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain.imports import facts, numbers, tabular, words
from shops.domain.imports.goods import Goods, Group, Item, without_repeats
from shops.domain.imports.numbers import Unreadable
from shops.domain.imports.tabular import Table
from shops.domain.imports.till import BROKEN

NEEDED = frozenset({"handle", "title", "variant price"})
_FALSE = frozenset({"false", "0", "no"})
_TRUE = frozenset({"true", "1", "yes"})

Cells = dict[str, str]


@dataclass(slots=True)
class _Product:
    handle: str
    line: int
    first: Cells
    #: Rows that are a variant, with their line.
    variants: list[tuple[int, Cells]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def is_header(cells: Iterable[str]) -> bool:
    """Whether this row is the header of a Shopify product export."""
    return NEEDED.issubset(cell.casefold() for cell in cells)


def read(table: Table, at: int) -> Goods:
    """Goods of the export whose header is `table.rows[at]`."""
    header = facts.named(cell.casefold() for cell in table.rows[at].cells)
    rows, broken = tabular.body(table, at)
    goods = Goods(
        kind="shopify",
        rows=len(rows) + len(broken),
        counts_stock="variant inventory qty" in header,
    )
    for line, code in broken:
        goods.reject(line, code, BROKEN[code])
    products: dict[str, _Product] = {}
    for row in rows:
        cells = dict(zip(header, row.cells, strict=True))
        handle = cells["handle"]
        if not handle:
            goods.reject(row.line, "slug", _("This row does not say which product it belongs to."))
            continue
        product = products.setdefault(handle, _Product(handle, row.line, cells))
        if name := words.file_name(cells.get("image src", "")):
            product.pictures.append(name)
        # A row with nothing but a further picture is no variant.
        if cells["variant price"] or cells.get("variant sku") or cells.get("option1 value"):
            product.variants.append((row.line, cells))
    goods.products = len(products)
    bodies = (product.first.get("body (html)", "") for product in products.values())
    language = words.language(map(words.plain, bodies), default="de")
    goods.groups = [_group(goods, product, language) for product in products.values()]
    if many := sum(len(group.items) for group in goods.groups):
        text = _("Rows without a VAT rate: {n}. 19 % was assumed.")
        goods.notice(0, "tax_assumed", format_lazy(text, n=many))
    return without_repeats(goods)


def _group(goods: Goods, product: _Product, language: str) -> Group:
    first = product.first
    group = Group(
        key=f"handle:{product.handle}"[:200],
        title=words.clipped(words.one_line(words.plain(first["title"])), 200),
        text=words.plain(first.get("body (html)", "")),
        brand=words.one_line(first.get("vendor", ""))[:120],
        category=first.get("type") or first.get("product category", ""),
        language=language,
        pictures=list(dict.fromkeys(product.pictures)),
    )
    for line, cells in product.variants:
        if reason := _left_out(first, cells):
            goods.left_out[reason] += 1
            continue
        try:
            group.items.append(_item(goods, group, line, cells, first))
        except Unreadable as trouble:
            goods.reject(line, trouble.code, trouble.message)
    rows = {line: cells.get("energy_class", "") for line, cells in product.variants}
    facts.tell(goods, group, product.line, first, rows)
    return group


def _item(goods: Goods, group: Group, line: int, cells: Cells, first: Cells) -> Item:
    sku = words.article_number(cells.get("variant sku", "").removeprefix("'"))
    if not group.title:
        raise Unreadable("title", _("There is no name for these goods."))
    if len(sku) > 80:
        raise Unreadable("sku", _("The article number is longer than 80 characters."))
    mark = numbers.gtin(cells.get("variant barcode", "").removeprefix("'"))
    if mark.trouble:
        goods.notice(line, "gtin", mark.trouble)
    picture = words.file_name(cells.get("variant image", ""))
    return Item(
        line=line,
        sku=sku,
        price=numbers.price(cells["variant price"], "."),
        claimed_price=numbers.other_price(cells.get("variant compare at price", ""), "."),
        gtin=mark.gtin,
        barcode=mark.barcode,
        options=_options(cells, first),
        quantity=_quantity(goods, line, cells),
        pictures=[picture] if picture else [],
    )


def _left_out(first: Cells, cells: Cells) -> str:
    """Why these goods cannot be collected in a shop, or ""."""
    if first.get("status", "active").casefold() not in ("", "active"):
        return "not_active"
    if first.get("published", "").casefold() in _FALSE:
        return "not_active"
    if first.get("gift card", "").casefold() in _TRUE:
        return "gift_card"
    if cells.get("variant requires shipping", "").casefold() in _FALSE:
        return "digital"
    return ""


def _options(cells: Cells, first: Cells) -> list[list[str]]:
    """The names stand on the first row only. "Title: Default Title" means: no choice."""
    options = []
    for n in (1, 2, 3):
        name = words.one_line(first.get(f"option{n} name", ""))[:40]
        value = words.clipped(words.one_line(cells.get(f"option{n} value", "")), 80)
        if name and value and (name, value) != ("Title", "Default Title"):
            options.append([name, value])
    return options


def _quantity(goods: Goods, line: int, cells: Cells) -> int | None:
    """What nobody tracks is unknown, not gone."""
    if not cells.get("variant inventory tracker"):
        return None
    try:
        return numbers.quantity(cells.get("variant inventory qty", ""), ".")
    except Unreadable as trouble:
        if trouble.code != "quantity_negative":
            raise
        goods.notice(line, trouble.code, trouble.message)
        return None
