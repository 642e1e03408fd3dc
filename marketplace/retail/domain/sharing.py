"""What a shop's rooms show of the pages it shares. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce

from marketplace.core.models import Picture
from shops import access
from shops.domain.categories import name_of
from shops.domain.sharing import corrections, queries
from shops.domain.sharing.queries import CorrectionView, MergeView
from shops.enums import Correctable
from shops.models import Offer, Product, Shop

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Rows of each kind on one page; the rest follows when these are decided.
MANY = 50


@dataclass(frozen=True, slots=True)
class Proposals:
    """What waits for the shop's word, and its own proposals, the latest first."""

    corrections: Sequence[CorrectionView]
    merges: Sequence[MergeView]
    own: Sequence[CorrectionView]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of goods and the one thing somebody wants to change on it."""

    product: Product
    field: Correctable
    #: As it stands: text, name of the category.
    now: str
    #: Nobody else offers these goods: what is said holds at once.
    is_alone: bool
    pictures: Sequence[Picture]
    fields: Sequence[Correctable]
    initial: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Notes:
    """How many things wait: for the owner's word, and names of categories for anybody's."""

    proposals: int
    names: int


def proposals(*, shop: Shop) -> Proposals:
    """Everything the page shows; a constant number of queries."""
    waiting = access.shop_corrections(shop).order_by("proposed_at", "pk")[:MANY]
    own = access.own_corrections(shop).order_by("-proposed_at", "-pk")[:MANY]
    return Proposals(
        corrections=queries.corrected(waiting),
        merges=queries.merges(access.shop_merges(shop).order_by("proposed_at", "pk")[:MANY]),
        own=queries.corrected(own),
    )


def notes(*, shop: Shop) -> Notes:
    """What waits for somebody of the shop, in one query."""

    def number(rows: "QuerySet[Any]") -> Coalesce:
        counted = rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted), Value(0))

    found = Shop.objects.filter(pk=shop.pk).values_list(
        number(access.shop_corrections(shop)),
        number(access.shop_merges(shop)),
        number(access.shop_aliases(shop).filter(category=None, is_ignored=False)),
    )
    wishes, merges, names = found.get()
    return Notes(proposals=wishes + merges, names=names)


def page(*, offer: Offer, shop: Shop, field: Correctable) -> Page:
    """What the form of a correction needs."""
    rows = Product.objects.select_related("category")
    product = rows.prefetch_related("pictures__picture").get(pk=offer.variant.product_id)
    now = "" if field == Correctable.PICTURE else corrections.value_of(product, field)
    return Page(
        product=product,
        field=field,
        now=name_of(product.category) if field == "category" and product.category else now,
        is_alone=access.arranged_products(shop).filter(pk=product.pk).exists(),
        pictures=list({row.picture_id: row.picture for row in product.pictures.all()}.values()),
        fields=list(Correctable),
        initial={"old": now, "new": now},
    )
