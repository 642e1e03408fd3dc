"""An article's page: what is missing stands beside the field that mends it, and saving shows."""

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import registry
from shops.domain.gate import ruled
from shops.enums import Gate
from shops.models import Facts, Manufacturer, ManufacturerNote, Offer, Product
from tests import factories
from tests.factories import NOW

BY = Actor.system()


@pytest.fixture
def shirts(db):
    category = factories.category("Hemden")
    ruled.set_rules(category=category, rules=["textile", "safety"], by=BY, now=NOW)
    return category


@pytest.fixture
def product(branch, shirts) -> Product:
    made = factories.product(branch.shop.city, "Hemd", category=shirts, shop=branch.shop)
    factories.offer(branch, product=made)
    return made


@pytest.fixture
def page(shop, product) -> str:
    return f"/en/haendler/{shop.slug}/waren/{product.pk}/"


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def gate(product) -> str:
    return product.variants.get().gate


def test_what_is_missing_stands_beside_its_field(client, page):
    said = text(client.get(page))
    assert "Not shown to shoppers yet" in said
    assert 'id="id_fibres_helptext">Please enter what it is made of' in said
    assert "Please enter the manufacturer." in said
    # Fields that nobody asks for are folded away.
    asked, _more, folded = said.partition("More particulars")
    assert 'name="ingredients"' not in asked
    assert 'name="ingredients"' in folded


def test_saving_shows_it_to_shoppers(client, page, product, branch):
    assert not Offer.objects.live().exists()
    answer = client.post(page, {"fibres": "80 % cotton, 20 % polyester"}, follow=True)
    assert "Saved." in text(answer)
    assert Facts.objects.get(product=product).fibres == "80 % Baumwolle, 20 % Polyester"
    assert gate(product) == Gate.RESERVE_ONLY
    said = text(answer)
    assert "Can be reserved" in said
    assert "Cannot be paid online yet, because:" in said
    assert Offer.objects.live().exists()
    assert "Nothing was changed." in text(
        client.post(page, {"fibres": "80 % Baumwolle, 20 % PES"}, follow=True)
    )


