"""The publish gate by the rows of the law paper, section 4: what each rule stops, in both modes."""

from datetime import date

import pytest

from shops.domain.gate import rules, suspicion
from shops.domain.gate.checks import CHECKS
from shops.domain.gate.rules import Severity, weight
from shops.enums import Gate, Rule
from shops.models import Category
from tests.shops.gate_help import MAKER, PACKED, TODAY, badge, fields, found, gate, goods

OPEN, RESERVE, CLOSED = Gate.OPEN, Gate.RESERVE_ONLY, Gate.CLOSED


# --- The table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "reserve", "pay"),
    [
        (Rule.CONTENT, "block", "block"),
        (Rule.SAFETY, "badge", "block"),
        (Rule.TEXTILE, "block", "block"),
        (Rule.ELECTRICAL, "block", "block"),
        (Rule.FOOD, "badge", "block"),
        (Rule.LOOSE_FOOD, "badge", "block"),
        (Rule.DEPOSIT, "block", "block"),
        (Rule.AGE, "block", "block"),
        (Rule.MEDIA, "block", "block"),
        (Rule.BOOK, "block", "block"),
        (Rule.HAZARD, "warn", "block"),
        (Rule.WITHDRAWAL, "nothing", "block"),
        (Rule.BLOCKED, "forbidden", "forbidden"),
    ],
)
def test_the_table_is_the_laws(rule, reserve, pay):
    assert (weight(rule, TODAY).reserve, weight(rule, TODAY).pay) == (reserve, pay)


def test_every_rule_weighs_something_and_every_asked_one_is_checked():
    assert set(rules.TABLE) == set(Rule)
    assert set(CHECKS) == set(rules.ASKED)
    assert set(rules.EXEMPTIBLE) <= rules.ASKED


def test_rules_are_inherited_and_taken_back():
    top = Category(pk=1, name="Spiel", rules=["safety", "warnings"], min_age=16)
    below = Category(pk=2, parent=top, rules=["-warnings", "book"])
    alone = Category(pk=3, rules=[], blocked="Tabak")
    under = Category(pk=4, parent=alone, rules=[])
    ruled = rules.rulings([top, below, alone, under])
    assert ruled[1].rules == {Rule.SAFETY, Rule.WARNINGS}
    assert (ruled[2].rules, ruled[2].min_age) == ({Rule.SAFETY, Rule.BOOK}, 16)
    assert ruled[4].blocked == "Tabak"


def test_a_tree_that_bites_its_tail_ends():
    one = Category(pk=1, parent_id=2, rules=["safety"])
    two = Category(pk=2, parent_id=1, rules=["book"])
    assert rules.rulings([one, two])[1].rules == {Rule.SAFETY, Rule.BOOK}


# --- E1, E2: age ----------------------------------------------------------------------------------


@pytest.mark.law("E1")
def test_e1_wine_without_a_minimum_age_is_not_offered():
    wine = goods(alcohol=12.5)
    assert gate(wine) == CLOSED
    assert fields(wine) == ["min_age"]
    assert gate(goods(alcohol=12.5, min_age=16)) == OPEN


@pytest.mark.law("E1")
def test_e1_the_categorys_age_is_the_least():
    assert goods(min_age=18).min_age == 18
    shop_says_less = goods(min_age=18)
    shop_says_less.facts.min_age = 16
    assert shop_says_less.min_age == 18


@pytest.mark.law("E2")
def test_e2_media_without_a_rating_are_not_offered():
    assert gate(goods(Rule.MEDIA)) == CLOSED
    assert gate(goods(Rule.MEDIA, rating="12")) == OPEN


@pytest.mark.parametrize(
    ("rating", "age"), [("0", 0), ("12", 0), ("16", 16), ("18", 18), ("NONE", 18)]
)
@pytest.mark.law("E2")
def test_e2_a_rating_is_an_age(rating, age):
    assert goods(Rule.MEDIA, rating=rating).min_age == age


# --- E4: what is not taken ------------------------------------------------------------------------


@pytest.mark.law("E4")
def test_e4_a_blocked_category_is_closed_in_both_modes():
    cigar = goods(blocked="Tabakwaren")
    assert gate(cigar) == CLOSED
    assert found(cigar)[0].reserve == found(cigar)[0].pay == Severity.FORBIDDEN


@pytest.mark.parametrize(
    "title",
    [
        "Zigarren aus Havanna", "Einweg-Vape Mango", "CBD-Blüten 2 g", "Ibuprofen 400",
        "Unkrautvernichter", "Butterflymesser", "Schreckschuss-Revolver", "Kaninchen lebend",
    ],
)  # fmt: skip
@pytest.mark.law("E4")
def test_e4_such_words_go_to_a_person(title):
    assert suspicion.hits(title)


