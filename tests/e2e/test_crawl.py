"""Every address of both cities, as a machine walks them: whole pages, no cookie, no stranger."""

import http.client
import re
from collections import deque
from html import unescape
from http.client import HTTPMessage
from urllib.parse import quote, urljoin, urlsplit

import pytest

from marketplace.workbench import town as towns
from tests import html

pytestmark = pytest.mark.both

#: Filters multiply; each is tried alone, not with all others.
MOST = 700
_SKIPPED = re.compile(r"[?&](page|wahl|von|bis|variante)=|/media/|/static/|/werkbank/|/farben/")


def fetch(url: str) -> tuple[int, str, HTTPMessage]:
    """Status, text and headers; redirects are followed on the same host.

    By address and Host header: not every machine resolves names below `localhost`.
    """
    for _hop in range(5):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
        path = quote(parts.path, safe="/%") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Host": parts.netloc})
        answer = connection.getresponse()
        text, headers = answer.read().decode(errors="replace"), answer.headers
        connection.close()
        if answer.status not in (301, 302):
            return answer.status, text, headers
        url = urljoin(url, headers["Location"])
    raise AssertionError(f"{url} leads in a circle")


def walk(home: str) -> dict[str, str]:
    """All pages one comes to by links, with their text; each is looked at on the way."""
    host = urlsplit(home).netloc
    seen = {home + "/"}
    queue = deque(seen)
    pages: dict[str, str] = {}
    while queue and len(pages) < MOST:
        url = queue.popleft()
        status, text, headers = fetch(url)
        path = urlsplit(url).path
        if "/weiter/" in path:  # the door to a shop's own web shop
            assert (status, urlsplit(headers["Location"]).netloc != host) == (303, True), url
            continue
        assert status == 200, f"{url} answers {status}"
        if not headers.get("Content-Type", "").startswith("text/html"):
            continue
        closed = path.removeprefix("/en").startswith(("/konto/", "/cms/", "/haendler/"))
        if not closed:
            assert "Set-Cookie" not in headers, f"{url} sets a cookie"
        if not path.startswith("/cms/"):
            assert html.problems(text) == [], f"{url}: {html.problems(text)}"
        pages[url] = text
        for found in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', text):
            next_ = urljoin(url, unescape(found)).partition("#")[0]
            if urlsplit(next_).netloc != host or _SKIPPED.search(next_) or next_ in seen:
                continue
            if urlsplit(next_).query.count("=") > 1:
                continue
            seen.add(next_)
            queue.append(next_)
    return pages


@pytest.fixture(scope="module")
def walks(town: str) -> dict[str, dict[str, str]]:
    second = town.replace("localhost", "braunschweig.localhost")
    return {"wolfsburg": walk(town), "braunschweig": walk(second)}


def test_all_of_both_cities_is_whole(walks) -> None:
    assert len(walks["wolfsburg"]) > 250
    assert len(walks["braunschweig"]) > 60
    for pages in walks.values():
        assert any("/produkt/" in url for url in pages)
        assert any("/en/" in url for url in pages)


@pytest.mark.parametrize(("here", "there"), [towns.TOWNS, towns.TOWNS[::-1]])
def test_no_city_shows_the_others_shops_goods_or_pages(walks, here: str, there: str) -> None:
    shops = [shop["name"] for shop in towns.load(there)["shops"]]
    for url, text in walks[here].items():
        strangers = [name for name in shops if name in text]
        assert not strangers, f"{url} shows {strangers}"


#: What a browser loads by itself; a canonical address, for one, it does not.
_LOADED = re.compile(
    r'<(?:img|script|iframe|source|object)\b[^>]*?\b(?:src|data)="([^"]+)'
    r'|<link rel="(?:stylesheet|icon|manifest|apple-touch-icon|preload)"[^>]*?\bhref="([^"]+)'
)


@pytest.mark.law("G2")
def test_no_page_asks_a_stranger(walks) -> None:
    loaded = 0
    for pages in walks.values():
        for url, text in pages.items():
            for found in _LOADED.findall(text):
                asked = urlsplit(urljoin(url, unescape("".join(found))))
                assert asked.netloc == urlsplit(url).netloc, f"{url} loads {asked.geturl()}"
                loaded += 1
    assert loaded > 1000


def test_addresses_of_the_other_city_are_not_here(walks, town: str) -> None:
    second = town.replace("localhost", "braunschweig.localhost")
    for home, other in ((town, walks["braunschweig"]), (second, walks["wolfsburg"])):
        for url in [each for each in other if "/produkt/" in each or "/laden/" in each][:20]:
            path = urlsplit(url).path
            assert fetch(home + path)[0] == 404, f"{home}{path}"


def test_pictures_of_the_other_city_are_not_here(walks, town: str) -> None:
    """Pages of both cities name no picture of the other's library."""
    second = town.replace("localhost", "braunschweig.localhost")
    for home, pages in ((town, walks["wolfsburg"]), (second, walks["braunschweig"])):
        foreign = "braunschweig-" if home == town else "wolfsburg-"
        for url, text in pages.items():
            assert f"/media/images/{foreign}" not in text, url
