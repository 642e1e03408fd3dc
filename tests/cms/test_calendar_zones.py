"""The zones of the city's calendar in the desk."""

import pytest

from marketplace.core.models import Notice
from shops.models import Zone
from tests import factories
from tests.cms.calendar_help import BASE, SATURDAY, enter, permitted, take_part, text, waiting, zone
from tests.shops.walk import berlin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_zone_is_added_renamed_and_becomes_a_place_for_excursions(desk, city):
    shown = desk.post(f"{BASE}ortsbereiche/neu/", {"name": "Outlet"}, follow=True)
    assert "Outlet" in text(shown)
    row = Zone.objects.get()
    form = {"name": "Designer Outlets", "is_excursion": "on"}
    desk.post(f"{BASE}ortsbereiche/{row.pk}/", form)
    row.refresh_from_db()
    assert (row.city, row.name, row.is_excursion) == (city, "Designer Outlets", True)


def test_a_zone_needs_a_name_of_its_own(desk, city):
    zone(city)
    other = zone(city, "Vorsfelde")
    for path in ("neu/", f"{other.pk}/"):
        answer = desk.post(f"{BASE}ortsbereiche/{path}", {"name": "Innenstadt", "is_excursion": 1})
        assert answer.status_code == 409
        assert "There is a zone of this name already." in text(answer)
        assert "checked" in text(answer)
        answer = desk.post(f"{BASE}ortsbereiche/{path}", {"name": ""})
        assert answer.status_code == 422
        assert "Please give the zone a name." in text(answer)


def test_leaving_a_zone_takes_its_sundays_away_and_moves_what_runs(desk, city, clock):
    one, two = zone(city), zone(city, "Vorsfelde")
    branch = factories.branch(factories.shop(city, auto_accept=True), "Mitte")
    desk.post(f"{BASE}ortsbereiche/zuordnen/", {"branches": [branch.pk], "zone": one.pk})
    branch.refresh_from_db()
    assert branch.zone == one
    take_part(permitted(city, at=one), branch)
    clock.move_to(SATURDAY)
    enter(desk, city)
    made = waiting(branch)

    form = {"branches": [branch.pk], "zone": two.pk}
    shown = desk.post(f"{BASE}ortsbereiche/zuordnen/", form, follow=True)

    assert "1 branch placed." in text(shown)
    assert "Laufwerk, Mitte (Vorsfelde)" in text(shown)
    made.refresh_from_db()
    assert made.collect_by == berlin("2027-01-12T19:00")
    assert Notice.objects.filter(kind="reservations.moved").count() == 1
    desk.post(f"{BASE}ortsbereiche/zuordnen/", {"branches": [branch.pk], "zone": ""})
    branch.refresh_from_db()
    assert branch.zone is None


def test_nothing_ticked_places_nothing(desk, city):
    answer = desk.post(f"{BASE}ortsbereiche/zuordnen/", {"zone": zone(city).pk})
    assert answer.status_code == 422
    assert "Please tick at least one branch." in text(answer)
