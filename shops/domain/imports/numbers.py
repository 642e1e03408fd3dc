"""Cells of shop files to prices, quantities, tax classes, GTINs and times.

Nothing here is lenient with money: what does not read as one price is `Unreadable`, with a sentence
for the shop. Digits are ASCII digits only.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from shops.domain import gtin as gtins
from shops.domain.imports.goods import Sentence
from shops.enums import TaxClass

#: Local time of every till in the country.
TILL_ZONE = ZoneInfo("Europe/Berlin")
MAX_PRICE = Decimal("999999.99")
MAX_QUANTITY = 999_999

_SPACES = re.compile(r"[\s\u202f]+")
_EURO = re.compile(r"€|EURO?", re.IGNORECASE)
_FOREIGN = re.compile(
    r"[$£¥₺]|\b(?:USD|CHF|GBP|TRY|SEK|NOK|DKK|PLN|CZK|HUF|DEM|DM|SFR|FR)\b", re.IGNORECASE
)
_ROUND_PRICE = re.compile(r"[,.][-–—]+$")
_GROUPED_POINTS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_PIECES = re.compile(r"(?:stk|stck|stück|stueck|st|pcs|x)\.?$", re.IGNORECASE)


class Unreadable(ValueError):
    """A cell that does not hold what its column promises."""

    def __init__(self, code: str, message: Sentence) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class ForeignCurrency(Unreadable):
    """A price that is not in euros: never taken over as one."""


def decimal_mark(cells: Iterable[str]) -> str:
    """How this column writes decimals: "," as Germans do, or "." when only points are seen.

    `1.234` alone is a thousand in a German list; a column with `12.90` in it says otherwise.
    """
    point = False
    for cell in cells:
        if "," in cell:
            return ","
        point = point or bool(re.search(r"\.(?:[0-9]{1,2}|[0-9]{4,})(?![0-9.])", cell))
    return "." if point else ","


def price(text: str, mark: str = ",") -> Decimal:
    """Gross euros in cents, rounded half up. `Unreadable` for none, zero, less, words and dirt."""
    if _FOREIGN.search(text):
        raise ForeignCurrency("no_eur_price", _("The price is not in euros."))
    bare = _ROUND_PRICE.sub("", _EURO.sub("", text).strip())
    if not bare:
        raise Unreadable("price_missing", _("There is no price."))
    value = _decimal(bare, mark)
    if value is None:
        raise Unreadable("price", _("The price cannot be read as an amount of money."))
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded <= 0:
        raise Unreadable("price_zero", _("The price is not more than 0."))
    if rounded > MAX_PRICE:
        raise Unreadable("price_too_high", _("The price is higher than 999,999.99 euros."))
    return rounded


def other_price(text: str, mark: str = ",") -> Decimal | None:
    """A price told beside the one that is asked; None for nothing and for what is no price."""
    try:
        return price(text, mark) if text.strip() else None
    except Unreadable:
        return None


#: Words for "none left". Other words ("vorhanden", "wenige") say nothing one could count on.
_NONE_LEFT = frozenset(
    {
        "ausverkauft",
        "vergriffen",
        "nicht vorrätig",
        "nicht auf lager",
        "leer",
        "outofstock",
        "out of stock",
    }
)


def quantity(text: str, mark: str = ",") -> int | None:
    """Units in stock; None means unknown (empty, or a word).

    `Unreadable` for less than none and for more than a shop can hold: a barcode slipped into the
    column. Part units (2,5 m of cloth) count as the whole ones among them.
    """
    bare = _PIECES.sub("", text.strip()).strip()
    if not bare:
        return None
    if bare.casefold() in _NONE_LEFT:
        return 0
    value = _decimal(bare, mark)
    if value is None:
        return None
    if value < 0:
        raise Unreadable("quantity_negative", _("The stock is less than 0: it counts as unknown."))
    if value > MAX_QUANTITY:
        raise Unreadable(
            "quantity_too_high", _("The stock is more than 999,999. Did a column slip sideways?")
        )
    return int(value)


_STANDARD = frozenset(
    {"19", "a", "voll", "normal", "standard", "regelsteuersatz", "vollersteuersatz", "default"}
)
_REDUCED = frozenset(
    {"7", "b", "ermäßigt", "ermäsigt", "ermaessigt", "ermässigt", "reduziert", "reduced"}
)
_ZERO = frozenset({"0", "steuerfrei", "frei", "ohne", "zero"})


def tax_class(text: str) -> TaxClass | None:
    """VAT class of a cell: rate, till key or word (UStG § 12). None when it is empty.

    `Unreadable` for a rate this country does not have: a wrong one is owed to the tax office.
    """
    word = _SPACES.sub("", text).casefold().rstrip("%")
    value = _decimal(word, ",") if word else None
    if value is not None:
        value = value * 100 if 0 < value < 1 else value
        word = f"{value.normalize():f}"
    for words, found in (
        (_STANDARD, TaxClass.STANDARD),
        (_REDUCED, TaxClass.REDUCED),
        (_ZERO, TaxClass.ZERO),
    ):
        if word in words:
            return found
    if word:
        raise Unreadable("tax", _("The VAT rate is neither 19 %, 7 % nor 0 %."))
    return None


#: A barcode cell, read as a scanner reads the thing itself.
Mark = gtins.Mark
gtin = gtins.read


_TIMES = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
)  # fmt: skip
_DAYS = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d")


def moment(text: str) -> datetime | None:
    """When a count was made, in local time; None for an empty cell, `Unreadable` otherwise.

    A bare day means its first minute: what was handed over that day is then subtracted rather
    than promised twice.
    """
    bare = re.sub(r"\s*Uhr$", "", text.replace(", ", " ").strip())
    if not bare:
        return None
    for form in _TIMES:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=TILL_ZONE)
        except ValueError:
            continue
    for form in _DAYS:
        try:
            day: date = datetime.strptime(bare, form).replace(tzinfo=TILL_ZONE).date()
        except ValueError:
            continue
        return datetime.combine(day, time.min, TILL_ZONE)
    raise Unreadable("as_of", _("The time of the count cannot be read."))


def _decimal(text: str, mark: str) -> Decimal | None:
    bare = _SPACES.sub("", text).replace("'", "").replace("’", "").replace("−", "-")
    if "," in bare and "." in bare:
        mark = max(",", ".", key=bare.rfind)
        thousands = "." if mark == "," else ","
        bare = bare.replace(thousands, "").replace(mark, ".")
    elif "," in bare:
        bare = bare.replace(",", ".")
    elif mark == "," and _GROUPED_POINTS.fullmatch(bare.lstrip("-")):
        bare = bare.replace(".", "")
    return Decimal(bare) if _NUMBER.fullmatch(bare) else None
