"""The German till sheet: one row per article, headers as the till's maker liked them.

Column aliases: `data.md` section 3. Rows with the same entry under "Modell" are one product with
several variants; every other row is a product of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.text import fold
from shops.domain.imports import facts, numbers, tabular, typed, words
from shops.domain.imports.goods import Goods, Group, Item, Sentence, without_repeats
from shops.domain.imports.numbers import Unreadable
from shops.domain.imports.tabular import Row, Table
from shops.enums import Rule, TaxClass

#: Our field, then the header names that mean it, best first, as `words.header` writes them.
ALIASES: dict[str, tuple[str, ...]] = {
    "sku": ("artikelnummer", "artikelnr", "artnr", "art", "artikelno", "nummer", "plu", "sku"),
    "title": ("bezeichnung", "artikelbezeichnung", "artikelname", "titel", "name", "artikel"),
    "gtin": (
        "ean", "gtin", "barcode", "strichcode", "eancode", "eangtin", "gtinean", "ean13", "isbn",
        "eanisbn",
    ),
    "price": (
        "vk", "vkpreis", "vkbrutto", "vkpreisbrutto", "bruttovk", "verkaufspreis",
        "verkaufspreisbrutto", "preis", "bruttopreis", "preisbrutto", "preiseur", "preisineur",
        "vkeur", "vkineur", "vkbruttoeur", "ladenpreis", "endpreis",
    ),
    "currency": ("waehrung", "currency"),
    "quantity": (
        "bestand", "lagerbestand", "menge", "verfuegbar", "lager", "lagermenge", "istbestand",
        "bestandaktuell",
    ),
    "tax": (
        "mwst", "ust", "steuersatz", "mwstsatz", "ustsatz", "mehrwertsteuer", "umsatzsteuer",
        "steuer", "steuerklasse", "steuerschluessel",
    ),
    "category": ("warengruppe", "kategorie", "wgr", "artikelgruppe", "warengruppenname", "rubrik"),
    "brand": ("marke", "hersteller", "lieferant", "verlag"),
    "text": (
        "beschreibung", "text", "langtext", "artikelbeschreibung", "produkttext",
        "kurzbeschreibung",
    ),
    "model": (
        "modell", "modellnr", "modellnummer", "vaterartikel", "hauptartikel", "artikelfamilie",
    ),
    "content": ("inhalt", "fuellmenge", "packungsinhalt"),
    "deposit": ("pfand", "pfandbetrag"),
    "unit": ("einheit", "mengeneinheit", "grundeinheit"),
    "pictures": ("bild", "bilder", "bilddatei", "foto", "bild1", "artikelbild"),
    "as_of": (
        "gezaehltam", "stand", "bestandvom", "bestandsdatum", "standvom", "inventurdatum",
        "zeitstempel",
    ),
    "online_url": (
        "link", "url", "weblink", "onlinelink", "shoplink", "onlineshop", "produktlink",
    ),
    "recommended": (
        "uvp", "uvpbrutto", "unverbindlichepreisempfehlung", "empfvk", "empfohlenervk", "rrp",
        "msrp", "srp",
    ),
    "claimed": ("altpreis", "alterpreis", "streichpreis", "listenpreis", "pseudopreis", "oldprice"),
    **facts.ALIASES,
}  # fmt: skip
#: Columns that tell variants of one model apart; shown under the name the sheet gives them.
OPTIONS = frozenset({
    "farbe", "farbton", "groesse", "gr", "schuhgroesse", "variante", "ausfuehrung", "material",
    "duft", "sorte", "motiv", "laenge",
})  # fmt: skip
_NEEDED = ("title", "price")
_EUROS = frozenset({"", "eur", "euro", "€"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each of our fields stands in the header."""

    at: Mapping[str, int]
    options: tuple[int, ...]
    #: The header as the sheet has it.
    names: tuple[str, ...]

    def cell(self, row: Row, name: str) -> str:
        place = self.at.get(name)
        return "" if place is None else row.cells[place]

    def name(self, name: str) -> str:
        return self.names[self.at[name]]


