"""Facts come by file, and the receipt says what is held back: the same before and after."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.core.domain.history import Actor
from shops.domain.gate import ruled
from shops.enums import Gate
from shops.models import Facts, Product, Variant
from tests import factories
from tests.factories import NOW
from tests.shops.imports_help import sheet, sums, take
from tests.shops.test_telling import HONEY

BY = Actor.system()


@pytest.fixture
def branch(db):
    for name, rules in (("Hemden", ["textile"]), ("Feinkost", ["food"]), ("Licht", ["electrical"])):
        ruled.set_rules(category=factories.category(name), rules=rules, by=BY, now=NOW)
    ruled.set_rules(category=factories.category("Tabak"), blocked="Tabak nicht.", by=BY, now=NOW)
    return factories.branch(factories.shop(factories.city()), "Mitte")


def facts(title: str) -> Facts:
    return Facts.objects.get(product__title=title)


HEADER = (
    "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;Warengruppe;Material;Zutaten;Allergene;Nährwerte;"
    "Aufbewahrung;Lebensmittelunternehmer;Alkohol;Mindestalter;Warnhinweise;Zustand;Batterie"
)


def test_columns_bring_typed_facts(branch):
    receipt = take(
        sheet(
            "1;Hemd;39,90;3;19;Hemden;80 % Baumwolle, 20 % Polyester;;;;;;;;;;",
            f"2;Honig;8,50;3;7;Feinkost;;Blütenhonig;keine;{HONEY};Trocken.;"
            '"Imkerei, Am Zaun 3, 38470 Parsau";;;;;',
            "3;Met;9,90;3;19;Feinkost;;*Honig*, Wasser;Sulfite;;;;11,0 % vol;16;keine;"
            "gebraucht;nein",
            header=HEADER,
        ),
        branch,
    )
    assert sums(receipt) == (3, 0, 0)
    assert facts("Hemd").fibres == "80 % Baumwolle, 20 % Polyester"
    honey = facts("Honig")
    assert (honey.operator_name, honey.allergen_state, honey.energy_kj) == ("Imkerei", "NONE", 1388)
    mead = facts("Met")
    assert (mead.alcohol, mead.min_age, mead.condition) == (11, 16, "USED")
    assert (mead.allergens, mead.exemptions, mead.has_battery) == ("SULPHITES", "warnings", False)
    # What it is made of tells no variants apart.
    assert Variant.objects.get(product__title="Hemd").options == []
    assert dict(Variant.objects.values_list("product__title", "gate")) == {
        "Hemd": Gate.OPEN,
        "Honig": Gate.OPEN,
        "Met": Gate.RESERVE_ONLY,
    }
    assert Variant.objects.get(product__title="Met").min_age == 16


def test_a_sum_of_98_percent_is_told_and_left_out(branch):
    receipt = take(
        sheet("1;Hemd;39,90;3;19;Hemden;80 % Baumwolle, 18 % Polyester;;;;;;;;;;", header=HEADER),
        branch,
    )
    codes = {notice.code for notice in receipt.notices}
    assert {"fact_fibres", "held_textile"} <= codes
    assert facts("Hemd").fibres == ""


def test_the_receipt_counts_what_is_held_back_and_names_the_lines(branch):
    lines = [f"{n};Hemd {n};9,90;3;19;Hemden;;;;;;;;;;;" for n in range(1, 13)]
    lines += ["20;Lampe;9,90;3;19;Licht;;;;;;;;;;;", "21;Honig;8,50;3;7;Feinkost;;;;;;;;;;;"]
    receipt = take(sheet(*lines, header=HEADER), branch)
    assert sums(receipt) == (14, 0, 0)
    assert receipt.held_back == {"textile": 12, "electrical": 1}
    assert receipt.not_payable == {"food": 1}
    told = next(each for each in receipt.notices if each.code == "held_textile")
    assert "12" in str(told.message)
    assert "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 …" in str(told.message)
    # Nothing is said of paying to a shop that takes no payments.
    assert "unpaid_food" not in {each.code for each in receipt.notices}
    closed = Variant.objects.filter(gate=Gate.CLOSED)
    assert closed.count() == 13
    # The second file mends it, and says so by saying nothing.
    fixed = [line.replace(";Hemden;;", ";Hemden;100 % Leinen;") for line in lines[:12]]
    receipt = take(sheet(*fixed, header=HEADER), branch)
    assert (sums(receipt), receipt.held_back) == ((0, 12, 0), {})
    assert not closed.filter(product__category__name="Hemden").exists()


@pytest.mark.law("E4")
def test_e4_goods_of_a_blocked_category_are_turned_away_by_name(branch):
    receipt = take(
        sheet(
            "1;Zigarre;9,90;3;19;Tabak;;;;;;;;;;;", "2;Hemd;9,90;3;19;;;;;;;;;;;;", header=HEADER
        ),
        branch,
    )
    assert [(each.line, each.code) for each in receipt.rejected] == [(2, "category_blocked")]
    assert "Tabak nicht." in str(receipt.rejected[0].message)
    assert not Product.objects.filter(title="Zigarre").exists()


@pytest.mark.law("E4")
def test_e4_words_that_sound_like_it_wait(branch):
    receipt = take(sheet("1;Pfeifentabak Probe;9,90;3;19", "2;Besen;9,90;3;19"), branch)
    assert sums(receipt) == (2, 0, 0)
    assert receipt.held_back == {"review": 1}
    assert Product.objects.get(title="Pfeifentabak Probe").review == "WAITING"
    renamed = take(sheet("1;Pfeifentabak Probe;9,90;3;19", "2;Schlagring;9,90;3;19"), branch)
    assert renamed.held_back == {"review": 2}


def test_facts_of_shared_goods_are_filled_in_by_whoever_knows_them(branch):
    other = factories.branch(factories.shop(branch.shop.city, "Nebenan"), "Nebenan")
    header = "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;EAN;Warengruppe;Material;Zustand"
    row = "1;Hemd;39,90;3;19;9520081100198;Hemden;{};{}"
    take(sheet(row.format("", ""), header=header), branch)
    assert Variant.objects.get().gate == Gate.CLOSED
    take(sheet(row.format("100 % Leinen", ""), header=header), other)
    assert (facts("Hemd").fibres, Variant.objects.get().gate) == ("100 % Leinen", Gate.OPEN)
    take(sheet(row.format("100 % Hanf", "gebraucht"), header=header), branch)
    assert (facts("Hemd").fibres, facts("Hemd").condition) == ("100 % Leinen", "NEW")


def test_the_gate_costs_a_file_the_same_for_many_goods_as_for_few(branch):
    def cost(number: int, first: int) -> int:
        lines = [
            f"{first + n};Hemd {first + n};9,90;;19;Hemden;100 % Leinen;;;;;;;;;;"
            for n in range(number)
        ]
        with CaptureQueriesContext(connection) as asked:
            take(sheet(*lines, header=HEADER), branch)
        ours = ('"shops_facts"', 'UPDATE "shops_variant"', '"shops_manufacturer"')
        return sum(any(word in each["sql"] for word in ours) for each in asked)

    # SQLite takes so many values at once; more rows are two inserts.
    assert cost(40, 200) <= cost(4, 100) + 2
