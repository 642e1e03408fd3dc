"""Fifty clicks on a shop's refund at one instant, on both databases: one effect."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client

from marketplace.payments.enums import OperationKind
from marketplace.payments.models import Operation, Refund
from shops.enums import Role
from tests import factories
from tests.payments import rows
from tests.races.crowd import rush

FIFTY = 50
#: On a busy machine a row may be held for longer than PostgreSQL waits: nothing was done.
BUSY = "503"
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def click(town):
    """Sends the second step of the refund of 10.10 out of 30.30, signed in as the owner."""
    _engine, city = town
    shop = factories.shop(city, "Laufwerk")
    payment = rows.captured(shop)
    owner = Client()
    owner.force_login(factories.member(shop, role=Role.OWNER))
    path = f"/en/haendler/{shop.slug}/zahlungen/{payment.pk}/erstatten/"

    def send(nonce):
        client = Client()
        client.cookies = owner.cookies
        fields = {"nonce": nonce, "amount": "10,10", "sure": "1"}
        return str(client.post(path, fields).status_code)

    return payment, send


def test_fifty_clicks_on_one_form_are_one_refund(click):
    payment, send = click
    nonce = uuid.uuid4()

    told = rush(lambda number: send(nonce), tries=FIFTY)

    assert told["302"] >= 1
    assert set(told) <= {"302", BUSY}

    payment.refresh_from_db()
    assert (payment.kept, payment.owed_back) == (Decimal("20.20"), Decimal("10.10"))
    assert Refund.objects.count() == 1
    assert Operation.objects.filter(kind=OperationKind.REFUND).count() == 1


def test_control_without_the_forms_nonce_each_click_is_a_refund(click):
    """And even then never more goes back than was kept."""
    payment, send = click

    told = rush(lambda number: send(uuid.uuid4()), tries=FIFTY)

    assert told["302"] == 3
    assert set(told) <= {"302", "409", BUSY}
    payment.refresh_from_db()
    assert (payment.kept, payment.owed_back) == (Decimal("0.00"), Decimal("30.30"))
    assert Refund.objects.count() == 3
