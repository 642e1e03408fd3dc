"""Withdrawals nobody could assign, at the city's desk."""

import pytest
from django.test import Client

from cms.domain import editors, pages
from marketplace.core.domain.history import Actor
from marketplace.reservations.enums import WithdrawalState
from marketplace.reservations.models import Withdrawal
from tests import factories, tills
from tests.factories import NOW
from tests.reservations import withdrawing

pytestmark = [pytest.mark.django_db, pytest.mark.law("A9")]
BY = Actor.system()


@pytest.fixture
def city():
    made = factories.city()
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def editor(city):
    person = factories.user("Ina Redlich")
    editors.let_in(user=person, city=city, by=BY, now=NOW)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def order(city):
    offer = factories.offer(factories.branch(factories.shop(city)))
    tills.open_till(offer.branch.shop)
    return tills.ordered(offer, email="lena.koch@example.de")


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_it_is_listed_found_and_assigned(editor, city, order):
    row = withdrawing.unlinked(city, order.code, email="somebody@example.de")
    assert row.state == WithdrawalState.RECEIVED
    assert f"/cms/widerrufe/{row.pk}/" in text_of(editor.get("/cms/widerrufe/"))
    page = text_of(editor.get(f"/cms/widerrufe/{row.pk}/"))
    assert order.spoken_code in page
    assert row.declaration.sha256 in page

    path = f"/cms/widerrufe/{row.pk}/zuordnen/"
    assert editor.post(path, {"order": "999999"}).status_code == 422
    assert editor.post(path, {"order": order.pk}).status_code == 302

    row.refresh_from_db()
    assert row.reservation_id == order.pk
    assert row.state == WithdrawalState.NOT_COLLECTED
    assert editor.post(path, {"order": order.pk}).status_code == 409


def test_an_order_of_the_same_address_is_offered(editor, city, order):
    row = withdrawing.unlinked(city, "whatever it was", email="Lena.Koch@example.de")

    page = text_of(editor.get(f"/cms/widerrufe/{row.pk}/"))

    assert order.spoken_code in page
    assert f'name="order" value="{order.pk}"' in page


def test_no_order_fits_and_a_person_says_so(editor, city):
    row = withdrawing.unlinked(city, "a thing")
    path = f"/cms/widerrufe/{row.pk}/ablehnen/"
    assert editor.post(path, {"reason": ""}).status_code == 422

    assert editor.post(path, {"reason": "No such order here."}).status_code == 302

    row.refresh_from_db()
    assert (row.state, row.reason) == (WithdrawalState.REJECTED, "No such order here.")


def test_the_desks_first_page_says_that_one_waits(editor, city):
    assert "/cms/widerrufe/" in text_of(editor.get("/cms/"))
    before = text_of(editor.get("/cms/")).count("/cms/widerrufe/")
    withdrawing.unlinked(city, "a thing")

    assert text_of(editor.get("/cms/")).count("/cms/widerrufe/") > before


def test_another_citys_are_not_there(editor, city):
    far = factories.city("Braunschweig", host="braunschweig.localhost")
    row = withdrawing.unlinked(far, "a thing")

    assert f"/cms/widerrufe/{row.pk}/" not in text_of(editor.get("/cms/widerrufe/"))
    assert editor.get(f"/cms/widerrufe/{row.pk}/").status_code == 404
    reject = editor.post(f"/cms/widerrufe/{row.pk}/ablehnen/", {"reason": "x"})
    assert reject.status_code == 404
    assert Withdrawal.objects.get(pk=row.pk).state == WithdrawalState.RECEIVED
