"""The statutory guarantee told to everybody, and the manufacturer's near the picture."""

import re

import pytest
import time_machine
from django.test import Client

from marketplace.core.domain.history import Actor
from shops.domain import registry
from shops.models import Facts, Product
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


def product_page(branch, **facts) -> str:
    offer = factories.offer(branch)
    product = offer.variant.product
    Facts.objects.update_or_create(product=product, defaults=facts)
    text = Client().get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode()
    return re.search(r"<main.*</main>", text, re.DOTALL)[0]


def near_picture(page: str) -> str:
    return page[page.index("product__pictures") : page.index("product__facts")]


@pytest.mark.law("A14")
def test_a14_the_page_of_the_guarantee_is_one_click_from_every_page(client, branch):
    text = client.get("/en/laeden/").content.decode()
    assert 'href="/en/gewaehrleistung/hinweis/"' in text
    page = client.get("/en/gewaehrleistung/hinweis/")
    assert page.status_code == 200
    assert not page.cookies
    words = page.content.decode()
    assert "at least two years" in words
    assert "Something is wrong with the goods" in words
    assert "a repair adds twelve months" in words


@pytest.mark.law("A14")
def test_a14_three_years_show_the_label_and_two_do_not(branch):
    label = "years of durability guarantee by"
    long = product_page(branch, guarantee_years=3, guarantor="Tonfeld")
    assert "3 years of durability guarantee by Tonfeld" in near_picture(long)
    short = product_page(branch, guarantee_years=2, guarantor="Tonfeld")
    assert label not in short
    assert "2 years, Tonfeld" in short, "told among the facts all the same"
    assert label not in product_page(branch)


@pytest.mark.law("A14")
def test_a14_nobody_promises_without_a_name(branch):
    nameless = product_page(branch, guarantee_years=5)
    assert "durability guarantee by" not in nameless
    said = {"name": "Blechner & Söhne"}
    maker = registry.create(said=said, by=Actor.system(), now=NOW)
    offer = factories.offer(branch)
    product = offer.variant.product
    Product.objects.filter(pk=product.pk).update(manufacturer=maker)
    Facts.objects.create(
        product=product, guarantee_years=5, guarantee_proof="https://blechner.example/garantie"
    )
    text = Client().get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode()
    assert "5 years of durability guarantee by Blechner &amp; Söhne" in text
    assert 'href="https://blechner.example/garantie" rel="noopener nofollow"' in text
