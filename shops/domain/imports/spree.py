"""The product export of Spree: several rows per product, other currencies on rows of their own.

A product's first row carries its words and pictures; with variants below it, that row itself is not
for sale. A variant's price is taken from its EUR row and from nowhere else.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain.imports import facts, numbers, tabular, words
from shops.domain.imports.goods import Goods, Group, Item, without_repeats
from shops.domain.imports.numbers import Unreadable
from shops.domain.imports.tabular import Row, Table
from shops.domain.imports.till import BROKEN
from shops.enums import TaxClass

NEEDED = frozenset({"slug", "sku", "name", "price", "currency"})
_FALSE = frozenset({"false", "f", "0", "no", "n"})
_TRUE = frozenset({"true", "t", "1", "yes", "y"})
_REDUCED = ("reduced", "ermäßigt", "ermaessigt", "7 %", "7%")


def is_header(cells: Iterable[str]) -> bool:
    """Whether this row is the header of a Spree export."""
    return NEEDED.issubset(cell.casefold() for cell in cells)


@dataclass(slots=True)
class _Variant:
    line: int
    sku: str
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def first(self, *names: str) -> str:
        return next((row[name] for row in self.rows for name in names if row.get(name)), "")

    def options(self) -> list[list[str]]:
        return next((options for row in self.rows if (options := _options(row))), [])

    def priced(self) -> bool:
        return any(_is_positive(row.get("price", "")) for row in self.rows)


@dataclass(slots=True)
class _Product:
    slug: str
    line: int
    master: dict[str, str] | None = None
    variants: dict[str, _Variant] = field(default_factory=dict)


def read(table: Table, at: int) -> Goods:
    """Goods of the export whose header is `table.rows[at]`."""
    header = facts.named(cell.casefold() for cell in table.rows[at].cells)
    rows, broken = tabular.body(table, at)
    goods = Goods(
        kind="spree", rows=len(rows) + len(broken), counts_stock="inventory_count" in header
    )
    for line, code in broken:
        goods.reject(line, code, BROKEN[code])
    products = _gathered(goods, header, rows)
    goods.products = len(products)
    masters = [product.master for product in products if product.master]
    language = words.language((master.get("description", "") for master in masters), default="en")
    unknown_taxes: Counter[str] = Counter()
    for product in products:
        goods.groups.append(_group(goods, product, language, unknown_taxes))
    for name, many in unknown_taxes.items():
        goods.notice(
            0,
            "tax_assumed",
            format_lazy(
                _("Goods in the tax category “{name}”: {n}. 19 % was assumed."), name=name, n=many
            ),
        )
    return without_repeats(goods)


def _gathered(goods: Goods, header: list[str], rows: list[Row]) -> list[_Product]:
    products: dict[str, _Product] = {}
    for row in rows:
        cells = dict(zip(header, row.cells, strict=True))
        slug = cells["slug"]
        if not slug:
            goods.reject(row.line, "slug", _("This row does not say which product it belongs to."))
            continue
        product = products.setdefault(slug, _Product(slug, row.line))
        sku = words.article_number(cells["sku"])
        options = _options(cells)
        if cells["name"] and product.master is None:
            product.master = cells
        key = _key(product, sku, options, cells)
        if key is None:
            goods.reject(row.line, "sku", _("This row does not say which variant it belongs to."))
            continue
        variant = product.variants.setdefault(key, _Variant(row.line, sku))
        variant.rows.append(cells)
        variant.lines.append(row.line)
    return list(products.values())


def _key(
    product: _Product, sku: str, options: list[list[str]], cells: dict[str, str]
) -> str | None:
    """What makes rows one variant: the article number, else the choice, else being the product."""
    if sku:
        return f"sku:{sku}"
    if options:
        return f"options:{options}"
    if cells is product.master:
        return "master"
    return "master" if list(product.variants) == ["master"] else None


def _group(goods: Goods, product: _Product, language: str, unknown_taxes: Counter[str]) -> Group:
    master = product.master or {}
    with_choice = [variant for variant in product.variants.values() if variant.options()]
    group = Group(
        key=f"slug:{product.slug}"[:200],
        title=words.clipped(words.one_line(words.plain(master.get("name", ""))), 200),
        text=words.plain(master.get("description", "")),
        brand=next(
            (
                words.one_line(master[name])[:120]
                for name in (
                    "brand_name",
                    "custom_field.custom.brand",
                    "manufacturer",
                )
                if master.get(name)
            ),
            "",
        ),
        category=next(
            (
                master[name]
                for name in sorted(master)
                if name.startswith("category") and master[name]
            ),
            "",
        ),
        language=language,
        pictures=_pictures(master),
    )
    for variant in product.variants.values():
        is_master = variant.rows[0] is master
        alone = not with_choice and (variant.priced() or not is_master)
        if variant.options() or alone:
            _take(goods, group, variant, master, unknown_taxes)
        elif not is_master:
            goods.reject(
                variant.line,
                "options",
                _("This row names an article that is none of the product's variants."),
            )
    rows = {
        line: variant.first("energy_class")
        for variant in product.variants.values()
        for line in variant.lines
    }
    facts.tell(goods, group, product.line, master, rows)
    return group


def _take(
    goods: Goods,
    group: Group,
    variant: _Variant,
    master: dict[str, str],
    unknown_taxes: Counter[str],
) -> None:
    euros = [
        (line, row)
        for line, row in zip(variant.lines, variant.rows, strict=True)
        if row["currency"].upper() == "EUR" and row["price"]
    ]
    left_out = _left_out(variant, master, bool(euros))
    if left_out:
        goods.left_out[left_out] += 1
        return
    line = euros[0][0]
    try:
        if not group.title:
            raise Unreadable("title", _("There is no name for these goods."))
        if len(variant.sku) > 80:
            raise Unreadable("sku", _("The article number is longer than 80 characters."))
        price = numbers.price(euros[0][1]["price"], ".")
        quantity = _quantity(goods, variant)
    except Unreadable as trouble:
        goods.reject(line, trouble.code, trouble.message)
        return
    for other, row in euros[1:]:
        if row["price"] != euros[0][1]["price"]:
            goods.reject(
                other,
                "second_price",
                format_lazy(_("A price in euros already stands in line {line}."), line=line),
            )
    mark = numbers.gtin(variant.first("barcode", "gtin", "ean"))
    if mark.trouble:
        goods.notice(line, "gtin", mark.trouble)
    of_product = variant.rows[0] is master
    group.items.append(
        Item(
            line=line,
            sku=variant.sku,
            price=price,
            gtin=mark.gtin,
            barcode=mark.barcode,
            options=variant.options(),
            quantity=quantity,
            tax_class=_tax_class(variant, master, unknown_taxes),
            pictures=[]
            if of_product
            else [name for row in variant.rows for name in _pictures(row)],
        )
    )


def _left_out(variant: _Variant, master: dict[str, str], has_euros: bool) -> str:
    """Why these goods are none for our shelf, or ""; a foreign price is never taken as euros."""
    if not has_euros:
        return "no_eur_price"
    if master.get("status", "active").casefold() not in ("", "active"):
        return "not_active"
    if (variant.first("digital") or master.get("digital", "")).casefold() in _TRUE:
        return "digital"
    return ""


def _quantity(goods: Goods, variant: _Variant) -> int | None:
    """Stock of a variant; goods whose stock the shop does not track are unknown, not gone."""
    if variant.first("track_inventory").casefold() in _FALSE:
        return None
    try:
        return numbers.quantity(variant.first("inventory_count"), ".")
    except Unreadable as trouble:
        if trouble.code != "quantity_negative":
            raise
        goods.notice(variant.line, trouble.code, trouble.message)
        return None


def _tax_class(variant: _Variant, master: dict[str, str], unknown_taxes: Counter[str]) -> TaxClass:
    """Spree names its tax categories freely and exports no rate."""
    name = variant.first("tax_category") or master.get("tax_category", "")
    if any(word in name.casefold() for word in _REDUCED):
        return TaxClass.REDUCED
    try:
        found = numbers.tax_class(name)
    except Unreadable:
        found = None
        unknown_taxes[name] += 1
    return found or TaxClass.STANDARD


def _options(row: dict[str, str]) -> list[list[str]]:
    options = []
    for n in (1, 2, 3):
        name, value = row.get(f"option{n}_name", ""), row.get(f"option{n}_value", "")
        if name and value:
            options.append([words.one_line(name)[:40], words.clipped(words.one_line(value), 80)])
    return options


def _pictures(row: dict[str, str]) -> list[str]:
    names = (words.file_name(row.get(f"image{n}_src", "")) for n in range(1, 10))
    return [name for name in names if name]


def _is_positive(text: str) -> bool:
    try:
        return numbers.price(text, ".") > Decimal(0)
    except Unreadable:
        return False
