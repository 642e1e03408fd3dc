"""The morning page asks whether the hours are right, when it is time to."""

from datetime import timedelta

import pytest

from shops.domain import confirming
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ASKED = "Are your hours of the next weeks right?"


def test_it_asks_until_somebody_says_yes(client, branch):
    home = f"/haendler/{branch.shop.slug}/"
    branch.refresh_from_db()
    assert confirming.due(branch, NOW), "the control: nobody has confirmed this Advent"
    assert ASKED in client.get(home).content.decode()
    client.post(f"{home}{branch.slug}/zeiten/stimmt/")
    page = client.get(home).content.decode()
    assert ASKED not in page
    assert f"/haendler/{branch.shop.slug}/{branch.slug}/zeiten/#heute" in page


def test_it_asks_again_later(client, user, branch, clock):
    home = f"/haendler/{branch.shop.slug}/"
    client.post(f"{home}{branch.slug}/zeiten/stimmt/")
    clock.shift(timedelta(days=120))
    client.force_login(user)
    assert ASKED in client.get(home).content.decode()
