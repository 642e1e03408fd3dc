"""Facts as people write them, in German and English, as columns of `Facts`. Pure.

Each reader answers the columns it fills, or None for what it cannot read; an empty text is nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from marketplace.core.text import fold
from shops.domain import fibres, particulars
from shops.enums import (
    Allergen,
    AllergenState,
    Condition,
    FoodKind,
    Husbandry,
    MediaRating,
    NutritionBasis,
    NutritionExempt,
    Pictogram,
    Rule,
    SignalWord,
    Withdrawal,
)

Columns = dict[str, object]

_NONE = frozenset({"keine", "kein", "keins", "none", "no", "nein", "ohne", "entfallt"})
_YES = frozenset({"ja", "yes", "1", "true", "x", "j", "y", "enthalten", "mit"})
#: Beginnings of folded words.
_ALLERGENS: Mapping[Allergen, tuple[str, ...]] = {
    Allergen.GLUTEN: (
        "gluten", "weizen", "roggen", "gerste", "hafer", "dinkel", "emmer", "cereals", "wheat",
        "rye", "barley", "oats", "spelt",
    ),
    Allergen.CRUSTACEANS: ("krebs", "crustacean"),
    Allergen.EGGS: ("ei", "eier", "egg", "eggs"),
    Allergen.FISH: ("fisch", "fish"),
    Allergen.PEANUTS: ("erdnuss", "erdnusse", "peanut"),
    Allergen.SOYA: ("soja", "soya", "soy"),
    Allergen.MILK: ("milch", "laktose", "lactose", "milk"),
    Allergen.NUTS: (
        "nuss", "nusse", "schalenfruchte", "mandel", "haselnuss", "walnuss", "nuts", "almond",
        "hazelnut",
    ),
    Allergen.CELERY: ("sellerie", "celery"),
    Allergen.MUSTARD: ("senf", "mustard"),
    Allergen.SESAME: ("sesam", "sesame"),
    Allergen.SULPHITES: ("sulfit", "schwefeldioxid", "sulphite", "sulfite"),
    Allergen.LUPIN: ("lupin",),
    Allergen.MOLLUSCS: ("weichtier", "mollus"),
}  # fmt: skip
_SHORT = frozenset({"ei", "eier", "egg", "eggs", "nuss", "nusse", "nuts", "fish", "fisch"})
_NUTRIENTS: Mapping[str, str] = {
    "fat": r"(?:fett|fat)\b",
    "saturates": r"(?:gesattigte(?: fettsauren)?|saturates|saturated fat)",
    "carbohydrate": r"(?:kohlenhydrate?|carbohydrates?)",
    "sugars": r"(?:zucker|sugars?)",
    "protein": r"(?:eiweiss|protein)",
    "salt": r"(?:salz|salt)",
}
_GRAMS = r"[ :]*(?:<\s*)?([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*g"
_EXEMPT: Mapping[NutritionExempt, tuple[str, ...]] = {
    NutritionExempt.UNPROCESSED: ("unverarbeitet", "unprocessed"),
    NutritionExempt.INFUSION: ("tee", "kaffee", "krauter", "essig", "gewurz", "tea", "coffee"),
    NutritionExempt.ALCOHOL: ("alkohol", "alcohol"),
    NutritionExempt.SMALL_MAKER: ("handwerk", "kleine menge", "direkt", "handmade"),
}
_WITHDRAWAL: tuple[tuple[Withdrawal, tuple[str, ...]], ...] = (
    (Withdrawal.CUSTOM, ("mass", "wunsch", "angefertigt", "personalisiert", "custom")),
    (Withdrawal.PERISHABLE, ("verderb", "frisch", "perish")),
    (Withdrawal.HYGIENE_SEAL, ("hygiene",)),
    (Withdrawal.MEDIA_SEAL, ("tontrager", "datentrager", "siegel medien", "media")),
    (Withdrawal.MIXED, ("vermischt", "mixed")),
    (Withdrawal.NEWSPAPER, ("zeitung", "zeitschrift", "newspaper")),
    (Withdrawal.NONE, ("14 tage", "ja", "moglich", "yes", "14 days")),
)
_EXEMPTIONS: Mapping[str, Rule] = {
    "pfand": Rule.DEPOSIT, "deposit": Rule.DEPOSIT, "grundpreis": Rule.CONTENT,
    "inhalt": Rule.CONTENT, "content": Rule.CONTENT, "textil": Rule.TEXTILE,
    "faser": Rule.TEXTILE, "textile": Rule.TEXTILE, "elektro": Rule.ELECTRICAL,
    "electrical": Rule.ELECTRICAL, "energielabel": Rule.ENERGY, "energy": Rule.ENERGY,
    "warnhinweise": Rule.WARNINGS, "warnings": Rule.WARNINGS, "gefahrstoff": Rule.HAZARD,
    "hazard": Rule.HAZARD, "haltungsform": Rule.HUSBANDRY, "husbandry": Rule.HUSBANDRY,
}  # fmt: skip


def allergens(text: str) -> Columns | None:
    """`Milch, Weizen` as codes; `keine`; `auf Nachfrage` for a list that lies in the shop."""
    folded = fold(text)
    if folded in _NONE:
        return {"allergen_state": AllergenState.NONE, "allergens": ""}
    if re.search(r"nachfrage|im laden|on request|in the shop", folded):
        return {"allergen_state": AllergenState.IN_SHOP, "allergens": ""}
    found = set()
    for word in re.findall(r"[a-z0-9-]+", folded):
        hit = _allergen(word)
        if hit is not None:
            found.add(hit)
    if not found:
        return None
    return {"allergen_state": AllergenState.LISTED, "allergens": join(found, Allergen.values)}


def _allergen(word: str) -> Allergen | None:
    for code, beginnings in _ALLERGENS.items():
        for each in beginnings:
            if word == each or (each not in _SHORT and word.startswith(each)):
                return code
    return None


def join(found: Iterable[str], order: Iterable[str]) -> str:
    """A set of words as a column keeps it: in one order, with spaces."""
    chosen = {str(each) for each in found}
    return " ".join(each for each in order if each in chosen)


def nutrition(text: str) -> Columns | None:
    """The seven values of one line of text, or why there are none: `entfällt (Tee)`."""
    folded = fold(text).replace("\n", " ")
    if re.match(r"(entfallt|keine|exempt|none)", folded):
        for reason, words in _EXEMPT.items():
            if any(word in folded for word in words):
                return {"nutrition_exempt": reason}
        return None
    energy = re.search(r"([0-9]{1,4}(?:[.,][0-9])?)\s*kj", folded)
    if energy is None:
        return None
    found: Columns = {"energy_kj": _decimal(energy[1])}
    for name, pattern in _NUTRIENTS.items():
        match = re.search(pattern + _GRAMS, folded)
        if match is None:
            return None
        found[name] = _decimal(match[1])
    is_liquid = re.search(r"100\s*ml", folded)
    found["nutrition_basis"] = NutritionBasis.ML if is_liquid else NutritionBasis.G
    if not _fits(found):
        return None
    return found


def _fits(found: Columns) -> bool:
    numbers = {name: value for name, value in found.items() if isinstance(value, Decimal)}
    return (
        numbers["saturates"] <= numbers["fat"]
        and numbers["sugars"] <= numbers["carbohydrate"]
        and all(value <= 100 for name, value in numbers.items() if name != "energy_kj")
        and numbers["energy_kj"] <= 4000
    )


def operator(text: str) -> Columns | None:
    """`Imkerei Sonnenhang, Am Bienenzaun 3, 38470 Parsau`: the name ends at the first comma."""
    name, _comma, address = text.partition(",")
    if not name.strip():
        return None
    return {"operator_name": name.strip()[:120], "operator_address": address.strip()[:200]}


def alcohol(text: str) -> Columns | None:
    """`12,5 % vol`."""
    match = re.search(r"([0-9]{1,2}(?:[.,][0-9])?)", text)
    return {"alcohol": _decimal(match[1])} if match else None


def composition(text: str) -> Columns | None:
    """`80 % Baumwolle, 20 % Polyester`; None unless every part adds up to 100 %."""
    found = fibres.read(text)
    if found is None or not found.is_whole:
        return None
    return {"fibres": str(found), "fibre_total": fibres.WHOLE}


def battery(text: str) -> Columns | None:
    """`ja`, `nein`."""
    folded = fold(text)
    if folded in _NONE:
        return {"has_battery": False}
    return {"has_battery": True} if folded in _YES or "batter" in folded else None


def pictograms(text: str) -> Columns | None:
    """`GHS02, GHS07`; `keine` for mixtures that need no mark."""
    if fold(text) in _NONE:
        return {"exemptions": Rule.HAZARD.value}
    found = re.findall(r"GHS0[1-9]", text.upper().replace("GHS 0", "GHS0"))
    return {"pictograms": join(found, Pictogram.values)} if found else None


def phrases(text: str) -> Columns | None:
    """`H319, P102`, in the order of the label; what stands beside them stays as their words."""
    found = re.findall(r"\b(?:EUH|[HP])[0-9]{3}[A-Za-z]{0,2}(?:\+[HP][0-9]{3})*", text)
    if not found:
        return None
    columns: Columns = {"phrases": " ".join(dict.fromkeys(found))[:200]}
    if len(text) > sum(map(len, found)) + 3 * len(found):
        columns["phrases_text"] = text[:2000]
    return columns


def rating(text: str) -> Columns | None:
    """`FSK 12`, `USK 18`, `ohne`."""
    if fold(text) in _NONE or "ohne" in fold(text):
        return {"rating": MediaRating.UNRATED}
    match = re.search(r"\b(0|6|12|16|18)\b", text)
    return {"rating": MediaRating(match[1])} if match else None


def min_age(text: str) -> Columns | None:
    """`18`, `ab 16 Jahren`."""
    match = re.search(r"\b(0|16|18)\b", text)
    return {"min_age": int(match[1])} if match else None


def warnings(text: str) -> Columns | None:
    """Words of the package, or `keine`."""
    if fold(text).strip(".") in _NONE:
        return {"exemptions": Rule.WARNINGS.value}
    return {"warnings": text[:2000]}


def condition(text: str) -> Columns | None:
    """`neu`, `gebraucht`, `Mängelexemplar`."""
    folded = fold(text)
    if re.search(r"gebraucht|used|second|antiquarisch", folded):
        return {"condition": Condition.USED}
    if re.search(r"mangel|defect|beschadigt", folded):
        return {"condition": Condition.DEFECT}
    return {"condition": Condition.NEW} if folded in ("neu", "neuware", "new") else None


def withdrawal(text: str) -> Columns | None:
    """`14 Tage`, `ausgeschlossen: verderblich`."""
    folded = fold(text)
    for choice, words in _WITHDRAWAL:
        if any(word in folded for word in words):
            return {"withdrawal": choice}
    return None


def guarantee(text: str) -> Columns | None:
    """`3 Jahre`."""
    match = re.search(r"\b([1-9][0-9]?)\b", text)
    return {"guarantee_years": int(match[1])} if match else None


def husbandry(text: str) -> Columns | None:
    """The mark's word or its number, 1 (barn) to 5 (organic)."""
    folded = fold(text)
    words = (
        (Husbandry.ORGANIC, r"bio|organic|\b5\b"),
        (Husbandry.RUN, r"auslauf|weide|\b4\b"),
        (Husbandry.FRESH_AIR, r"frischluft|fresh|\b3\b"),
        (Husbandry.BARN_PLUS, r"stall.*platz|stall ?\+|\b2\b"),
        (Husbandry.BARN, r"stall|barn|\b1\b"),
    )
    hit = next((each for each, pattern in words if re.search(pattern, folded)), None)
    return {"husbandry": hit} if hit else None


