"""The catalogue import of Oscar: nine columns and no header.

Class, category path, number, title, text, partner, partner's number, price, stock.
"""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain.imports import numbers, words
from shops.domain.imports.goods import Goods, Group, Item, without_repeats
from shops.domain.imports.numbers import Unreadable
from shops.domain.imports.tabular import Row, Table
from shops.domain.imports.till import BROKEN

WIDTH = 9
#: Rows that must look like goods before a headless file is taken for one.
SAMPLE = 5


def is_one(table: Table) -> bool:
    """Whether the first rows are nine cells with a title, a price and a stock in their places."""
    return bool(table.rows) and all(map(_fits, table.rows[:SAMPLE]))


def _fits(row: Row) -> bool:
    if len(row.cells) != WIDTH or not row.cells[3] or not row.cells[8].isdecimal():
        return False
    try:
        numbers.price(row.cells[7], ".")
    except Unreadable:
        return False
    return True


def read(table: Table) -> Goods:
    """Goods of a whole headless table."""
    goods = Goods(kind="oscar", rows=len(table.rows) + len(table.broken))
    for line, code in table.broken:
        goods.reject(line, code, BROKEN[code])
    language = words.language(
        (row.cells[4] for row in table.rows if len(row.cells) > 4), default="en"
    )
    for row in table.rows:
        _take(goods, row, language)
    goods.products = goods.rows
    text = _("Rows without a VAT rate: {n}. 19 % was assumed.")
    goods.notice(0, "tax_assumed", format_lazy(text, n=len(goods.groups)))
    return without_repeats(goods)


def _take(goods: Goods, row: Row, language: str) -> None:
    if len(row.cells) != WIDTH:
        goods.reject(row.line, "too_wide", BROKEN["too_wide"])
        return
    _kind, category, number, title, text, _partner, sku, price, stock = row.cells
    sku = words.article_number(sku)
    mark = numbers.gtin(number)
    title = words.one_line(words.plain(title))
    try:
        if not title:
            raise Unreadable("title", _("There is no name for these goods."))
        if len(sku) > 80:
            raise Unreadable("sku", _("The article number is longer than 80 characters."))
        item = Item(
            line=row.line,
            sku=sku,
            price=numbers.price(price, "."),
            gtin=mark.gtin,
            barcode=mark.barcode,
            quantity=numbers.quantity(stock, "."),
        )
    except numbers.ForeignCurrency:
        goods.left_out["no_eur_price"] += 1
        return
    except Unreadable as trouble:
        goods.reject(row.line, trouble.code, trouble.message)
        return
    if mark.trouble:
        goods.notice(row.line, "gtin", mark.trouble)
    key = f"sku:{sku}" if sku else f"gtin:{mark.gtin}" if mark.gtin else f"title:{title}"
    goods.groups.append(
        Group(
            key=key[:200],
            title=words.clipped(title, 200),
            text=words.plain(text),
            category=category,
            language=language,
            items=[item],
        )
    )
