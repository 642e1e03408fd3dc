"""Every page type in a browser: no rule of axe broken, nothing cut at 320 px, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import (
    DESK,
    DESKTOP,
    DISTURBED,
    NARROW,
    OWNER,
    PHONE,
    STAFF,
    Open,
    first_in_stock,
    letters,
)
from tests.e2e.conftest import sign_in as sign

pytestmark = pytest.mark.both

PUBLIC = [
    "/",
    "/suche/",
    "/suche/?q=kaffee",
    "/suche/?kategorie=spielzeug&heute=1",
    "/suche/?q=gibtesnirgends",
    "/suche/so-sortieren-wir/",
    "/laeden/",
    "/laden/haushaltswaren-lindhorst/",
    "/laden/buchhandlung-seitenwind/",
    "/laden/kiosk-am-hallenbad/",
    "/laden/schuhhaus-sohlgang/",
    "/laden/schneiderei-nadeloehr/",
    "/aktionen/",
    "/aktionen/advent/",
    "/porschestrasse/",
    "/so-funktionierts/",
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
    "/kontakt/",
    "/rechtliches/",
    "/melden/",
    "/barriere/",
    "/korb/",
    "/konto/login/",
    "/konto/password/reset/",
    "/konto/login/code/",
    "/leichte-sprache/",
    "/gebaerdensprache/",
    "/bildnachweis/",
    "/gibt-es-nicht/",
    "/abholung/unbekannt/",
    "/styleguide/",
    "/styleguide/?schema=dunkel",
]
ROOMS = [
    "/haendler/",
    "/haendler/haushaltswaren-lindhorst/",
    DESK,
    "/haendler/haushaltswaren-lindhorst/kaufhof/waren/",
    "/haendler/haushaltswaren-lindhorst/kaufhof/waren/1/korrektur/title/",
    "/haendler/haushaltswaren-lindhorst/waren/warengruppen/",
    "/haendler/haushaltswaren-lindhorst/kaufhof/zeiten/",
    "/haendler/haushaltswaren-lindhorst/kaufhof/zeiten/tag/2031-12-24/",
    "/haendler/haushaltswaren-lindhorst/kaufhof/zeiten/dateien/",
]
#: What the owner decides; for staff these pages do not exist.
OWNERS = [
    f"/haendler/haushaltswaren-lindhorst/kaufhof/zeiten/{page}"
    for page in ("", "woche/?muster=laden", "abholung/", "saisons/", "bereit/")
] + [
    "/haendler/haushaltswaren-lindhorst/waren/vorschlaege/",
    "/haendler/haushaltswaren-lindhorst/kaufhof/waren/1/barcode/",
]


#: What a thumb has to hit (look.md: 44 px): buttons and fields that are there to be seen.
SMALL = """() => [...document.querySelectorAll(
    'button, select, textarea, a.button, input:not([type=hidden], [type=checkbox], [type=radio])'
  )].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width > 2 && box.height > 2 && box.height < 43.5 && each.checkVisibility()
      && !each.closest('[aria-hidden=true]');
  }).map(each => each.outerHTML.slice(0, 90))"""


#: A column of goods or of the footer whose words are wider than itself.
WIDE = """() => [...document.querySelectorAll('.cards > *, .foot__columns > *')]
  .filter(each => each.scrollWidth > each.clientWidth + 1)
  .map(each => `${each.scrollWidth} in ${each.clientWidth}: ${each.innerText.slice(0, 60)}`)"""

#: Where the focus is, and whether one sees it: inside the window, under nothing.
FOCUS = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const box = each.getBoundingClientRect();
  const top = document.elementFromPoint(
    box.left + box.width / 2, box.top + Math.min(box.height, innerHeight - box.top) / 2);
  const seen = top && (top === each || each.contains(top) || top.contains(each));
  return [each.outerHTML.slice(0, 90), Boolean(seen)];
}"""


