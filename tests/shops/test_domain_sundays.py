"""Open Sundays: every rule of NLöffVZG § 5 (law F2), and what it does to the calendars."""

from datetime import date, time, timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from shops.domain import hours, restdays, sundays
from shops.models import Branch, SundayOpening
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
EARLY = NOW.replace(month=1)
SPRING = date(2027, 4, 11)
WEEK = timedelta(days=7)


@pytest.fixture
def city():
    return factories.city()


def zone(city, name="Innenstadt", *, is_excursion=False):
    return sundays.set_zone(city=city, name=name, is_excursion=is_excursion, by=BY, now=EARLY)


def plan(city, day=SPRING, at=None, opens=time(13), closes=time(18)):
    wanted = sundays.Plan(date=day, opens=opens, closes=closes, reason="Frühlingsfest", zone=at)
    return sundays.plan(city=city, wanted=wanted, by=BY, now=EARLY)


def permit(city, day=SPRING, at=None, number="32-14/27"):
    row = plan(city, day, at)
    return sundays.permit(city=city, opening_id=row.pk, permit=number, by=BY, now=EARLY)


def take_part(row, branch, opens=time(13), closes=time(18), now=EARLY):
    return sundays.take_part(
        opening_id=row.pk, branch=branch, opens=opens, closes=closes, by=BY, now=now
    )


def refusal(act, *args, **options):
    with pytest.raises(Refused) as no:
        act(*args, **options)
    return no.value.code


def spans(branch):
    calendar = hours.calendar_of(branch.pk)
    return [(each.day, each.spans) for each in calendar.sundays]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 22), "Totensonntag"),
        (date(2026, 11, 29), "Advent"),
        (date(2026, 12, 20), "Advent"),
        (date(2026, 12, 27), "the day after the Christmas holidays"),
        (date(2026, 11, 15), "Volkstrauertag"),
        (date(2026, 3, 29), "Palm Sunday"),
        (date(2026, 4, 5), "Easter"),
        (date(2026, 5, 24), "Pentecost"),
        (date(2027, 10, 3), "Tag der Deutschen Einheit"),
        (date(2027, 10, 31), "Reformationstag"),
    ],
)
@pytest.mark.law("F2")
def test_days_that_no_permit_opens(city, day, name):
    assert name in sundays.forbidden("NI", day)
    assert refusal(plan, city, day) == "forbidden"


def test_easter_is_two_days_after_the_librarys_good_friday():
    for year in range(2000, 2100):
        easter = sundays._easter(year)
        assert restdays.holiday("NI", easter - timedelta(days=2)) == "Karfreitag", year


def test_a_year_of_forbidden_sundays():
    assert len(sundays.forbidden_days("NI", 2026)) == 10


@pytest.mark.law("F2")
def test_only_sundays_that_come_and_five_hours(city):
    assert refusal(plan, city, date(2026, 4, 13)) == "no_sunday"
    assert refusal(plan, city, date(2025, 4, 6)) == "passed"
    assert refusal(plan, city, opens=time(12), closes=time(18)) == "too_long"
    assert refusal(plan, city, opens=time(18), closes=time(13)) == "order"


def test_without_a_number_nothing_is_permitted(city):
    assert refusal(permit, city, number=" ") == "permit_missing"
    assert SundayOpening.objects.get().status == "PLANNED"


def lawful(number, day=date(2027, 1, 10)):
    found = []
    while len(found) < number:
        day = sundays.first_lawful("NI", day)
        found.append(day)
        day += WEEK
    return found


@pytest.mark.law("F2")
def test_the_fifth_in_a_zone_is_refused_and_in_an_excursion_zone_accepted(city):
    town, outlets = zone(city), zone(city, "Designer Outlets", is_excursion=True)
    days = lawful(9)
    for day in days[:4]:
        permit(city, day, town)
    for day in days[:8]:
        permit(city, day, outlets)
    assert refusal(permit, city, days[4], town) == "zone_full"
    assert refusal(permit, city, days[8], outlets) == "zone_full"


