"""A till's delivery that is cut off, again and again: sent again it ends in the same sums."""

import random
import signal
from datetime import timedelta

import pytest

from marketplace.core.faults import POINTS
from marketplace.operations.domain import audit
from shops.domain.deliveries import taking, writing
from shops.models import Delivery, HeldRow, Movement, Offer, PriceChange
from tests import factories
from tests.factories import NOW
from tests.kills.lives import leave, live
from tests.shops.deliveries_help import push, sums

pytestmark = pytest.mark.timeout(600)

KILLS = 50
GOODS = 12
LATER = NOW + timedelta(minutes=1)
HERE = sorted(name for name in POINTS if name.startswith("push."))


@pytest.fixture
def branch(own_database, monkeypatch):
    """Twelve goods; parts of three changed rows, so that a delivery has several."""
    monkeypatch.setattr(taking, "CHANGES", 3)
    at = factories.branch(factories.shop(factories.city()))
    for each in range(GOODS):
        factories.offer(at, sku=f"L-{each}", count=5, price="10.00")
    yield at
    leave()


def rows(number):
    """Most change, one is confirmed, one is held back, one unknown, one refused."""
    changed = [
        {"sku": f"L-{each}", "quantity": 6 + (number + each) % 3, "price": 10 + (number + each) % 2}
        for each in range(GOODS - 2)
    ]
    return [
        *changed,
        {"sku": "L-10", "quantity": 5},
        {"sku": "L-11", "price": 99 + number},
        {"sku": "X", "quantity": 1},
        {"sku": "L-0", "quantity": -1},
    ]


def send(branch, number):
    at = NOW + timedelta(minutes=number)
    return push(branch, *rows(number), number=f"d-{number}", as_of=at, now=at)


def sending(branch, number):
    """The same for a life, which says nothing."""
    return lambda say: send(branch, number) and None


def violations(number):
    at = NOW + timedelta(minutes=number)
    found = [f"{one.truth} {one.subject} {one.what}" for one in audit.run(now=at).violations]
    leave()
    return found


def facts(branch):
    """All that a delivery writes, but for ids."""
    offers = Offer.objects.filter(branch=branch).order_by("pk")
    return {
        "offers": list(offers.values_list("on_hand", "price", "counted_at", "sure_until")),
        "moved": list(
            Movement.objects.order_by("offer_id", "pk").values_list("offer__sku", "delta", "as_of")
        ),
        "prices": list(
            PriceChange.objects.order_by("offer_id", "pk").values_list("offer__sku", "price")
        ),
        "held": list(HeldRow.objects.order_by("pk").values_list("line", "code", "state")),
    }


@pytest.mark.parametrize("point", HERE)
def test_killed_at_a_named_point_and_sent_again(branch, monkeypatch, point):
    monkeypatch.setenv("FAULT_AT", point)
    ended, _said = live(sending(branch, 1))
    assert ended == signal.SIGKILL
    assert violations(1) == []
    monkeypatch.delenv("FAULT_AT")
    done = send(branch, 1)
    assert sum(sums(done)) == GOODS + 2
    assert violations(1) == []
    assert Delivery.objects.count() == 1


def test_killed_at_random_and_sent_again(branch, monkeypatch):
    """A twin branch that nobody ever cuts off says what each delivery must have done."""
    twin = factories.branch(branch.shop)
    for offer in Offer.objects.filter(branch=branch).order_by("pk"):
        factories.offer(twin, sku=offer.sku, count=5, price="10.00", product=offer.variant.product)
    chance = random.Random(20261130)
    killed = number = 0
    while killed < KILLS:
        number += 1
        assert number < 400
        for _ in range(4):
            monkeypatch.setenv("FAULT_RANDOM", f"0.15:{chance.random()}")
            ended, _said = live(sending(branch, number))
            killed += ended == signal.SIGKILL
            if not ended:
                break
        monkeypatch.delenv("FAULT_RANDOM")
        assert sums(send(branch, number)) == sums(send(twin, number))
        leave()
    assert violations(number) == []
    assert facts(branch)["offers"] == facts(twin)["offers"]
    assert Delivery.objects.filter(branch=branch).count() == number


def test_control_with_sums_of_their_own_the_cut_is_seen(branch, monkeypatch):
    """The harness sees offers that were written without their sums: the same again counts less."""
    monkeypatch.setenv("FAULT_AT", "push.half")
    write = writing.write

    def at_once(planner, delivery, part, *, by, now):
        from django.db import connection  # noqa: PLC0415 in the child

        done = write(planner, delivery, part, by=by, now=now)
        connection.connection.commit()  # what a verb would do that commits half way
        return done

    monkeypatch.setattr(writing, "write", at_once)
    ended, _said = live(sending(branch, 1))
    assert ended == signal.SIGKILL
    monkeypatch.undo()
    assert sums(send(branch, 1)) != (10, 1, 1, 1, 1)
