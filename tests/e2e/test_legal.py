"""Legal facts and texts in a browser: the owner says them, everybody reads them."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, NARROW, OWNER, PHONE, Open
from tests.e2e.conftest import sign_in as sign
from tests.e2e.test_pages import look

pytestmark = pytest.mark.both

SHOP = "/laden/haushaltswaren-lindhorst/"
ROOM = "/haendler/haushaltswaren-lindhorst/recht/"
TEXTS = ("impressum", "agb", "widerrufsbelehrung", "widerrufsformular", "gewaehrleistung",
         "streitbeilegung")  # fmt: skip


@pytest.mark.law("A6", "D13")
@pytest.mark.parametrize(
    ("width", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"]
)
def test_texts_of_a_shop(open_page: Open, width: int, dark: bool) -> None:
    page = open_page(SHOP, width=width, dark=dark)
    page.locator(f'main a[href="{SHOP}impressum/"]').click()
    look(page)
    for text in TEXTS:
        page.goto(f"{SHOP}{text}/")
        look(page, rules=text == "widerrufsbelehrung")
        page.goto(f"/en{SHOP}{text}/")
        expect(page.locator(".legal")).to_contain_text("The German version governs.")


@pytest.mark.law("A6")
@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_an_owner_looks_first_and_then_saves(open_page: Open, js: bool) -> None:
    page = open_page(ROOM, width=PHONE, js=js)
    sign(page, OWNER)
    number = "05361 77700" if js else "05361 77701"
    page.fill("input[name=phone]", number)
    page.locator("button[name=vorschau]").click()
    expect(page.locator(".draft")).to_have_count(12)
    if js:
        look(page)
    page.locator("form#legal button:not([name])").click()
    expect(page.locator(".draft")).to_have_count(0)
    page.goto(f"{SHOP}impressum/")
    expect(page.locator(".legal")).to_contain_text(number)


def test_rooms_of_legal_facts(open_page: Open) -> None:
    page = open_page(ROOM, width=NARROW)
    sign(page, OWNER)
    look(page)
    page.goto(f"{ROOM}fassungen/")
    look(page)
    page.locator("main li a").first.click()
    look(page)