@pytest.mark.parametrize(
    "title",
    [
        "Wasserpistole", "Kochmesser", "Liquid Soap", "Tabakdose aus Blech", "Stadtplan",
        "Pistazien", "Heißklebepistole", "Der Revolverheld", "Rot wie Blut. Krimi",
    ],
)  # fmt: skip
@pytest.mark.law("E4")
def test_e4_harmless_words_do_not(title):
    assert suspicion.hits(title) == []


@pytest.mark.law("E4")
def test_e4_goods_that_wait_or_were_refused_are_closed():
    assert gate(goods(product={"review": "WAITING"})) == CLOSED
    assert gate(goods(product={"review": "REFUSED"})) == CLOSED
    assert gate(goods(product={"review": "RELEASED"})) == OPEN


# --- E6, E7: food ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("without", "field"),
    [
        ("ingredients", "ingredients"),
        ("operator_name", "operator_name"),
        ("operator_address", "operator_name"),
        ("energy_kj", "nutrition"),
        ("storage", "storage"),
    ],
)
@pytest.mark.law("E6")
def test_e6_packed_food_without_a_particular_is_reserved_with_a_badge(without, field):
    told = {name: value for name, value in PACKED.items() if name != without}
    muesli = goods(Rule.FOOD, **told)
    assert (gate(muesli), badge(muesli)) == (RESERVE, True)
    assert fields(muesli) == [field]


@pytest.mark.law("E6")
def test_e6_whole_particulars_open_both_modes():
    whole = goods(Rule.FOOD, **PACKED)
    assert (gate(whole), badge(whole)) == (OPEN, False)


@pytest.mark.law("E6")
def test_e6_what_lies_in_the_shop_is_enough_for_loose_food_only():
    packed = goods(Rule.FOOD, **(PACKED | {"allergen_state": "IN_SHOP", "allergens": ""}))
    assert gate(packed) == RESERVE


@pytest.mark.law("E7")
def test_e7_a_bread_roll_without_allergens_is_not_paid_online():
    roll = goods(Rule.LOOSE_FOOD)
    assert (gate(roll), badge(roll), fields(roll)) == (RESERVE, True, ["allergen_state"])
    assert gate(goods(Rule.LOOSE_FOOD, allergen_state="IN_SHOP")) == OPEN
    assert gate(goods(Rule.LOOSE_FOOD, allergen_state="LISTED", allergens="GLUTEN")) == OPEN


@pytest.mark.law("E7")
def test_e7_packed_goods_of_a_baker_tell_what_packages_tell():
    rusk = goods(Rule.LOOSE_FOOD, food_kind="PACKED", allergen_state="NONE")
    assert "ingredients" in fields(rusk)


@pytest.mark.law("E7")
def test_e7_pork_needs_its_mark_from_2027_on():
    pork = goods(Rule.HUSBANDRY)
    assert gate(pork, date(2026, 12, 31)) == OPEN
    assert gate(pork, date(2027, 1, 2)) == RESERVE
    assert gate(goods(Rule.HUSBANDRY, husbandry="ORGANIC"), date(2027, 1, 2)) == OPEN


# --- E8: energy label -----------------------------------------------------------------------------


@pytest.mark.law("E8")
def test_e8_a_lamp_without_class_or_data_sheet_is_not_offered():
    assert fields(goods(Rule.ENERGY)) == ["energy_class"]
    bare = goods(Rule.ENERGY, variant={"energy_class": "E"})
    assert (gate(bare), fields(bare)) == (CLOSED, ["eprel_id"])
    assert gate(goods(Rule.ENERGY, variant={"energy_class": "E"}, eprel_id="123456")) == OPEN
    assert gate(goods(Rule.ENERGY, exemptions="energy")) == OPEN


# --- E9: manufacturer -----------------------------------------------------------------------------


@pytest.mark.law("E9")
def test_e9_a_toy_without_the_makers_mail_is_not_paid_online():
    toy = goods(Rule.SAFETY, maker=MAKER | {"email": ""})
    assert (gate(toy), badge(toy), fields(toy)) == (RESERVE, True, ["manufacturer"])
    assert gate(goods(Rule.SAFETY)) == OPEN
    assert gate(goods(Rule.SAFETY, maker=None)) == RESERVE


@pytest.mark.law("E9")
def test_e9_something_tells_the_article_apart():
    assert fields(goods(Rule.SAFETY, variant={"gtin": None})) == ["model"]
    assert gate(goods(Rule.SAFETY, variant={"gtin": None}, model="K 20")) == OPEN
    own = {"shop_id": 1, "source_key": "sku:7"}
    assert gate(goods(Rule.SAFETY, variant={"gtin": None}, product=own)) == OPEN


