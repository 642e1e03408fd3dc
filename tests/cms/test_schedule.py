"""Campaigns that come and go by the clock: the tick publishes and takes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from cms.domain import schedule
from cms.domain.schedule import Done
from cms.models import CampaignPage, ContentPage
from marketplace.operations.domain import tick
from shops.models import City
from tests.cms.test_serving import city
from tests.factories import NOW

__all__ = ["city"]

pytestmark = pytest.mark.django_db

SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
MINUTE = timedelta(minutes=1)


def scheduled(city: City, **fields: Any) -> ContentPage:
    """What the desk does when an editor schedules: a draft, its revision approved for then."""
    page = ContentPage(title="Lichterwoche", slug="lichterwoche", live=False, **fields)
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    return page


def status() -> int:
    return Client().get("/lichterwoche/").status_code


def test_the_tick_publishes_a_page_when_its_time_has_come(city: City, time_machine) -> None:
    scheduled(city, go_live_at=SOON)
    time_machine.move_to(SOON - MINUTE, tick=False)
    assert tick.run(now=SOON - MINUTE)["pages_published"] == 0
    assert status() == 404
    time_machine.move_to(SOON, tick=False)
    assert tick.run(now=SOON)["pages_published"] == 1
    assert status() == 200
    assert tick.run(now=SOON)["pages_published"] == 0


def test_the_tick_takes_a_page_back_when_its_time_is_over(city: City, time_machine) -> None:
    page = scheduled(city, expire_at=LATER, show_in_menus=True)
    assert status() == 200
    assert "Lichterwoche" in Client().get("/laeden/").content.decode()
    time_machine.move_to(LATER - MINUTE, tick=False)
    assert tick.run(now=LATER - MINUTE)["pages_unpublished"] == 0
    time_machine.move_to(LATER, tick=False)
    assert tick.run(now=LATER)["pages_unpublished"] == 1
    assert status() == 404
    assert "Lichterwoche" not in Client().get("/laeden/").content.decode()
    assert tick.run(now=LATER)["pages_unpublished"] == 0
    page.refresh_from_db()
    assert page.expired


def test_a_pretended_time_publishes_nothing_early(city: City) -> None:
    scheduled(city, go_live_at=SOON)
    assert schedule.run(now=SOON) == Done(unpublished=0, published=0)
    assert status() == 404


def test_a_page_that_fails_keeps_no_other_from_going_live(
    city: City, time_machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = CampaignPage(
        title="Kaputt", slug="kaputt", intro="Kaputt", live=False, go_live_at=SOON
    )
    city.site.root_page.specific.add_child(instance=broken)
    broken.save_revision().publish()
    scheduled(city, go_live_at=SOON)
    monkeypatch.setattr(CampaignPage, "save", lambda *_, **__: 1 / 0)
    time_machine.move_to(LATER, tick=False)
    assert schedule.run(now=LATER).published == 1
    assert status() == 200


def test_a_second_tick_that_read_the_same_rows_does_nothing(
    city: City, time_machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = scheduled(city, go_live_at=SOON)
    time_machine.move_to(LATER, tick=False)
    publish = schedule._publish

    def twice(pk: int, now: Any) -> bool:
        assert publish(pk, now)
        return publish(pk, now)

    monkeypatch.setattr(schedule, "_publish", twice)
    assert schedule.run(now=LATER).published == 0
    told = PageLogEntry.objects.filter(page=page, action="wagtail.publish.scheduled")
    assert told.count() == 1
