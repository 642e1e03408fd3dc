"""The page of a branch's hours: one tap closes a day, and everybody knows it at once."""

from datetime import timedelta

import pytest

from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle
from shops.models import Closure
from tests import factories
from tests.factories import NOW
from tests.shops.walk import berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(branch) -> str:
    return f"/haendler/{branch.shop.slug}/{branch.slug}/zeiten/"


def test_one_tap_closes_a_day_moves_what_runs_and_tells_the_town(
    client, clerk, branch, base, clock
):
    made = factories.reservation((factories.offer(branch, count=5), 1))
    lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    assert f'action="{base}geschlossen/"' in client.get(base).content.decode()

    answer = client.post(f"{base}geschlossen/", {"first": "2026-12-04"}, follow=True)

    assert "Your page says so at once" in answer.content.decode()
    made.refresh_from_db()
    assert made.collect_by == berlin("2026-12-07T19:00")
    assert Notice.objects.filter(kind="reservations.moved").count() == 1
    assert "4. Dezember 2026" in client.get("/laden/laufwerk/").content.decode()
    clock.shift(timedelta(days=1))
    assert "door--closed" in client.get("/laden/laufwerk/").content.decode()


def test_a_wrong_date_keeps_what_was_typed(client, base):
    for first, last, status in (("morgen", "", 422), ("2026-12-09", "2026-12-08", 409)):
        answer = client.post(
            f"{base}geschlossen/", {"first": first, "last": last, "reason": "Umbau"}
        )
        assert answer.status_code == status
        assert "Umbau" in answer.content.decode()
    assert not Closure.objects.exists()


def test_a_pause_ends_by_itself(client, branch, base):
    client.post(f"{base}pause/", {"length": "60"})
    branch.refresh_from_db()
    assert branch.paused_until == NOW + timedelta(hours=1)
    assert "Paused until" in client.get(base).content.decode()
    assert client.post(f"{base}pause/", {"length": "ewig"}).status_code == 422


def test_a_closure_of_another_branch_stays(client, shop, base):
    other = factories.branch(shop, "Vorsfelde")
    foreign = factories.branch(factories.shop(shop.city, "Fremd"))
    day = NOW.date() + timedelta(days=2)
    for place in (other, foreign):
        closure = factories.closure(place, day, day)
        client.post(f"{base}geschlossen/{closure.pk}/zurueck/")
        assert Closure.objects.filter(pk=closure.pk).exists()


def test_one_day_of_many_is_not_opened_by_mistake(client, branch, base):
    """The button says which days it takes back."""
    days = {"first": "2026-12-07", "last": "2026-12-12", "reason": "Urlaub"}
    client.post(f"{base}geschlossen/", days)
    page = client.get(base).content.decode()
    assert "Open after all" not in page
    client.post(f"{base}geschlossen/", {"first": "2026-12-04"})
    assert client.get(base).content.decode().count("Open after all") == 1


def test_sending_it_twice_is_no_trouble(client, branch, base):
    closure = factories.closure(branch, NOW.date() + timedelta(days=1), NOW.date() + timedelta(1))
    for _ in range(2):
        answer = client.post(f"{base}geschlossen/{closure.pk}/zurueck/", follow=True)
        assert answer.status_code == 200
    assert not Closure.objects.exists()


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_ids_that_cannot_be_do_no_harm(client, base, number):
    assert client.post(f"{base}geschlossen/{number}/zurueck/").status_code == 302
