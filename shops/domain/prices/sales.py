"""So many percent off at a branch: on everything, or on one category and all below it.

What a law keeps from being reduced stays as it is, and is named: books with a bound price, goods
that cost as little within 30 days, goods reduced already.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.money import CENT, round_gross
from shops.domain import categories
from shops.domain.prices import amounts, reductions, tax
from shops.domain.prices.reductions import Judged, Why
from shops.enums import Cut
from shops.models import Branch, Category, Offer, Reduction, Sale

BATCH = 100
#: Examples of each kind that a preview names.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """Goods that stay as they are for one reason."""

    number: int
    examples: list[Judged]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sale would do: how many goods fall, how many do not and why, with examples."""

    falls: int
    examples: list[Judged]
    kept: dict[Why, Kept]


def preview(*, branch: Branch, percent: int, category: Category | None, now: datetime) -> Preview:
    """What `start` would do now. Reads the whole branch; writes nothing."""
    numbers: Counter[Why | None] = Counter()
    named: dict[Why | None, list[Judged]] = {}
    for batch in _batches(branch, category):
        for judged in _judge(batch, percent, now):
            numbers[judged.why] += 1
            examples = named.setdefault(judged.why, [])
            if len(examples) < SHOWN:
                examples.append(judged)
    kept = {why: Kept(numbers[why], named[why]) for why in Why if numbers[why]}
    return Preview(numbers[None], named.get(None, []), kept)


def start(
    *,
    branch: Branch,
    percent: int,
    category: Category | None,
    last_day: date | None,
    nonce: UUID,
    by: Actor,
    now: datetime,
) -> tuple[Sale, int]:
    """Announce it, and lower what may be lowered; returns the sale and on how many offers.

    Written in batches: shoppers never wait long. The same nonce again (a second tap, a crash in the
    middle) goes on where it stopped. `Refused` for percentages and days that cannot be.
    """
    if not 1 <= percent <= 90:
        raise Refused(_("Please choose between 1 and 90 percent."), code="percent_out_of_range")
    if last_day is not None and last_day < tax.day(now):
        raise Refused(_("The last day has passed already."), code="last_day_past")
    sale, _made = Sale.objects.get_or_create(
        nonce=nonce,
        defaults={
            "branch": branch,
            "percent": percent,
            "category": category,
            "last_day": last_day,
            "started_at": now,
            "by_id": by.user_id,
        },
    )
    if sale.branch_id != branch.pk:
        raise Refused(_("This form did not arrive whole. Please try again."), code="nonce")
    if sale.ended_at is None:
        for batch in _batches(branch, sale.category):
            _start_batch(sale, [offer.pk for offer in batch], by=by, now=now)
    return sale, Reduction.objects.filter(sale=sale).values("offer").distinct().count()


def end(*, sale: Sale, now: datetime) -> int:
    """Everything it lowered costs again what it did before; returns how many offers rose."""
    Sale.objects.filter(pk=sale.pk, ended_at__isnull=True).update(ended_at=now)
    running = Reduction.objects.filter(sale=sale, ended_at__isnull=True)
    waiting = list(running.order_by("offer_id").values_list("offer_id", flat=True))
    number = 0
    for first in range(0, len(waiting), BATCH):
        with transaction.atomic():
            held = amounts.hold(waiting[first : first + BATCH])
            still = set(running.filter(offer__in=held).values_list("offer_id", flat=True))
            number += reductions.end_held([offer for offer in held if offer.pk in still], now=now)
    return number


def running(*, branch: Branch) -> list[Sale]:
    """Sales of a branch that still lower something, the youngest first."""
    rows = Sale.objects.filter(branch=branch, reductions__ended_at__isnull=True).distinct()
    return list(rows.select_related("category").order_by("-started_at", "-pk"))


@transaction.atomic
def _start_batch(sale: Sale, offer_ids: list[int], *, by: Actor, now: datetime) -> None:
    held = amounts.hold(offer_ids)
    # RACE: the sale may have been ended, and these may have been lowered by it, before we held.
    if Sale.objects.filter(pk=sale.pk, ended_at__isnull=False).exists():
        return
    done = set(
        Reduction.objects.filter(sale=sale, offer__in=held).values_list("offer_id", flat=True)
    )
    fresh = [offer for offer in held if offer.pk not in done]
    allowed = [each for each in _judge(fresh, sale.percent, now) if each.why is None]
    reductions.start(allowed, kind=Cut.SALE, last_day=sale.last_day, sale=sale, by=by, now=now)


def _judge(offers: list[Offer], percent: int, now: datetime) -> list[Judged]:
    judged = reductions.judge([(offer, _less(offer.price, percent)) for offer in offers], now=now)
    # A sale lowers what is not reduced; it never makes a second step of another's reduction.
    return [
        Judged(each.offer, each.amount, each.reference, Why.REDUCED)
        if each.why is None and each.offer.reference_price is not None
        else each
        for each in judged
    ]


def _less(price: Decimal, percent: int) -> Decimal:
    return max(round_gross(price * (100 - percent) / 100), CENT)


def _batches(branch: Branch, category: Category | None) -> Iterator[list[Offer]]:
    rows = Offer.objects.filter(branch=branch, is_live=True)
    if category is not None:
        tree = list(Category.objects.all())
        rows = rows.filter(variant__product__category__in=categories.below(tree, category.pk))
    rows = rows.select_related("variant__product").order_by("pk")
    after = 0
    while batch := list(rows.filter(pk__gt=after)[:BATCH]):
        yield batch
        after = batch[-1].pk
