"""A till sends while shoppers claim, and sends the same twice at once: one effect, nothing lost."""

from datetime import timedelta

import pytest
from django.db import transaction

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.operations.domain import audit
from shops.domain import stock
from shops.domain.deliveries import sets, taking, writing
from shops.domain.stock import SoldOut, Units
from shops.models import Delivery, HeldRow, Movement, Offer
from tests import factories
from tests.factories import NOW
from tests.races.crowd import amount, barrier, rush
from tests.shops.deliveries_help import push, sums

pytestmark = pytest.mark.timeout(1200)
BY = Actor.system()
GOODS = 8


@pytest.fixture
def branch(town):
    _engine, city = town
    at = factories.branch(factories.shop(city))
    for each in range(GOODS):
        factories.offer(at, sku=f"L-{each}", count=1_000, price="10.00")
    return at


def rows():
    return [{"sku": f"L-{each}", "quantity": 900 + each, "price": 11} for each in range(GOODS)]


def send(branch):
    def act(number):
        return f"{sums(push(branch, *rows(), {'sku': 'L-0', 'price': 99}))}"

    return act


def test_the_same_delivery_sent_by_many_at_once(branch, monkeypatch):
    monkeypatch.setattr(taking, "CHANGES", 3)

    told = rush(send(branch), tries=16, processes=4, threads=2)

    assert told == {"(8, 0, 0, 0, 1)": 16}
    assert Delivery.objects.count() == 1
    assert Movement.objects.count() == 2 * GOODS
    assert {row.on_hand for row in Offer.objects.all()} == {900 + each for each in range(GOODS)}
    assert audit.run(now=NOW).ok


def test_control_without_the_place_each_of_them_counts(branch, monkeypatch):
    """Without the condition on how far it is, everybody enters the same rows once more."""
    begun = taking._begin
    gathered = barrier(4)

    def late(*args):
        delivery = begun(*args)
        gathered.wait(timeout=60)
        return delivery

    filtered = Delivery.objects.filter

    def naive(*args, **conditions):
        conditions.pop("position", None)
        return filtered(*args, **conditions)

    monkeypatch.setattr(taking, "_begin", late)
    monkeypatch.setattr(Delivery.objects, "filter", naive)

    told = rush(send(branch), tries=4, processes=2, threads=2)

    assert set(told) != {"(8, 0, 0, 0, 1)"}, told


def test_claims_hand_overs_and_deliveries_together(branch):
    """Whatever the order: what is reserved and what is in the house are true in the end."""
    ids = list(Offer.objects.order_by("pk").values_list("pk", flat=True))
    tries = amount(600)

    def act(number):
        if number % 4 == 0:
            at = NOW + timedelta(minutes=number)
            some = [
                {"sku": f"L-{each}", "quantity": 500 + (number * 7 + each) % 400}
                for each in range(GOODS)
            ]
            found = push(branch, *reversed(some), number=f"d-{number}", as_of=at, now=at)
            return "older" if found.refused else "pushed"
        unit = Units(ids[number % GOODS], 1, ref=f"line:{number}")
        try:
            with transaction.atomic():
                stock.claim(units=[unit, Units(ids[-1], 1)], now=NOW)
            if number % 2:
                with transaction.atomic():
                    at = NOW + timedelta(minutes=number)
                    stock.consume(units=[unit], by=BY, now=at)
        except SoldOut:
            return "sold out"
        except Refused as no:
            return no.code
        return "claimed"

    told = rush(act, tries=tries, processes=3, threads=2)

    assert set(told) <= {"pushed", "older", "claimed"}, told
    assert told["claimed"] == tries - (tries + 3) // 4
    claimed, consumed = [0] * GOODS, [0] * GOODS
    for number in range(tries):
        if number % 4:
            claimed[number % GOODS] += 1
            claimed[-1] += 1
            if number % 2:
                consumed[number % GOODS] += 1
    offers = list(Offer.objects.order_by("pk"))
    assert [each.reserved for each in offers] == [
        here - gone for here, gone in zip(claimed, consumed, strict=True)
    ]
    # Claims here belong to no line, which the audit must find; all that a count keeps is kept.
    assert 3 not in {each.truth for each in audit.run(now=NOW).violations}


def test_what_was_planned_before_a_claim_is_not_written_even_by_who_has_not_looked(
    branch, monkeypatch
):
    """The write itself asks for the version, beside the look at it under the lock."""
    row = Offer.objects.get(sku="L-0")
    hold = sets.hold
    known: dict[int, tuple[int, int]] = {}

    def blind(ids):
        found = hold(ids)
        return {pk: known.get(pk, value) for pk, value in found.items()}

    write = writing.write

    def meanwhile(planner, *args, **fields):
        known.update(
            {
                pk: (each.version, round(each.price * 100))
                for pk, each in planner.shelf.offers.items()
            }
        )
        stock.claim(units=[Units(row.pk, 1)], now=NOW)
        return write(planner, *args, **fields)

    monkeypatch.setattr(sets, "hold", blind)
    monkeypatch.setattr(writing, "write", meanwhile)
    with pytest.raises(RuntimeError):
        push(branch, {"sku": "L-0", "quantity": 1})
    assert not HeldRow.objects.exists()