def look(page: Page, *, rules: bool = True) -> None:
    """Nothing scrolls sideways and, where asked, axe finds nothing."""
    # After a form, the browser may be between two pages: measure the one that has arrived.
    page.wait_for_load_state()
    page.locator("body").wait_for()
    wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1], f"{page.url} is {wide[0]} px wide on {wide[1]}"
    small = page.evaluate(SMALL)
    assert not small, f"{page.url}: lower than 44 px: {small}"
    wide = page.evaluate(WIDE)
    assert not wide, f"{page.url}: {wide}"
    if not rules:
        return
    DISTURBED.add(page)
    found = Axe().run(page).response["violations"]
    told = [
        f"{each['id']}: {each['help']} — "
        + "; ".join(
            f"{node['target']} {node.get('failureSummary', '')}" for node in each["nodes"][:3]
        )
        for each in found
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


@pytest.mark.parametrize(
    ("width", "dark"), [(DESKTOP, False), (PHONE, True)], ids=["desktop", "phone-dark"]
)
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(open_page: Open, path: str, width: int, dark: bool) -> None:
    look(open_page(path, width=width, dark=dark))


def test_nothing_is_cut_on_the_narrowest_screen(open_page: Open) -> None:
    """320 px is also what is left of 1280 px at 400 % (WCAG 2.2, 1.4.10)."""
    page = open_page("/", width=NARROW)
    for path in PUBLIC:
        page.goto(path)
        look(page, rules=False)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/suche/?q=tea", "/laeden/", "/aktionen/advent/"])
def test_in_english(open_page: Open, path: str, dark: bool) -> None:
    page = open_page(f"/en{path}", width=PHONE, dark=dark)
    assert page.locator("html").get_attribute("lang") == "en"
    look(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, NARROW])
def test_product_basket_checkout(open_page: Open, dark: bool, width: int) -> None:
    page = open_page("/", width=width, dark=dark)
    page.goto(first_in_stock(page, "becher"))
    look(page)
    page.locator(".offers .button").first.click()
    look(page)
    page.goto("/korb/pruefen/")
    look(page)
    page.locator("main form [type=submit]").last.click()
    assert page.locator(".field__error").count(), "an empty form says what is missing"
    look(page)


@pytest.mark.parametrize("width", [DESKTOP, NARROW])
def test_mails_lead_to_pages(open_page: Open, width: int) -> None:
    page = open_page("/", width=width)
    seen = set()
    for letter in letters(page)[:12]:
        page.goto(letter)
        link = page.locator('a[href*="/abholung/"]').first
        if not link.count():
            continue
        path = str(link.get_attribute("href"))
        page.goto(path)
        state = page.locator("h1").inner_text()
        if state not in seen:
            seen.add(state)
            look(page)
    assert len(seen) >= 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE, NARROW])
def test_retailers_rooms(open_page: Open, dark: bool, width: int) -> None:
    page = open_page(DESK, width=width, dark=dark)
    sign(page, STAFF)
    for path in ROOMS:
        page.goto(path)
        look(page)
    page.goto(DESK)
    page.locator(".slip h3 a").first.click()
    look(page)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, NARROW])
def test_the_owners_rooms(open_page: Open, dark: bool, width: int) -> None:
    page = open_page(DESK, width=width, dark=dark)
    sign(page, OWNER)
    for path in OWNERS:
        page.goto(path)
        look(page)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_focus_is_never_hidden(open_page: Open, width: int) -> None:
    """The first stop leads to the content; header and bars at the foot cover none (WCAG 2.4.11)."""
    page = open_page("/", width=width)
    walk(page)
    page.goto(first_in_stock(page, "becher"))
    walk(page)
    page.locator(".offers .button").first.click()
    page.wait_for_load_state()
    walk(page)
    page.goto(DESK)
    sign(page, STAFF)
    walk(page)
    # The one with the button to hand over at its foot.
    page.goto(str(page.locator("#ready .slip h3 a").first.get_attribute("href")))
    walk(page)


def walk(page: Page) -> None:
    page.wait_for_load_state()
    page.evaluate("document.activeElement.blur()")
    hidden, stops = [], 0
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None:
            break
        if not stops:
            assert 'href="#main"' in found[0], f"{page.url} begins with {found[0]}"
        stops += 1
        if not found[1]:
            hidden.append(found[0])
    assert stops > 5, page.url
    assert not hidden, f"{page.url}: {hidden}"
