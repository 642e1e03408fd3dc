"""Text made comparable."""

import unicodedata

#: Letters that Unicode does not decompose into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """Lower case, ä as a, ß as ss, no accents, whitespace collapsed; for sorting and searching.

    Sorting as DIN 5007-1 wants it for lists. Folding twice changes nothing.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.casefold().translate(_LETTERS)
    plain = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in plain)
    return " ".join(plain.split())
