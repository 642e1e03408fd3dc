"""Whoever shows a time says what the oracle says: doors, filters, promises, pages, feeds.

The oracle (`test_domain_calendar_years`) knows the rows only; all others go through the database.
"""

import json
import random
import re
from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
import time_machine
from django.test import Client

from marketplace.core.domain.history import Actor
from shops import access
from shops.domain import availability, dayband, facets, hours, opening, promises, timetable
from shops.domain.calendar import Calendar, Weekly
from shops.enums import Code, HoursFor, Trade
from shops.models import Branch, Offer
from tests import factories
from tests.shops.test_domain_calendar_years import door
from tests.shops.walk import BERLIN, DAY, MINUTE, berlin, clock, weekly

pytestmark = pytest.mark.django_db

FIRST, DAYS = date(2026, 12, 14), 32
ASKED = berlin("2026-12-14T08:00")


@pytest.fixture
def city():
    """Branches of every kind, entered as shops enter them."""
    city = factories.city()
    by = Actor.system()

    def branch(name: str, week: tuple[Weekly, ...], **fields) -> Branch:
        made = factories.branch(factories.shop(city, name), hours=False, **fields)
        timetable.set_week(branch=made, weekly=week, by=by, now=ASKED)
        factories.offer(made, count=9, counted=timedelta(0))
        return made

    week = weekly("01234", "09:30-13:00", "14:30-18:30") + weekly("5", "09:30-16:00")
    branch("Laden", week)
    closing = branch("Urlaub", week)
    timetable.close(
        branch=closing,
        first=date(2026, 12, 28),
        last=date(2027, 1, 4),
        reason="Inventur",
        by=by,
        now=ASKED,
    )
    special = branch("Anders", week)
    for day, spans in (
        (date(2026, 12, 18), [(time(9, 30), time(15))]),
        (date(2026, 12, 24), [(time(8), time(16))]),
    ):
        timetable.set_day(branch=special, day=day, spans=spans, reason="Fest", by=by, now=ASKED)
    bread = weekly("012345", "06:00-18:00") + weekly("6", "08:00-11:00")
    branch("Brot", bread, trade=Trade.BAKERY)
    branch("Bahnhof", weekly("0123456", "05:00-23:30"), trade=Trade.FREE)
    branch("Bar", weekly("345", "18:00-02:00"), trade=Trade.FREE)
    winter = branch("Winter", week)
    timetable.add_season(
        branch=winter,
        name="Winter",
        first=(12, 20),
        last=(2, 28),
        weekly=weekly("0123", "11:00-17:00"),
        by=by,
        now=ASKED,
    )
    apart = branch("Hintertür", week, lead_minutes=10)
    timetable.set_week(
        branch=apart,
        weekly=weekly("01234", "07:00-20:00"),
        what_for=HoursFor.PICKUP,
        by=by,
        now=ASKED,
    )
    return city


@cache
def _minutes(calendar: Calendar) -> tuple[list[datetime], bytearray]:
    doors = {FIRST + n * DAY: door(calendar, FIRST + n * DAY) for n in range(-2, DAYS + 1)}
    minutes, shown = clock(FIRST, DAYS)
    found = bytearray(len(minutes))
    for number, wall in enumerate(shown):
        day, minute = wall.date(), wall.hour * 60 + wall.minute
        found[number] = doors[day][minute] or doors[day - DAY][minute + 1440]
    return minutes, found


def _is_open(calendar: Calendar, at: datetime) -> bool:
    minutes, found = _minutes(calendar)
    return bool(found[int((at - minutes[0]) / MINUTE)])


def _ready(calendar: Calendar, at: datetime, lead: int) -> datetime | None:
    """Walks so many open minutes, then on to the next one of the hand-over."""
    minutes, found = _minutes(calendar)
    _same, handing = _minutes(calendar.collecting)
    number = int((at - minutes[0]) / MINUTE)
    while lead and number < len(found):
        lead -= found[number]
        number += 1
    number = handing.find(1, number)
    return minutes[number] if number >= 0 else None


def _moments(calendars: list[Calendar]) -> list[datetime]:
    """Around each change of each door, and 500 minutes by lot; the last days are for answers."""
    minutes, _found = _minutes(calendars[0])
    last = len(minutes) - 6 * 1440
    numbers = set(random.Random(7).sample(range(1440, last), 500))
    for calendar in calendars:
        for one in (calendar, calendar.collecting):
            found = _minutes(one)[1]
            changes = [n for n in range(1441, last) if found[n] != found[n - 1]]
            numbers |= {n + near for n in changes for near in (-1, 0, 1)}
    return [minutes[number] for number in sorted(numbers)]


