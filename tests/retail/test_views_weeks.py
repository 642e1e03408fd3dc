"""Owners change the week; the page shows what people will see."""

import re
from datetime import date, time, timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle
from shops.domain import calendar, hours, sundays
from shops.domain.sundays import Plan
from shops.enums import HoursFor, Trade
from shops.models import OpeningHours, Season, SpecialHours
from tests import factories
from tests.factories import NOW
from tests.shops.walk import berlin

pytestmark = pytest.mark.django_db

FULL = {f"day{number}": "9-18" for number in range(5)} | {"day5": "10-14", "day6": ""}


@pytest.fixture
def base(branch) -> str:
    return f"/haendler/{branch.shop.slug}/{branch.slug}/zeiten/"


def spans_on(branch, day: date):
    branch.refresh_from_db()
    return calendar.on(hours.calendar(branch), day).spans


def test_a_template_fills_the_form_and_saves_nothing(owner_client, branch, base):
    before = branch.calendar
    page = owner_client.get(f"{base}woche/?muster=backwaren").content.decode()
    assert 'value="6–18"' in page
    assert 'value="8–11"' in page
    assert re.search(r'value="BAKERY"[^>]*checked', page)
    branch.refresh_from_db()
    assert branch.calendar == before


def test_a_week_is_saved_for_this_branch_and_for_others(owner_client, shop, branch, base):
    other = factories.branch(shop, "Vorsfelde")
    said = FULL | {"day2": "9-13, 14:30-18", "trade": "RETAIL", "also": [other.pk], "act": "save"}

    answer = owner_client.post(f"{base}woche/", said, follow=True)

    assert "Your page says so at once" in answer.content.decode()
    for each in (branch, other):
        assert spans_on(each, date(2026, 12, 9)) == ((time(9), time(13)), (time(14, 30), time(18)))
        assert each.hours_confirmed_at == NOW


def test_a_branch_of_somebody_else_is_no_other_branch(owner_client, shop, base):
    foreign = factories.branch(factories.shop(shop.city, "Fremd"))
    said = FULL | {"trade": "RETAIL", "also": [foreign.pk], "act": "save"}
    before = foreign.calendar
    assert owner_client.post(f"{base}woche/", said).status_code == 302  # nothing to choose from
    factories.branch(shop, "Vorsfelde")
    assert owner_client.post(f"{base}woche/", said).status_code == 422
    foreign.refresh_from_db()
    assert foreign.calendar == before


def test_monday_goes_on_to_friday_and_the_next_days_are_shown_before_saving(
    owner_client, branch, base
):
    before = branch.calendar
    said = {"day0": "8-17", "day5": "10-12", "trade": "RETAIL", "act": "fill"}
    page = owner_client.post(f"{base}woche/", said).content.decode()
    assert page.count('value="8-17"') == 5
    assert "So people would see it" in page
    assert "08:00–17:00" in page
    branch.refresh_from_db()
    assert branch.calendar == before


