"""The only code that writes a price: with its history, and with what a reduction makes of it.

Every function runs in the caller's transaction or its own and takes offers in primary-key order,
each by writing its row first, as `stock` does (truth 10).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from marketplace.core.errors import Refused
from marketplace.core.money import CENT, MOST
from shops.enums import Cut
from shops.models import Offer, PriceChange, Reduction, Sale


@dataclass(frozen=True, slots=True)
class Price:
    """What an offer is to cost from now on; `cut` where that is told as a reduction."""

    offer: Offer
    amount: Decimal
    cut: Reduction | None = None


def sane(amount: Decimal) -> Decimal:
    """To the cent. `Refused` for what no goods cost."""
    rounded = amount.quantize(CENT)
    if not 0 < rounded <= MOST:
        raise Refused(_("Please enter a price above 0 €."), code="price_out_of_range")
    return rounded


def hold(offer_ids: Iterable[int]) -> list[Offer]:
    """RACE: these rows, nobody else's until the end of the transaction; with variant and shop."""
    wanted = sorted(set(offer_ids))
    for pk in wanted:
        Offer.objects.filter(pk=pk).update(version=F("version") + 1)
    rows = Offer.objects.filter(pk__in=wanted).select_related("variant", "branch__shop")
    return list(rows.order_by("pk"))


def write(prices: Iterable[Price], *, now: datetime) -> None:
    """Store prices of held offers. An open reduction that a price does not carry on ends."""
    listed = [price for price in prices if price.cut or price.amount != price.offer.price]
    if not listed:
        return
    open_now = running(offer_ids=[price.offer.pk for price in listed])
    steps: list[Reduction] = []
    for price in listed:
        before = open_now.get(price.offer.pk)
        cut = price.cut
        if before is not None:
            before.ended_at = now
            before.save(update_fields=["ended_at"])
            if cut is None:
                cut = _next_step(before, price.amount, now)
        if cut is not None:
            cut.follows = before
            steps.append(cut)
        # LAW: in one statement, so that no reference ever stands beside a price it is not for.
        price.offer.price = price.amount
        price.offer.reference_price = cut.reference_price if cut else None
        Offer.objects.filter(pk=price.offer.pk).update(
            price=price.offer.price, reference_price=price.offer.reference_price
        )
    Reduction.objects.bulk_create(steps)
    PriceChange.objects.bulk_create(
        PriceChange(offer=price.offer, price=price.amount, at=now) for price in listed
    )


def running(*, offer_ids: Iterable[int]) -> dict[int, Reduction]:
    """The open reduction of each of these offers that has one."""
    rows = Reduction.objects.filter(offer_id__in=list(offer_ids), ended_at__isnull=True)
    return {row.offer_id: row for row in rows.select_related("sale")}


@transaction.atomic
def set_price(*, offer: Offer, price: Decimal, now: datetime) -> bool:
    """A new gross price in EUR that is not announced as anything; returns whether it differs.

    A running reduction goes on when the price falls further, with the reference it began with
    (PAngV § 11 (3)), and ends when it rises.
    """
    amount = sane(price)
    held = hold([offer.pk])[0]
    changed = held.price != amount
    if changed:
        write([Price(held, amount)], now=now)
    offer.price, offer.reference_price = held.price, held.reference_price
    return changed


def cut_of(
    offer: Offer,
    *,
    amount: Decimal,
    reference: Decimal,
    regular: Decimal,
    kind: Cut,
    last_day: date | None,
    sale: Sale | None,
    by_id: int | None,
    now: datetime,
) -> Reduction:
    """A reduction that is not stored yet."""
    return Reduction(
        offer=offer,
        kind=kind,
        price=amount,
        reference_price=reference,
        regular_price=regular,
        started_at=now,
        last_day=last_day,
        sale=sale,
        by_id=by_id,
    )


def _next_step(before: Reduction, amount: Decimal, now: datetime) -> Reduction | None:
    if amount >= before.price:
        return None
    return Reduction(
        offer_id=before.offer_id,
        kind=before.kind,
        price=amount,
        reference_price=before.reference_price,
        regular_price=before.regular_price,
        started_at=now,
        last_day=before.last_day,
        sale=before.sale,
    )
