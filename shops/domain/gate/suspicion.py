"""Goods we do not take, by their words (law E4). A hit asks a person; it decides nothing. Pure.

LAW: TabakerzG § 19 (3), JuSchG §§ 10, 15, KCanG § 6, PflSchG § 23, WaffG § 42a, AMG § 43: tobacco,
e-cigarettes, cannabis, medicines, pesticides, weapons and live animals are not offered here, nor
media on the list of the Bundeszentrale.
"""

import re

from marketplace.core.text import fold

#: Why, then beginnings of folded words; a dollar sign ends the word there.
WORDS: dict[str, tuple[str, ...]] = {
    "tobacco": (
        "zigarett", "zigarre", "zigarillo", "drehtabak", "pfeifentabak", "schnupftabak", "tabak$",
        "shishatabak", "snus$", "cigarette", "tobacco",
    ),
    "e_cigarettes": (
        "ezigarett", "e-zigarett", "vape$", "vapes$", "liquid$", "liquids$", "nikotinbeutel",
        "e-shisha", "einwegvape",
    ),
    "cannabis": ("cannabis", "marihuana", "haschisch", "hhc$", "thc$", "cbd-blute", "hanfblute"),
    "medicines": (
        "arzneimittel", "schmerztablette", "ibuprofen", "paracetamol", "aspirin", "antibiotik",
        "nasenspray", "hustensaft", "rezeptpflichtig", "apothekenpflichtig",
    ),
    "pesticides": (
        "unkrautvernicht", "herbizid", "pestizid", "insektizid", "fungizid", "glyphosat",
        "pflanzenschutzmittel", "rattengift", "schneckenkorn",
    ),
    "weapons": (
        "pistole$", "revolver$", "gewehr$", "munition", "schlagring", "butterflymesser",
        "springmesser", "faustmesser", "wurfstern", "schreckschuss", "elektroschock", "armbrust",
        "pfefferspray", "softair", "stahlrute",
    ),
    "animals": (
        "lebende tiere", "welpe", "kaninchen lebend", "lebende fische", "jungtier",
    ),
    "indexed": ("indiziert", "jugendgefahrdend"),
}  # fmt: skip
#: Toys and kitchen things that sound like it.
_HARMLESS = (
    "wasserpistole", "spielzeugpistole", "heissklebepistole", "klebepistole", "liquid soap",
    "liquid highlighter",
)  # fmt: skip


def _pattern() -> re.Pattern[str]:
    """Longer beginnings first, so that the more exact word is told."""
    listed = sorted((word for words in WORDS.values() for word in words), key=len, reverse=True)
    parts = [
        re.escape(word.rstrip("$")) + (r"(?![a-z0-9])" if word.endswith("$") else "")
        for word in listed
    ]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(parts)})")


_FOUND = _pattern()


def hits(*texts: str) -> list[str]:
    """Words that a person should look at, in the order of the text, each once."""
    folded = fold(" ".join(texts))
    for harmless in _HARMLESS:
        folded = folded.replace(harmless, " ")
    return list(dict.fromkeys(_FOUND.findall(folded)))
