"""After a change of hours every offer has the moments of its new calendar, and no other loses one.

RACE: what is written between reading and writing a batch is left alone; the two controls show it.
"""

from datetime import time, timedelta

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import counts, holding, hours, moments, timetable
from shops.domain.calendar import Weekly
from shops.models import Branch, Offer, Product
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
WEEK = [Weekly(day, time(10), time(16)) for day in range(5)]


@pytest.fixture
def branch(monkeypatch: pytest.MonkeyPatch) -> Branch:
    """A week that its offers do not know yet; batches of two."""
    monkeypatch.setattr(moments, "BATCH", 2)
    made = factories.branch(factories.shop(factories.city(), "Regal"))
    for count in (1, 3, 9, 0, None):
        factories.offer(made, count=count, counted=timedelta(hours=1))
    Product.objects.filter(variants__offers__on_hand=9).update(category=None)
    timetable.set_week(branch=made, weekly=WEEK, by=BY, now=NOW)
    return made


def _wrong(branch: Branch) -> list[int]:
    """Offers with other moments than their numbers and the calendar give."""
    calendar = hours.calendar_of(branch.pk)
    return [
        offer.pk
        for offer in Offer.objects.filter(branch=branch).order_by("pk")
        if holding.moments(offer, calendar) != _stored(offer)
    ]


def _stored(offer: Offer) -> moments.Moments:
    return moments.Moments(offer.sure_until, offer.likely_until)


def _stale(branch: Branch) -> bool:
    return not Branch.objects.filter(pk=branch.pk, moments_stale_since=None).exists()


def test_all_are_written_anew_once(branch):
    assert len(_wrong(branch)) == 3
    assert _stale(branch)
    assert moments.rewrite(branch_id=branch.pk) == 3
    assert not _wrong(branch)
    assert not _stale(branch)
    assert moments.rewrite(branch_id=branch.pk) == 0


def test_what_is_counted_meanwhile_is_left_alone(branch, monkeypatch):
    counted = Offer.objects.get(branch=branch, on_hand=3)
    real, done = moments._write, []

    def between(changed):
        if not done:
            done.append(
                counts.count_by_eye(
                    offer_id=counted.pk, on_shelf=7, by=BY, now=NOW + timedelta(hours=1)
                )
            )
        return real(changed)

    monkeypatch.setattr(moments, "_write", between)
    assert moments.rewrite(branch_id=branch.pk) == 2
    assert Offer.objects.get(pk=counted.pk).on_hand == 7
    assert not _wrong(branch)


def test_control_without_its_version_the_count_would_lose_its_moments(branch):
    counted = Offer.objects.get(branch=branch, on_hand=3)
    old = holding.moments(counted, hours.calendar_of(branch.pk))
    counts.count_by_eye(offer_id=counted.pk, on_shelf=7, by=BY, now=NOW + timedelta(hours=1))
    assert moments._write([(counted, old)]) == 0
    counted.version = Offer.objects.get(pk=counted.pk).version
    assert moments._write([(counted, old)]) == 1
    assert counted.pk in _wrong(branch)


def test_a_calendar_that_changes_meanwhile_stays_to_be_done(branch, monkeypatch):
    real, later = moments._write, NOW + timedelta(minutes=1)
    narrow = [Weekly(day, time(11), time(12)) for day in range(5)]

    def between(changed):
        monkeypatch.setattr(moments, "_write", real)
        timetable.set_week(branch=branch, weekly=narrow, by=BY, now=later)
        return real(changed)

    monkeypatch.setattr(moments, "_write", between)
    moments.rewrite(branch_id=branch.pk)
    assert _stale(branch)
    moments.rewrite(branch_id=branch.pk)
    assert not _stale(branch)
    assert not _wrong(branch)
