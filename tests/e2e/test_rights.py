"""What somebody who paid may do afterwards, in a browser: as a guest, without signing in.

One buys two, collects them, withdraws from one, gets its money back, and reads every mail and paper
on the way; from a shop like any other, a bookshop, and a potter who shows no tax (UStG § 19).
"""

import os
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, HOSTED, PHONE, Open, letters
from tests.e2e.conftest import sign_in as sign
from tests.e2e.paying import HEARD, RUNS, choose, is_paid, until
from tests.e2e.test_pages import look

pytestmark = [pytest.mark.both, pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Case:
    """A shop with goods of which it has two, and whoever stands at its counter."""

    shop: str
    branch: str
    goods: str
    owner: str
    #: Said in each letter about money, and said in none.
    says: str
    never: str
    width: int
    js: bool


CASES = {
    "any": Case(
        "haushaltswaren-lindhorst",
        "kaufhof",
        "Weinglas mit langem Stiel",
        "renate.lindhorst@example.de",
        "19 %",
        "§ 19 UStG",
        DESKTOP,
        True,
    ),
    "books": Case(
        "buchhandlung-seitenwind",
        "porschestrasse",
        "Am Fluss",
        "emre.kaya@example.de",
        "7 %",
        "§ 19 UStG",
        PHONE,
        False,
    ),
    "no-vat": Case(
        "toepferei-tonspur",
        "hehlingen",
        "Becher „Ufer",
        "friederike.mohn@example.de",
        "§ 19 UStG",
        "inkl. MwSt.",
        PHONE,
        True,
    ),
}


@pytest.mark.law("A5", "A9", "A10", "C1", "C2")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bought_collected_half_of_it_withdrawn_and_refunded(open_page: Open, case: Case) -> None:
    shopper = open_page("/", width=case.width, js=case.js)
    mine = f"{uuid.uuid4().hex[:12]}@example.de"
    _buy_two(shopper, case, mine)
    here = shopper.url
    number = _number(shopper)

    counter = f"/haendler/{case.shop}/{case.branch}/theke/{number}/"
    owner = open_page(counter, width=PHONE, js=case.js)
    sign(owner, case.owner)
    expect(owner).to_have_url(re.compile(rf"/theke/{number}/"))
    _hand_over(owner, counter)

    shopper.goto(here)
    expect(shopper.locator(RUNS)).to_have_count(0)
    look(shopper, rules=case.js)
    receipt = _paper(shopper)
    _withdraw_from_one(shopper, mine, js=case.js)

    owner.goto(f"/haendler/{case.shop}/widerrufe/")
    look(owner, rules=case.js)
    owner.locator('main a[href*="/widerrufe/"]').first.click()
    look(owner, rules=case.js)
    owner.locator('form[action$="/zurueck/"] [type=submit]').click()

    shopper.goto(here)
    until(shopper, shopper.locator('a[href$=".pdf"]').nth(1))
    look(shopper, rules=case.js)
    assert _paper(shopper, 1) != receipt, "the correction is another document"

    mails = _mails(open_page("/", js=False), mine)
    contract = next(words for words in mails if "Muster-Widerrufsformular" in words)
    assert "Widerrufsbelehrung" in contract
    assert case.says in contract
    assert any("Eingangsbestätigung Ihres Widerrufs vom" in words for words in mails)
    assert all(case.never not in words for words in mails)
    _kept(case, mails)


def _buy_two(page: Page, case: Case, email: str) -> None:
    page.goto(f"/suche/?q={case.goods}")
    group = page.locator(".group", has=page.locator(f"text={case.goods}")).first
    page.goto(str(group.locator(".group__title a").get_attribute("href")))
    offer = page.locator(".offer", has=page.locator(f'a[href$="/laden/{case.shop}/"]')).first
    offer.locator('button[name=next][value="bezahlen"]').click()
    expect(page).to_have_url(re.compile(r"/korb/bezahlen/"))
    page.goto("/korb/")
    page.locator('form[action$="/aendern/"] input[name=quantity]').fill("2")
    page.locator('form[action$="/aendern/"] [type=submit]').first.click()
    page.locator('main a[href*="/korb/bezahlen/"]').first.click()
    expect(page.locator(".order__total")).to_be_visible()
    look(page, rules=case.js)
    fields = page.locator("main form.order__form input:visible")
    fields.nth(0).fill("Erika Beispiel")
    fields.nth(1).fill(email)
    page.locator("main form.order__form [type=submit]").click()
    expect(page).to_have_url(HOSTED, timeout=HEARD)
    choose(page, "ok")
    is_paid(page)


def _number(page: Page) -> str:
    found = re.search(
        r"/(\d+)/(?:absagen/|termin\.ics)$", str(page.locator(RUNS).first.get_attribute("href"))
    )
    assert found
    return found[1]


def _hand_over(page: Page, counter: str) -> None:
    page.goto(counter)
    if page.locator('form[action$="/annehmen/"]').count():
        page.locator('form[action$="/annehmen/"] [type=submit]').click()
        page.goto(counter)
    page.locator("#found > [type=submit]").click()
    page.goto(counter)
    # The money is taken and the contract has gone out by mail; only then it may be given.
    until(page, page.locator(".act-bar button:not([disabled])"))
    page.locator(".act-bar button").click()
    expect(page.locator(".undo button")).to_be_visible()


def _paper(page: Page, place: int = 0) -> bytes:
    """A document of the order, fetched as somebody does who keeps it."""
    link = page.locator('a[href$=".pdf"]').nth(place)
    expect(link).to_be_visible()
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")
    return answer.body()


def _withdraw_from_one(page: Page, email: str, *, js: bool) -> None:
    page.locator('main a[href*="/widerruf/"]').first.click()
    look(page, rules=js)
    for name, words in (("name", "Erika Beispiel"), ("email", email)):
        page.locator(f"main [name={name}]").fill(words)
    contract = page.locator("main [name=contract]")
    if not contract.input_value():
        contract.fill("die Bestellung von heute")
    page.locator('main [name=extent][value="part"]').check()
    page.locator('main [name^="units_"]').first.fill("1")
    page.locator('main button[value="review"]').click()
    expect(page.locator("main")).to_contain_text("Hiermit widerrufe ich den Vertrag")
    expect(page.get_by_role("button", name="Widerruf bestätigen", exact=True)).to_be_visible()
    look(page, rules=js)
    page.locator('main button[value="confirm"]').click()
    heading = r"Eingangsbestätigung Ihres Widerrufs vom \d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d Uhr"
    expect(page.locator("h1")).to_have_text(re.compile(heading))
    look(page, rules=js)


def _mails(page: Page, address: str) -> list[str]:
    """What was sent to somebody, as text."""
    found = []
    for letter in letters(page)[:40]:
        page.goto(letter)
        words = page.locator("main").inner_text().replace("\xa0", " ")
        if address in words:
            found.append(words)
    assert found
    return found


def _kept(case: Case, mails: list[str]) -> None:
    """For eyes: `RIGHTS_DIR` keeps what was read."""
    if directory := os.environ.get("RIGHTS_DIR"):
        text = f"\n{'=' * 100}\n".join(mails)
        (Path(directory) / f"{case.shop}.txt").write_text(text, encoding="utf-8")


def test_a_stranger_to_us_withdraws_too(open_page: Open) -> None:
    """An order number nobody knows is received like any other."""
    page = open_page("/", width=PHONE, js=False)
    page.locator("footer").get_by_role("link", name="Vertrag widerrufen").click()
    look(page, rules=False)
    page.locator("main [name=name]").fill("Otto Fremd")
    page.locator("main [name=email]").fill("otto.fremd@example.de")
    page.locator("main [name=contract]").fill("Bestellung 4711, grüne Schuhe")
    page.locator('main [name=extent][value="whole"]').check()
    page.locator('main button[value="review"]').click()
    page.locator('main button[value="confirm"]').click()
    expect(page.locator("h1")).to_contain_text("Eingangsbestätigung Ihres Widerrufs vom")
