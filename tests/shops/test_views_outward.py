"""The door to shops' own web shops: where it leads, whom it counts, what it never does."""

import json
import re

import pytest
from django.db import OperationalError
from django.test import Client

from shops.domain import outward
from shops.models import OutwardClicks, Shop
from tests import factories

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
ADDRESS = "https://www.laufwerk.example/shop?a=1&b=2"


@pytest.fixture
def shop() -> Shop:
    made = factories.shop(factories.city(), "Laufwerk", online_shop=ADDRESS)
    factories.branch(made)
    return made


@pytest.fixture
def browser() -> Client:
    return Client(headers={"user-agent": BROWSER})


def clicks() -> int:
    return sum(OutwardClicks.objects.values_list("clicks", flat=True))


def test_a_click_goes_on_and_is_counted(browser, shop):
    for prefix in ("", "/en"):
        answer = browser.get(f"{prefix}/weiter/laden/{shop.pk}/")
        assert (answer.status_code, answer["Location"]) == (303, ADDRESS)
        assert answer["Cache-Control"] == "private, no-store"
        assert not answer.cookies
    assert clicks() == 2


def test_goods_lead_to_their_own_page(browser, shop):
    offer = factories.offer(shop.branches.get(), online_url="https://laden.example/strada")
    answer = browser.get(f"/weiter/angebot/{offer.pk}/")
    assert answer["Location"] == "https://laden.example/strada"


def test_nothing_of_the_request_is_part_of_the_address(browser, shop):
    answer = browser.get(f"/weiter/laden/{shop.pk}/?next=https://evil.example/&url=//evil.example")
    assert answer["Location"] == ADDRESS


def test_addresses_that_no_browser_opens_safely_lead_nowhere(browser, shop):
    Shop.objects.filter(pk=shop.pk).update(online_shop="javascript:alert(1)")
    assert browser.get(f"/weiter/laden/{shop.pk}/").status_code == 404
    assert clicks() == 0


def test_a_shop_without_a_web_shop_has_no_such_door(browser, shop):
    Shop.objects.filter(pk=shop.pk).update(online_shop="")
    assert browser.get(f"/weiter/laden/{shop.pk}/").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0)"},
        {"user-agent": "curl/8.5.0"},
        {"user-agent": ""},
        {"user-agent": BROWSER, "sec-purpose": "prefetch;prerender"},
    ],
    ids=["google", "bing", "curl", "nobody", "ahead of a click"],
)
def test_machines_are_sent_on_and_not_counted(shop, headers):
    answer = Client(headers=headers).get(f"/weiter/laden/{shop.pk}/")
    assert answer.status_code == 303
    assert clicks() == 0


def test_asking_for_the_head_counts_nothing(browser, shop):
    assert browser.head(f"/weiter/laden/{shop.pk}/").status_code == 303
    assert clicks() == 0


def test_a_busy_database_keeps_nobody(browser, shop, monkeypatch):
    def busy(row):
        raise OperationalError("database is locked")

    monkeypatch.setattr(outward, "_one_more", busy)
    assert browser.get(f"/weiter/laden/{shop.pk}/")["Location"] == ADDRESS


def test_pages_name_the_host_and_tell_machines_the_true_address(browser, shop):
    page = browser.get("/en/laden/laufwerk/").content.decode()
    link = re.search(r'<a class="online" href="([^"]+)" rel="([^"]+)">([^<]+)</a>', page)
    assert link is not None
    assert link[1] == f"/en/weiter/laden/{shop.pk}/"
    assert set(link[2].split()) == {"noopener", "nofollow", "external"}
    assert "laufwerk.example" in link[3]
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = [json.loads(block) for block in blocks]
    facts = [each for block in told for each in (block if isinstance(block, list) else [block])]
    assert ADDRESS in [each.get("sameAs") for each in facts]


def test_robots_are_asked_to_stay_outside(browser, shop, settings):
    settings.DEMO = False
    text = browser.get("/robots.txt").content.decode()
    assert "Disallow: /weiter/" in text
    assert "Disallow: /en/weiter/" in text
