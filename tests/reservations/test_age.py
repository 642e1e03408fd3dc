"""Goods with a minimum age: told before, checked at the counter, and no birth date anywhere."""

import uuid

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection
from django.db.models import DateField

from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.reservations.domain import counter, lifecycle
from marketplace.reservations.models import Line, Reservation
from shops.domain.gate import refresh, ruled
from shops.models import Facts
from tests import factories
from tests.factories import NOW


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def branch(db):
    return factories.branch(factories.shop(factories.city(), auto_accept=True))


@pytest.fixture
def clerk(branch):
    return Actor.member(factories.member(branch.shop))


@pytest.fixture
def spirits(branch):
    category = factories.category("Spirituosen")
    ruled.set_rules(category=category, min_age=18, by=Actor.system(), now=NOW)
    product = factories.product(branch.shop.city, "Kornbrand", category=category)
    return factories.offer(branch, product=product)


def ready(*wanted, clerk):
    row = factories.reservation(*wanted)
    return lifecycle.mark_ready(reservation_id=row.pk, by=clerk, now=NOW)


def hand_over(row, clerk, **named):
    return counter.hand_over(
        reservation_id=row.pk, client_id=uuid.uuid4(), by=clerk, now=NOW, **named
    )


@pytest.mark.law("E1")
def test_e1_spirits_are_not_handed_over_without_the_tick(spirits, clerk):
    row = ready((spirits, 1), clerk=clerk)
    with pytest.raises(Refused) as refusal:
        hand_over(row, clerk)
    assert refusal.value.code == "age_unchecked"
    done = hand_over(row, clerk, age_checked=True)
    done = Reservation.objects.get(pk=done.pk)
    assert (done.state, done.age_checked_at, done.age_checked_by_id) == (
        "COLLECTED",
        NOW,
        clerk.user_id,
    )


@pytest.mark.law("E2")
@pytest.mark.parametrize("rating", ["18", "NONE"])
def test_e2_films_for_adults_need_the_tick(branch, clerk, rating):
    category = factories.category("Film")
    ruled.set_rules(category=category, rules=["media"], by=Actor.system(), now=NOW)
    product = factories.product(branch.shop.city, "Nachtfahrt", category=category)
    Facts.objects.update_or_create(product=product, defaults={"rating": rating})
    refresh.refresh(products=[product.pk], now=NOW)
    row = ready((factories.offer(branch, product=product), 1), clerk=clerk)
    with pytest.raises(Refused) as refusal:
        hand_over(row, clerk)
    assert refusal.value.code == "age_unchecked"
    assert hand_over(row, clerk, age_checked=True).state == "COLLECTED"


def test_taken_back_nobody_has_looked(spirits, clerk):
    row = ready((spirits, 1), clerk=clerk)
    hand_over(row, clerk, age_checked=True)
    counter.undo(reservation_id=row.pk, by=clerk, now=NOW)
    row = Reservation.objects.get(pk=row.pk)
    assert (row.age_checked_at, row.age_checked_by_id) == (None, None)


def test_who_leaves_the_bottle_needs_no_proof(spirits, branch, clerk):
    glass = factories.offer(branch)
    row = ready((spirits, 1), (glass, 1), clerk=clerk)
    bottle = Line.objects.get(reservation=row, offer=spirits)
    done = hand_over(row, clerk, taken={bottle.pk: 0})
    assert Reservation.objects.get(pk=done.pk).age_checked_at is None


def test_the_age_is_copied_when_placed(spirits, clerk):
    row = ready((spirits, 1), clerk=clerk)
    ruled.set_rules(category=spirits.variant.product.category, by=Actor.system(), now=NOW)
    with pytest.raises(Refused):
        hand_over(row, clerk)


@pytest.mark.law("E1", "E2")
def test_the_mail_says_it_before_somebody_sets_out(spirits, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        factories.placed((spirits, 1), language="en")
    notices.sweep(now=NOW)
    [letter] = [each for each in mail.outbox if "lena.koch@example.de" in each.to]
    assert "against a proof of age only, from 18 years" in letter.body


def test_a_time_needs_somebody_who_looked(spirits, clerk):
    row = ready((spirits, 1), clerk=clerk)
    with pytest.raises(IntegrityError):
        Reservation.objects.filter(pk=row.pk).update(age_checked_at=NOW)


@pytest.mark.law("E1")
def test_e1_no_table_has_room_for_a_birth_date_or_a_document():
    names = {
        field.name
        for model in apps.get_models()
        for field in model._meta.fields
        if model._meta.app_label in ("core", "shops", "reservations", "payments", "retail")
    }
    assert not {
        name for name in names if "birth" in name or "passport" in name or "id_card" in name
    }
    dates = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if type(field) is DateField and model._meta.app_label in ("core", "reservations")
    }
    # Days of claims, of nobody's life.
    assert dates == {"reservations.Complaint.limitation_until"}
    assert connection.vendor in ("sqlite", "postgresql")
