"""One colour, a family that can be read (look.md section 2)."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.core.models import LogEntry
from shops.domain import brand, cities
from tests import factories
from tests.factories import NOW

#: Colour, contrast of white on it, deep: as measured in cities-1280.png.
TOWNS = [
    ("#0e5a48", 8.2, "#00372a"),
    ("#1f4a8c", 8.7, None),
    ("#a3262a", 7.3, None),
    ("#5b3576", 9.5, None),
]


@pytest.mark.parametrize(("colour", "white", "deep"), TOWNS)
def test_the_four_towns_of_the_look(colour: str, white: float, deep: str | None) -> None:
    assert round(brand.contrast("#ffffff", colour), 1) == white
    assert brand.check(colour) == colour
    if deep:
        assert brand.family(colour).light["city-deep"] == deep


def test_the_family_of_wolfsburg() -> None:
    found = brand.family("#0e5a48")
    assert found.light["city-night"] == "#051c15"
    assert found.light["city-soft"] == "#e6e9e1"
    assert found.light["city-line"] == "#b1c3b8"
    assert found.light["on-deep-2"] == "#bbd9ce"
    assert found.dark["city-text"] == "#89d6be"
    assert found.dark["city-soft"] == "#102a22"
    assert found.dark["city-line"] == "#2e6051"


def test_a_colour_that_fails_is_refused_with_the_nearest_that_passes() -> None:
    with pytest.raises(Refused, match=brand.proposal("#ffcc00")) as refusal:
        brand.check("#ffcc00")
    assert refusal.value.code == "colour_fails"
    assert brand.check(brand.proposal("#ffcc00"))


@pytest.mark.parametrize("text", ["green", "#12", "#12345g", "", "#0e5a48;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        brand.check(text)


@given(st.integers(min_value=0, max_value=0xFFFFFF))
def test_every_colour_has_a_neighbour_that_can_be_read(number: int) -> None:
    colour = brand.proposal(f"#{number:06x}")
    found = brand.family(colour)
    assert brand.contrast("#ffffff", colour) >= brand.AA
    assert brand.contrast(colour, found.light["city-soft"]) >= brand.AA
    assert brand.contrast(found.dark["city-text"], brand.PAPER_DARK) >= brand.AA
    assert brand.proposal(colour) == colour


@pytest.mark.django_db
def test_pages_link_the_sheet_of_their_city(client: Client) -> None:
    city = factories.city()
    cities.paint(city=city, colour="#A3262A", by=Actor.system(), now=NOW)
    assert LogEntry.objects.filter(verb="city.paint").count() == 1
    assert "/farben/a3262a.css" in client.get("/laeden/").content.decode()
    sheet = client.get("/farben/a3262a.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert "--city:#a3262a" in sheet.content.decode()
    assert "immutable" in sheet["Cache-Control"] or "max-age=31536000" in sheet["Cache-Control"]
    assert client.get("/farben/ffcc00.css").status_code == 404
    assert not sheet.cookies
