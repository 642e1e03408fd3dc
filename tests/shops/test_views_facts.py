"""Manufacturer, register number and energy class as people and machines meet them."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shops.models import Branch, Product
from tests import factories
from tests.shops.imports_help import sheet, take

pytestmark = pytest.mark.django_db

HEADER = (
    "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;Hersteller;Hersteller-Anschrift;Hersteller-E-Mail;"
    "WEEE-Reg.-Nr.;Energieklasse"
)
WHOLE = "Nord & Söhne;Werkweg 3, 38518 Gifhorn;post?cc=x@nord.example;DE 00012345;E"


@pytest.fixture
def branch() -> Branch:
    return factories.branch(factories.shop(factories.city()), "Mitte")


def path_of(branch: Branch, told: str) -> str:
    take(sheet(f"1;LED-Lampe;9,90;4;19;{told}", header=HEADER), branch)
    return f"/en/produkt/led-lampe-{Product.objects.get().pk}/"


def text_of(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().replace("\xa0", " ").split())


def machine_word(page: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    found = [each for block in blocks for each in _several(json.loads(block))]
    return next(each for each in found if each["@type"] == "Product")


def _several(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value]


def test_the_product_page_tells_them(client, branch):
    page = text_of(client, path_of(branch, WHOLE))
    assert "<dt>Manufacturer</dt><dd>Nord &amp; Söhne, Werkweg 3, 38518 Gifhorn<br>" in page
    # SECURITY: an address is no way to fill in somebody's mail.
    assert 'href="mailto:post%3Fcc%3Dx@nord.example"' in page
    assert "Energy efficiency class E, on a scale from A to G" in page
    assert "<dt>WEEE registration number</dt><dd>DE 00012345</dd>" in page


def test_machines_hear_the_same(client, branch):
    told = machine_word(text_of(client, path_of(branch, WHOLE)))
    assert told["manufacturer"] == {
        "@type": "Organization",
        "name": "Nord & Söhne",
        "address": "Werkweg 3, 38518 Gifhorn",
        "email": "post?cc=x@nord.example",
    }
    category = "https://schema.org/EUEnergyEfficiencyCategory"
    assert told["hasEnergyConsumptionDetails"] == {
        "@type": "EnergyConsumptionDetails",
        "hasEnergyEfficiencyCategory": f"{category}E",
        "energyEfficiencyScaleMin": f"{category}G",
        "energyEfficiencyScaleMax": f"{category}A",
    }


def test_goods_without_them_show_no_empty_list(client, branch):
    page = text_of(client, path_of(branch, ";;;;"))
    assert "LED-Lampe" in page
    assert 'id="facts"' not in page
    assert "Energy efficiency class" not in page
    assert {"manufacturer", "hasEnergyConsumptionDetails"}.isdisjoint(machine_word(page))


def test_half_of_them_is_told_as_half(client, branch):
    page = text_of(client, path_of(branch, "Nord;;post@nord.example;;"))
    assert "<dd>Nord<br><a" in page
    assert "WEEE" not in page
    assert machine_word(page)["manufacturer"] == {
        "@type": "Organization",
        "name": "Nord",
        "email": "post@nord.example",
    }


@pytest.mark.law("E8")
def test_the_energy_class_stands_beside_every_price(client, branch):
    path = path_of(branch, WHOLE)
    for each in (path, "/en/suche/?q=LED", f"/en/laden/{branch.shop.slug}/"):
        assert "Energy efficiency class E, on a scale from A to G" in text_of(client, each), each


@pytest.mark.parametrize("place", ["produkt/led-lampe-{pk}/", "suche/?q=LED"])
def test_telling_them_asks_the_database_nothing(client, branch, place):
    path_of(branch, ";;;;")
    product = Product.objects.get()
    path = "/en/" + place.format(pk=product.pk)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    asked()
    before = asked()
    take(sheet(f"1;LED-Lampe;9,90;5;19;{WHOLE}", header=HEADER), branch)
    assert "Energy efficiency class" in text_of(client, path)
    assert asked() == before
