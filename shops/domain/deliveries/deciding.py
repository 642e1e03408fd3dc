"""What people say about rows that were held back: take them over, or leave things as they are."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from marketplace.core.domain import history
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from shops.domain import counts
from shops.domain.prices import amounts
from shops.enums import HeldState, Source
from shops.models import Delivery, HeldRow

#: Rows decided in one transaction: on SQLite shoppers wait for its end.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Decided:
    """`taken` or `left`, and those that a younger word had answered before."""

    taken: int = 0
    left: int = 0
    overtaken: int = 0


def take_over(
    *, delivery: Delivery, rows: Collection[int] | None, by: Actor, now: datetime
) -> Decided:
    """What these rows say is right: count and price as the till sent them. None: all open ones.

    A row whose count is older than one we know by now is overtaken and changes nothing.
    """
    taken = overtaken = 0
    ids = _open(delivery, rows)
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            # RACE: truth 10; offers are written in primary-key order.
            held = HeldRow.objects.filter(pk__in=ids[start : start + BATCH])
            for row in held.select_related("offer").order_by("offer_id"):
                state = _take(row, by=by, now=now)
                taken += state == HeldState.TAKEN
                overtaken += state == HeldState.OVERTAKEN
    _record("stock.rows_taken", delivery, taken, by, now)
    return Decided(taken=taken, overtaken=overtaken)


def leave(*, delivery: Delivery, rows: Collection[int] | None, by: Actor, now: datetime) -> Decided:
    """These rows are a mistake: nothing changes. The next delivery that says so asks again."""
    left = HeldRow.objects.filter(pk__in=_open(delivery, rows), state=HeldState.OPEN).update(
        state=HeldState.LEFT, decided_at=now, decided_by_id=by.user_id
    )
    _record("stock.rows_left", delivery, left, by, now)
    return Decided(left=left)


def _open(delivery: Delivery, rows: Collection[int] | None) -> list[int]:
    held = HeldRow.objects.filter(delivery=delivery, state=HeldState.OPEN)
    if rows is not None:
        held = held.filter(pk__in=list(rows))
    return list(held.order_by("offer_id").values_list("pk", flat=True))


def _take(row: HeldRow, *, by: Actor, now: datetime) -> HeldState | None:
    # RACE: whoever moves the row on decides it; two taps at once do so once.
    mine = HeldRow.objects.filter(pk=row.pk, state=HeldState.OPEN)
    if not mine.update(state=HeldState.TAKEN, decided_at=now, decided_by_id=by.user_id):
        return None
    if row.quantity is not None:
        with suppress(Stale):
            counts.count(
                offer_id=row.offer_id,
                counted=row.quantity,
                as_of=row.as_of,
                source=Source.TILL,
                by=by,
                now=now,
            )
            _price(row, now)
            return HeldState.TAKEN
        HeldRow.objects.filter(pk=row.pk).update(state=HeldState.OVERTAKEN)
        return HeldState.OVERTAKEN
    _price(row, now)
    return HeldState.TAKEN


def _price(row: HeldRow, now: datetime) -> None:
    if row.price is not None:
        amounts.set_price(offer=row.offer, price=row.price, now=now)


def _record(verb: str, delivery: Delivery, rows: int, by: Actor, now: datetime) -> None:
    if rows:
        history.record(
            verb=verb,
            subject=f"delivery:{delivery.pk}",
            scope=f"shop:{delivery.branch.shop_id}",
            by=by,
            now=now,
            data={"rows": rows},
        )
