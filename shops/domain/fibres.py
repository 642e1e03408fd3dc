"""Fibre compositions as people write them (law E11). Pure.

Regulation (EU) No 1007/2011 Art. 5, 9, 11 and TextilKennzG § 4: names of annex I in German, the
shares of each part of the article add up to 100 %.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from marketplace.core.text import fold

WHOLE = Decimal(100)
MOST_TEXT = 400
#: Names of annex I and what people say instead, folded; the first is printed.
_NAMES: tuple[tuple[str, ...], ...] = (
    ("Wolle", "wolle", "wool"),
    ("Schurwolle", "schurwolle", "reine schurwolle", "virgin wool", "merinowolle", "merino"),
    ("Alpaka", "alpaka", "alpaca"),
    ("Kaschmir", "kaschmir", "cashmere"),
    ("Mohair", "mohair"),
    ("Angora", "angora"),
    ("Kamel", "kamel", "kamelhaar"),
    ("Seide", "seide", "silk"),
    ("Baumwolle", "baumwolle", "bio-baumwolle", "biobaumwolle", "cotton", "organic cotton"),
    ("Leinen", "leinen", "flachs", "linen"),
    ("Hanf", "hanf", "hemp"),
    ("Jute", "jute"),
    ("Sisal", "sisal"),
    ("Ramie", "ramie"),
    ("Kokos", "kokos", "coir"),
    ("Viskose", "viskose", "viscose", "bambusviskose"),
    ("Modal", "modal"),
    ("Lyocell", "lyocell", "tencel"),
    ("Cupro", "cupro"),
    ("Acetat", "acetat", "acetate"),
    ("Triacetat", "triacetat"),
    ("Polyester", "polyester", "pes", "recyceltes polyester"),
    ("Polyamid", "polyamid", "nylon", "polyamide"),
    ("Polyacryl", "polyacryl", "acryl", "acrylic"),
    ("Modacryl", "modacryl"),
    ("Elastan", "elastan", "elasthan", "elastane", "spandex", "lycra"),
    ("Polypropylen", "polypropylen", "polypropylene"),
    ("Polyethylen", "polyethylen"),
    ("Polyurethan", "polyurethan", "pu"),
    ("Elastodien", "elastodien", "gummi"),
    ("Aramid", "aramid"),
    ("Metall", "metall", "metallfasern", "lurex"),
    ("Papier", "papier"),
    ("sonstige Fasern", "sonstige fasern", "andere fasern", "other fibres", "sonstige"),
)
_BY_WORD = {word: names[0] for names in _NAMES for word in names[1:]}
NAMES = tuple(names[0] for names in _NAMES)
_SHARE = re.compile(r"([0-9]{1,3}(?:[.,][0-9])?)\s*%\s*([^,%/]+)")
_REVERSED = re.compile(r"([^,%/0-9]+?)\s*([0-9]{1,3}(?:[.,][0-9])?)\s*%")


@dataclass(frozen=True, slots=True)
class Share:
    """So many percent of a fibre."""

    percent: Decimal
    fibre: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the article, such as its lining; without a name it is all of it."""

    name: str
    shares: tuple[Share, ...]

    @property
    def total(self) -> Decimal:
        return sum((share.percent for share in self.shares), Decimal(0))


@dataclass(frozen=True, slots=True)
class Composition:
    """What a textile is made of."""

    parts: tuple[Part, ...]

    @property
    def is_whole(self) -> bool:
        """Every part adds up to exactly 100 %."""
        return bool(self.parts) and all(part.total == WHOLE for part in self.parts)

    def __str__(self) -> str:
        """As we keep and show it: `Oberstoff: 80 % Baumwolle, 20 % Polyester; Futter: …`."""
        return "; ".join(
            (f"{part.name}: " if part.name else "")
            + ", ".join(f"{_number(share.percent)} % {share.fibre}" for share in part.shares)
            for part in self.parts
        )


def read(text: str) -> Composition | None:
    """`80 % Baumwolle, 20 % Polyester`, also with parts; None where a fibre or share is unknown.

    The sum is not looked at here: see `Composition.is_whole`.
    """
    parts = []
    for piece in re.split(r"[;\n]", text[: MOST_TEXT * 2]):
        name, _colon, said = piece.rpartition(":")
        if not said.strip():
            continue
        shares = _shares(said)
        if shares is None:
            return None
        parts.append(Part(" ".join(name.split())[:40], shares))
    found = Composition(tuple(parts))
    return found if parts and len(str(found)) <= MOST_TEXT else None


def _shares(text: str) -> tuple[Share, ...] | None:
    # `80/20` and `80 % Wolle / 20 % Seide` are one list; the decimal comma is none of its commas.
    pieces = [each.strip() for each in re.split(r",(?!\d\s*%)|/|\+| und | and ", text)]
    shares = []
    for piece in filter(None, pieces):
        match = _SHARE.fullmatch(piece)
        number, name = (match[1], match[2]) if match else ("", "")
        if not match:
            turned = _REVERSED.fullmatch(piece)
            if turned is None:
                return None
            name, number = turned[1], turned[2]
        fibre = _BY_WORD.get(fold(name))
        if fibre is None:
            return None
        shares.append(Share(Decimal(number.replace(",", ".")), fibre))
    return tuple(shares) or None


def _number(percent: Decimal) -> str:
    plain = percent.normalize()
    return f"{plain:f}".replace(".", ",")
