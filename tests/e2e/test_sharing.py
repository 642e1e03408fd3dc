"""Pages that shops share, in a browser: two become one, and a till's names get their meaning."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import EDITOR, OWNER, PHONE, Open
from tests.e2e.conftest import sign_in as sign

pytestmark = pytest.mark.both

STAYS, GOES = "Fahrradklingel aus Messing", "Fahrradklingel, klein"
NAMES = "/en/haendler/haushaltswaren-lindhorst/waren/warengruppen/"


def address_of(page: Page, title: str) -> str:
    page.goto(f"/suche/?q={title}")
    link = page.locator(".group__title a").filter(has_text=title).first
    return str(link.get_attribute("href"))


def test_the_city_joins_two_pages_and_the_old_address_leads_on(open_page: Open) -> None:
    page = open_page("/")
    old, new = address_of(page, GOES), address_of(page, STAYS)
    page.goto("/cms/waren/")
    sign(page, EDITOR)
    page.get_by_role("link", name=f"{STAYS} / {GOES}").click()
    table = page.locator("table").first
    expect(table).to_contain_text(STAYS)
    expect(table).to_contain_text(GOES)
    page.locator("button[name=keep]").filter(has_text=STAYS).click()
    expect(page.locator(".messages")).to_be_visible()

    visitor = open_page("/")
    answer = visitor.goto(old)
    assert answer is not None
    before = answer.request.redirected_from
    assert before is not None
    moved = before.response()
    assert moved is not None
    assert (moved.status, answer.status) == (301, 200)
    assert visitor.url.endswith(new)
    expect(visitor.locator("h1")).to_contain_text(STAYS)
    # Both prices stand side by side as two kinds of one page.
    assert visitor.locator("main").inner_text().count("Radwerk") >= 1

    # And back, as long as nothing followed.
    page.locator("form[action*='/zurueck/'] button").first.click()
    expect(page.locator(".messages")).to_be_visible()
    # A fresh browser: a 301 may be remembered for as long as the page itself.
    visitor = open_page(old)
    assert visitor.url.endswith(old)
    expect(visitor.locator("h1")).to_contain_text(GOES)


@pytest.mark.parametrize(("js", "name"), [(True, "WG 40 Kerzen u. Duft"), (False, "WG 47")])
def test_an_owner_says_what_the_tills_names_mean(open_page: Open, js: bool, name: str) -> None:
    page = open_page(NAMES, width=PHONE, js=js)
    sign(page, OWNER)
    page.get_by_label(name).select_option("bilder-rahmen")
    page.locator("form.names button[type=submit]").first.click()
    expect(page.locator(".message--okay")).to_contain_text("remembered")
    # No longer asked, and on the shelf where people look.
    expect(page.locator(".names").first).not_to_contain_text(f"{name} 1 product waits")
    page.goto("/en/suche/?kategorie=bilder-rahmen")
    expect(page.locator(".group__title").first).to_be_visible()