@pytest.mark.law("E9")
def test_e9_used_goods_need_no_maker():
    assert gate(goods(Rule.SAFETY, maker=None, condition="USED")) == OPEN


@pytest.mark.law("E9")
def test_e9_toys_tell_their_warnings_or_that_there_are_none():
    assert gate(goods(Rule.WARNINGS)) == RESERVE
    assert gate(goods(Rule.WARNINGS, warnings="Kleine Teile.")) == OPEN
    assert gate(goods(Rule.WARNINGS, exemptions="warnings")) == OPEN


# --- E11: textiles --------------------------------------------------------------------------------


@pytest.mark.law("E11")
def test_e11_a_shirt_without_composition_is_offered_in_neither_mode():
    shirt = goods(Rule.TEXTILE)
    assert (gate(shirt), fields(shirt)) == (CLOSED, ["fibres"])
    assert gate(goods(Rule.TEXTILE, fibres="100 % Baumwolle")) == OPEN


# --- E12: devices ---------------------------------------------------------------------------------


@pytest.mark.law("E12")
def test_e12_a_lamp_without_a_weee_number_is_offered_in_neither_mode():
    lamp = goods(Rule.ELECTRICAL, has_battery=False)
    assert (gate(lamp), fields(lamp)) == (CLOSED, ["weee_number"])
    assert (
        gate(goods(Rule.ELECTRICAL, has_battery=False, product={"weee_number": "DE 00010433"}))
        == OPEN
    )
    of_maker = MAKER | {"weee_number": "DE 00010433"}
    assert gate(goods(Rule.ELECTRICAL, has_battery=False, maker=of_maker)) == OPEN


@pytest.mark.law("E12")
def test_e12_somebody_says_whether_a_battery_is_in_it():
    assert fields(goods(Rule.ELECTRICAL, product={"weee_number": "DE 00010433"})) == ["has_battery"]


@pytest.mark.law("E12")
def test_e12_a_toy_with_a_battery_is_a_device():
    assert fields(goods(has_battery=True)) == ["weee_number"]


# --- E14: hazardous mixtures ----------------------------------------------------------------------


@pytest.mark.law("E14")
def test_e14_paint_without_its_hazards_is_flagged_now_and_blocked_from_2028_on():
    paint = goods(Rule.HAZARD)
    assert gate(paint, date(2027, 12, 31)) == RESERVE
    assert not badge(paint, date(2027, 12, 31))
    assert gate(paint, date(2028, 1, 1)) == CLOSED
    for told in ({"pictograms": "GHS02"}, {"exemptions": "hazard"}):
        assert gate(goods(Rule.HAZARD, **told), date(2028, 1, 1)) == OPEN


# --- The others of section 4 ----------------------------------------------------------------------


def test_books_have_an_isbn_and_seven_percent():
    novel = {"gtin": "09789999901017"[1:], "tax_class": "REDUCED"}
    assert gate(goods(Rule.BOOK, variant=novel)) == OPEN
    assert fields(goods(Rule.BOOK, variant=novel | {"tax_class": "STANDARD"})) == ["tax_class"]
    assert fields(goods(Rule.BOOK, variant={"tax_class": "REDUCED"})) == ["gtin"]
    assert fields(goods(Rule.BOOK, variant=novel | {"gtin": "9789999901018"})) == ["gtin"]
    assert gate(goods(Rule.BOOK, variant=novel | {"gtin": None}, condition="USED")) == OPEN


def test_goods_by_weight_say_how_much():
    assert gate(goods(Rule.CONTENT)) == CLOSED
    assert gate(goods(Rule.CONTENT, variant={"content_amount": 1, "content_unit": "KG"})) == OPEN


def test_drinks_say_their_deposit_or_that_there_is_none():
    assert gate(goods(Rule.DEPOSIT)) == CLOSED
    assert gate(goods(Rule.DEPOSIT, variant={"deposit_kind": "MEHRWEG"})) == OPEN
    assert gate(goods(Rule.DEPOSIT, exemptions="deposit")) == OPEN


def test_whether_it_may_be_given_back_matters_to_paying_only():
    cake = goods(Rule.WITHDRAWAL)
    assert (gate(cake), badge(cake)) == (RESERVE, False)
    assert gate(goods(Rule.WITHDRAWAL, withdrawal="PERISHABLE")) == OPEN


def test_goods_without_a_category_are_reserved_only():
    ding = goods(Rule.SAFETY)
    unknown = ding.__class__(
        ding.product, ding.variant, ding.facts, ding.manufacturer, rules.UNKNOWN
    )
    assert gate(unknown) == RESERVE
    assert fields(unknown) == ["category"]
