"""Announcing that something costs less, and taking that back.

LAW: PAngV § 11. Who announces a lower price tells the lowest one of the 30 days before. What is not
below that is no reduction and is refused; the price itself may still be set. The reference is
frozen when the reduction begins and stays while the price falls step by step without a gap.
Perishable goods near their end are exempt (§ 11 (4) no. 2): measured by the price just before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.money import format_price
from shops.domain.prices import amounts, binding, history, tax
from shops.domain.prices.amounts import Price
from shops.enums import Cut
from shops.models import Offer, Reduction, Sale

#: Reductions ended in one transaction: on SQLite shoppers wait for its end.
BATCH = 100


class Why(StrEnum):
    """Why goods cannot be announced as reduced."""

    BOUND = "price_bound"
    LOWER_BEFORE = "lower_before"
    REDUCED = "reduced_already"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the law says to one offer at a lower price: a reference, or why there is none."""

    offer: Offer
    amount: Decimal
    reference: Decimal
    why: Why | None = None


def judge(
    wishes: Iterable[tuple[Offer, Decimal]], *, kind: Cut = Cut.SALE, now: datetime
) -> list[Judged]:
    """Which of these offers (variants loaded) may be announced at which price. Writes nothing."""
    listed = list(wishes)
    open_now = amounts.running(offer_ids=[offer.pk for offer, _amount in listed])
    lowest = history.lowest(offer_ids=[offer.pk for offer, _amount in listed], before=now)
    return [
        _judge(offer, amount, open_now.get(offer.pk), lowest.get(offer.pk), kind)
        for offer, amount in listed
    ]


def ask(
    *,
    offer: Offer,
    price: Decimal,
    cut: Cut | None,
    last_day: date | None = None,
    by: Actor,
    now: datetime,
) -> bool:
    """A new price in EUR, announced as a reduction or not; returns whether anything changed."""
    if cut is None:
        return amounts.set_price(offer=offer, price=price, now=now)
    announce(offer=offer, price=price, kind=cut, last_day=last_day, by=by, now=now)
    return True


@transaction.atomic
def announce(
    *,
    offer: Offer,
    price: Decimal,
    kind: Cut = Cut.SALE,
    last_day: date | None = None,
    by: Actor,
    now: datetime,
) -> Reduction:
    """Lower a price, in EUR, and say so until the end of `last_day`. Returns the reduction.

    `Refused` for books with a bound price, for what cost no more within 30 days, for a rise of what
    is reduced already, and for a day that has passed.
    """
    amount = amounts.sane(price)
    if last_day is not None and last_day < tax.day(now):
        raise Refused(_("The last day has passed already."), code="last_day_past")
    held = amounts.hold([offer.pk])[0]
    (found,) = judge([(held, amount)], kind=kind, now=now)
    if found.why is not None:
        raise Refused(sentence(found), code=found.why)
    (made,) = start([found], kind=kind, last_day=last_day, sale=None, by=by, now=now)
    offer.price, offer.reference_price = held.price, held.reference_price
    return made


def start(
    judged: Iterable[Judged],
    *,
    kind: Cut,
    last_day: date | None,
    sale: Sale | None,
    by: Actor,
    now: datetime,
) -> list[Reduction]:
    """Write reductions that `judge` let through, of offers that are held."""
    listed = list(judged)
    open_now = amounts.running(offer_ids=[each.offer.pk for each in listed])
    prices = []
    for each in listed:
        before = open_now.get(each.offer.pk)
        cut = amounts.cut_of(
            each.offer,
            amount=each.amount,
            reference=each.reference,
            regular=before.regular_price if before else each.offer.price,
            kind=kind,
            last_day=last_day,
            sale=sale,
            by_id=by.user_id,
            now=now,
        )
        prices.append(Price(each.offer, each.amount, cut))
    amounts.write(prices, now=now)
    return [price.cut for price in prices if price.cut]


@transaction.atomic
def end(*, offer: Offer, now: datetime) -> bool:
    """The goods cost again what they did before; returns whether a reduction was running."""
    held = amounts.hold([offer.pk])
    ended = end_held(held, now=now)
    offer.price, offer.reference_price = held[0].price, held[0].reference_price
    return ended == 1


def end_due(*, now: datetime) -> int:
    """End what was announced until a day that is over in the town's time; returns how many."""
    due = Reduction.objects.filter(ended_at__isnull=True, last_day__lt=tax.day(now))
    waiting = list(due.order_by("offer_id").values_list("offer_id", flat=True))
    number = 0
    for first in range(0, len(waiting), BATCH):
        with transaction.atomic():
            held = amounts.hold(waiting[first : first + BATCH])
            # RACE: held, so what is still due now stays due.
            still = set(due.filter(offer__in=held).values_list("offer_id", flat=True))
            number += end_held([offer for offer in held if offer.pk in still], now=now)
    return number


def sentence(found: Judged) -> object:
    """Why an announcement is refused, and what to do instead."""
    if found.why == Why.BOUND:
        return _("Books have a bound price (Buchpreisbindung): it cannot be reduced.")
    if found.why == Why.REDUCED:
        return _("This is reduced already, to less or as much. End that reduction first.")
    return format_lazy(
        _(
            "In the last 30 days it cost {lowest}. Only a lower price may be announced as reduced."
            " You can set {price} as the normal price."
        ),
        lowest=format_price(found.reference),
        price=format_price(found.amount),
    )


def _judge(
    offer: Offer, amount: Decimal, before: Reduction | None, lowest: Decimal | None, kind: Cut
) -> Judged:
    if binding.is_bound(offer.variant):
        return Judged(offer, amount, offer.price, Why.BOUND)
    if before is not None:
        # LAW: § 11 (3): a further step keeps the first reference; a smaller one is none.
        why = None if amount < before.price else Why.REDUCED
        return Judged(offer, amount, before.reference_price, why)
    reference = offer.price if kind == Cut.PERISHING or lowest is None else lowest
    return Judged(offer, amount, reference, None if amount < reference else Why.LOWER_BEFORE)


def end_held(held: list[Offer], *, now: datetime) -> int:
    """Take back what runs on offers that are held; returns how many rose."""
    open_now = amounts.running(offer_ids=[offer.pk for offer in held])
    amounts.write(
        [Price(offer, open_now[offer.pk].regular_price) for offer in held if offer.pk in open_now],
        now=now,
    )
    return len(open_now)
