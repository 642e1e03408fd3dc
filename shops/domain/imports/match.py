"""Which variant and which product the goods of a file are, among what the database knows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from shops.domain.imports.goods import Group, Item, Notice, Reject
from shops.domain.imports.lookup import Known
from shops.models import Product, Variant


@dataclass(slots=True)
class Match:
    """One group and what its items are; `home` takes new variants (None: to be created)."""

    group: Group
    #: Whether `home` is, or will be, a shared product of the city.
    shared: bool
    home: Product | None = None
    pairs: list[tuple[Item, Variant | None]] = field(default_factory=list)
    #: Shared products that this group's variants lie in, where there are several: maybe one.
    apart: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Matched:
    """All groups of a batch, what could not be told apart, and the variants that are taken now."""

    matches: list[Match] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    used: set[int] = field(default_factory=set)


def match(*, groups: Iterable[Group], known: Known, used: set[int]) -> Matched:
    """Recognise a batch. `used`: variants that earlier rows of the same file already are."""
    matched = Matched(used=set(used))
    for group in groups:
        matched.matches += _match_group(matched, group, known)
    return matched


def _match_group(matched: Matched, group: Group, known: Known) -> Iterator[Match]:
    found: dict[int, Variant] = {}
    items = []
    for item in group.items:
        variant = _by_number(matched, item, known)
        if isinstance(variant, Reject):
            matched.rejected.append(variant)
            continue
        if variant is not None:
            if variant.pk in matched.used:
                matched.rejected.append(
                    Reject(item.line, "repeated", _("The file already named these goods above."))
                )
                continue
            matched.used.add(variant.pk)
            found[item.line] = variant
        items.append(item)
    _by_choice(matched, group, items, known, found)
    if items:
        yield from _homes(group, items, known, found)


def _by_number(matched: Matched, item: Item, known: Known) -> Variant | Reject | None:
    """The variant by GTIN or article number; a contradiction between the two is settled here."""
    here = known.here_by_sku.get(item.sku)
    offer = here or known.shop_by_sku.get(item.sku)
    by_gtin = known.by_gtin.get(item.gtin)
    if offer is None or (by_gtin is not None and by_gtin.pk == offer.variant_id):
        return by_gtin
    by_sku = offer.variant
    if by_sku.gtin is None:
        if by_gtin is not None:
            matched.notices.append(
                Notice(
                    item.line,
                    "own_page",
                    _("Other shops offer this barcode too; your goods keep their own page."),
                )
            )
        return by_sku
    if not item.gtin:
        return by_sku
    if here is not None:
        return Reject(
            item.line,
            "sku_taken",
            _("This article number already stands for goods with another barcode."),
        )
    return by_gtin


def _by_choice(
    matched: Matched, group: Group, items: list[Item], known: Known, found: dict[int, Variant]
) -> None:
    """Variants of the shop's own product with the same choice, for items without known number."""
    own = known.by_key.get(group.key)
    if own is None:
        return
    free = [variant for variant in known.variants[own.pk] if variant.pk not in matched.used]
    for item in items:
        if item.line in found:
            continue
        variant = next((each for each in free if each.options == item.options), None)
        if variant is not None:
            free.remove(variant)
            matched.used.add(variant.pk)
            found[item.line] = variant


def _homes(
    group: Group, items: list[Item], known: Known, found: dict[int, Variant]
) -> Iterator[Match]:
    """The product new variants go to: the one most of the group already is, else a new one.

    Goods are shared only as a whole: where one of a new group's variants has no GTIN that names it
    world-wide, the shop gets a product of its own. A shared product that exists takes in those
    with GTIN; the others stay with the shop.
    """
    own = known.by_key.get(group.key)
    homes = Counter(variant.product_id for variant in found.values())
    pages = {variant.product_id: variant.product for variant in found.values()}
    home = own
    if homes:
        # Of two with as many the city's page goes before the shop's, the older before the younger:
        # never the order of the rows.
        home = pages[min(homes, key=lambda pk: (-homes[pk], pages[pk].shop_id is not None, pk))]
    shared = home.shop_id is None if home else all(item.gtin for item in items)
    strays = [item for item in items if shared and not item.gtin and item.line not in found]
    kept = [item for item in items if item not in strays]
    # Own goods are this shop's matter; two pages of the city for one product are the city's.
    shown = sorted(pk for pk, page in pages.items() if page.shop_id is None)
    apart = shown if len(shown) > 1 else []
    if kept:
        yield Match(group, shared, home, [(item, found.get(item.line)) for item in kept], apart)
    if strays:
        yield Match(group, False, own, [(item, None) for item in strays])
