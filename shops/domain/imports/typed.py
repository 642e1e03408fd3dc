"""Columns about what laws want told of goods, under the names that files give them.

What cannot be read is told and left out; the goods themselves are taken. How each is read stands in
`shops.domain.telling`.
"""

from collections.abc import Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shops.domain import telling
from shops.domain.imports import words
from shops.domain.imports.goods import Goods
from shops.enums import Rule

#: Key of `telling.READERS`, then the names that mean it, best first, as `words.header` writes them.
ALIASES: dict[str, tuple[str, ...]] = {
    "food_kind": ("verkaufsart", "abgabeform", "loseoderverpackt", "foodkind"),
    "ingredients": ("zutaten", "zutatenliste", "zutatenverzeichnis", "ingredients"),
    "allergens": ("allergene", "allergenhinweis", "allergenhinweise", "allergens"),
    "storage": (
        "aufbewahrung", "lagerung", "lagerhinweis", "aufbewahrungundverwendung", "storage",
    ),
    "operator": (
        "lebensmittelunternehmer", "lebensmittelunternehmen", "inverkehrbringer", "foodoperator",
        "verantwortlicherlebensmittelunternehmer",
    ),
    "origin": ("herkunft", "ursprung", "herkunftsland", "ursprungsland", "origin"),
    "alcohol": ("alkohol", "alkoholgehalt", "alkoholvol", "alcohol"),
    "nutrition": ("naehrwerte", "naehrwertangaben", "naehrwertdeklaration", "nutrition"),
    "husbandry": ("haltungsform", "tierhaltung", "husbandry"),
    "fibres": (
        "faserzusammensetzung", "materialzusammensetzung", "textilzusammensetzung",
        "zusammensetzung", "fasern", "fibrecomposition", "fibres", "material",
    ),
    "animal_parts": (
        "teiletierischenursprungs", "nichttextileteiletierischenursprungs", "animalparts",
    ),
    "has_battery": ("batterie", "akku", "batterieenthalten", "enthaeltbatterie", "battery"),
    "eprel_id": ("eprel", "eprelid", "eprelnummer", "eprelnr", "eprelregistrierungsnummer"),
    "data_sheet": ("datenblatt", "produktdatenblatt", "datenblattlink", "datasheet"),
    "pictograms": ("gefahrenpiktogramme", "piktogramme", "ghs", "ghspiktogramme", "pictograms"),
    "signal_word": ("signalwort", "signalword"),
    "phrases": ("gefahrenhinweise", "hundpsaetze", "hpsaetze", "hsaetze", "hazardphrases"),
    "ufi": ("ufi", "ufinummer", "uficode"),
    "rating": ("fsk", "usk", "altersfreigabe", "fskusk", "agerating"),
    "min_age": ("mindestalter", "abgabeab", "jugendschutz", "minage"),
    "warnings": ("warnhinweise", "warnhinweis", "sicherheitshinweise", "warnings"),
    "model_name": (
        "modellbezeichnung", "modellname", "typ", "typenbezeichnung", "modelname",
    ),
    "condition": ("zustand", "artikelzustand", "condition"),
    "withdrawal": ("widerruf", "widerrufsrecht", "withdrawal"),
    "guarantee_years": ("haltbarkeitsgarantie", "garantie", "garantiejahre", "guarantee"),
    "guarantor": ("garantiegeber", "guarantor"),
    "exemptions": ("entfaellt", "trifftnichtzu", "notapplicable"),
}  # fmt: skip
#: Columns that shops fill for reasons of their own: what is no fact there is no mistake.
_LOOSE = frozenset({"fibres", "guarantee_years", "model_name", "condition", "withdrawal"})


def read(goods: Goods, line: int, said: Mapping[str, str]) -> dict[str, object]:
    """Columns of `Facts` that a row speaks of; notices for what cannot be read."""
    found: dict[str, object] = {}
    for name in ALIASES:
        text = _text(said.get(name, ""))
        if not text:
            continue
        columns = telling.READERS[name](text)
        if columns is None:
            if name not in _LOOSE or (name == "fibres" and "%" in text):
                goods.notice(line, f"fact_{name}", format_lazy(_UNREAD, text=text[:60]))
        elif "exemptions" in columns:
            for each in str(columns["exemptions"]).split():
                found |= exempt(found, Rule(each))
        else:
            found |= columns
    return found


def exempt(found: Mapping[str, object], rule: Rule) -> dict[str, object]:
    """One more rule that does not concern the goods."""
    known = str(found.get("exemptions", "")).split()
    return {"exemptions": telling.join([*known, rule.value], Rule.values)}


_UNREAD = _("“{text}” cannot be read as this fact; it was left out.")


def _text(cell: str) -> str:
    joined = "; ".join(
        filter(None, (words.one_line(each) for each in words.plain(cell).split("\n")))
    )
    return "" if joined in ("-", "–", "—") else joined
