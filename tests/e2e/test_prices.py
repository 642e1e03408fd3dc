"""Prices by law, in a browser: a reduction refused because of the 30-day price, and ten percent off
everything that leaves a book as it is; on a phone, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, OWNER, PHONE, Open
from tests.e2e.conftest import sign_in as sign
from tests.e2e.test_pages import look

pytestmark = pytest.mark.both

SHELF = "/haendler/haushaltswaren-lindhorst/kaufhof/waren/"
BOOKSELLER = "emre.kaya@example.de"
BOOKS = "/haendler/buchhandlung-seitenwind/porschestrasse/"

BOTH = pytest.mark.parametrize(
    ("js", "goods"), [(True, "Keramikvase"), (False, "Wandspiegel")], ids=["js", "no-js"]
)


def price_page(open_page: Open, goods: str, *, js: bool) -> Page:
    page = open_page(SHELF, width=PHONE, js=js)
    sign(page, OWNER)
    page.goto(f"{SHELF}?q={goods}")
    page.goto(page.locator('a[href$="/preis/"]').first.get_attribute("href") or "")
    return page


def ask(page: Page, price: str, how: str = "") -> None:
    page.locator("[name=price]").fill(price)
    page.locator(f'[name=how][value="{how}"]').check()
    page.get_by_role("button", name="Preis speichern").click()


@BOTH
@pytest.mark.law("B3")
def test_a_reduction_is_refused_because_of_the_30_day_price(
    open_page: Open, js: bool, goods: str
) -> None:
    page = price_page(open_page, goods, js=js)
    look(page, rules=js)
    usual = page.locator("[name=price]").input_value()
    ask(page, "21,00")
    ask(page, usual)
    ask(page, "22,00", "SALE")
    expect(page.locator(".field__error").first).to_contain_text("21,00")
    expect(page.locator("[name=price]")).to_have_value("22,00")
    look(page, rules=js)
    ask(page, "19,90", "SALE")
    now = page.locator(".pricing__now")
    expect(now).to_contain_text("19,90")
    expect(now).to_contain_text("Niedrigster Preis der letzten 30 Tage: 21,00")
    look(page, rules=js)
    page.get_by_role("button", name="Reduzierung jetzt beenden").click()
    expect(page.locator("[name=price]")).to_have_value(usual)


@pytest.mark.law("E5")
def test_ten_percent_off_leaves_a_book_as_it_is(open_page: Open) -> None:
    page = open_page(f"{BOOKS}preise/", width=PHONE)
    sign(page, BOOKSELLER)
    page.goto(f"{BOOKS}preise/")
    look(page)
    page.locator("[name=percent]").fill("10")
    page.get_by_role("button", name="Zeigen, was sich ändern würde").click()
    expect(page.locator("main")).to_contain_text("Preis ist gebunden")
    expect(page.locator("main")).to_contain_text("Am Fluss. Roman")
    look(page)
    page.get_by_role("button", name="reduzieren").click()
    expect(page.locator(".message--okay")).to_be_visible()
    expect(page.locator("main")).to_contain_text("10 % Nachlass")
    look(page)
    page.goto("/suche/?q=am+fluss+roman")
    book = page.locator(".group", has_text="Am Fluss. Roman").first
    expect(book).to_contain_text("24,00")
    expect(book).to_contain_text("Gebundener Preis")
    page.goto(f"{BOOKS}preise/")
    page.get_by_role("button", name="Beenden").first.click()
    expect(page.locator("main")).not_to_contain_text("10 % Nachlass")


@pytest.mark.law("B5")
@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_b5_the_mark_is_as_high_as_the_price_wherever_goods_are_shown(
    open_page: Open, width: int
) -> None:
    """VerpackDG § 47: in a list, on its page, in the basket, and beside the button that orders."""
    page = open_page("/suche/?q=Apfelschorle", width=width)
    _is_as_high(page)
    page.locator(".group__title a").first.click()
    _is_as_high(page)
    page.locator('.offer button[name=next][value="bezahlen"]').first.click()
    expect(page).to_have_url(re.compile(r"/korb/bezahlen/"))
    _is_as_high(page)
    page.goto("/korb/")
    _is_as_high(page)


def _is_as_high(page: Page) -> None:
    marks = page.locator(".price__deposit strong").all()
    assert marks
    height = "one => parseFloat(getComputedStyle(one).fontSize)"
    for mark in marks:
        price = mark.locator("xpath=../preceding-sibling::*[contains(@class, 'price')][last()]")
        assert mark.inner_text() == "MEHRWEG"
        assert mark.evaluate(height) >= price.evaluate(height) > 0