def test_the_seventh_in_town_is_refused(city):
    one, two = zone(city), zone(city, "Vorsfelde")
    days = lawful(7)
    for day in days[:3]:
        permit(city, day, one)
    for day in days[3:6]:
        permit(city, day, two)
    assert refusal(permit, city, days[6], one) == "town_full"
    permit(city, days[0], two)  # no other Sunday


def test_the_whole_town_counts_in_every_zone(city):
    one = zone(city)
    days = lawful(5)
    for day in days[:2]:
        permit(city, day)
    for day in days[2:4]:
        permit(city, day, one)
    assert refusal(permit, city, days[4]) == "zone_full"


def test_excursions_are_not_taken_away_from_a_full_zone(city):
    outlets = zone(city, "Designer Outlets", is_excursion=True)
    for day in lawful(5):
        permit(city, day, outlets)
    change = {"city": city, "name": "Outlets", "is_excursion": False, "zone": outlets}
    assert refusal(sundays.set_zone, **change, by=BY, now=EARLY) == "zone_full"


def test_a_day_is_planned_once_and_again_after_it_was_withdrawn(city):
    one = zone(city)
    row = permit(city)
    assert refusal(plan, city) == refusal(plan, city, at=one) == "same_day"
    sundays.withdraw(city=city, opening_id=row.pk, by=BY, now=EARLY)
    assert plan(city).pk == row.pk


def test_a_shop_takes_part_changes_its_hours_and_stays_away(city):
    branch = factories.branch(factories.shop(city))
    row = permit(city)
    assert spans(branch) == []
    take_part(row, branch)
    take_part(row, branch, time(14), time(17))
    assert spans(branch) == [(SPRING, ((time(14), time(17)),))]
    assert Branch.objects.get(pk=branch.pk).moments_stale_since == EARLY
    sundays.stay_away(opening_id=row.pk, branch=branch, by=BY, now=EARLY)
    assert spans(branch) == []


def test_what_a_shop_cannot_do(city):
    branch = factories.branch(factories.shop(city))
    row = permit(city)
    assert refusal(take_part, row, branch, time(12), time(16)) == "outside"
    assert refusal(take_part, row, branch, time(16), time(14)) == "order"
    assert refusal(take_part, plan(city, SPRING + WEEK), branch) == "no_permit"
    assert refusal(take_part, row, branch, now=NOW.replace(year=2028)) == "passed"


@pytest.mark.law("F2")
def test_other_zones_stay_closed(city):
    one, two = zone(city), zone(city, "Vorsfelde")
    inside = factories.branch(factories.shop(city), "Mitte", zone=one)
    outside = factories.branch(inside.shop, "Vorsfelde", zone=two)
    row = permit(city, at=one)
    take_part(row, inside)
    assert refusal(take_part, row, outside) == "other_zone"
    assert (len(spans(inside)), len(spans(outside))) == (1, 0)
    sundays.place(city=city, branches=[inside], zone=two, by=BY, now=EARLY)
    assert spans(inside) == []


def test_zones_of_another_city_are_refused(city):
    theirs = zone(factories.city("Gifhorn", host="gifhorn.localhost"))
    branch = factories.branch(factories.shop(city))
    act = {"city": city, "zone": theirs, "by": BY, "now": EARLY}
    assert refusal(plan, city, at=theirs) == "zone_odd"
    assert refusal(sundays.place, branches=[branch], **act) == "zone_odd"
    assert refusal(sundays.set_zone, name="Mein", is_excursion=True, **act) == "zone_odd"


def test_withdrawing_closes_every_door(city):
    branch = factories.branch(factories.shop(city))
    row = permit(city)
    take_part(row, branch)
    assert sundays.withdraw(city=city, opening_id=row.pk, by=BY, now=EARLY) == [branch.pk]
    assert spans(branch) == []


def test_coming_sundays_are_told_four_weeks_ahead(city):
    branch = factories.branch(factories.shop(city))
    take_part(permit(city), branch)
    calendar = hours.calendar_of(branch.pk)
    assert sundays.coming(calendar, NOW) == []
    near = NOW.replace(year=2027, month=4, day=1)
    assert [each.day for each in sundays.coming(calendar, near)] == [SPRING]
