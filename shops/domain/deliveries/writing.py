"""Writes a part of a delivery, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.core.domain.history import Actor
from shops.domain import confidence
from shops.domain.deliveries import sets
from shops.domain.deliveries.planning import Count, Fate, Outcome, Planner
from shops.domain.deliveries.sets import Counted, Priced
from shops.domain.deliveries.shelf import Known
from shops.domain.prices import amounts
from shops.domain.prices.amounts import Price
from shops.enums import HeldState, Reason, Source
from shops.models import Delivery, HeldRow, Movement, Offer, PriceChange


def write(
    planner: Planner,
    delivery: Delivery,
    part: Sequence[Outcome],
    *,
    by: Actor,
    now: datetime,
) -> list[Outcome]:
    """Write these outcomes; returns them as they were written, since the world may have moved."""
    shelf = planner.shelf
    held = sets.hold([outcome.offer for outcome in part if outcome.offer])
    moved = {
        outcome.offer
        for outcome in part
        if outcome.offer and _has_moved(outcome, shelf.offers[outcome.offer], held[outcome.offer])
    }
    done = list(part)
    if moved:
        # RACE: claimed, counted or handed over since we planned. They are ours now: plan again.
        shelf.renew(moved)
        done = [
            planner.outcome(outcome.row, outcome.offer) if outcome.offer in moved else outcome
            for outcome in part
        ]
    _counts(planner, delivery, done, by=by, now=now)
    _prices(done, now=now)
    _questions(planner, delivery, done, now=now)
    return done


def _has_moved(outcome: Outcome, known: Known, held: tuple[int, int]) -> bool:
    version, cents = held
    # A price alone leaves the version as it is.
    return version != known.version or (
        outcome.price is not None and cents != round(known.price * 100)
    )


def _counts(
    planner: Planner,
    delivery: Delivery,
    done: Sequence[Outcome],
    *,
    by: Actor,
    now: datetime,
) -> None:
    offers = planner.shelf.offers
    rows, history = [], []
    for outcome in done:
        count = outcome.counted
        if count is None:
            continue
        rows.append(
            Counted(
                outcome.offer,
                offers[outcome.offer].version,
                count.on_hand,
                count.as_of,
                now if count.is_unsure else None,
                count.sold_units,
                count.observed_minutes,
                _pace(offers[outcome.offer], count),
                count.moments.sure_until,
                count.moments.likely_until,
            )
        )
        # Where only time has passed the delivery itself is the history: it has the same `as_of`.
        if count.delta is not None:
            history.append(
                Movement(
                    offer_id=outcome.offer,
                    reason=Reason.COUNT,
                    units=0,
                    delta=count.delta,
                    at=now,
                    as_of=count.as_of,
                    by_id=by.user_id,
                    ref=f"delivery:{delivery.pk}",
                )
            )
    if sets.write_counts(rows, source=Source.TILL) != len(rows):
        raise RuntimeError("an offer has moved although it is held")
    Movement.objects.bulk_create(history)


def _pace(known: Known, count: Count) -> float:
    """Units an opening hour, as `holding.write` keeps it."""
    per_minute = confidence.rate(count.sold_units, count.observed_minutes, known.per_hour / 60)
    return per_minute * 60


def _prices(done: Sequence[Outcome], *, now: datetime) -> None:
    asked = {each.offer: each.price for each in done if each.price is not None}
    # LAW: where a reduction runs, a new price is its next step or its end (PAngV § 11).
    reduced = Offer.objects.filter(pk__in=list(asked), reference_price__isnull=False)
    told = {offer.pk: offer for offer in reduced.order_by("pk")} if asked else {}
    amounts.write([Price(offer, asked[pk]) for pk, offer in told.items()], now=now)
    rows = [Priced(pk, price) for pk, price in asked.items() if pk not in told]
    sets.write_prices(rows)
    PriceChange.objects.bulk_create(
        PriceChange(offer_id=row.id, price=row.price, at=now) for row in rows
    )


def _questions(
    planner: Planner, delivery: Delivery, done: Sequence[Outcome], *, now: datetime
) -> None:
    """One open question per offer: a younger word answers or replaces it."""
    questions = [each for each in done if each.fate == Fate.HELD]
    answered = {
        each.offer
        for each in done
        if each.fate in (Fate.ACCEPTED, Fate.UNCHANGED) and each.offer in planner.shelf.asked
    }
    over = answered.union(each.offer for each in questions)
    if over:
        HeldRow.objects.filter(offer__in=sorted(over), state=HeldState.OPEN).update(
            state=HeldState.OVERTAKEN, decided_at=now
        )
    offers = planner.shelf.offers
    HeldRow.objects.bulk_create(
        HeldRow(
            delivery=delivery,
            offer_id=each.offer,
            line=each.row.line,
            code=each.code,
            quantity=each.row.quantity,
            price=each.row.price,
            as_of=each.as_of or delivery.as_of,
            old_quantity=offers[each.offer].on_hand,
            old_price=offers[each.offer].price,
        )
        for each in questions
    )
