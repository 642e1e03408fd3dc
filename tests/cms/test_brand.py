"""The city's colour in the desk."""

import pytest
from django.test import Client

from cms.domain import editors, pages
from cms.templatetags import desk_tags
from marketplace.core.domain.history import Actor
from shops.domain import brand
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def desk(client: Client) -> Client:
    city = factories.city()
    pages.plant(city=city, by=BY, now=NOW)
    user = factories.user()
    editors.let_in(user=user, city=city, by=BY, now=NOW)
    client.force_login(user)
    return client


def test_an_editor_paints_the_city(desk: Client) -> None:
    shown = desk.post("/cms/stadt/", {"colour": "#1f4a8c"}, follow=True)
    assert "The city wears its new colour." in shown.content.decode()
    assert "/farben/1f4a8c.css" in desk.get("/laeden/").content.decode()


def test_an_unreadable_colour_comes_back_with_a_proposal(desk: Client) -> None:
    shown = desk.post("/cms/stadt/", {"colour": "#ffcc00"}).content.decode()
    assert "The nearest one of the same hue that passes is #796004." in shown
    assert 'value="#ffcc00"' in shown
    assert "/farben/0e5a48.css" in desk.get("/laeden/").content.decode()


def test_who_may_not_publish_may_not_paint(client: Client) -> None:
    city = factories.city()
    pages.plant(city=city, by=BY, now=NOW)
    other = factories.city("Braunschweig", host="braunschweig.example")
    pages.plant(city=other, by=BY, now=NOW)
    stranger = factories.user()
    editors.let_in(user=stranger, city=other, by=BY, now=NOW)
    client.force_login(stranger)
    assert client.post("/cms/stadt/", {"colour": "#1f4a8c"}).status_code in (302, 403)
    city.refresh_from_db()
    assert city.colour == "#0e5a48"


def test_every_colour_that_follows_says_what_it_is_for(desk: Client) -> None:
    shown = desk.get("/cms/stadt/").content.decode()
    family = brand.family("#0e5a48")
    for name, colour in [*family.light.items(), *family.dark.items()]:
        row = f"<td>{desk_tags.colour_use(name)}</td><td><code>{colour}</code></td>"
        assert row in shown, name
