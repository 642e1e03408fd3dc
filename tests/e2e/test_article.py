"""An article's page on a phone, with and without JavaScript: missing, filled in, shown."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, PHONE, Open
from tests.e2e.conftest import sign_in as sign
from tests.e2e.test_pages import look

pytestmark = pytest.mark.both

KIOSK = "uwe.pohl@example.de"
GOODS = "/haendler/kiosk-am-hallenbad/hallenbad/waren/?show=untold"


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_torch_is_shown_as_soon_as_it_tells_what_it_has_to(open_page: Open, js: bool) -> None:
    page = open_page(GOODS, width=PHONE, js=js)
    sign(page, KIOSK)
    look(page, rules=js)
    page.locator(".goods__title a", has_text="Taschenlampe").click()
    expect(page).to_have_url(re.compile(r"/waren/\d+/$"))
    article = page.url

    # Missing: told above, and beside the field that mends it.
    number, battery = page.locator("[name=weee_number]"), page.locator("[name=has_battery]")
    number.fill("")
    battery.select_option("")
    page.locator("form .act-bar [type=submit]").click()
    expect(page.locator(".gate--closed")).to_be_visible()
    expect(page.locator(".fact--missing [name=weee_number]")).to_be_visible()
    look(page, rules=js)
    shown = page.locator("main a[href*='/produkt/']").first.get_attribute("href")
    page.goto(shown or "")
    assert page.locator(".offers .offer").count() == 0

    # Filled in.
    page.goto(article)
    page.locator("[name=weee_number]").fill("DE 00010433")
    page.locator("[name=has_battery]").select_option("yes")
    page.locator("form .act-bar [type=submit]").click()
    expect(page.locator(".gate--closed")).to_have_count(0)
    expect(page.locator(".fact--missing [name=weee_number]")).to_have_count(0)

    # Shown; by another address, since the browser keeps what it was just told for a moment.
    page.goto(f"{shown}?nochmal=1")
    assert page.locator(".offers .offer").count() == 1
    expect(page.locator("main")).to_contain_text("DE 00010433")


@pytest.mark.parametrize(
    ("width", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"]
)
def test_everything_told_is_readable_for_everybody(open_page: Open, width: int, dark: bool) -> None:
    page = open_page(GOODS, width=width, dark=dark)
    sign(page, KIOSK)
    page.locator(".goods__title a", has_text="Limonade").click()
    for summary in page.locator("main details > summary").all():
        summary.click()
    look(page)
    page.locator("#maker a.button").first.click()
    page.goto(f"{page.url}?q=werk")
    look(page)
    for words in ("LED-Lampe", "Flickzeug", "Wollmütze", "Zartbitterschokolade"):
        page.goto(f"/suche/?q={words}")
        page.locator(".group__title a").first.click()
        look(page)


@pytest.mark.law("E8")
def test_the_arrow_is_as_high_as_the_price_and_opens_by_keyboard(open_page: Open) -> None:
    """Law E8: on every page that shows goods that carry the label."""
    page = open_page("/suche/?q=LED-Lampe", width=PHONE)
    size = """selector => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)"""
    assert page.evaluate(size, ".energy") == page.evaluate(size, ".price")
    assert page.locator(".energy").first.get_attribute("aria-label")
    page.locator(".group__title a").first.click()
    assert page.evaluate(size, ".energy--large") == page.evaluate(size, ".price--large")
    summary = page.locator(".price__label summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".price__label a").first).to_be_visible()
