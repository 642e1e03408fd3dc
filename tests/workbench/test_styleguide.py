"""The style guide shows every part there is, by day and by night, in both languages."""

import re

import pytest
from django.test import Client

from cms.domain import pages
from marketplace.core.domain.history import Actor
from shops.enums import Code
from tests import factories
from tests.databases import ROOT
from tests.factories import NOW

pytestmark = pytest.mark.django_db

#: Frames of a page, not parts of one: each page of the suite shows them.
FRAME = {"header.html", "footer.html", "meta.html"}


@pytest.fixture(autouse=True)
def city():
    made = factories.city()
    pages.plant(city=made, by=Actor.system(), now=NOW)
    return made


def test_every_component_is_on_it() -> None:
    text = (ROOT / "templates/workbench/styleguide.html").read_text()
    shown = set(re.findall(r'include "components/([\w.]+)"', text))
    there = {path.name for path in (ROOT / "templates/components").glob("*.html")}
    assert there - shown - FRAME == set()


@pytest.mark.parametrize("path", ["/styleguide/", "/en/styleguide/"])
def test_every_state_is_on_it(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    for code in Code.values:
        assert f"availability--{code.lower()}" in page
    for kind in ("okay", "early", "info", "bad"):
        assert f"message--{kind}" in page
    for stand in ("done", "next", "later"):
        assert f"step--{stand}" in page
    for door in ("open", "break", "closed", "unknown"):
        assert f"door--{door}" in page
    assert page.count("field__error") >= 3
    assert "MEHRWEG" in page
    assert "dunkel.css" not in page


def test_by_night(client: Client, city) -> None:
    assert "/styleguide/dunkel.css" in client.get("/styleguide/?schema=dunkel").content.decode()
    sheet = client.get("/styleguide/dunkel.css").content.decode()
    assert "--paper:" in sheet
    assert "--city-text:#89d6be" in sheet
