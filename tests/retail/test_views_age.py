"""The counter asks for a proof of age where goods have a minimum age, and keeps nothing of it."""

import uuid

import pytest

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.models import Reservation
from shops.domain.gate import ruled
from tests import factories
from tests.factories import NOW


@pytest.fixture
def row(branch, clerk):
    category = factories.category("Spirituosen")
    ruled.set_rules(category=category, min_age=18, by=Actor.system(), now=NOW)
    product = factories.product(branch.shop.city, "Kornbrand", category=category)
    made = factories.reservation((factories.offer(branch, product=product), 1))
    return lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)


def sent(row, **more):
    line = row.lines.get()
    return {"client_id": uuid.uuid4(), f"taken_{line.pk}": "1", **more}


def test_the_tick_stands_above_the_button(client, base, row):
    page = client.get(f"{base}/theke/{row.pk}/").content.decode()
    assert 'name="age_checked"' in page
    assert "I have seen a proof of age: at least 18 years" in page
    assert "nothing about the person" in page


@pytest.mark.law("E1")
def test_without_the_tick_nothing_is_handed_over(client, base, row):
    path = f"{base}/theke/{row.pk}/uebergeben/"
    answer = client.post(path, sent(row))
    assert answer.status_code == 422
    assert "Please look at a proof of age, then tick this." in answer.content.decode()
    assert Reservation.objects.get(pk=row.pk).state == "READY"

    assert client.post(path, sent(row, age_checked="on")).status_code == 302
    done = Reservation.objects.get(pk=row.pk)
    assert (done.state, done.age_checked_at) == ("COLLECTED", NOW)


def test_goods_for_everybody_have_no_tick(client, base, branch, clerk):
    made = factories.reservation((factories.offer(branch), 1))
    lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    assert 'name="age_checked"' not in client.get(f"{base}/theke/{made.pk}/").content.decode()
