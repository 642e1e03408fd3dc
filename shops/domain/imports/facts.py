"""Columns about manufacturer, register and energy, under the names that files give them; the typed
facts of law are `typed`'s.

What cannot be read is told and left out; the goods themselves are taken.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain import particulars
from shops.domain.imports import typed, words
from shops.domain.imports.goods import Goods, Group
from shops.domain.particulars import Maker

#: Our field, then the names that mean it, best first, as `words.header` writes them.
ALIASES: dict[str, tuple[str, ...]] = {
    "manufacturer": (
        "herstellername", "herstellerfirma", "herstellergpsr", "gpsrhersteller", "hersteller",
        "manufacturername", "gpsrmanufacturer", "gpsrmanufacturername", "manufacturer", "verlag",
        "marke",
    ),
    "manufacturer_address": (
        "herstelleranschrift", "herstelleradresse", "anschrifthersteller", "adressehersteller",
        "anschriftdesherstellers", "adressedesherstellers", "verlagsanschrift", "verlagsadresse",
        "manufactureraddress", "gpsrmanufactureraddress",
    ),
    "manufacturer_email": (
        "herstelleremail", "herstellermail", "herstelleremailadresse", "emailhersteller",
        "emaildesherstellers", "herstellerkontakt", "verlagsemail", "manufactureremail",
        "gpsrmanufactureremail", "manufacturercontact",
    ),
    "weee_number": (
        "weeeregnr", "weeenr", "weeenummer", "weeeregistrierungsnummer", "weeeregistriernummer",
        "weeereg", "weeeregno", "weeenumber", "weeeregistrationnumber", "weeeno", "weee", "earnr",
        "earregnr",
    ),
    "energy_class": (
        "energieeffizienzklasse", "energieklasse", "effizienzklasse", "energieeffizienz", "eek",
        "energieklasseag", "energyefficiencyclass", "energyclass",
    ),
    **typed.ALIASES,
}  # fmt: skip
#: `WEEE (product.metafields.custom.weee)` in an export of Shopify, `custom_field.custom.weee` in
#: Spree's.
_FREE_FIELD = re.compile(r"(?:metafields?|custom_field)\s*[.:]\s*[\w-]+\.([\w-]+)", re.IGNORECASE)
#: What people write where nothing belongs.
_NOTHING = frozenset({"-", "–", "—"})
#: Who writes this under "Pfand" knows that there is none.
NO_DEPOSIT = frozenset({"kein", "keins", "keiner", "ohne", "pfandfrei", "kein pfand", "none"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What one row says."""

    manufacturer: Maker = field(default_factory=Maker)
    weee_number: str = ""
    energy_class: str = ""
    #: Columns of `shops.models.Facts`.
    typed: dict[str, object] = field(default_factory=dict)


def named(header: Iterable[str]) -> list[str]:
    """The header of a web shop's export with our names where it means our fields.

    A field that the shop made itself goes by its key, whatever stands around it.
    """
    names = list(header)
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        match = _FREE_FIELD.search(name)
        places.setdefault(words.header(match[1] if match else name), place)
    for ours, aliases in ALIASES.items():
        for alias in aliases:
            if alias in places:
                names[places[alias]] = ours
                break
    return names


def read(goods: Goods, line: int, said: Mapping[str, str], *, brand: str) -> Facts:
    """The facts of a row by our fields; notices for what is not taken.

    A manufacturer of whom the row knows nothing but the name on the brand is none: the brand is
    shown anyway.
    """
    cells = {name: _one_line(said.get(name, "")) for name in ALIASES if name not in typed.ALIASES}
    weee_number = particulars.read_weee_number(cells["weee_number"])
    if cells["weee_number"] and not weee_number:
        text = _("“{text}” is no WEEE number (DE and eight digits); it was left out.")
        goods.notice(line, "weee_number", format_lazy(text, text=cells["weee_number"][:40]))
    made = _manufacturer(goods, line, cells, brand)
    energy = energy_class(goods, line, cells["energy_class"])
    return Facts(made, weee_number, energy, typed.read(goods, line, said))


def energy_class(goods: Goods, line: int, text: str) -> str:
    """A letter from A to G; a notice for what is none."""
    found = particulars.read_energy_class(text)
    if text and found is None:
        trouble = _("“{text}” is no energy class from A to G; it was left out.")
        goods.notice(line, "energy_class", format_lazy(trouble, text=text[:40]))
    return found.value if found else ""


def tell(
    goods: Goods, group: Group, line: int, first: Mapping[str, str], rows: Mapping[int, str]
) -> None:
    """Give a product of a web shop's export its facts, from its first row.

    `rows`: what the row of each item says of its energy class, by line; where it says nothing,
    the first row speaks for it. Who gives an address without a name means the brand.
    """
    if not group.items:
        return
    said = {**first, "manufacturer": first.get("manufacturer") or group.brand}
    found = read(goods, line, said, brand=group.brand)
    group.manufacturer, group.weee_number = found.manufacturer, found.weee_number
    group.facts = found.typed
    for item in group.items:
        own = rows.get(item.line, "")
        if own and own != first.get("energy_class"):
            item.energy_class = energy_class(goods, item.line, _one_line(own))
        else:
            item.energy_class = found.energy_class


def _manufacturer(goods: Goods, line: int, cells: Mapping[str, str], brand: str) -> Maker:
    name = words.clipped(cells["manufacturer"], 120)
    address = words.clipped(cells["manufacturer_address"], 200)
    email = cells["manufacturer_email"].removeprefix("mailto:")
    if email and not _is_email(email):
        text = _("“{text}” is no e-mail address of a manufacturer; it was left out.")
        goods.notice(line, "manufacturer_email", format_lazy(text, text=email[:40]))
        email = ""
    if not name and (address or email):
        text = _("There is an address of the manufacturer but no name; it was left out.")
        goods.notice(line, "manufacturer", text)
    if not name or (name == brand and not address and not email):
        return Maker()
    return Maker(name, address, email)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _one_line(text: str) -> str:
    """An address over several lines is told with commas."""
    lines = (words.one_line(line).strip(" ,") for line in words.plain(text).splitlines())
    joined = ", ".join(filter(None, lines))
    return "" if joined in _NOTHING else joined
