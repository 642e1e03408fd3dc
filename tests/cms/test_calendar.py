"""The city's calendar in the desk: Sundays of a year."""

from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.core.models import Notice
from shops.domain import hours, sundays
from shops.enums import SundayStatus
from shops.models import SundayOpening
from tests import factories
from tests.cms.calendar_help import (
    BASE,
    FORM,
    SATURDAY,
    SUNDAY,
    WEEK,
    enter,
    permitted,
    planned,
    take_part,
    text,
    waiting,
    zone,
)
from tests.shops.walk import berlin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# --- a Sunday's life ------------------------------------------------------------------------------


def test_planned_permitted_withdrawn_moves_what_runs_and_tells_people(desk, city, clock):
    branch = factories.branch(factories.shop(city, auto_accept=True), "Mitte")

    shown = desk.post(f"{BASE}planen/", FORM, follow=True)
    assert shown.request["QUERY_STRING"] == "jahr=2027"
    assert "Planned. Shops can take part once it is permitted." in text(shown)
    row = SundayOpening.objects.get()
    assert (row.date, row.opens, row.closes, row.zone) == (SUNDAY, time(13), time(18), None)

    shown = desk.post(f"{BASE}{row.pk}/genehmigt/", {"permit": "32-14/27"}, follow=True)
    assert "Permitted. From now on shops can take part." in text(shown)
    assert "No branch takes part." in text(shown)
    assert "permit 32-14/27" in text(shown)
    take_part(row, branch)
    shown = text(desk.get(f"{BASE}?jahr=2027"))
    assert "1 branch takes part" in shown
    assert "Laufwerk, Mitte" in shown

    clock.move_to(SATURDAY)
    enter(desk, city)
    made = waiting(branch)
    assert made.collect_by == berlin("2027-01-11T19:00")
    shown = text(desk.get(f"{BASE}{row.pk}/zurueckziehen/"))
    assert "1 running reservation is affected" in shown
    assert "Withdraw and close 1 branch" in shown
    assert SundayOpening.objects.get().status == SundayStatus.PERMITTED, "a GET does nothing"

    shown = desk.post(f"{BASE}{row.pk}/zurueckziehen/", follow=True)
    assert "Withdrawn. No shop opens on that Sunday." in text(shown)
    assert "1 branch wanted to take part" in text(shown)
    made.refresh_from_db()
    assert made.collect_by == berlin("2027-01-12T19:00")
    assert Notice.objects.filter(kind="reservations.moved").count() == 1
    assert hours.calendar_of(branch.pk).sundays == ()


def test_withdrawing_twice_is_no_trouble(desk, city):
    row = permitted(city)
    for _ in range(2):
        assert desk.post(f"{BASE}{row.pk}/zurueckziehen/").status_code == 302


def test_if_reservations_cannot_follow_the_sunday_stays(desk, city, monkeypatch):
    """Calendar and reservations change together, or neither does."""
    branch = factories.branch(factories.shop(city))
    row = permitted(city)
    take_part(row, branch)

    def break_down(**_):
        raise ConnectionError

    monkeypatch.setattr("marketplace.reservations.domain.following.follow", break_down)
    with pytest.raises(ConnectionError):
        desk.post(f"{BASE}{row.pk}/zurueckziehen/")
    row.refresh_from_db()
    assert row.status == SundayStatus.PERMITTED
    assert hours.calendar_of(branch.pk).sundays != ()


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "2027-01-11"}, "This day is not a Sunday."),
        ({"date": "2026-11-29"}, "This day has passed."),
        ({"date": "2026-12-20"}, "Shops stay closed on this Sunday by law: Advent Sunday."),
        (
            {"date": "2026-12-27"},
            "Shops stay closed on this Sunday by law: the day after the Christmas holidays.",
        ),
        ({"opens": "12:00"}, "for five hours at most"),
        ({"opens": "18:00"}, "close later than it opens"),
    ],
)
def test_what_cannot_be_planned(desk, changes, sentence):
    answer = desk.post(f"{BASE}planen/", FORM | {"reason": "Lichterfest"} | changes)
    assert answer.status_code == 409
    assert sentence in text(answer)
    for typed in ("Lichterfest", *changes.values()):
        assert f'value="{typed}"' in text(answer)
    assert not SundayOpening.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"date": "bald"}, "Please enter a date"),
        ({"opens": ""}, "Please enter a time"),
        ({"reason": ""}, "Please enter the reason"),
        ({"zone": "999999"}, "This zone is not in your town."),
    ],
)
def test_what_was_not_understood(desk, changes, sentence):
    answer = desk.post(f"{BASE}planen/", FORM | {"closes": "17:15"} | changes)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="17:15"' in text(answer)


def test_a_sunday_is_planned_once(desk, city):
    planned(city)
    answer = desk.post(f"{BASE}planen/", FORM)
    assert answer.status_code == 409
    assert "This Sunday is planned already" in text(answer)


def test_without_a_number_nothing_is_permitted(desk, city):
    row = planned(city)
    answer = desk.post(f"{BASE}{row.pk}/genehmigt/", {"permit": " "})
    assert answer.status_code == 422
    assert "Please enter the number of the permit." in text(answer)
    assert "10. Januar 2027" in text(answer), "the year of that Sunday"