def test_what_was_not_on_the_form_stays(client, page, product):
    client.post(page, {"fibres": "100 % Leinen", "model": "H 20", "category": product.category_id})
    client.post(page, {"model": "H 21"})
    facts = Facts.objects.get(product=product)
    assert (facts.fibres, facts.model) == ("100 % Leinen", "H 21")
    product.refresh_from_db()
    assert product.category is not None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"fibres": "80 % Baumwolle, 18 % Polyester"}, "add up to 100 %"),
        ({"fibres": "Leder"}, "Please write shares and fibres"),
        ({"weee_number": "12345678"}, "DE and eight digits"),
        ({"ufi": "123"}, "four groups of four"),
        ({"energy_kj": "1388"}, "All seven values belong together."),
        ({"allergen_state": "LISTED"}, "Please tick the allergens"),
        ({"operator_address": "Weg 1"}, "Whose address is this?"),
        ({"category": "999999999"}, "Select a valid choice"),
        ({"min_age": "21"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_saved(client, page, product, sent, sentence):
    answer = client.post(page, sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Facts.objects.filter(product=product).exists()


def test_all_typed_facts_arrive(client, page, product):
    variant = product.variants.get()
    sent = {
        "food_kind": "PACKED",
        "ingredients": "*Weizen*",
        "allergen_state": "LISTED",
        "allergens": ["GLUTEN", "MILK"],
        "nutrition_basis": "100G",
        "energy_kj": "1388",
        "fat": "1,5",
        "saturates": "0.5",
        "carbohydrate": "80",
        "sugars": "40",
        "protein": "2",
        "salt": "0,01",
        "has_battery": "no",
        "pictograms": ["GHS07", "GHS02"],
        "rating": "12",
        "min_age": "16",
        "condition": "NEW",
        f"content_{variant.pk}": "250 g",
        f"deposit_{variant.pk}": "0,25 EINWEG",
        f"energy_class_{variant.pk}": "E",
        "exemptions": ["textile"],
    }
    assert client.post(page, sent).status_code == 302
    facts = Facts.objects.get(product=product)
    assert (facts.allergens, facts.pictograms, facts.exemptions) == (
        "GLUTEN MILK",
        "GHS02 GHS07",
        "textile",
    )
    assert (float(facts.fat), facts.has_battery, facts.min_age) == (1.5, False, 16)
    variant.refresh_from_db()
    assert (float(variant.content_amount), variant.deposit_kind, variant.energy_class) == (
        0.25,
        "EINWEG",
        "E",
    )
    assert 'value="250 g"' in text(client.get(page))


def test_shared_goods_are_filled_in_and_not_overwritten(client, shop, branch, shirts, city):
    other = factories.branch(factories.shop(city, "Nebenan"), "Nebenan")
    product = factories.product(city, "Hemd", category=shirts)
    for place in (branch, other):
        factories.offer(place, product=product)
    Facts.objects.create(product=product, fibres="100 % Leinen", fibre_total=100)
    page = f"/en/haendler/{shop.slug}/waren/{product.pk}/"
    said = text(client.get(page))
    assert "Other shops offer these goods, too." in said
    assert "disabled" in said.partition('name="fibres"')[2][:200]
    client.post(page, {"fibres": "100 % Hanf", "model": "H 20"})
    facts = Facts.objects.get(product=product)
    assert (facts.fibres, facts.model) == ("100 % Leinen", "H 20")


def test_goods_of_others_do_not_exist(client, shop, city, shirts):
    foreign = factories.product(
        city, "Fremd", category=shirts, shop=factories.shop(city, "Nebenan")
    )
    assert client.get(f"/en/haendler/{shop.slug}/waren/{foreign.pk}/").status_code == 404
    unoffered = factories.product(city, "Niemands")
    assert client.get(f"/en/haendler/{shop.slug}/waren/{unoffered.pk}/").status_code == 404


# --- The manufacturer -----------------------------------------------------------------------------


def test_a_maker_is_found_by_name_and_taken(client, page, product):
    made = registry.create(
        said={"name": "Weberei Isetal", "address": "Weg 4", "email": "a@isetal.example"},
        by=BY,
        now=NOW,
    )
    said = text(client.get(f"{page}hersteller/?q=weberei"))
    assert "Weberei Isetal" in said
    assert 'value="weberei"' in said
    client.post(f"{page}hersteller/{made.pk}/")
    product.refresh_from_db()
    assert product.manufacturer == made
    assert client.post(f"{page}hersteller/999999999/").status_code == 404


def test_a_new_maker_is_entered_once_for_all(client, page, product):
    sent = {"name": "Hemdenmacher", "address": "Weg 1, 38440 Wolfsburg", "email": "a@h.example"}
    assert client.post(f"{page}hersteller/", sent).status_code == 302
    assert Manufacturer.objects.get(products=product).name == "Hemdenmacher"
    assert client.post(f"{page}hersteller/", sent).status_code == 409
    assert client.post(f"{page}hersteller/", {"name": ""}).status_code == 422
    far = client.post(f"{page}hersteller/", {"name": "Fern", "outside_eu": "on"})
    assert far.status_code == 409
    assert "needs a responsible person" in text(far)


def test_who_uses_a_maker_alone_corrects_it(client, page, product, city, branch):
    client.post(f"{page}hersteller/", {"name": "Hemdenmacher"})
    answer = client.post(
        f"{page}hersteller/aendern/", {"name": "Hemdenmacher", "address": "Weg 9", "email": ""}
    )
    assert answer.status_code == 302
    made = Manufacturer.objects.get()
    assert (made.address, made.version) == ("Weg 9", 2)
    other = factories.product(city, "Bluse", shop=factories.shop(city, "Nebenan"))
    Product.objects.filter(pk=other.pk).update(manufacturer=made)
    assert client.post(f"{page}hersteller/aendern/", {"name": "Anders"}).status_code == 409
    assert "tell the city" in text(client.get(page))
    client.post(f"{page}hersteller/hinweis/", {"text": "Ist umgezogen."})
    assert ManufacturerNote.objects.get().text == "Ist umgezogen."
    assert client.post(f"{page}hersteller/hinweis/", {"text": ""}).status_code == 422


# --- The list -------------------------------------------------------------------------------------


def test_the_list_says_how_many_tell_too_little(client, base, product):
    said = text(client.get(f"{base}/waren/"))
    assert "1 article is not shown: particulars are missing." in said
    assert "Not shown to shoppers: particulars are missing" in said
    factories.offer(product.variants.get().offers.get().branch)
    assert "Hemd" in text(client.get(f"{base}/waren/?show=untold"))
    assert "Laufschuh" not in text(client.get(f"{base}/waren/?show=untold"))
