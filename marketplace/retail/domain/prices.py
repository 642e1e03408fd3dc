"""What the pages about prices read, each with a constant number of queries. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator

from shops.domain.prices import amounts, binding, history, sales, tag, tax
from shops.domain.prices.tag import Tag
from shops.models import Branch, Category, Offer, PriceChange, Reduction, Sale

#: Reduced goods on a page.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """One offer's price: as shoppers see it, what it was, what may be said of it."""

    offer: Offer
    tag: Tag
    #: Of the last 30 days, the youngest first.
    changes: Sequence[PriceChange]
    #: LAW: only below this a price may be called reduced (PAngV § 11).
    lowest: Decimal
    running: Reduction | None
    is_bound: bool
    is_book: bool


@dataclass(frozen=True, slots=True)
class PricesPage:
    """What is reduced at a branch, and by which sales."""

    page: "Page[Reduction]"
    rows: list[tuple[Reduction, Tag]]
    sales: list[Sale]
    categories: list[Category]


def sheet(*, branch: Branch, offer: Offer, now: datetime) -> PriceSheet:
    """Everything the page of one price shows."""
    offer.branch = branch
    changes = history.of(offer=offer, now=now)
    lowest = history.lowest(offer_ids=[offer.pk], before=now)
    return PriceSheet(
        offer=offer,
        tag=tag.of(offer, shop=branch.shop, on=tax.day(now)),
        changes=changes[::-1],
        lowest=lowest.get(offer.pk, offer.price),
        running=amounts.running(offer_ids=[offer.pk]).get(offer.pk),
        is_bound=binding.is_bound(offer.variant),
        is_book=binding.is_book(offer.variant),
    )


def prices(*, branch: Branch, number: str, now: datetime) -> PricesPage:
    """The branch's reduced goods by title. A page beyond the end is the last one."""
    rows = Reduction.objects.filter(offer__branch=branch, ended_at__isnull=True)
    rows = rows.select_related("offer__variant__product", "sale").order_by(
        "offer__variant__product__sort_title", "offer__variant__position", "pk"
    )
    page = Paginator(rows, SHOWN).get_page(number or 1)
    on = tax.day(now)
    offered = Category.objects.filter(products__variants__offers__branch=branch).distinct()
    return PricesPage(
        page=page,
        rows=[(row, tag.of(row.offer, shop=branch.shop, on=on)) for row in page.object_list],
        sales=sales.running(branch=branch),
        categories=list(offered.order_by("sort_name", "pk")),
    )
