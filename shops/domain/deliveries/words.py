"""What a receipt says about a row, by its code; the rows themselves keep only the code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shops.domain import brake

#: Rows that cannot be taken.
REFUSED: dict[str, Promise] = {
    "row": _("This row is not an object with a barcode or an article number."),
    "no_mark": _("This row has neither a barcode nor an article number."),
    "no_news": _("This row has neither a quantity nor a price."),
    "quantity": _("The quantity cannot be read as a whole number."),
    "quantity_negative": _("The quantity is less than 0. Please correct it in the till."),
    "quantity_too_high": _("The quantity is more than 999,999. Did a column slip sideways?"),
    "price": _("The price cannot be read as an amount of money."),
    "price_zero": _("The price is not more than 0."),
    "price_too_high": _("The price is higher than 999,999.99 euros."),
    "no_eur_price": _("The price is not in euros."),
    "as_of": _("The time of the count cannot be read."),
    "count_in_future": _("This count is dated in the future. Does the till's clock run ahead?"),
    "older_count": _("A younger count is already known."),
    "repeated": _("The same goods already stand in an earlier row."),
    "two_goods": _("Barcode and article number belong to different goods."),
    "ambiguous": _("Several goods of this branch have this barcode. Please send the number."),
    "too_wide": _("This row has more cells than the header: a column slipped sideways."),
    "too_long": _("A cell of this row is longer than 10,000 characters."),
    "quote": _("A quotation mark in this row is never closed."),
}

#: Rows that are held back until somebody has looked.
HELD: dict[str, Promise] = {
    brake.EMPTIED: _("Sold out, together with very many others at once."),
    brake.PRICE_UP: _("The price would be four times as high or more."),
    brake.PRICE_DOWN: _("The price would fall below a tenth."),
    brake.TOO_MANY: _("So many were never here before."),
}


def sentence(code: str) -> str:
    """The sentence of a code, in the active language."""
    return str(REFUSED.get(code) or HELD.get(code) or code)
