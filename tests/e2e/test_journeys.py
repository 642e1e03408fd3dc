"""What people come for, in a browser: as they do it, by keyboard alone, without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESK, DESKTOP, NEWCOMER, PHONE, STAFF, Open, first_in_stock, letters
from tests.e2e.conftest import sign_in as sign

pytestmark = pytest.mark.both

NAME, MAIL = "Erika Beispiel", "erika.beispiel@example.de"


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_shopper_reserves_in_three_clicks_and_two_fields(
    open_page: Open, width: int, js: bool
) -> None:
    page = open_page("/", width=width, js=js)
    page.goto(first_in_stock(page, "kerzen"))
    title = page.locator("h1").inner_text()

    page.locator(".offers .button").first.click()  # 1
    page.locator(
        'main a[href$="/korb/pruefen/"], main form[action$="/korb/pruefen/"] button'
    ).first.click()  # 2
    fields = page.locator("main form input:visible, main form textarea:visible")
    assert fields.count() == 2
    fields.nth(0).fill(NAME)
    fields.nth(1).fill(MAIL)
    page.locator("main form [type=submit]").last.click()  # 3

    expect(page).to_have_url(re.compile(r"/abholung/"))
    expect(page.locator("main")).to_contain_text(title)
    # The secret link is no address to keep in a cache, and nothing was paid.
    assert "zahlungspflichtig" not in page.locator("main").inner_text().lower()


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_the_counter_finds_hands_over_and_takes_back(open_page: Open, js: bool) -> None:
    page = open_page(DESK, width=PHONE, js=js)
    sign(page, STAFF)
    expect(page).to_have_url(re.compile(r"/theke/"))
    slips = page.locator("#find .slip")
    slips_before = slips.count()
    if slips_before:
        slips.first.locator("button[type=submit]").first.click()
        undo = page.locator(".undo button")
        expect(undo).to_be_visible()
        undo.click()
        expect(page.locator("main")).to_contain_text("heraussuchen", ignore_case=True)
        page.goto(DESK)
        assert page.locator("#find .slip").count() == slips_before
    # A code nobody has is said, not lost.
    page.fill(".code-bar input[type=text]", "XXXX")
    page.locator(".code-bar button[type=submit]").first.click()
    expect(page.locator(".message--bad, .code-bar__error").first).to_be_visible()


def test_keyboard_alone(open_page: Open) -> None:
    page = open_page("/", width=DESKTOP)
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")
    assert focused == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    # Every stop on the way is seen: an outline of its own or around it.
    page.goto("/suche/?q=kaffee")
    for _stop in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
              for (let e = document.activeElement; e && e !== document.body; e = e.parentElement) {
                const s = getComputedStyle(e);
                if (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) return true;
                if (s.boxShadow !== 'none') return true;
              }
              const a = getComputedStyle(document.activeElement, '::after');
              return a.outlineStyle !== 'none' && parseFloat(a.outlineWidth) >= 2;
            }"""
        )
        at = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert seen, f"focus is not seen on {at}"


def test_reserving_with_the_keyboard(open_page: Open) -> None:
    page = open_page("/", width=DESKTOP)
    page.goto(first_in_stock(page, "becher"))
    _tab_to(page, ".offers .button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    _tab_to(page, 'main a[href$="/korb/pruefen/"], main form[action$="/korb/pruefen/"] button')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    _tab_to(page, "main form input:not([type=hidden])")
    page.keyboard.type(NAME)
    page.keyboard.press("Tab")
    page.keyboard.type(MAIL)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/abholung/"))


def test_the_language_switch_keeps_the_page(open_page: Open) -> None:
    page = open_page("/laden/buchhandlung-seitenwind/", width=DESKTOP)
    page.locator('a[hreflang="en"]').last.click()
    expect(page).to_have_url(re.compile(r"/en/laden/buchhandlung-seitenwind/"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator('a[hreflang="de"]').last.click()
    expect(page).to_have_url(re.compile(r"/laden/buchhandlung-seitenwind/"))


def test_the_mail_tells_the_way_and_the_shopper_cancels(open_page: Open) -> None:
    page = open_page("/", js=False)
    page.goto(first_in_stock(page, "vorratsglas"))
    page.locator(".offers .button").first.click()
    page.goto("/korb/pruefen/")
    page.fill("main form input[type=text]", NAME)
    page.fill("main form input[type=email]", MAIL)
    page.locator("main form [type=submit]").last.click()
    page.locator('a[href*="absagen"], a[href*="stornieren"]').first.click()
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("nichts bezahlt")
    assert letters(page)


def _tab_to(page: Page, wanted: str) -> None:
    """Tab until the focus is on it; fails where the keyboard does not get there."""
    for _stop in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_a_shop_closes_a_day_in_two_clicks_and_the_town_knows_it(open_page: Open, js: bool) -> None:
    page = open_page(DESK, width=PHONE, js=js)
    sign(page, STAFF)
    page.locator(".rail__nav a", has_text="Zeiten").click()  # 1
    days = page.locator(".ahead__day").filter(has=page.get_by_role("button", name="Schließen"))
    day = days.last.locator("p").inner_text().split("\n")[0].split(" ", 1)[1]
    days.last.get_by_role("button").click()  # 2
    expect(page.locator(".message").first).to_contain_text("Ihre Seite sagt es sofort")

    town = open_page("/laden/haushaltswaren-lindhorst/", width=PHONE, js=js)
    expect(town.locator(".hours__closures")).to_contain_text(day)

    page.get_by_role("button", name=re.compile("Doch öffnen")).first.click()
    town.reload()
    expect(town.locator("main")).not_to_contain_text(f"Geschlossen am {day}")


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_an_owner_begins_with_a_template_and_the_town_knows_the_week(
    open_page: Open, js: bool
) -> None:
    page = open_page("/haendler/", width=PHONE, js=js)
    sign(page, NEWCOMER)
    page.goto("/haendler/schneiderei-nadeloehr/rothenfelde/zeiten/woche/")
    templates = page.get_by_text("Mit einer Vorlage beginnen")
    if not page.get_by_role("link", name="Laden mit Mittagspause").is_visible():
        templates.click()
    page.get_by_role("link", name="Laden mit Mittagspause").click()
    page.get_by_label("Mittwoch").fill("geschlossen")
    page.get_by_role("button", name="Nächste 14 Tage ansehen").click()
    expect(page.locator("main")).to_contain_text("Noch ist nichts gespeichert")
    page.get_by_role("button", name="Woche speichern").click()
    expect(page.locator(".message").first).to_contain_text("Ihre Seite zeigt es sofort")

    town = open_page("/laden/schneiderei-nadeloehr/", width=PHONE, js=js)
    expect(town.locator(".hours")).to_contain_text("14:30–18:00")
    expect(town.locator(".hours tr", has_text="Mittwoch")).to_contain_text("geschlossen")
