"""An editor at the city's calendar in the desk: how to get in, and Sundays in every state."""

from datetime import date, datetime, time, timedelta

from django.test import Client

from cms.domain import editors
from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import lifecycle
from marketplace.reservations.models import Reservation
from shops.domain import sundays
from shops.models import Branch, City, SundayOpening, Zone
from tests import factories
from tests.factories import NOW
from tests.shops.walk import berlin

BY = Actor.system()
BASE = "/cms/kalender/"
#: A Sunday that a permit can open, and the day before it.
SUNDAY = date(2027, 1, 10)
SATURDAY = berlin("2027-01-09T14:00")
WEEK = timedelta(days=7)
FORM = {"date": "2027-01-10", "opens": "13:00", "closes": "18:00", "zone": "", "reason": "Fest"}


def enter(client: Client, city: City) -> Client:
    person = factories.user()
    editors.let_in(user=person, city=city, by=BY, now=NOW)
    client.force_login(person)
    return client


def zone(city: City, name: str = "Innenstadt", *, is_excursion: bool = False) -> Zone:
    return sundays.set_zone(city=city, name=name, is_excursion=is_excursion, by=BY, now=NOW)


def planned(city: City, day: date = SUNDAY, at: Zone | None = None) -> SundayOpening:
    wanted = sundays.Plan(date=day, opens=time(13), closes=time(18), reason="Fest", zone=at)
    return sundays.plan(city=city, wanted=wanted, by=BY, now=NOW)


def permitted(city: City, day: date = SUNDAY, at: Zone | None = None) -> SundayOpening:
    row = planned(city, day, at)
    return sundays.permit(city=city, opening_id=row.pk, permit="32-14", by=BY, now=NOW)


def take_part(row: SundayOpening, branch: Branch) -> None:
    sundays.take_part(
        opening_id=row.pk, branch=branch, opens=time(13), closes=time(18), by=BY, now=NOW
    )


def waiting(branch: Branch, now: datetime = SATURDAY) -> Reservation:
    """Ready on that Saturday; the Sunday is the first day on which it can be collected."""
    made = factories.reservation((factories.offer(branch, now=now), 1), now=now)
    lifecycle.mark_ready(reservation_id=made.pk, by=BY, now=now)
    made.refresh_from_db()
    return made


def text(answer) -> str:
    return answer.content.decode()
