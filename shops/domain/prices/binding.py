"""Which books have a price that nobody may lower. Pure.

BuchPrG §§ 3, 5: who sells new books to the last buyer keeps the price the publisher has set. §§ 2,
7, 8: not so for used and damaged copies, foreign-language books not made for sale here, and once
the publisher lifted it. Books, maps (ISBN: 978 and 979) and sheet music (ISMN: 979-0) alike.
"""

from shops.models import Variant

_PREFIXES = ("0978", "0979")


def is_bound(variant: Variant) -> bool:
    """Whether a law fixes the price of these goods."""
    return not variant.unbound and is_book(variant)


def is_book(variant: Variant) -> bool:
    """Whether its number is an ISBN or ISMN, be it shared or the shop's own."""
    number = variant.gtin or (variant.barcode.strip() if variant.barcode.isdecimal() else "")
    return number.zfill(14).startswith(_PREFIXES) and len(number) >= len("9780000000000")
