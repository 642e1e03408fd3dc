"""The same price everywhere, to the cent (law B1), with all that stands beside it."""

import json
import random
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.core.money import format_price
from marketplace.reservations.domain import lifecycle
from shops.domain.prices import reductions
from shops.models import Shop, Variant
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

LONG_AGO = NOW - timedelta(days=60)
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def branch(time_machine):
    time_machine.move_to(NOW, tick=False)
    return factories.branch(factories.shop(factories.city(), auto_accept=True))


def linked(page):
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    found = [part for text in scripts for part in _parts(json.loads(text))]
    return next(part for part in found if part.get("@type") == "Product")


def _parts(value):
    return value if isinstance(value, list) else [value]


def main(page):
    return re.search(r"<main.*?</main>", page, re.S)[0]


@pytest.mark.law("B1")
def test_b1_twenty_prices_are_the_same_on_page_in_list_basket_machine_and_mail(
    branch, mailoutbox, django_capture_on_commit_callbacks
):
    dice = random.Random(20)
    for number in range(20):
        price = Decimal(dice.randint(1, 99999)) / 100
        product = factories.product(branch.shop.city, f"Ware {number:02}")
        offer = factories.offer(branch, product=product, price=str(price), now=NOW)
        shown, client = format_price(price, "en"), Client()
        page = client.get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode()
        assert shown in main(page)
        assert "incl. VAT" in main(page)
        assert "collecting costs nothing" in main(page)
        facts = linked(page)["offers"]
        (told,) = _parts(facts["offers"]) if "offers" in facts else _parts(facts)
        assert Decimal(told["price"]) == price
        assert told["priceSpecification"][0]["valueAddedTaxIncluded"] is True
        listed = client.get("/en/suche/", {"q": f"Ware {number:02}"}).content.decode()
        assert shown in main(listed)
        client.post("/en/korb/dazu/", {"offer": offer.pk, "quantity": 1}, headers=HERE)
        assert shown in main(client.get("/en/korb/").content.decode())
        assert shown in main(client.get("/en/korb/pruefen/").content.decode())
        with django_capture_on_commit_callbacks(execute=True):
            row = factories.reservation((offer, 1), email=f"lena{number}@example.de")
        assert row.lines.get().price == price
        german = format_price(price, "de")
        assert any(german in mail.body for mail in mailoutbox)
        mailoutbox.clear()


@pytest.mark.law("B3")
def test_b3_a_reduction_names_its_reference_wherever_the_price_stands(branch):
    product = factories.product(branch.shop.city, "Topf")
    offer = factories.offer(branch, product=product, price="50.00", now=LONG_AGO)
    reductions.announce(offer=offer, price=Decimal(40), by=Actor.system(), now=NOW)
    said, client = "Lowest price of the last 30 days: €50.00", Client()
    shop = f"/en/laden/{branch.shop.slug}/"
    for path in (f"/en/produkt/{product.slug}-{product.pk}/", "/en/suche/?q=Topf", shop):
        page = client.get(path).content.decode()
        assert said in main(page), path
        assert "−20 %" in main(page), path
    client.post("/en/korb/dazu/", {"offer": offer.pk, "quantity": 2}, headers=HERE)
    assert said in main(client.get("/en/korb/").content.decode())
    page = client.get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode()
    facts = linked(page)["offers"]
    (told,) = _parts(facts["offers"]) if "offers" in facts else _parts(facts)
    struck = [one for one in told["priceSpecification"] if "Strike" in one.get("priceType", "")]
    assert [Decimal(one["price"]) for one in struck] == [Decimal(50)]


@pytest.mark.law("B5")
def test_b5_the_mark_is_no_smaller_than_the_price(branch):
    product = factories.product(branch.shop.city, "Schorle")
    offer = factories.offer(branch, product=product, price="5.94", now=NOW)
    Variant.objects.filter(pk=offer.variant_id).update(
        content_amount=Decimal("1.98"),
        content_unit="L",
        deposit_amount=Decimal("1.50"),
        deposit_kind="EINWEG",
    )
    client = Client()
    page = main(client.get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode())
    assert "plus €1.50 deposit" in page
    assert "<strong>EINWEG</strong>" in page
    assert "€3.00 per l" in page
    client.post("/en/korb/dazu/", {"offer": offer.pk, "quantity": 2}, headers=HERE)
    basket = main(client.get("/en/korb/").content.decode())
    assert "plus €3.00 deposit" in basket
    assert "€11.88" in basket


@pytest.mark.law("C1")
def test_c1_a_small_business_names_no_vat_anywhere(
    branch, mailoutbox, django_capture_on_commit_callbacks
):
    Shop.objects.update(small_business_from=LONG_AGO.date())
    product = factories.product(branch.shop.city, "Filzpantoffel")
    offer = factories.offer(branch, product=product, price="39.00", now=NOW)
    client = Client()
    path = f"/en/produkt/{product.slug}-{product.pk}/"
    client.post("/en/korb/dazu/", {"offer": offer.pk, "quantity": 1}, headers=HERE)
    for page in (path, "/en/suche/?q=Filz", "/en/korb/", "/en/korb/pruefen/"):
        text = main(client.get(page).content.decode())
        assert "§ 19 UStG" in text, page
        assert "incl. VAT" not in text.replace("incl. VAT, except", ""), page
    with django_capture_on_commit_callbacks(execute=True):
        row = factories.reservation((offer, 1))
    with django_capture_on_commit_callbacks(execute=True):
        lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=Actor.system(), now=NOW)
    bodies = "\n".join(mail.body for mail in mailoutbox)
    assert "§ 19 UStG" in bodies
    assert "VAT" not in bodies.replace("no VAT shown", "")
    assert "MwSt" not in bodies
