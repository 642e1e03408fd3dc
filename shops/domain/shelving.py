"""Putting one article on the shelf: from a barcode to product, variant, offer, price and count.

What is known is not asked again. A number that names the thing world-wide makes a *shared* product
of the city, any other an *own* one of the shop; both are found again by the same scan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops.domain import catalogue, counts, gtin
from shops.domain.gtin import Mark
from shops.domain.prices import amounts
from shops.enums import TaxClass
from shops.models import Branch, Category, Offer, Shelving, Variant

#: Tries of one form when somebody puts the same thing on a shelf at the same time.
TRIES = 3
#: Own articles that may carry the same in-store number before one has to look for the title.
MOST_ALIKE = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What a number means at a branch."""

    mark: Mark
    #: None: nobody here knows it.
    variant: Variant | None = None
    #: The branch's own offer of it, if it has one.
    offer: Offer | None = None
    #: Several own articles carry the number: one has to choose.
    alike: tuple[Variant, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether a new article of this number belongs to the city."""
        return bool(self.mark.gtin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What has to be said of goods that nobody has described yet."""

    title: str
    category: Category | None = None
    tax_class: TaxClass = TaxClass.STANDARD


@dataclass(frozen=True, slots=True)
class Shelved:
    """What is on the shelf now; `repeated`: the same form had been sent before."""

    offer: Offer
    repeated: bool = False
    #: The product is new, and belongs to the whole city.
    created: bool = False
    shared: bool = False


def look_up(*, branch: Branch, code: str) -> Found:
    """The article of this number: on this shelf, in the city by GTIN, else of this shop."""
    mark = gtin.read(code)
    if not mark.barcode:
        return Found(mark)
    own = _own_variants(branch, mark)
    # An article number may have hyphens and blanks that a barcode has not.
    numbers = sorted(mark.spellings | {code.strip()})
    here = _offers_here(branch, numbers, own)
    if here:
        return _one_of(mark, [(offer.variant, offer) for offer in here])
    if mark.gtin:
        shared = _variants().filter(city=branch.shop.city, gtin=mark.gtin).first()
        if shared is not None:
            return Found(mark, shared, _offer_of(branch, shared))
    return _one_of(mark, [(variant, None) for variant in own or _known_next_door(branch, numbers)])


def _one_of(mark: Mark, matches: Sequence[tuple[Variant, Offer | None]]) -> Found:
    if len(matches) == 1:
        return Found(mark, *matches[0])
    return Found(mark, alike=tuple(variant for variant, _offer in matches))


def chosen(*, branch: Branch, variant_id: int, code: str = "") -> Found:
    """An article somebody has chosen: the shop's own, or a shared one of its city."""
    mine = Q(product__shop=branch.shop_id) | Q(product__shop=None, city=branch.shop.city_id)
    variant = _variants().filter(mine, pk=variant_id).first()
    if variant is None:
        return look_up(branch=branch, code=code)
    return Found(gtin.read(code), variant, _offer_of(branch, variant))


def shelve(
    *,
    branch: Branch,
    client_id: UUID,
    code: str,
    price: Decimal,
    on_shelf: int | None,
    words: Words | None = None,
    variant_id: int | None = None,
    by: Actor,
    now: datetime,
) -> Shelved:
    """Put an article on a branch's shelf: gross `price` in EUR and so many units, counted by eye.

    `code`: what was scanned; empty for goods without a number. `on_shelf` None leaves the stock as
    it is. `words` describe goods that nobody knows; where somebody does, theirs stay. One
    transaction; the same `client_id` again changes nothing (truth 11). `Refused` where a title is
    missing or a number cannot be, `Stale` when several shops are at the same goods all the time.
    """
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _shelve(branch, client_id, code, price, on_shelf, words, variant_id, by, now)
        except IntegrityError:
            # RACE: the unique GTIN, offer or client id decided for somebody else's row, written
            # between our look and our insert; now we see it.
            if not left:
                raise Stale(
                    _("Somebody is changing the same goods. Please try again."),
                    code="shelving_race",
                ) from None
    raise RuntimeError("TRIES is not positive")


def _shelve(
    branch: Branch,
    client_id: UUID,
    code: str,
    price: Decimal,
    on_shelf: int | None,
    words: Words | None,
    variant_id: int | None,
    by: Actor,
    now: datetime,
) -> Shelved:
    before = Shelving.objects.filter(client_id=client_id, offer__branch=branch).first()
    if before is not None:
        return Shelved(_whole(before.offer_id), repeated=True)
    if variant_id is None:
        found = look_up(branch=branch, code=code)
    else:
        found = chosen(branch=branch, variant_id=variant_id, code=code)
    variant, offer = found.variant, found.offer
    created = variant is None
    if variant is None:
        variant = _described(branch, found, words, now)
    if offer is None:
        offer = catalogue.create_offer(branch=branch, variant=variant, price=price, now=now)
    else:
        amounts.set_price(offer=offer, price=price, now=now)
        # It was taken off the shelf, and is put there again.
        Offer.objects.filter(pk=offer.pk, is_live=False).update(is_live=True)
    if on_shelf is not None:
        counts.count_by_eye(offer_id=offer.pk, on_shelf=on_shelf, by=by, now=now)
    Shelving.objects.create(client_id=client_id, offer=offer, at=now)
    history.record(
        verb="offer.shelve",
        subject=f"offer:{offer.pk}",
        scope=f"shop:{branch.shop_id}",
        by=by,
        now=now,
        data={"product": variant.product_id, "new": created},
    )
    shared = variant.product.shop_id is None
    return Shelved(_whole(offer.pk), created=created, shared=shared)


def _described(branch: Branch, found: Found, words: Words | None, now: datetime) -> Variant:
    """A new product of one variant, as its shop describes it."""
    if words is None or not words.title.strip():
        raise Refused(
            _("Nobody here knows these goods yet. Please write what they are called."),
            code="title_missing",
        )
    shared = found.is_shared
    product = catalogue.create_product(
        city=branch.shop.city,
        shop=None if shared else branch.shop,
        title=words.title.strip(),
        category=words.category,
    )
    variant = catalogue.create_variant(
        product=product,
        gtin=found.mark.gtin if shared else None,
        barcode=found.mark.barcode,
        tax_class=words.tax_class,
    )
    catalogue.finish_product(product=product, now=now)
    return variant


def _own_variants(branch: Branch, mark: Mark) -> list[Variant]:
    """The shop's own goods that carry the number. It means nothing in another shop."""
    rows = _variants().exclude(barcode="").filter(barcode__in=sorted(mark.spellings))
    return list(rows.filter(product__shop=branch.shop_id).order_by("pk")[:MOST_ALIKE])


def _offers_here(branch: Branch, numbers: Sequence[str], own: Sequence[Variant]) -> list[Offer]:
    """Offers of this branch by the number, as its article number or printed on its own goods."""
    rows = Offer.objects.filter(branch=branch).select_related("variant__product__category")
    by_sku = rows.exclude(sku="").filter(sku__in=numbers)
    return list(by_sku[:MOST_ALIKE]) or list(rows.filter(variant__in=own).order_by("pk"))


def _known_next_door(branch: Branch, numbers: Sequence[str]) -> list[Variant]:
    """Goods that another branch of the shop has under this article number."""
    there = Offer.objects.exclude(sku="").filter(branch__shop=branch.shop_id, sku__in=numbers)
    rows = _variants().filter(pk__in=there.values("variant"))
    return list(rows.order_by("pk")[:MOST_ALIKE])


def _variants() -> QuerySet[Variant]:
    return Variant.objects.select_related("product__category")


def _offer_of(branch: Branch, variant: Variant) -> Offer | None:
    offer = Offer.objects.filter(branch=branch, variant=variant).first()
    if offer is not None:
        offer.variant = variant
    return offer


def _whole(offer_id: int) -> Offer:
    return Offer.objects.select_related("variant__product__category").get(pk=offer_id)
