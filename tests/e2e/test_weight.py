"""What a page weighs on its way to somebody who comes for the first time: less than 100 kB of text,
styles, scripts and fonts, and nothing from anybody else (design 1, law G2).

Pictures are told apart and printed (`-rP`). The demo's server compresses nothing, as the front
server does that: what comes bare is counted as gzip would send it.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e import paying
from tests.e2e.conftest import PHONE, first_in_stock, letters, listen

pytestmark = pytest.mark.both

#: Bytes.
MOST = 100_000
TEXT = ("document", "stylesheet", "script", "xhr", "fetch", "manifest", "other")


@dataclass
class Weight:
    """Bytes of each thing a page asked for, headers included."""

    path: str
    things: dict[str, int] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)
    bare: int = 0

    @property
    def total(self) -> int:
        return sum(self.things.values())

    def __str__(self) -> str:
        heavy = sorted(self.things.items(), key=lambda thing: -thing[1])
        lines = [f"{size:>8,}  {name}" for name, size in heavy]
        return "\n".join(
            (
                f"{self.path}: {self.total:,} bytes of {MOST:,} ({self.bare:,} uncompressed),"
                f" and {len(self.pictures)} pictures of {sum(self.pictures.values()):,} bytes",
                *lines,
            )
        )


def weigh(browser: Browser, town: str, path: str, state: Any = None) -> Weight:
    """Open a page with an empty cache; `state` is somebody's basket or sign-in."""
    context = browser.new_context(
        base_url=town,
        viewport={"width": PHONE, "height": 844},
        locale="de-DE",
        storage_state=state,
    )
    troubles: list[str] = []
    asked: list[Request] = []
    page = context.new_page()
    listen(page, town, troubles)
    page.on("requestfinished", lambda request: asked.append(request))
    answer = page.goto(path, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200, f"{path} answered {answer.status}"
    # What is loaded when one reads on belongs to the page.
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    weight = Weight(page.url.removeprefix(town))
    for request in asked:
        _add(weight, request, town)
    context.close()
    assert troubles == [], "\n".join(troubles)
    return weight


def _add(weight: Weight, request: Request, town: str) -> None:
    response = request.response()
    if response is None:
        return
    sizes, name = request.sizes(), request.url.removeprefix(town)
    sent = sizes["responseBodySize"]
    if request.resource_type == "image":
        weight.pictures[name] = sent
        return
    weight.bare += sent
    is_bare = "content-encoding" not in response.headers
    if is_bare and request.resource_type in TEXT and response.status == 200:
        sent = min(sent, len(gzip.compress(response.body(), 6)))
    weight.things[name] = sent + sizes["responseHeadersSize"]


def check(weight: Weight) -> None:
    print(weight)  # noqa: T201 shown with -rP
    assert weight.things, "nothing was measured"
    assert any(name.endswith(".woff2") for name in weight.things), "fonts came from a cache"
    assert weight.total < MOST, str(weight)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/suche/?q=kaffee",
        "/suche/?kategorie=spielzeug",
        "/suche/so-sortieren-wir/",
        "/laeden/",
        "/laden/haushaltswaren-lindhorst/",
        "/aktionen/",
        "/aktionen/advent/",
        "/porschestrasse/",
        "/so-funktionierts/",
        "/leichte-sprache/",
        "/gebaerdensprache/",
        "/bildnachweis/",
        "/konto/login/",
    ],
)
def test_a_page_that_everybody_sees(browser: Browser, town: str, path: str) -> None:
    check(weigh(browser, town, path))


def _fill_basket(page: Page) -> str:
    page.goto(first_in_stock(page, "becher"))
    page.locator(".offers .button").first.click()
    page.wait_for_load_state()
    return "/korb/"


def _to_check(page: Page) -> str:
    _fill_basket(page)
    return "/korb/pruefen/"


def _product(page: Page) -> str:
    return first_in_stock(page, "becher")


def _status(page: Page) -> str:
    for letter in letters(page)[:12]:
        page.goto(letter)
        link = page.locator('a[href*="/abholung/"]').first
        if link.count():
            return str(link.get_attribute("href"))
    raise AssertionError("no mail leads to a reservation")


def _to_review(page: Page) -> str:
    paying.to_review(page)
    return str(page.evaluate("location.pathname + location.search"))


def _unpaid(page: Page) -> str:
    paying.to_paying(page)
    paying.choose(page, "back")
    expect(page).to_have_url(paying.STATUS)
    return str(page.evaluate("location.pathname"))


@pytest.mark.parametrize("way", [_product, _fill_basket, _to_check, _status, _to_review, _unpaid])
def test_a_page_on_the_way(browser: Browser, town: str, way: Callable[[Page], str]) -> None:
    """Product, basket, checkout and what came of it, each as if it were the first page seen."""
    context = browser.new_context(base_url=town, viewport={"width": PHONE, "height": 844})
    path = way(context.new_page())
    state = context.storage_state()
    context.close()
    check(weigh(browser, town, path, state))


def test_a_heavy_page_is_told_with_its_parts() -> None:
    weight = Weight("/", {"/": 30_000, "/static/js/gross.js": 80_000})
    with pytest.raises(AssertionError, match=r"110,000 bytes of 100,000.*\n.*80,000  /static/js"):
        check(Weight("/", weight.things | {"/a.woff2": 0}))