def exemptions(text: str) -> Columns | None:
    """`Pfand, Energielabel`: rules that do not concern these goods."""
    found = {_EXEMPTIONS[word] for word in re.findall(r"[a-z]+", fold(text)) if word in _EXEMPTIONS}
    return {"exemptions": join(found, Rule.values)} if found else None


def food_kind(text: str) -> Columns | None:
    """`lose`, `verpackt`."""
    folded = fold(text)
    if folded.startswith(("los", "offen", "unverpackt")):
        return {"food_kind": FoodKind.LOOSE}
    return {"food_kind": FoodKind.PREPACKED} if re.search(r"pack", folded) else None


def signal_word(text: str) -> Columns | None:
    """`Achtung`, `Gefahr`."""
    folded = fold(text)
    if folded in ("gefahr", "danger"):
        return {"signal_word": SignalWord.DANGER}
    return {"signal_word": SignalWord.WARNING} if folded in ("achtung", "warning") else None


def ufi(text: str) -> Columns | None:
    """Four groups of four."""
    return {"ufi": text.upper()} if particulars.is_ufi(text.upper()) else None


def _plain(name: str, most: int) -> Callable[[str], Columns | None]:
    def read(text: str) -> Columns | None:
        return {name: text[:most]}

    return read


#: What stands in a file or a field -> how it is read.
READERS: Mapping[str, Callable[[str], Columns | None]] = {
    "food_kind": food_kind,
    "ingredients": _plain("ingredients", 2000),
    "allergens": allergens,
    "storage": _plain("storage", 300),
    "operator": operator,
    "origin": _plain("origin", 120),
    "alcohol": alcohol,
    "nutrition": nutrition,
    "husbandry": husbandry,
    "fibres": composition,
    "animal_parts": lambda text: {"animal_parts": True} if fold(text) in _YES else None,
    "has_battery": battery,
    "eprel_id": _plain("eprel_id", 20),
    "data_sheet": _plain("data_sheet", 300),
    "pictograms": pictograms,
    "signal_word": signal_word,
    "phrases": phrases,
    "ufi": ufi,
    "rating": rating,
    "min_age": min_age,
    "warnings": warnings,
    "model_name": _plain("model", 80),
    "condition": condition,
    "withdrawal": withdrawal,
    "guarantee_years": guarantee,
    "guarantor": _plain("guarantor", 120),
    "exemptions": exemptions,
}


def emphasised(text: str) -> list[tuple[str, bool]]:
    """Pieces of a list of ingredients, and whether each stands out: what is between stars is an
    allergen (LMIV Art. 21 (1) (b))."""
    pieces = text.split("*")
    if len(pieces) % 2 == 0:  # a star too many: the last one is a star
        pieces[-2:] = ["*".join(pieces[-2:])]
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
