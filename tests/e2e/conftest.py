"""A served demo town and Debian's Chromium. Any breach of the page policy, any request to somebody
else, any error in a page and any server error fails the test that met it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from marketplace.workbench.domain.places import PASSWORD
from tests import databases
from tests.needs import require
from tests.workbench.processes import eventually
from tests.workbench.town import Demo, Served

DESKTOP, PHONE, NARROW = 1280, 390, 320
STAFF = "jonas.ebeling@example.de"
OWNER = "renate.lindhorst@example.de"
#: Owns a shop that has said nothing about its hours yet.
NEWCOMER = "derya.aksoy@example.de"
EDITOR = "ina.redlich@example.de"
DESK = "/haendler/haushaltswaren-lindhorst/kaufhof/theke/"

#: The stand-in's pages: another server, as the real provider's would be.
HOSTED = re.compile(r"http://127\.0\.0\.1:\d+/c/pay/")
#: Pages that a test itself disturbs (axe measures with styles of its own).
DISTURBED: set[Page] = set()

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """A town of this worker's own, served."""
    require("chromium")
    with databases.fresh("sqlite") as database:
        demo = Demo(database.directory)
        demo.make()
        served = Served(demo)
        try:
            eventually(lambda: served.hears("Open: "), seconds=90)
            yield demo
        finally:
            served.process.terminate()
            served.process.wait(20)


@pytest.fixture(scope="session")
def town(demo: Demo) -> str:
    """Its address."""
    return demo.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Per module: while Playwright runs, Django takes its thread for an asynchronous one and
    refuses to ask the database; the tests that come after must find it gone."""
    path = require("chromium")
    with sync_playwright() as playwright:
        # No sandbox: in containers Chromium cannot make one.
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_page(town: str, browser: Browser) -> Iterator[Open]:
    """`open_page("/laeden/", width=390, dark=True, js=False)`: a fresh visitor's page."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_(
        path: str, *, width: int = DESKTOP, dark: bool = False, js: bool = True, host: str = ""
    ) -> Page:
        home = town.replace("localhost", host) if host else town
        context = browser.new_context(
            base_url=home,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=js,
            locale="de-DE",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        listen(page, home, troubles)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def listen(page: Page, home: str, troubles: list[str]) -> None:
    """Write down what must never happen on a page of ours."""

    def said(message: Any) -> None:
        text = message.text
        if page in DISTURBED and "Applying inline style" in text:
            return
        # A missing page is no trouble: tests look at some on purpose.
        if message.type == "error" and "Failed to load resource" not in text:
            troubles.append(f"{page.url}: {text}")

    def asked(request: Any) -> None:
        if not request.url.startswith((home, "data:", "blob:")) and not _is_paying(request):
            troubles.append(f"{page.url} asked {request.url}")

    def answered(response: Any) -> None:
        if response.status >= 500:
            troubles.append(f"{response.status} at {response.url}")

    page.on("console", said)
    page.on("request", asked)
    page.on("response", answered)
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))


def _is_paying(request: Any) -> bool:
    """On the way to the payment provider's page, or that page asks for its own style."""
    if request.is_navigation_request():
        return bool(HOSTED.match(request.url))
    return bool(HOSTED.match(request.frame.url)) and request.url.endswith("/pages.css")


def sign_in(page: Page, who: str) -> None:
    """By the form, as people do; then back to where one was going."""
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) [type=submit]").first.click()


def first_in_stock(page: Page, words: str) -> str:
    """The address of the first product found that is surely there."""
    page.goto(f"/suche/?q={words}&sicher=1")
    link = page.locator(".group__title a").first
    return str(link.get_attribute("href"))


def letters(page: Page) -> list[str]:
    """Addresses of all mails, youngest first."""
    page.goto("/werkbank/post/")
    return re.findall(r'href="(/werkbank/post/[0-9a-z-]+/)"', page.content())
