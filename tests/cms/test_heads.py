"""What pages say to machines: addresses, languages, facts, sitemaps; each city its own."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from cms.domain import pages
from marketplace.core.domain.history import Actor
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
MAP = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture
def town():
    city = factories.city(base_url="https://wolfsburg.example")
    pages.plant(city=city, by=BY, now=NOW)
    return city


@pytest.fixture
def offer(town):
    branch = factories.branch(factories.shop(town, "Laufwerk"), "Mitte")
    category = factories.category("Schuhe", name_en="Shoes", slug="schuhe")
    product = factories.product(town, "Laufschuh <Aller>", category=category)
    return factories.offer(branch, product=product)


def head(client: Client, path: str, **more: str) -> dict[str, object]:
    text = client.get(path, **more).content.decode()
    said = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', text))
    links = re.findall(
        r'<link rel="(canonical|alternate)"(?: hreflang="([^"]+)")? href="([^"]+)">', text
    )
    facts = [
        json.loads(block)
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    ]
    return {"meta": said, "links": {lang or rel: url for rel, lang, url in links}, "facts": facts}


def locations(client: Client, path: str, **more: str) -> list[str]:
    root = ElementTree.fromstring(client.get(path, **more).content)  # noqa: S314 our own
    return [each.text or "" for each in root.iterfind(".//s:loc", MAP)]


def test_a_product_says_what_its_page_says(client: Client, offer) -> None:
    product = offer.variant.product
    path = f"/produkt/{product.slug}-{product.pk}/"
    found = head(client, f"{path}?variante={offer.variant_id}&utm=x")
    here = f"https://wolfsburg.example{path}"
    there = f"https://wolfsburg.example/en{path}"
    assert found["links"] == {"canonical": here, "de": here, "en": there, "x-default": here}
    assert found["meta"]["og:url"] == here
    assert "129,95" in found["meta"]["description"].replace("\xa0", " ")
    assert "robots" not in found["meta"]
    goods, way = found["facts"]
    assert (goods["@type"], goods["name"]) == ("Product", "Laufschuh <Aller>")
    (word,) = goods["offers"]
    assert (word["price"], word["priceCurrency"]) == ("129.95", "EUR")
    assert word["availability"] == "https://schema.org/InStock"
    assert word["availableAtOrFrom"]["address"]["addressCountry"] == "DE"
    assert [step["name"] for step in way["itemListElement"]][-1] == "Laufschuh <Aller>"
    english = head(client, f"/en{path}")
    assert english["links"]["canonical"] == there
    assert english["facts"][0]["category"] == "Shoes"


def test_nothing_is_claimed_of_what_nobody_counted(client: Client, town) -> None:
    branch = factories.branch(factories.shop(town), "Mitte")
    offer = factories.offer(branch, count=None)
    product = offer.variant.product
    (goods, _way) = head(client, f"/produkt/{product.slug}-{product.pk}/")["facts"]
    assert "availability" not in goods["offers"][0]


def test_a_shop_tells_its_hours(client: Client, offer) -> None:
    shop = offer.branch.shop
    store, way = head(client, f"/laden/{shop.slug}/")["facts"]
    assert store["@type"] == "Store"
    assert store["address"]["streetAddress"] == offer.branch.street
    days = {each["dayOfWeek"].rpartition("/")[2] for each in store["openingHoursSpecification"]}
    assert "Monday" in days
    assert way["itemListElement"][-1]["item"].endswith(f"/laden/{shop.slug}/")


def test_front_page_and_lists(client: Client, offer) -> None:
    home = head(client, "/")
    assert home["facts"][0]["@type"] == "WebSite"
    assert home["facts"][0]["url"] == "https://wolfsburg.example/"
    assert home["links"]["en"] == "https://wolfsburg.example/en/"
    assert home["meta"]["og:image"].startswith("https://wolfsburg.example/static/")
    listed = head(client, "/suche/?kategorie=schuhe")
    assert listed["links"]["canonical"] == "https://wolfsburg.example/suche/?kategorie=schuhe"
    for nobodys in ("/suche/?q=schuh", "/suche/?heute=1", "/laeden/?offen=1", "/konto/login/"):
        assert head(client, nobodys)["meta"].get("robots") == "noindex", nobodys
        assert "canonical" not in head(client, nobodys)["links"], nobodys


def test_sitemaps_of_two_cities_do_not_meet(client: Client, offer) -> None:
    other = factories.city(
        "Braunschweig", host="braunschweig.example", base_url="https://braunschweig.example"
    )
    pages.plant(city=other, by=BY, now=NOW)
    theirs = factories.offer(factories.branch(factories.shop(other, "Hüte"), "Burg"))
    index = locations(client, "/sitemap.xml")
    assert len(index) == 4
    ours = [
        url
        for each in index
        for url in locations(client, each.removeprefix("https://wolfsburg.example"))
    ]
    far = [
        url
        for each in index
        for url in locations(
            client,
            each.removeprefix("https://wolfsburg.example"),
            headers={"host": "braunschweig.example"},
        )
    ]
    assert all(url.startswith("https://wolfsburg.example/") for url in ours)
    assert all(url.startswith("https://braunschweig.example/") for url in far)
    mine, foreign = offer.variant.product, theirs.variant.product
    path = f"/produkt/{mine.slug}-{mine.pk}/"
    assert {f"https://wolfsburg.example{path}", f"https://wolfsburg.example/en{path}"} <= set(ours)
    assert not any(f"-{foreign.pk}/" in url for url in ours)
    assert any(f"-{foreign.pk}/" in url for url in far)
    assert "https://wolfsburg.example/suche/?kategorie=schuhe" in ours
    # Every address it names is there and calls itself by that name.
    for url in ours:
        at = url.removeprefix("https://wolfsburg.example")
        assert head(client, at)["links"]["canonical"] == url


def test_broken_sections_are_not_there(client: Client, town) -> None:
    assert client.get("/sitemap-nichts.xml").status_code == 404
    assert client.get("/sitemap-waren.xml?p=99").status_code == 404
    assert client.get("/sitemap-waren.xml?p=x").status_code == 404


def test_robots_close_what_is_somebodys_own(client: Client, town, settings) -> None:
    settings.DEMO = False
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /korb/" in text
    assert "Disallow: /en/korb/" in text
    assert "Sitemap: https://wolfsburg.example/sitemap.xml" in text
    settings.DEMO = True
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()


def test_the_manifest_wears_the_citys_colour(client: Client, town) -> None:
    answer = client.get("/manifest.webmanifest")
    facts = json.loads(answer.content)
    assert facts["name"] == "Stadtregal Wolfsburg"
    assert facts["theme_color"] == town.colour
    assert "manifest.webmanifest" in client.get("/laeden/").content.decode()
    for icon in facts["icons"]:
        assert icon["src"].startswith("/static/icons/mark-")
