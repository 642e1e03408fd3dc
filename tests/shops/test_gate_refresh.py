"""What the gate says stays with the variants and follows every change, in few queries."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from marketplace.core.models import LogEntry
from marketplace.operations.domain import audit, tick
from shops import access
from shops.domain import article, catalogue, registry
from shops.domain.article import Said
from shops.domain.gate import refresh, review, ruled
from shops.enums import Gate, Review
from shops.models import Facts, Manufacturer, Offer, Product, Variant
from tests import factories
from tests.factories import NOW

BY = Actor.system()
SHIRT = {"fibres": "100 % Baumwolle", "fibre_total": 100}


@pytest.fixture
def branch(db):
    return factories.branch(factories.shop(factories.city()), "Mitte")


def rule(*rules: str, **more):
    category = factories.category("Hemden")
    ruled.set_rules(category=category, rules=rules, by=BY, now=NOW, **more)
    return category


def tell(product, shop, **facts):
    return article.tell(product=product, shop=shop, said=Said(facts=facts), by=BY, now=NOW)


def gates() -> set[str]:
    return set(Variant.objects.values_list("gate", flat=True))


def test_nothing_is_shown_before_the_gate_has_spoken(branch):
    product = catalogue.create_product(city=branch.shop.city, shop=None, title="Hemd")
    variant = catalogue.create_variant(product=product)
    factories.offer(branch, product=product)
    assert variant.gate == Gate.CLOSED
    assert not access.public_offers(branch.shop.city).exists()
    catalogue.finish_product(product=product, now=NOW)
    variant.refresh_from_db()
    assert variant.gate == Gate.RESERVE_ONLY
    assert set(variant.gate_reasons) == {"safety", "category"}
    assert access.public_offers(branch.shop.city).exists()


def test_a_shirt_is_shown_as_soon_as_it_says_what_it_is_made_of(branch):
    product = factories.product(branch.shop.city, "Hemd", category=rule("textile"))
    offer = factories.offer(branch, product=product)
    assert not access.public_offers(branch.shop.city).exists()
    assert tell(product, branch.shop, **SHIRT)
    assert access.public_offers(branch.shop.city).get() == offer
    assert LogEntry.objects.filter(verb="product.tell").count() == 1
    assert not tell(product, branch.shop, **SHIRT)


def test_rules_of_a_category_reach_goods_below_it_at_once(branch):
    above = factories.category("Mode")
    below = factories.category("Hemden", parent=above)
    product = factories.product(branch.shop.city, "Hemd", category=below)
    assert gates() == {Gate.OPEN}
    changed = ruled.set_rules(category=above, rules=["textile"], min_age=18, by=BY, now=NOW)
    variant = product.variants.get()
    assert (changed, variant.gate, variant.min_age) == (1, Gate.CLOSED, 18)
    ruled.set_rules(category=above, by=BY, now=NOW)
    variant.refresh_from_db()
    assert (variant.gate, variant.min_age, variant.gate_reasons) == (Gate.OPEN, 0, [])


def test_names_that_are_no_rules_are_refused(branch):
    for wrong in (["nonsense"], ["blocked"], ["-title"]):
        with pytest.raises(ValueError, match=r"[Rr]ule"):
            ruled.set_rules(category=factories.category(), rules=wrong, by=BY, now=NOW)


@pytest.mark.law("E4")
def test_e4_nothing_is_created_in_a_blocked_category(branch):
    top = rule(blocked="Tabakwaren dürfen hier nicht beworben werden.")
    cigars = factories.category("Zigarren", parent=top)
    with pytest.raises(Refused) as refusal:
        catalogue.create_product(city=branch.shop.city, shop=None, title="Kiste", category=cigars)
    assert refusal.value.code == "category_blocked"
    product = factories.product(branch.shop.city, "Kiste")
    with pytest.raises(Refused):
        catalogue.update_product(product=product, category=cigars, now=NOW)


@pytest.mark.law("E4")
def test_e4_a_hit_waits_for_the_city_and_is_never_deleted(branch):
    city = branch.shop.city
    product = factories.product(city, "Unkrautvernichter 500 ml", shop=branch.shop)
    factories.offer(branch, product=product)
    assert product.review == Review.WAITING
    assert list(review.waiting(city=city)) == [product]
    assert not access.public_offers(city).exists()
    assert product not in access.public_products(city)

    with pytest.raises(Refused):
        review.refuse(product_id=product.pk, reason=" ", by=BY, now=NOW)
    review.refuse(product_id=product.pk, reason="Pflanzenschutzmittel.", by=BY, now=NOW)
    assert list(review.refused(city=city)) == [product]
    assert Product.objects.filter(pk=product.pk).exists()
    review.release(product_id=product.pk, by=BY, now=NOW)
    with pytest.raises(Stale):
        review.release(product_id=product.pk, by=BY, now=NOW)
    assert access.public_offers(city).exists()


@pytest.mark.law("E4")
def test_e4_new_words_are_looked_at_again_and_old_ones_are_not(branch):
    product = factories.product(branch.shop.city, "Unkrautvernichter", shop=branch.shop)
    review.release(product_id=product.pk, by=BY, now=NOW)
    product.refresh_from_db()
    catalogue.update_product(product=product, text="Unkrautvernichter aus Essig.", now=NOW)
    assert product.review == Review.RELEASED
    catalogue.update_product(product=product, text="Mit Rattengift.", now=NOW)
    assert product.review == Review.WAITING
    catalogue.update_product(product=product, title="Besen", text="", now=NOW)
    assert product.review == Review.NONE


@pytest.mark.law("E9")
def test_e9_one_edit_of_the_registry_is_seen_on_forty_articles(
    branch, django_assert_max_num_queries
):
    made = registry.create(said={"name": "Spielwerk Heide"}, by=BY, now=NOW)
    toys = rule("safety")
    for number in range(40):
        product = factories.product(
            branch.shop.city,
            f"Kreisel {number}",
            category=toys,
            shop=branch.shop,
            source_key=f"k{number}",
        )
        Product.objects.filter(pk=product.pk).update(manufacturer=made)
    refresh.refresh(products=Product.objects.values_list("pk", flat=True), now=NOW)
    assert gates() == {Gate.RESERVE_ONLY}
    with django_assert_max_num_queries(16):
        registry.edit(
            manufacturer_id=made.pk,
            said={"address": "Buchenring 20, 29640 Schneverdingen", "email": "a@heide.example"},
            shop=branch.shop,
            by=BY,
            now=NOW,
        )
    assert gates() == {Gate.OPEN}
    assert made.versions.count() == 2


@pytest.mark.law("E9")
def test_e9_a_maker_outside_the_union_needs_somebody_inside_it(db):
    with pytest.raises(Refused) as refusal:
        registry.create(said={"name": "Far East Toys", "outside_eu": True}, by=BY, now=NOW)
    assert refusal.value.code == "responsible_person"
    made = registry.create(
        said={
            "name": "Far East Toys",
            "outside_eu": True,
            "responsible_name": "Einfuhr GmbH",
            "responsible_address": "Kai 1, 20457 Hamburg",
            "responsible_email": "post@einfuhr.example",
        },
        by=BY,
        now=NOW,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Manufacturer.objects.filter(pk=made.pk).update(responsible_email="")


@pytest.mark.law("E9")
def test_e9_what_others_use_is_the_citys_to_correct(branch):
    other = factories.branch(factories.shop(branch.shop.city, "Nebenan"), "Nebenan")
    made = registry.create(said={"name": "Nord"}, by=BY, now=NOW)
    product = factories.product(branch.shop.city, "Lampe")
    Product.objects.filter(pk=product.pk).update(manufacturer=made)
    factories.offer(branch, product=product)
    said = {"address": "Weg 1"}
    registry.edit(manufacturer_id=made.pk, said=said, shop=branch.shop, by=BY, now=NOW)
    factories.offer(other, product=product)
    with pytest.raises(Refused):
        registry.edit(manufacturer_id=made.pk, said={}, shop=branch.shop, by=BY, now=NOW)
    registry.note(manufacturer=made, shop=branch.shop, text="Umgezogen.", by=BY, now=NOW)
    note = registry.open_notes(city_id=branch.shop.city_id).get()
    registry.edit(manufacturer_id=made.pk, said={"address": "Weg 2"}, shop=None, by=BY, now=NOW)
    assert registry.settle_note(note_id=note.pk, by=BY, now=NOW)
    assert not registry.settle_note(note_id=note.pk, by=BY, now=NOW)
    with pytest.raises(ProtectedError):
        made.delete()


def test_the_same_name_is_entered_once_and_found_by_its_beginning(db):
    registry.create(said={"name": "Spielwerk Heide"}, by=BY, now=NOW)
    registry.create(said={"name": "Altes Spielwerk", "gtin_prefixes": "9520061"}, by=BY, now=NOW)
    with pytest.raises(Refused):
        registry.create(said={"name": "SPIELWERK  Heide"}, by=BY, now=NOW)
    assert [row.name for row in registry.search("spielw")] == ["Spielwerk Heide", "Altes Spielwerk"]
    assert registry.hint("09520061000104").name == "Altes Spielwerk"


def test_another_shops_word_is_filled_in_and_never_overwritten(branch):
    other = factories.branch(factories.shop(branch.shop.city, "Nebenan"), "Nebenan")
    product = factories.product(branch.shop.city, "Hemd", category=rule("textile"))
    factories.offer(branch, product=product)
    factories.offer(other, product=product)
    tell(product, branch.shop, **SHIRT)
    linen = {"fibres": "100 % Leinen", "fibre_total": 100}
    assert tell(product, other.shop, **linen, model="H 20")
    facts = Facts.objects.get(product=product)
    assert (facts.fibres, facts.model) == (SHIRT["fibres"], "H 20")


@pytest.mark.parametrize(
    "wrong",
    [
        {"fibres": "98 % Baumwolle", "fibre_total": 98},
        {"fibres": "100 % Baumwolle"},
        {"allergen_state": "LISTED"},
        {"allergens": "MILK"},
        {"energy_kj": 100, "nutrition_basis": "100G"},
        {"operator_address": "Weg 1"},
        {"min_age": 21},
        {"alcohol": 101},
        {"guarantee_years": 0},
        {"rating": "7"},
    ],
)
def test_the_database_keeps_no_half_facts(branch, wrong):
    product = factories.product(branch.shop.city, "Ding")
    with pytest.raises(IntegrityError):
        Facts.objects.create(product=product, **wrong)


def test_rules_that_begin_on_a_day_are_told_by_the_clock(branch):
    product = factories.product(branch.shop.city, "Kotelett", category=rule("husbandry"))
    factories.offer(branch, product=product)
    assert gates() == {Gate.OPEN}
    january = datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert tick.run(now=january)["gate"] == 1
    assert gates() == {Gate.RESERVE_ONLY}
    assert tick.run(now=january)["gate"] == 0


def test_the_audit_finds_a_gate_that_says_something_else(branch):
    factories.offer(
        branch, product=factories.product(branch.shop.city, "Hemd", category=rule("textile"))
    )
    assert audit.run(now=NOW).ok
    Variant.objects.update(gate=Gate.OPEN)
    report = audit.run(now=NOW)
    assert [each.subject for each in report.violations] == [f"variant:{Variant.objects.get().pk}"]
    assert Offer.objects.live().exists()


def test_looking_at_many_goods_asks_as_often_as_at_one(branch, django_assert_num_queries):
    shirts = rule("textile")
    for number in range(30):
        factories.product(branch.shop.city, f"Hemd {number}", category=shirts)
    ids = list(Product.objects.values_list("pk", flat=True))
    Variant.objects.update(gated_on=None)
    # A savepoint and its end, goods with facts and maker, the tree, variants, one update.
    with django_assert_num_queries(6):
        refresh.refresh(products=ids, now=NOW)