def test_doors_promises_bands_and_filters_say_what_the_oracle_says(city):
    branches = list(access.public_branches(city))
    calendars = hours.of_branches(branches)
    moments = _moments(list(calendars.values()))
    assert len(moments) > 900
    terms = {branch.pk: promises.Terms.of(branch) for branch in branches}
    for number, now in enumerate(moments):
        promised = (
            promises.load(access.public_branches(city), answer_minutes=60, now=now)
            if (number % 10 == 0)
            else promises.Promises(terms, answer_minutes=60, now=now)
        )
        for branch in branches:
            calendar = calendars[branch.pk]
            expected = _is_open(calendar, now)
            assert (opening.line(calendar, now).door in opening.OPEN) is expected, (branch, now)
            promise = promised.of(branch.pk)
            assert promise is not None
            assert promise.is_open is expected
            ready = _ready(calendar, now, branch.ready_minutes)
            assert promise.there_from == ready, (branch, now)
            band = dayband.band(calendar, now)
            position = band.now if band else None
            if position is not None and position < band.length:
                inside = any(s.start <= position < s.start + s.length for s in band.open)
                assert inside is expected, (branch, now)
        # A database gives rows in no order of their own.
        assert sorted(promised.open_branches()) == sorted(
            b.pk for b in branches if _is_open(calendars[b.pk], now)
        )


def test_offers_and_the_database_say_it_too(city):
    branches = {branch.pk: branch for branch in access.public_branches(city)}
    calendars = hours.of_branches(branches.values())
    for now in _moments(list(calendars.values()))[::25]:
        Offer.objects.update(
            sure_until=now + timedelta(days=9), likely_until=now + timedelta(days=9)
        )
        promised = promises.load(access.public_branches(city), answer_minutes=60, now=now)
        today = set(Offer.objects.filter(promised.today()).values_list("branch_id", flat=True))
        by_noon = set(
            Offer.objects.filter(promised.by(time(12))).values_list("branch_id", flat=True)
        )
        known = {}
        for fact in facets.facts(Offer.objects.all(), promised):
            known[fact.product_id] = fact
        for offer in Offer.objects.select_related("branch", "variant__product__category"):
            calendar = calendars[offer.branch_id]
            ready = _ready(calendar, now, offer.branch.ready_minutes)
            said = availability.of(offer, calendar=calendar, answer_minutes=60, now=now)
            assert said.code == Code.THERE
            assert said.collect_from == ready
            wall = ready.astimezone(BERLIN) if ready else None
            is_today = wall is not None and wall.date() == now.astimezone(BERLIN).date()
            assert (offer.branch_id in today) is is_today, (offer.branch, now)
            assert (offer.branch_id in by_noon) is (is_today and wall.time() <= time(12))
            fact = known[offer.variant.product_id]
            assert fact.collect_from == ready
            assert fact.is_open is _is_open(calendar, now)
            assert fact.today_at == (wall.time() if is_today else None)


def test_pages_and_feeds_say_it_too(city, client: Client):
    branches = {b.shop.slug: b for b in access.public_branches(city).select_related("shop")}
    calendars = hours.of_branches(branches.values())
    for now in _moments(list(calendars.values()))[::110]:
        with time_machine.travel(now, tick=False):
            for slug, branch in branches.items():
                calendar = calendars[branch.pk]
                page = client.get(f"/laden/{slug}/").content.decode()
                shown = re.search(r"door door--(\w+)", page)[1]
                assert (shown in opening.OPEN) is _is_open(calendar, now), (branch, now)
                _agrees_with_json(page, calendar, now.astimezone(BERLIN).date())


def _agrees_with_json(page: str, calendar: Calendar, today: date) -> None:
    """Special hours of the feed, or else those of the week, are the minutes of the day."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    store = next(
        each
        for block in blocks
        for each in (json.loads(block) if block.lstrip().startswith("[") else [json.loads(block)])
        if "openingHoursSpecification" in each
    )
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for number in range(14):
        day = today + number * DAY
        special = [
            each
            for each in store["specialOpeningHoursSpecification"]
            if each["validFrom"] <= day.isoformat() <= each["validThrough"]
        ]
        week = [
            each
            for each in store["openingHoursSpecification"]
            if each["dayOfWeek"].endswith(names[day.weekday()])
        ]
        minutes = bytearray(2 * 1440)
        for each in special or week:
            opens, closes = (time.fromisoformat(each[name]) for name in ("opens", "closes"))
            start, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
            if special and start == end == 0:
                continue
            end += 1440 if end <= start else 0
            minutes[start:end] = b"\1" * (end - start)
        assert minutes == door(calendar, day), day
