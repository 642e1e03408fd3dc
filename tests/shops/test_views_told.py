"""What a product's page tells of its facts, in places of their own."""

import pytest
from django.test import Client

from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from marketplace.workbench import town
from shops.domain import article, catalogue, registry
from shops.domain.article import Said
from shops.domain.gate import ruled
from shops.models import Product
from tests import factories
from tests.factories import NOW
from tests.shops.gate_help import PACKED
from tests.tills import SETTINGS, open_till

pytestmark = pytest.mark.django_db
BY = Actor.system()


@pytest.fixture
def branch(settings):
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    return factories.branch(factories.shop(factories.city()))


def page(client: Client, branch, title: str = "Ding", rules=(), **facts) -> str:
    category = factories.category(title)
    ruled.set_rules(category=category, rules=rules, by=BY, now=NOW)
    product = factories.product(branch.shop.city, title, category=category)
    factories.offer(branch, product=product)
    article.tell(product=product, shop=branch.shop, said=Said(facts=facts), by=BY, now=NOW)
    answer = client.get(f"/en/produkt/{product.slug}-{product.pk}/")
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_ingredients_with_allergens_that_stand_out_and_the_seven_values(client, branch):
    said = page(client, branch, **PACKED)
    assert "Ingredients and nutrition" in said
    assert "<strong>Haferflocken</strong>" in said
    assert "<dt>Allergens</dt><dd>Cereals with gluten</dd>" in said
    assert "1388 kJ / 332 kcal" in said
    assert "<span>of which sugars</span> <span>80 g</span>" in said
    assert "<dd>Mühle, Mühlenweg 1, 38444 Wolfsburg</dd>" in said


def test_material_hazards_battery_and_condition(client, branch):
    said = page(
        client,
        branch,
        fibres="100 % Leinen",
        fibre_total=100,
        pictograms="GHS02 GHS07",
        signal_word="DANGER",
        phrases="H225",
        has_battery=True,
        condition="USED",
        exemptions="electrical",
    )
    assert "100 % Leinen" in said
    assert "Flammable, Harmful or irritating" in said
    assert "<strong>Danger</strong>" in said
    assert "Batteries do not belong in household waste" in said
    assert "<strong>Used</strong>" in said


@pytest.mark.law("E9")
def test_e9_a_responsible_person_is_named_with_the_maker(client, branch):
    made = registry.create(
        said={
            "name": "Far East Toys",
            "address": "Harbour 1, Ningbo",
            "email": "a@far.example",
            "outside_eu": True,
            "responsible_name": "Einfuhr GmbH",
            "responsible_address": "Kai 1, 20457 Hamburg",
            "responsible_email": "post@einfuhr.example",
        },
        by=BY,
        now=NOW,
    )
    product = factories.product(branch.shop.city, "Kreisel")
    factories.offer(branch, product=product)
    Product.objects.filter(pk=product.pk).update(manufacturer=made)
    said = client.get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode()
    assert "Far East Toys, Harbour 1, Ningbo" in said
    assert "Einfuhr GmbH, Kai 1, 20457 Hamburg" in said


@pytest.mark.law("E1", "E6")
def test_e1_the_age_and_e6_what_is_told_in_the_shop(client, branch):
    said = page(client, branch, rules=["food"], min_age=16, alcohol=12)
    assert "From 16 years, handed over against a proof of age only." in said
    assert "Further particulars in the shop" in said


def test_a8_what_cannot_be_given_back_is_told_where_it_can_be_paid(client, branch):
    sentence = "Spoils quickly: no right of withdrawal."
    assert sentence not in page(client, branch, "Torte", withdrawal="PERISHABLE")
    open_till(branch.shop)
    assert sentence in page(client, branch, "Kuchen", withdrawal="PERISHABLE")


@pytest.mark.law("E2")
def test_e2_media_for_adults_show_a_drawing_instead_of_their_picture(
    client, branch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    content = (town.PICTURES / "roman-gebunden.webp").read_bytes()
    picture = pictures.store(content=content, name="a.webp", alt="Hülle", by=BY, now=NOW)
    shown = {}
    for rating in ("12", "18", "NONE"):
        page(client, branch, f"Film {rating}", rules=["media"], rating=rating)
        product = Product.objects.get(title=f"Film {rating}")
        catalogue.attach_picture(product=product, picture=picture)
        for path in (f"/en/produkt/{product.slug}-{product.pk}/", f"/en/suche/?q=film+{rating}"):
            shown[rating, path[:7]] = "<img" in client.get(path).content.decode()
    assert shown == {
        ("12", "/en/pro"): True,
        ("12", "/en/suc"): True,
        ("18", "/en/pro"): False,
        ("18", "/en/suc"): False,
        ("NONE", "/en/pro"): False,
        ("NONE", "/en/suc"): False,
    }