def columns(header: Iterable[str]) -> Columns | None:
    """The till sheet's columns, or None when this row is not the header of one."""
    places: dict[str, int] = {}
    names = [words.one_line(name)[:40] for name in header]
    for place, name in enumerate(names):
        places.setdefault(words.header(name), place)
    at = {}
    for name, aliases in ALIASES.items():
        found = next((places[alias] for alias in aliases if alias in places), None)
        if found is not None:
            at[name] = found
    if not all(name in at for name in _NEEDED):
        return None
    options = tuple(place for name, place in places.items() if name in OPTIONS)
    return Columns(at, options, tuple(names))


def read(table: Table, at: int) -> Goods:
    """Goods of the sheet whose header is `table.rows[at]`; bad rows are rejected by line."""
    found = columns(table.rows[at].cells)
    if found is None:
        raise ValueError("not the header of a till sheet")
    rows, broken = tabular.body(table, at)
    goods = Goods(kind="till", rows=len(rows) + len(broken), counts_stock="quantity" in found.at)
    for line, code in broken:
        goods.reject(line, code, BROKEN[code])
    reader = _Reader(goods, found, rows)
    for row in rows:
        reader.take(row)
    goods.products = len(reader.keys)
    goods.groups = reader.finished()
    reader.say_what_was_assumed()
    return without_repeats(goods)


#: Why a line could not be taken apart (`tabular`).
BROKEN: dict[str, Sentence] = {
    "too_wide": _("This row has more cells than the header: a column slipped sideways."),
    "too_long": _("A cell of this row is longer than 10,000 characters."),
    "quote": _("A quotation mark in this row is never closed."),
}


