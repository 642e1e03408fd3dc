"""What the page of an article's photographs shows. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from shops import access as shop_access
from shops.domain.photos import MOST
from shops.models import Branch, Product, ProductPicture, Shop


@dataclass(frozen=True, slots=True)
class Photos:
    """The pictures in their order, those of the whole article first."""

    shown: Sequence[ProductPicture]
    #: Whether this shop may change, order and remove them, or only add.
    may_arrange: bool
    #: Branches that have it on the shelf: the way back.
    branches: Sequence[Branch]

    @property
    def is_full(self) -> bool:
        return len(self.shown) >= MOST


def photos(*, shop: Shop, product: Product) -> Photos:
    """The photographs of an article that the shop offers."""
    rows = product.pictures.select_related("picture", "variant", "product")
    return Photos(
        shown=sorted(rows.order_by("position", "pk"), key=lambda row: row.variant_id is not None),
        may_arrange=shop_access.arranged_products(shop).filter(pk=product.pk).exists(),
        branches=list(
            Branch.objects.filter(shop=shop, offers__variant__product=product)
            .distinct()
            .order_by("name", "pk")
        ),
    )
