"""A delivery in bulk does what counts and prices do row by row, whatever came before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Stale
from marketplace.operations.domain import audit
from shops.domain import counts, stock
from shops.domain.prices import amounts
from shops.domain.stock import Units
from shops.enums import Source
from shops.models import Movement, Offer, PriceChange
from tests import factories
from tests.factories import NOW
from tests.shops.deliveries_help import push

pytestmark = pytest.mark.django_db
BY = Actor.system()
GOODS = 4
SAID = (
    "price", "on_hand", "reserved", "counted_at", "source", "unsure_since", "sold_units", "pace",
    "observed_minutes", "sure_until", "likely_until",
)  # fmt: skip

minutes = st.integers(1, 40 * 60)
some = st.integers(0, GOODS - 1)
numbers = st.integers(0, 9)
#: A delivery says something of each of these goods, as of so many minutes before it arrives.
said = st.dictionaries(
    some,
    st.tuples(
        st.one_of(st.none(), numbers),
        st.sampled_from([None, "9.00", "10.00", "12.50"]),
        st.one_of(st.none(), st.integers(0, 120)),
    ).filter(lambda row: row[:2] != (None, None)),
    min_size=1,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("push"), said, st.integers(0, 120)),
        st.tuples(st.just("eye"), some, numbers),
        st.tuples(st.just("claim"), some, st.integers(1, 3)),
        st.tuples(st.just("hand over"), some, st.integers(1, 3)),
        st.tuples(st.just("undo"), some),
        st.tuples(st.just("forget"), some),
        st.tuples(st.just("one more"), some),
    ).flatmap(lambda step: minutes.map(lambda wait: (wait, step))),
    max_size=12,
)


class Town:
    """Two branches of the same goods: one gets deliveries in bulk, the other row by row."""

    def __init__(self):
        city = factories.city()
        shop = factories.shop(city)
        category = factories.category(turnover=0.4)
        goods = [
            factories.product(city, f"Ding {each}", category=category) for each in range(GOODS)
        ]
        self.bulk, self.single = factories.branch(shop), factories.branch(shop)
        self.offers = {
            branch.pk: [
                factories.offer(branch, product=each, sku=f"L-{place}", price="10.00",
                                count=None if place == 0 else 5).pk
                for place, each in enumerate(goods)
            ]
            for branch in (self.bulk, self.single)
        }  # fmt: skip
        self.pushes = 0
        self.claimed = [0] * GOODS
        self.handed = [[] for _ in range(GOODS)]

    def each(self, place):
        return (self.offers[branch.pk][place] for branch in (self.bulk, self.single))

    def step(self, step, now):
        kind, *what = step
        getattr(self, f"do_{kind.replace(' ', '_')}")(*what, now)

    def do_push(self, rows, age, now):
        self.pushes += 1
        as_of = now - timedelta(minutes=age)
        push(
            self.bulk,
            *(
                {"sku": f"L-{place}", "quantity": quantity, "price": price}
                | ({} if ago is None else {"as_of": now - timedelta(minutes=ago)})
                for place, (quantity, price, ago) in rows.items()
            ),
            number=f"p-{self.pushes}",
            as_of=as_of,
            now=now,
        )
        for place, (quantity, price, ago) in sorted(rows.items()):
            pk = self.offers[self.single.pk][place]
            true = as_of if ago is None else now - timedelta(minutes=ago)
            offer = Offer.objects.get(pk=pk)
            if quantity is not None and offer.counted_at and true < offer.counted_at:
                with pytest.raises(Stale):
                    counts.count(offer_id=pk, counted=quantity, as_of=true,
                                 source=Source.TILL, by=BY, now=now)  # fmt: skip
                continue
            if quantity is not None:
                counts.count(offer_id=pk, counted=quantity, as_of=true, source=Source.TILL,
                             by=BY, now=now)  # fmt: skip
            if price is not None:
                amounts.set_price(offer=offer, price=Decimal(price), now=now)

    def do_eye(self, place, number, now):
        for pk in self.each(place):
            counts.count_by_eye(offer_id=pk, on_shelf=number, by=BY, now=now)

    def do_claim(self, place, number, now):
        # Whether it can be claimed is the same in both; what we compare would show it otherwise.
        pks = list(self.each(place))
        if all((Offer.objects.get(pk=pk).free or 0) >= number for pk in pks):
            for pk in pks:
                stock.claim(units=[Units(pk, number)], now=now)
            self.claimed[place] += number

    def do_hand_over(self, place, number, now):
        number = min(number, self.claimed[place])
        if number:
            self.claimed[place] -= number
            ref = f"line:{now.timestamp():.0f}"
            self.handed[place].append((number, ref))
            for pk in self.each(place):
                stock.consume(units=[Units(pk, number, ref=ref)], by=BY, now=now)

    def do_undo(self, place, now):
        if self.handed[place]:
            number, ref = self.handed[place].pop()
            self.claimed[place] += number
            for pk in self.each(place):
                stock.restore(units=[Units(pk, number, ref=ref)], by=BY, now=now)

    def do_forget(self, place, now):
        for pk in self.each(place):
            counts.forget(offer_id=pk, by=BY, now=now)

    def do_one_more(self, place, now):
        for pk in self.each(place):
            if Offer.objects.get(pk=pk).on_hand is not None:
                counts.adjust(offer_id=pk, units=1, by=BY, now=now)

    def state(self, branch):
        pks = self.offers[branch.pk]
        offers = Offer.objects.filter(pk__in=pks).order_by("pk")
        changed = Movement.objects.exclude(delta=0).order_by("pk")
        return [
            (
                [getattr(offer, name) for name in SAID],
                list(changed.filter(offer=offer).values_list("reason", "delta", "at", "as_of")),
                list(
                    PriceChange.objects.filter(offer=offer)
                    .order_by("pk")
                    .values_list("price", "at")
                ),
            )
            for offer in offers
        ]


@given(steps=steps)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_in_bulk_as_row_by_row(db, steps):
    from django.db import transaction  # noqa: PLC0415 after the settings

    with transaction.atomic():
        town, now = Town(), NOW
        for wait, step in steps:
            now += timedelta(minutes=wait)
            town.step(step, now)
            assert town.state(town.bulk) == town.state(town.single), (step, now)
        # Claims here belong to no line, which is all the audit may find: truth 3 stands.
        assert 3 not in {each.truth for each in audit.run(now=now).violations}
        transaction.set_rollback(True)