def test_what_nobody_understands_is_told_at_its_day_and_stays(owner_client, branch, base):
    said = FULL | {"day3": "halb zehn bis sechs", "trade": "RETAIL", "act": "save"}
    answer = owner_client.post(f"{base}woche/", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please write it like 9–18" in page
    assert "halb zehn bis sechs" in page
    assert 'value="10-14"' in page


def test_sunday_is_refused_to_a_shop_and_three_hours_are_a_bakerys(owner_client, branch, base):
    said = FULL | {"day6": "8-11", "trade": "RETAIL", "act": "save"}
    answer = owner_client.post(f"{base}woche/", said)
    assert answer.status_code == 409
    assert "On Sundays and public holidays shops stay closed" in answer.content.decode()
    branch.refresh_from_db()
    assert branch.trade == Trade.RETAIL

    assert owner_client.post(f"{base}woche/", said | {"trade": "BAKERY"}).status_code == 302
    assert spans_on(branch, date(2026, 12, 6)) == ((time(8), time(11)),)
    assert (
        owner_client.post(f"{base}woche/", said | {"trade": "BAKERY", "day6": "8-12"}).status_code
        == 409
    )


def test_a_shorter_week_moves_who_is_about_to_come(owner_client, clerk, branch, base):
    made = factories.reservation((factories.offer(branch, count=5), 1))
    lifecycle.mark_ready(reservation_id=made.pk, by=clerk, now=NOW)
    made.refresh_from_db()
    assert made.collect_by == berlin("2026-12-05T19:00")
    said = FULL | {"day5": "", "trade": "RETAIL", "act": "save"}
    owner_client.post(f"{base}woche/", said)
    made.refresh_from_db()
    assert made.collect_by > berlin("2026-12-06T00:00")
    assert Notice.objects.filter(kind="reservations.moved").count() == 1


def test_hand_over_has_hours_of_its_own(owner_client, branch, base):
    said = {f"day{number}": "16-18" for number in range(5)} | {"act": "save"}
    assert owner_client.post(f"{base}abholung/", said).status_code == 302
    branch.refresh_from_db()
    facts = hours.calendar(branch)
    friday = date(2026, 12, 4)
    assert calendar.on(facts.collecting, friday).spans == ((time(16), time(18)),)
    assert calendar.on(facts, friday).spans != calendar.on(facts.collecting, friday).spans
    assert owner_client.post(f"{base}abholung/", {"act": "save"}).status_code == 302
    assert not OpeningHours.objects.filter(branch=branch, what_for=HoursFor.PICKUP).exists()


def test_a_season_comes_every_year_and_goes(owner_client, branch, base):
    said = FULL | {
        "name": "Advent",
        "first_day": 1,
        "first_month": 12,
        "last_day": 23,
        "last_month": 12,
        "day5": "9-20",
    }
    assert owner_client.post(f"{base}saisons/", said).status_code == 302
    assert spans_on(branch, date(2027, 12, 11)) == ((time(9), time(20)),)
    assert "Advent" in owner_client.get(f"{base}saisons/").content.decode()
    season = Season.objects.get()
    assert owner_client.post(f"{base}saisons/{season.pk}/entfernen/").status_code == 302
    assert spans_on(branch, date(2027, 12, 11)) != ((time(9), time(20)),)
    odd = owner_client.post(f"{base}saisons/", said | {"first_day": 31, "first_month": 4})
    assert odd.status_code == 409
    assert "There is no such day" in odd.content.decode()
    assert owner_client.post(f"{base}saisons/", said | {"name": ""}).status_code == 422


def test_preparing_and_windows(owner_client, branch, base):
    said = {"lead_minutes": 60, "parallel": 3, "cutoff": "16:30", "slot_minutes": 30}
    answer = owner_client.post(f"{base}bereit/", said)
    assert answer.status_code == 409
    assert "how many reservations fit into one window" in answer.content.decode()
    assert owner_client.post(f"{base}bereit/", said | {"slot_capacity": 4}).status_code == 302
    branch.refresh_from_db()
    assert (branch.lead_minutes, branch.parallel, branch.cutoff) == (60, 3, time(16, 30))
    assert (branch.slot_minutes, branch.slot_capacity) == (30, 4)
    page = owner_client.get(f"{base}bereit/").content.decode()
    assert 'value="16:30"' in page


def test_one_day_gets_hours_of_its_own_and_loses_them(client, branch, base):
    day = date(2026, 12, 8)
    before = spans_on(branch, day)
    assert client.get(f"{base}tag/2026-12-08/").status_code == 200
    said = {"spans": "10-13", "reason": "Inventur"}
    assert client.post(f"{base}tag/2026-12-08/", said).status_code == 302
    assert spans_on(branch, day) == ((time(10), time(13)),)
    assert "Inventur" in client.get(base).content.decode()
    # Empty is closed, and one day's closure ends where hours are said again.
    assert client.post(f"{base}tag/2026-12-08/", {"spans": ""}).status_code == 302
    assert spans_on(branch, day) == ()
    assert client.post(f"{base}tag/2026-12-08/", said).status_code == 302
    assert spans_on(branch, day) == ((time(10), time(13)),)
    assert client.post(f"{base}tag/2026-12-08/zurueck/").status_code == 302
    assert spans_on(branch, day) == before


def test_a_day_that_cannot_be_changed_says_why(client, branch, base):
    factories.closure(branch, date(2026, 12, 7), date(2026, 12, 12))
    answer = client.post(f"{base}tag/2026-12-08/", {"spans": "10-13", "reason": "Doch"})
    assert answer.status_code == 409
    assert "longer closure" in answer.content.decode()
    assert 'value="10–13"' in answer.content.decode() or 'value="10-13"' in answer.content.decode()
    assert client.post(f"{base}tag/2026-12-25/", {"spans": "10-13"}).status_code == 409
    assert client.post(f"{base}tag/2026-12-08/", {"spans": "um zehn"}).status_code == 422
    assert client.get(f"{base}tag/2026-13-08/").status_code == 404


def test_the_door_closes_earlier_today(client, branch, base, clock):
    page = client.get(base).content.decode()
    assert 'name="at" value="16:00"' in page
    assert client.post(f"{base}heute/", {"at": "16:00"}).status_code == 302
    today = berlin("2026-12-03T12:00").date()
    assert spans_on(branch, today)[-1][1] == time(16)
    assert SpecialHours.objects.filter(branch=branch, date=today).exists()
    assert "16:00" in client.get("/laden/laufwerk/").content.decode()
    assert client.post(f"{base}heute/", {"at": "09:00"}).status_code == 409
    assert client.post(f"{base}heute/", {"at": "abends"}).status_code == 422
    clock.shift(timedelta(hours=4))
    assert client.post(f"{base}heute/", {"at": "23:30"}).status_code in (302, 409)


def test_an_open_sunday_is_joined_and_left(owner_client, client, branch, base):
    by = Actor.system()
    city = branch.shop.city
    day = sundays.first_lawful(city.land, date(2027, 1, 3))
    plan = Plan(date=day, opens=time(13), closes=time(18), reason="Winterzauber")
    row = sundays.plan(city=city, wanted=plan, by=by, now=NOW)
    assert "Winterzauber" not in owner_client.get(base).content.decode()
    sundays.permit(city=city, opening_id=row.pk, permit="32/2027", by=by, now=NOW)
    assert "Winterzauber" in owner_client.get(base).content.decode()

    join, leave = (f"{base}sonntage/{row.pk}/{act}/" for act in ("mitmachen", "absagen"))
    assert client.post(join, {"spans": "13-17"}).status_code == 404  # not at the counter
    assert owner_client.post(join, {"spans": "12-17"}).status_code == 409
    assert owner_client.post(join, {"spans": ""}).status_code == 422
    assert owner_client.post(join, {"spans": "13-17"}).status_code == 302
    assert spans_on(branch, day) == ((time(13), time(17)),)
    assert owner_client.post(leave).status_code == 302
    assert spans_on(branch, day) == ()
