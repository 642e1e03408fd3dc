"""What the database already knows about a batch of goods, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from shops.domain.imports.goods import Group
from shops.models import Branch, Offer, Product, ProductPicture, Variant

#: What a plan reads of a product.
_PRODUCT = ("category", "facts", "manufacturer")


@dataclass(slots=True)
class Known:
    """Rows a batch may meet. `elsewhere` are products that another shop offers too."""

    by_gtin: dict[str, Variant] = field(default_factory=dict)
    #: Offers of this branch by article number, and of the shop's other branches.
    here_by_sku: dict[str, Offer] = field(default_factory=dict)
    shop_by_sku: dict[str, Offer] = field(default_factory=dict)
    by_key: dict[str, Product] = field(default_factory=dict)
    variants: dict[int, list[Variant]] = field(default_factory=lambda: defaultdict(list))
    #: Offers of this branch by variant.
    offers: dict[int, Offer] = field(default_factory=dict)
    elsewhere: set[int] = field(default_factory=set)
    #: SHA-256 of the pictures shown with (product, variant or None).
    pictures: dict[tuple[int, int | None], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )


def known(*, branch: Branch, groups: Iterable[Group], with_pictures: bool) -> Known:
    """Everything `plan` asks about these groups."""
    batch = list(groups)
    items = [item for group in batch for item in group.items]
    found = Known()
    _offers_by_sku(found, branch, {item.sku for item in items if item.sku})
    gtins = {item.gtin for item in items if item.gtin}
    for variant in _variants().filter(city_id=branch.shop.city_id, gtin__in=gtins):
        found.by_gtin[variant.gtin or ""] = variant
    own = Product.objects.filter(
        shop_id=branch.shop_id, source_key__in=[group.key for group in batch]
    )
    found.by_key = {product.source_key: product for product in own.select_related(*_PRODUCT)}
    products = {product.pk for product in found.by_key.values()}
    products |= {variant.product_id for variant in found.by_gtin.values()}
    products |= {offer.variant.product_id for offer in found.here_by_sku.values()}
    products |= {offer.variant.product_id for offer in found.shop_by_sku.values()}
    for variant in _variants().filter(product_id__in=products).order_by("position", "pk"):
        found.variants[variant.product_id].append(variant)
    of_batch = Offer.objects.filter(variant__product_id__in=products)
    found.offers = {offer.variant_id: offer for offer in of_batch.filter(branch=branch)}
    found.elsewhere = set(
        of_batch.exclude(branch__shop_id=branch.shop_id)
        .values_list("variant__product_id", flat=True)
        .distinct()
    )
    if with_pictures:
        shown = ProductPicture.objects.filter(product_id__in=products).order_by("position", "pk")
        for of, variant_id, sha256 in shown.values_list(
            "product_id", "variant_id", "picture__sha256"
        ):
            found.pictures[of, variant_id].append(sha256)
    return found


def _variants() -> QuerySet[Variant]:
    rows = Variant.objects.filter(became=None)
    return rows.select_related(*(f"product__{name}" for name in _PRODUCT))


def _offers_by_sku(found: Known, branch: Branch, numbers: set[str]) -> None:
    offers = (
        Offer.objects.filter(branch__shop_id=branch.shop_id, sku__in=numbers)
        .select_related(*(f"variant__product__{name}" for name in _PRODUCT))
        .order_by("pk")
    )
    for offer in offers:
        if offer.branch_id == branch.pk:
            found.here_by_sku[offer.sku] = offer
        else:
            found.shop_by_sku.setdefault(offer.sku, offer)
