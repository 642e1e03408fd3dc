"""Fifty buyers send the real form at one instant; twenty units, two server processes."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.db.models import F
from django.utils import timezone

from marketplace.core.models import Notice
from marketplace.operations.domain import audit
from marketplace.reservations.domain import checkout as checkouts
from marketplace.reservations.models import Checkout, Line
from shops.domain import stock
from shops.domain.confidence import Level
from shops.models import Offer
from tests import databases, factories
from tests.workbench.processes import eventually

BUYERS, UNITS = 50, 20
TITLE = "Handkurbel Emsland"
#: Seconds for one answer: forty-two of fifty wait for a server thread.
PATIENCE = 60


# --- a browser of each buyer's own ----------------------------------------------------------------


class Forms(HTMLParser):
    """Every form of a page: where it goes and what it sends untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.is_inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((about.get("action", ""), {}))
            self.is_inside = True
        elif tag == "input" and self.is_inside and "name" in about:
            self.forms[-1][1][about["name"]] = about.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = self.is_inside and tag != "form"

    def to(self, path: str) -> dict[str, str]:
        """Fields of the first form that goes there."""
        return next(fields for action, fields in self.forms if urlsplit(action).path == path)


@dataclass
class Answer:
    status: int
    location: str
    body: str

    @property
    def words(self) -> str:
        """What stands on the page, in one line."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.body).split())


@dataclass
class Browser:
    """Cookies, an Origin on what it sends, nothing followed by itself."""

    port: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def get(self, path: str) -> Answer:
        return self._ask(self._connect(), "GET", path, None)

    def post(
        self, path: str, data: dict[str, str], *, start: threading.Barrier | None = None
    ) -> Answer:
        """With `start`, everything is ready and connected before the barrier opens."""
        connection = self._connect()
        if start is not None:
            start.wait(timeout=PATIENCE)
        return self._ask(connection, "POST", path, urlencode(data))

    def _connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        return connection

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: str | None
    ) -> Answer:
        headers = {"Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v.value}" for k, v in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"http://127.0.0.1:{self.port}"
        with closing(connection):
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or ():
                self.cookies.load(line)
            text = response.read().decode()
        return Answer(response.status, response.headers.get("Location", ""), text)


# --- the server -----------------------------------------------------------------------------------


@contextmanager
def served(database: databases.Database, *arguments: str) -> Iterator[int]:
    """The demo's own server, two processes of four threads, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = database.directory / "server.log"
    with log.open("wb") as handle:
        server = subprocess.Popen(
            [sys.executable, *(arguments or ("-m", "marketplace.workbench.programs", "server"))],
            cwd=databases.ROOT,
            env=database.env
            | {
                "DEMO": "1",
                "BASE_URL": f"http://127.0.0.1:{port}",
                "HOST": "127.0.0.1",
                "PORT": str(port),
            },
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(lambda: _is_healthy(server, port, log), because=f"server: {log}")
        yield port
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(5)


def _is_healthy(server: subprocess.Popen, port: int, log: Path) -> bool:
    if server.poll() is not None:
        pytest.fail(f"the server ended: {log.read_text()[-2000:]}")
    try:
        return Browser(port).get("/healthz").status == 200
    except OSError:
        return False


# --- the race -------------------------------------------------------------------------------------


def _town(units: int) -> Offer:
    """A city on 127.0.0.1 whose one shop accepts by itself, with goods just counted."""
    city = factories.city(host="127.0.0.1")
    branch = factories.branch(factories.shop(city, auto_accept=True))
    goods = factories.product(city, TITLE)
    return factories.offer(branch, product=goods, count=units, now=timezone.now())


def _buy(
    port: int, number: int, path: str, offer_id: int, start: threading.Barrier
) -> tuple[Browser, Answer]:
    """From the product's page at `path` to the answer of the one form that reserves."""
    browser = Browser(port)
    page = browser.get(path)
    assert page.status == 200, page.words
    wanted = Forms(page.body).to("/korb/dazu/") | {"quantity": "1", "next": "pruefen"}
    assert wanted["offer"] == str(offer_id)
    added = browser.post("/korb/dazu/", wanted)
    assert (added.status, added.location) == (303, "/korb/pruefen/"), added.words
    screen = browser.get(added.location)
    form = Forms(screen.body).to("/korb/pruefen/")
    assert {"csrfmiddlewaretoken", "nonce", "seen", "name", "email"} <= set(form)
    typed = {"name": "Lena Koch", "email": f"kaeuferin{number}@example.de"}
    return browser, browser.post("/korb/pruefen/", form | typed, start=start)


def _rush(port: int, offer: Offer) -> list[tuple[Browser, Answer]]:
    """All buyers, each in a thread; whoever fails on the way fails the test."""
    product = offer.variant.product
    # Buyers are browsers: none of their threads may touch the database.
    path = f"/produkt/{product.slug}-{product.pk}/"
    start = threading.Barrier(BUYERS)
    done: list[tuple[Browser, Answer]] = []
    wrong: list[BaseException] = []

    def buyer(number: int) -> None:
        try:
            done.append(_buy(port, number, path, offer.pk, start))
        except BaseException as error:  # told below, in the main thread
            wrong.append(error)
            start.abort()

    crowd = [threading.Thread(target=buyer, args=(number,)) for number in range(BUYERS)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(timeout=2 * PATIENCE)
    real = [error for error in wrong if not isinstance(error, threading.BrokenBarrierError)]
    assert not wrong, real or wrong
    assert len(done) == BUYERS
    return done


def test_fifty_buyers_twenty_units_over_http(own_database):
    offer = _town(UNITS)

    with served(own_database) as port:
        answers = _rush(port, offer)
        told = sorted(answer.status for _browser, answer in answers)
        assert told == [303] * UNITS + [409] * (BUYERS - UNITS)

        pages = set()
        for browser, answer in answers:
            if answer.status == 303:
                assert re.fullmatch(r"/abholung/[^/]+/", answer.location)
                pages.add(answer.location)
                page = browser.get(answer.location)
                assert page.status == 200
                assert TITLE in page.words
            else:
                # Kindly: on the screen they were on, in a sentence that names the goods.
                assert f"“{TITLE}”" in answer.words or f"„{TITLE}“" in answer.words, answer.words
                assert browser.get("/korb/").status == 200
        assert len(pages) == UNITS

    offer.refresh_from_db()
    assert (offer.on_hand, offer.reserved) == (UNITS, UNITS)
    assert Checkout.objects.count() == Line.objects.count() == UNITS
    assert Notice.objects.filter(kind="reservations.placed").count() == UNITS
    assert [str(one) for one in audit.run(now=timezone.now()).violations] == []


#: A server whose claim only adds, and where everybody has looked before anybody writes.
NAIVE = """
import runpy, sys, django
django.setup()
from tests.races import test_http
test_http.be_naive()
sys.argv = ["programs", "server"]
runpy.run_module("marketplace.workbench.programs", run_name="__main__")
"""


def be_naive() -> None:
    """Take the guard out of this process; for the control's server."""
    check = checkouts._check

    def late(*args):
        check(*args)
        time.sleep(0.5)

    def naive(*, units, now):
        for unit in units:
            Offer.objects.filter(pk=unit.offer_id).update(reserved=F("reserved") + unit.quantity)
        return dict.fromkeys((unit.offer_id for unit in units), Level.THERE)

    checkouts._check = late
    stock.claim = naive


def test_control_a_server_without_the_condition_oversells(own_database):
    offer = _town(UNITS)

    with served(own_database, "-c", NAIVE) as port:
        told = [answer.status for _browser, answer in _rush(port, offer)]

    assert told.count(303) > UNITS
    offer.refresh_from_db()
    assert offer.reserved == told.count(303) > offer.on_hand
