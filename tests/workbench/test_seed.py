"""The demo town: every state and every word in it, at any hour, true to the last unit."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db.models import Sum
from django.test import Client

from marketplace.core.models import Notice, User
from marketplace.reservations.domain import tick
from marketplace.reservations.enums import HOLDING, Choice, LineState, State
from marketplace.reservations.models import Line, Reservation
from marketplace.workbench import town
from marketplace.workbench.domain import lives, past, places, seed
from marketplace.workbench.domain.seed import Ground
from shops.domain import availability, hours
from shops.enums import Code, SundayStatus, Trade
from shops.models import Branch, City, Movement, Offer, Product, Shop

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
#: A Tuesday afternoon, a Sunday night, a door just opened, and the hour that comes twice.
HOURS = [
    datetime(2026, 11, 24, 14, 5, tzinfo=BERLIN),
    datetime(2026, 11, 29, 23, 30, tzinfo=BERLIN),
    datetime(2026, 11, 30, 9, 31, tzinfo=BERLIN),
    datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN),
]


def quiet(_line: str) -> None:
    pass


def plant(now: datetime) -> None:
    seed.plant(base_url="http://testserver", now=now.astimezone(UTC), say=quiet)


@pytest.fixture
def no_pictures(monkeypatch, tmp_path) -> None:
    """Pictures are most of the work and none of these tests looks at them."""
    monkeypatch.setattr(town, "PICTURES", tmp_path)


@pytest.fixture(params=HOURS, ids=lambda moment: f"{moment:%a-%H%M}")
def now(request, no_pictures) -> datetime:
    plant(request.param)
    return request.param.astimezone(UTC)


def words(now: datetime) -> Counter[Code]:
    offers = list(Offer.objects.select_related("branch", "variant__product__category"))
    calendars = hours.calendars(offer.branch_id for offer in offers)
    return Counter(
        availability.of(offer, calendar=calendars[offer.branch_id], answer_minutes=60, now=now).code
        for offer in offers
    )


def test_every_state_and_every_word_is_there_at_any_hour(now: datetime) -> None:
    states = Counter(Reservation.objects.values_list("state", flat=True))
    # Nobody waits for a payment in a town without a provider; `test_purchases` has one.
    assert set(states) == set(State) - {State.PENDING}
    assert set(words(now)) == set(Code)
    assert set(Line.objects.values_list("state", flat=True)) == set(LineState)
    assert Line.objects.filter(choice=Choice.OPEN, state=LineState.PICKED, missing=1).exists()
    # Nothing of it lies in the future, and time does not undo it at once.
    assert not Reservation.objects.filter(placed_at__gt=now).exists()
    assert not Movement.objects.filter(at__gt=now).exists()
    did = tick.run(now=now + timedelta(seconds=30))
    assert (did.declined, did.expired) == (0, 0)
    # Truths 1 and 2, and the sums behind `on_hand`.
    for offer in Offer.objects.all():
        lines = Line.objects.filter(offer=offer, state__in=HOLDING)
        assert offer.reserved == (lines.aggregate(units=Sum("held"))["units"] or 0)
        moved = Movement.objects.filter(offer=offer).aggregate(sum=Sum("delta"))["sum"]
        assert offer.on_hand is None or offer.on_hand == moved
    assert not Notice.objects.queued().filter(not_before__lte=now).exists()
    assert seed.look() == Ground.TOWN
    assert seed.made_at() == now


def _has_a_calendar(city: City) -> None:
    """Every trade of the law, a zone for excursions, an open Sunday, somebody who forgot."""
    branches = Branch.objects.of(city)
    assert set(branches.values_list("trade", flat=True)) == set(Trade)
    assert branches.filter(slot_minutes__gt=0).exists()
    assert city.zones.filter(is_excursion=True).exists()
    permitted, planned = city.sundays.order_by("date")
    assert (permitted.status, planned.status) == (SundayStatus.PERMITTED, SundayStatus.PLANNED)
    assert permitted.shops.count() >= 3
    assert branches.filter(hours_confirmed_at=None).exists()
    assert branches.exclude(hours_confirmed_at=None).exists()


def test_the_town_is_the_same_every_time(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    plant(HOURS[0])
    first, second = City.objects.order_by("pk")
    assert Product.objects.of(first).count() > 150
    assert Branch.objects.of(first).values("shop").distinct().count() >= 12
    assert (second.name, second.base_url) == ("Braunschweig", "http://braunschweig.localhost")
    assert Product.objects.of(second).count() >= 15
    assert first.colour != second.colour
    assert Shop.objects.exclude(picture=None).count() >= 6
    _has_a_calendar(first)
    states = Reservation.objects.order_by("pk").values_list("branch__slug", "state")
    assert list(states) == [
        ("kaufhof", "EXPIRED"),
        ("kaufhof", "EXPIRED"),
        ("fallersleben", "DECLINED"),
        ("kaufhof", "COLLECTED"),
        ("porschestrasse", "COLLECTED"),
        ("fallersleben", "DECLINED"),
        ("porschestrasse", "CANCELLED"),
        ("porschestrasse", "CANCELLED"),
        ("kaufhof", "READY"),
        ("porschestrasse", "READY"),
        ("fallersleben", "READY"),
        ("kaufhof", "CONFIRMED"),
        ("porschestrasse", "CONFIRMED"),
        ("vorsfelde", "CONFIRMED"),
        ("fallersleben", "REQUESTED"),
    ]
    assert {message.extra_headers["Date"] for message in mail.outbox}
    assert any("Reserv" in message.subject for message in mail.outbox)


def test_every_login_opens_its_door() -> None:
    places.build(base_url="http://testserver", by=lives.Actor.system(), now=HOURS[0])
    logins = places.logins()
    assert len(logins) == 8
    for login in logins:
        client = Client()
        form = client.get("/konto/login/")
        assert form.status_code == 200
        answer = client.post("/konto/login/", {"login": login.email, "password": places.PASSWORD})
        assert answer.status_code == 302, login.who
        assert client.get(login.path).status_code == 200, login.who
    assert User.objects.filter(is_superuser=True).count() == 1


def test_a_foreign_city_is_recognised() -> None:
    assert seed.look() == Ground.EMPTY
    places.build(base_url="http://testserver", by=lives.Actor.system(), now=HOURS[0])
    assert seed.look() == Ground.FOREIGN


def test_half_a_town_is_recognised(monkeypatch) -> None:
    def pull_the_plug(**_fields: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(places, "fill", pull_the_plug)
    with pytest.raises(KeyboardInterrupt):
        plant(HOURS[0])
    assert seed.look() == Ground.HALF


# --- moments --------------------------------------------------------------------------------------


def test_moments_count_opening_time_only() -> None:
    places.build(base_url="http://testserver", by=lives.Actor.system(), now=HOURS[0])
    calendar = hours.calendar_of(Branch.objects.get(slug="vorsfelde").pk)

    def local(moment: datetime) -> str:
        return f"{moment.astimezone(BERLIN):%a %H:%M}"

    sunday = datetime(2026, 11, 29, 23, 30, tzinfo=BERLIN)
    assert local(past.ago(calendar, sunday, 10)) == "Sat 12:50"
    assert local(past.ago(calendar, sunday, 4 * 60 + 10)) == "Fri 17:50"
    tuesday = datetime(2026, 11, 24, 14, 40, tzinfo=BERLIN)
    assert local(past.ago(calendar, tuesday, 20)) == "Tue 12:50"
    assert local(past.day_back(calendar, tuesday, 1)) == "Mon 09:00"
    assert local(past.day_back(calendar, tuesday, 2, 30)) == "Sat 09:30"