def test_the_fifth_of_the_whole_town_is_refused_and_the_used_ones_are_counted(desk, city):
    one, outlets = zone(city), zone(city, "Outlets", is_excursion=True)
    days = []
    while len(days) < 6:
        days.append(sundays.first_lawful("NI", days[-1] + WEEK if days else SUNDAY))
    permitted(city, days[0], one)
    permitted(city, days[1], outlets)
    for day in days[2:5]:
        permitted(city, day)
    shown = text(desk.get(f"{BASE}?jahr=2027"))
    for used in ("4 of 6", "3 of 4", "4 of 4", "4 of 8"):
        assert used in shown
    row = planned(city, days[5])
    answer = desk.post(f"{BASE}{row.pk}/genehmigt/", {"permit": "AZ 7"})
    assert answer.status_code == 409
    assert "Innenstadt may open on 4 Sundays a year; they are all taken." in text(answer)
    assert 'value="AZ 7"' in text(answer)


def test_what_is_permitted_already_or_over_is_said(desk, city, clock):
    row = permitted(city)
    answer = desk.post(f"{BASE}{row.pk}/genehmigt/", {"permit": "32-15"})
    assert answer.status_code == 409
    assert "This Sunday is no longer only planned." in text(answer)
    clock.move_to(SATURDAY + WEEK)
    enter(desk, city)
    answer = desk.post(f"{BASE}{row.pk}/zurueckziehen/")
    assert answer.status_code == 409
    assert "This Sunday has passed." in text(answer)
    shown = text(desk.get(f"{BASE}?jahr=2027"))
    assert "zurueckziehen" not in shown
    assert "genehmigt" not in shown


# --- the page of a year ---------------------------------------------------------------------------


def test_a_year_names_the_sundays_that_stay_closed(desk):
    shown = text(desk.get(BASE))
    assert "Open Sundays 2026" in shown
    assert "No Sunday of this year is planned." in shown
    assert "22. November 2026: Totensonntag" in shown
    assert "5. April 2026: Easter Sunday" in shown
    assert "28. März 2027: Easter Sunday" in text(desk.get(f"{BASE}?jahr=2027"))


@pytest.mark.parametrize("year", ["", "bald", "0", "-1", "99999", "9" * 40])
def test_years_that_cannot_be_are_this_one(desk, year):
    answer = desk.get(BASE, {"jahr": year})
    assert answer.status_code == 200
    assert "Open Sundays 2026" in text(answer)


def test_the_desk_leads_there(desk):
    assert f'"url": "{BASE}"' in text(desk.get("/cms/"))
    assert 'href="/cms/kalender/bestaetigt/"' in text(desk.get(BASE))
    assert "unsafe" not in desk.get(BASE)["Content-Security-Policy"]


# --- rights ---------------------------------------------------------------------------------------


def test_another_citys_rows_do_not_exist(desk, city, far):
    row, there = planned(far), zone(far)
    branch = factories.branch(factories.shop(far, "Fern"))
    for path in (f"{row.pk}/genehmigt/", f"{row.pk}/zurueckziehen/", f"ortsbereiche/{there.pk}/"):
        form = {"permit": "1", "name": "Mein"}
        assert desk.post(f"{BASE}{path}", form).status_code == 404
    here = zone(city)
    for form in (
        {"branches": [branch.pk], "zone": here.pk},
        {"branches": [factories.branch(factories.shop(city)).pk], "zone": there.pk},
    ):
        assert desk.post(f"{BASE}ortsbereiche/zuordnen/", form).status_code == 422
    assert desk.post(f"{BASE}planen/", FORM | {"zone": there.pk}).status_code == 422
    for each in (row, there, branch):
        each.refresh_from_db()
    assert (row.status, there.name, branch.zone) == (SundayStatus.PLANNED, "Innenstadt", None)
    for page in ("", "?jahr=2027", "ortsbereiche/", "bestaetigt/", "bestaetigt/?format=csv"):
        assert "Fern" not in text(desk.get(f"{BASE}{page}"))


def test_who_does_not_speak_for_the_city_gets_no_entry(city, far):
    for client_ in (enter(Client(), far), Client()):
        if not client_.cookies:
            client_.force_login(factories.member(factories.shop(city)))
        for page in ("", "ortsbereiche/", "bestaetigt/", "bestaetigt/?format=csv"):
            assert client_.get(f"{BASE}{page}").status_code == 302
        client_.post(f"{BASE}planen/", FORM)
        assert f'"url": "{BASE}"' not in text(client_.get("/cms/"))
    assert not SundayOpening.objects.exists()


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_ids_that_cannot_be_do_no_harm(desk, number):
    for path in ("{}/genehmigt/", "{}/zurueckziehen/", "ortsbereiche/{}/"):
        assert desk.post(BASE + path.format(number)).status_code == 404
    form = {"branches": [number], "zone": number}
    assert desk.post(f"{BASE}ortsbereiche/zuordnen/", form).status_code == 422


# --- queries --------------------------------------------------------------------------------------


def test_three_rows_cost_what_one_costs(desk, city):
    def grow(number: int) -> SundayOpening:
        where = zone(city, f"Ort {number}")
        branch = factories.branch(factories.shop(city, f"Laden {number}"), zone=where)
        factories.closure(branch, date(2026, 12, 28), date(2026, 12, 29))
        row = permitted(city, sundays.first_lawful("NI", SUNDAY + number * WEEK), where)
        take_part(row, branch)
        return row

    def cost() -> list[int]:
        paths = ("?jahr=2027", "ortsbereiche/", "bestaetigt/", f"{row.pk}/zurueckziehen/")
        found = []
        for path in paths:
            desk.get(f"{BASE}{path}")
            with CaptureQueriesContext(connection) as asked:
                assert desk.get(f"{BASE}{path}").status_code == 200
            found.append(len(asked))
        return found

    row = grow(0)
    one = cost()
    for number in (1, 2):
        grow(number)
        take_part(row, factories.branch(factories.shop(city, f"Mehr {number}"), zone=row.zone))
    assert cost() == one
    assert max(one) <= 15, one
