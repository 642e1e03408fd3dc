"""Paying in a browser: to the stand-in's page and back, as the tests of it do again and again.

A definite sign is waited for each time: an address, or what only the next page has.
"""

import json
import re
import time
import urllib.request
import uuid

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import HOSTED

NAME = "Erika Beispiel"
STATUS = re.compile(r"/abholung/")
#: The book shop has enough chocolate, and the other tests buy elsewhere.
SHOP = "buchhandlung-seitenwind"
ROOMS = f"/haendler/{SHOP}"
BOOKS = f"{ROOMS}/porschestrasse/theke/"
BOOKSELLER, BOOKSHOP = "svenja.harms@example.de", "emre.kaya@example.de"
#: Milliseconds within which the provider's word is heard and acted upon, on a busy machine.
HEARD = 60_000
#: What stands on the page of a reservation that runs: asked for it can be cancelled, accepted it
#: goes into a calendar.
RUNS = 'main a[href$="/absagen/"], main a[href$="/termin.ics"]'


def to_review(page: Page) -> None:
    """From the product to "Review order"."""
    page.goto("/suche/?q=zartbitterschokolade")
    page.goto(str(page.locator(".group__title a").first.get_attribute("href")))
    here = page.locator(".offer", has=page.locator(f'a[href$="/laden/{SHOP}/"]'))
    here = here.filter(has_text="Porschestraße")
    here.first.locator('button[name=next][value="bezahlen"]').click()
    expect(page).to_have_url(re.compile(r"/korb/bezahlen/"))


def to_paying(page: Page) -> None:
    """On to the hosted page."""
    to_review(page)
    fields = page.locator("main form input:visible")
    fields.nth(0).fill(NAME)
    # Somebody else each time: a city limits how much one person holds.
    fields.nth(1).fill(f"{uuid.uuid4().hex[:12]}@example.de")
    page.locator("main form.order__form [type=submit]").click()
    expect(page).to_have_url(HOSTED, timeout=HEARD)


def choose(page: Page, outcome: str) -> None:
    page.locator(f'button[value="{outcome}"]').click()


def is_paid(page: Page) -> None:
    """Back on our page, which looks by itself until the provider has told us: it runs then, and
    can no longer be paid."""
    expect(page).to_have_url(STATUS)
    expect(page.locator(RUNS).first).to_be_visible(timeout=HEARD)
    expect(_action(page, "zahlen")).to_have_count(0)


def is_over(page: Page) -> None:
    """Not paid: the goods can be put into the basket again. Looks until it is so."""
    again = page.locator('form[action$="/nochmal/"]')
    until(page, again)


def until(page: Page, sign: Locator) -> None:
    """Look again and again, as somebody does who waits."""
    end = time.monotonic() + HEARD / 1000
    while not sign.count() and time.monotonic() < end:
        page.wait_for_timeout(500)
        page.reload()
    expect(sign.first).to_be_visible()


def bought(page: Page, outcome: str = "ok") -> str:
    """Ordered and paid; the number by which the counter finds it."""
    to_paying(page)
    choose(page, outcome)
    is_paid(page)
    here = str(page.locator(RUNS).first.get_attribute("href"))
    found = re.search(r"/(\d+)/(?:absagen/|termin\.ics)$", here)
    assert found
    return found[1]


def tell_stand_in(hosted: str, verb: str, **values: object) -> None:
    """What people and time do there, said to its control door."""
    origin, _, key = hosted.partition("/c/pay/")
    request = urllib.request.Request(  # noqa: S310 the stand-in on this machine
        f"{origin}/_stand-in/{verb}",
        data=json.dumps(values or {"session": key.split("/")[0]}).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 as above
        assert answer.status == 200


def _action(page: Page, word: str) -> Locator:
    return page.locator(f'main a[href$="/{word}/"]')
