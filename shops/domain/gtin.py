"""What stands on goods: GTIN, EAN, UPC, ISBN, and the numbers that a shop prints itself. Pure.

A GTIN names the same thing world-wide (GS1 General Specifications); an in-store number does not.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import ean, isbn

#: Digits of a GTIN as a column keeps it, zero-filled.
WIDE = 14
#: The longest text on a label that is kept.
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """What a barcode says.

    `gtin`: 14 digits, valid, issued world-wide, so two shops mean the same thing by it; else "".
    `barcode`: what a scanner would read; `trouble`: a sentence when it was no good.
    """

    gtin: str = ""
    barcode: str = ""
    trouble: str | Promise = ""

    @property
    def is_in_store(self) -> bool:
        """Whether the number means this thing in one shop only."""
        return bool(self.barcode) and not self.gtin

    @property
    def spellings(self) -> frozenset[str]:
        """The ways in which scanners and files write this same number: with and without zeros."""
        if not self.barcode.isdecimal():
            return frozenset(filter(None, (self.barcode,)))
        bare = self.barcode.lstrip("0")
        return frozenset({self.barcode} | {bare.zfill(width) for width in (8, 12, 13, WIDE)})


def read(text: str) -> Mark:
    """Read a GTIN, EAN, UPC or ISBN. A bad one has no `gtin` and a sentence that says why."""
    bare = re.sub(r"[\s\-\u2010-\u2015']", "", text.removeprefix("=")).strip('"')
    if not bare:
        return Mark()
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", bare, re.IGNORECASE) or (
        # Excel keeps 15 digits at most and its short display ends in zeros; two of the 26 seen in
        # real files pass the check digit by chance.
        re.fullmatch(r"[0-9]{6,8}0{6}", bare)
    ):
        return Mark(
            trouble=_("A spreadsheet destroyed this barcode. Please format the column as text.")
        )
    # Without hyphens one in eleven article numbers of ten digits would pass for an ISBN.
    if "-" in text.strip("-") and re.fullmatch(r"[0-9]{9}[0-9Xx]", bare) and isbn.is_valid(bare):
        bare = isbn.to_isbn13(bare)
    if not re.fullmatch(r"[0-9]+", bare) or len(bare) < 8:
        return Mark(barcode=bare[:LONGEST])
    if len(bare) not in (8, 12, 13, WIDE) or not ean.is_valid(bare):
        return Mark(barcode=bare[:LONGEST], trouble=_("The check digit of this barcode is wrong."))
    wide = bare.zfill(WIDE)
    return Mark(gtin="" if _in_store(wide) else wide, barcode=bare)


def _in_store(wide: str) -> bool:
    """Numbers a shop prints itself (GS1 General Specifications 2.1: RCN): two shops, two things.

    GTIN-13 with prefix 20-29, 02 or 04 (a UPC of number system 2 or 4), GTIN-8 with 0 or 2.
    """
    if wide.startswith("000000"):
        return wide[6] in "02"
    thirteen = wide[1:]
    return thirteen[0] == "2" or thirteen[:2] in ("02", "04")
