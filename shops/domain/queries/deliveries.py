"""A branch's deliveries: the list, one with its rows, how fresh its stock is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q

from shops.domain.deliveries import receipts
from shops.enums import HeldState
from shops.models import Branch, Delivery, HeldRow, Offer, StockToken

#: Deliveries and held rows on one page.
LISTED = 20
#: A count of this age is from today's till.
FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a branch's numbers are."""

    offers: int
    fresh: int
    latest: datetime | None

    @property
    def old(self) -> int:
        return self.offers - self.fresh


@dataclass(frozen=True, slots=True)
class Room:
    """Everything the till's room shows at a glance."""

    tokens: list[StockToken]
    page: "Page[Any]"
    freshness: Freshness
    #: Rows that wait for somebody's word, in all deliveries.
    asked: int


@dataclass(frozen=True, slots=True)
class OneDelivery:
    """A delivery with the rows that were not simply taken."""

    delivery: Delivery
    waiting: int
    asked: list[HeldRow]
    #: Open ones beyond those shown.
    more: int
    decided: int
    refused: list[receipts.Refusal]
    unknown: list[receipts.Unknown]


def of_number(*, branch: Branch, number: str) -> Delivery | None:
    """A branch's delivery by the sender's name for it."""
    return Delivery.objects.filter(branch=branch, number=number).first()


def room(*, branch: Branch, number: str, now: datetime) -> Room:
    """The room of a branch; `number` of the page as it was asked for."""
    listed = (
        Delivery.objects.filter(branch=branch)
        .annotate(asked=Count("held_rows", filter=Q(held_rows__state=HeldState.OPEN)))
        .select_related("token")
        .order_by("-received_at", "-pk")
    )
    return Room(
        tokens=list(
            StockToken.objects.filter(branch=branch).order_by(
                F("revoked_at").desc(nulls_first=True), "-created_at"
            )
        ),
        page=Paginator(listed, LISTED).get_page(number),
        freshness=freshness(branch=branch, now=now),
        asked=HeldRow.objects.filter(delivery__branch=branch, state=HeldState.OPEN).count(),
    )


def freshness(*, branch: Branch, now: datetime) -> Freshness:
    """Of the goods that are on sale at the branch."""
    found = Offer.objects.filter(branch=branch, is_live=True).aggregate(
        offers=Count("pk"),
        fresh=Count("pk", filter=Q(counted_at__gte=now - FRESH)),
        latest=Max("counted_at"),
    )
    return Freshness(**found)


def one(*, delivery: Delivery) -> OneDelivery:
    """One delivery with what is to be looked at."""
    held = delivery.held_rows.select_related("offer__variant__product")
    asked = held.filter(state=HeldState.OPEN)
    number = asked.count()
    shown = list(asked.order_by("line", "pk")[: LISTED * 5])
    return OneDelivery(
        delivery=delivery,
        waiting=receipts.waiting(delivery),
        asked=shown,
        more=number - len(shown),
        decided=delivery.held - number,
        refused=receipts.refusals(delivery),
        unknown=receipts.unknowns(delivery),
    )