class _Reader:
    def __init__(self, goods: Goods, found: Columns, rows: list[Row]) -> None:
        self.goods = goods
        self.found = found
        self.marks = {
            name: numbers.decimal_mark(found.cell(row, name) for row in rows)
            for name in ("price", "quantity")
        }
        self.groups: dict[str, Group] = {}
        #: Products met, those of rejected rows included.
        self.keys: set[str] = set()
        self.untaxed = self.worded = 0
        #: Name of each row by its line: rows of one model may differ by nothing else.
        self.titles: dict[int, str] = {}

    def take(self, row: Row) -> None:
        title = words.one_line(words.plain(self._cell(row, "title")))
        options = self._options(row)
        sku = words.article_number(self._cell(row, "sku"))
        mark = numbers.gtin(self._cell(row, "gtin"))
        key = self._key(row, sku, mark.gtin, title, options)
        self.keys.add(key)
        if self._cell(row, "currency").casefold() not in _EUROS:
            self.goods.left_out["no_eur_price"] += 1
            return
        try:
            if not title:
                raise Unreadable("title", _("There is no name for these goods."))
            if len(sku) > 80:
                raise Unreadable("sku", _("The article number is longer than 80 characters."))
            item = Item(
                line=row.line,
                sku=sku,
                price=numbers.price(self._cell(row, "price"), self.marks["price"]),
                gtin=mark.gtin,
                barcode=mark.barcode,
                options=options,
                quantity=self._quantity(row),
                tax_class=self._tax_class(row),
                content=self._content(row),
                deposit=self._cell(row, "deposit"),
                online_url=self._address(row),
                claimed_price=self._other(row, "claimed"),
                recommended_price=self._other(row, "recommended"),
                recommended_source=self._source(),
                as_of=self._as_of(row),
            )
        except numbers.ForeignCurrency:
            self.goods.left_out["no_eur_price"] += 1
            return
        except Unreadable as trouble:
            self.goods.reject(row.line, trouble.code, trouble.message)
            return
        if mark.trouble:
            self.goods.notice(row.line, "gtin", mark.trouble)
        self._file(row, key, title, item)

    def _other(self, row: Row, name: str) -> Decimal | None:
        return numbers.other_price(self._cell(row, name), self.marks["price"])

    def _source(self) -> str:
        """Where a recommendation stands: the column, as the shop's own sheet names it."""
        return self.found.name("recommended") if "recommended" in self.found.at else ""

    def _file(self, row: Row, key: str, title: str, item: Item) -> None:
        brand = words.one_line(self._cell(row, "brand"))[:120]
        said = {name: self._cell(row, name) for name in facts.ALIASES}
        found = facts.read(self.goods, row.line, said, brand=brand)
        item.energy_class = found.energy_class
        pictures = [
            name
            for part in self._cell(row, "pictures").replace(";", ",").replace("|", ",").split(",")
            if (name := words.file_name(part))
        ]
        group = self.groups.get(key)
        if group is None:
            if len(title) > 200:
                self.goods.notice(row.line, "title_cut", _("The name was cut at 200 characters."))
            group = self.groups[key] = Group(key=key, title=words.clipped(title, 200))
        group.text = group.text or words.plain(self._cell(row, "text"))
        group.brand = group.brand or brand
        group.manufacturer = group.manufacturer.corrected(found.manufacturer, leads=False)
        group.weee_number = group.weee_number or found.weee_number
        group.facts = found.typed | group.facts
        if fold(item.deposit) in facts.NO_DEPOSIT:
            group.facts |= typed.exempt(group.facts, Rule.DEPOSIT)
        group.category = group.category or words.one_line(self._cell(row, "category"))
        item.pictures = pictures
        group.items.append(item)
        self.titles[row.line] = title

    def finished(self) -> list[Group]:
        """Groups with their pictures in place and variants that can be told apart."""
        for group in self.groups.values():
            names = [name for item in group.items for name in item.pictures]
            if len(group.items) == 1:
                group.pictures = names
            else:
                # The first stands for the product; the same one on each row says nothing more.
                group.pictures = names[:1]
            if len(set(names)) <= 1 or len(group.items) == 1:
                for item in group.items:
                    item.pictures = []
            if len({item.label for item in group.items}) < len(group.items):
                name = self.found.name("title")
                for item in group.items:
                    item.options.append([name, words.clipped(self.titles[item.line], 80)])
        return list(self.groups.values())

    def _key(self, row: Row, sku: str, gtin: str, title: str, options: list[list[str]]) -> str:
        model = words.one_line(self._cell(row, "model")).casefold()
        if model:
            return f"model:{model}"[:200]
        if sku or gtin:
            return f"sku:{sku}" if sku else f"gtin:{gtin}"
        choice = "/".join(value for _name, value in options)
        return f"title:{title}/{choice}".casefold()[:200]

    def _options(self, row: Row) -> list[list[str]]:
        options = [
            [self.found.names[place], words.clipped(words.one_line(row.cells[place]), 80)]
            for place in self.found.options
            if row.cells[place] and not self._is_composition(place, row.cells[place])
        ]
        content = self._content(row)
        return [*options, [self.found.name("content"), content]] if content else options

    def _is_composition(self, place: int, cell: str) -> bool:
        """`100 % Baumwolle` under "Material" tells no variants apart."""
        return "%" in cell and words.header(self.found.names[place]) == "material"

    def _content(self, row: Row) -> str:
        content = words.one_line(self._cell(row, "content"))
        unit = words.one_line(self._cell(row, "unit"))
        if content.replace(",", "").replace(".", "").isdigit():
            content = f"{content} {unit}" if unit else ""
        return "" if content.casefold() in ("", "1 stk", "1 stück", "1 st") else content[:40]

    def _quantity(self, row: Row) -> int | None:
        text = self._cell(row, "quantity")
        try:
            found = numbers.quantity(text, self.marks["quantity"])
        except Unreadable as trouble:
            if trouble.code != "quantity_negative":
                raise
            self.goods.notice(row.line, trouble.code, trouble.message)
            return None
        self.worded += found is None and bool(text)
        return found

    def _tax_class(self, row: Row) -> TaxClass:
        found = numbers.tax_class(self._cell(row, "tax"))
        self.untaxed += found is None
        return found or TaxClass.STANDARD

    def _as_of(self, row: Row) -> datetime | None:
        try:
            return numbers.moment(self._cell(row, "as_of"))
        except Unreadable as trouble:
            self.goods.notice(row.line, trouble.code, trouble.message)
            return None

    def _address(self, row: Row) -> str:
        address = self._cell(row, "online_url")
        return address if words.is_web_address(address) else ""

    def _cell(self, row: Row, name: str) -> str:
        return self.found.cell(row, name)

    def say_what_was_assumed(self) -> None:
        """Assumptions are told once for the file, not row by row."""
        if self.untaxed:
            text = _("Rows without a VAT rate: {n}. 19 % was assumed.")
            self.goods.notice(0, "tax_assumed", format_lazy(text, n=self.untaxed))
        if self.worded:
            text = _("Rows with a word instead of a number in stock: {n}. Their stock is unknown.")
            self.goods.notice(0, "stock_unknown", format_lazy(text, n=self.worded))
