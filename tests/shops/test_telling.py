"""Facts as people write them: German and English, and nothing guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shops.domain import fibres, particulars, telling
from shops.models import Facts

HONEY = (
    "Energie 1388 kJ, Fett 0 g, gesättigte Fettsäuren 0 g, Kohlenhydrate 81 g, Zucker 80 g,"
    " Eiweiß 0,4 g, Salz 0,01 g je 100 g"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("80 % Baumwolle, 20 % Polyester", "80 % Baumwolle, 20 % Polyester"),
        ("80% cotton / 20% elastane", "80 % Baumwolle, 20 % Elastan"),
        ("Baumwolle 92,5 %, Elastan 7,5 %", "92,5 % Baumwolle, 7,5 % Elastan"),
        (
            "Oberstoff: 70 % Schurwolle, 30 % Polyamid; Futter: 100 % Polyester",
            "Oberstoff: 70 % Schurwolle, 30 % Polyamid; Futter: 100 % Polyester",
        ),
        ("100 % Merinowolle", "100 % Schurwolle"),
    ],
)
def test_compositions(text, said):
    found = fibres.read(text)
    assert str(found) == said
    assert found.is_whole
    assert str(fibres.read(said)) == said


@pytest.mark.parametrize("text", ["80 % Baumwolle, 18 % Polyester", "Futter: 99 % Viskose"])
@pytest.mark.law("E11")
def test_e11_98_percent_are_no_whole(text):
    assert not fibres.read(text).is_whole
    assert telling.composition(text) is None


@pytest.mark.parametrize("text", ["Leder", "100 % Mikrofaser", "Baumwolle", "", "100 %"])
def test_what_is_no_fibre_is_none(text):
    assert fibres.read(text) is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Milch, Weizen", "GLUTEN MILK"),
        ("Haselnüsse und Soja", "SOYA NUTS"),
        ("Eier; Sellerie", "EGGS CELERY"),
        ("contains milk and eggs", "EGGS MILK"),
    ],
)
def test_allergens(text, codes):
    assert telling.allergens(text) == {"allergen_state": "LISTED", "allergens": codes}


def test_allergens_that_are_none_or_lie_in_the_shop():
    assert telling.allergens("keine")["allergen_state"] == "NONE"
    assert telling.allergens("auf Nachfrage, schriftlich im Laden")["allergen_state"] == "IN_SHOP"
    assert telling.allergens("Eisen") is None


def test_nutrition():
    found = telling.nutrition(HONEY)
    assert found["energy_kj"] == 1388
    assert (found["sugars"], found["salt"]) == (80, Decimal("0.01"))
    assert found["nutrition_basis"] == "100G"
    assert telling.nutrition(HONEY.replace("100 g", "100 ml"))["nutrition_basis"] == "100ML"
    assert telling.nutrition("entfällt (Tee)") == {"nutrition_exempt": "INFUSION"}


@pytest.mark.parametrize(
    "text",
    [
        HONEY.replace("Salz 0,01 g", ""),
        HONEY.replace("Zucker 80", "Zucker 90"),
        "lecker",
        "entfällt",
    ],
)
def test_values_that_are_not_seven_or_do_not_fit_are_none(text):
    assert telling.nutrition(text) is None


def test_the_others():
    assert telling.operator("Imkerei, Am Zaun 3, 38470 Parsau") == {
        "operator_name": "Imkerei",
        "operator_address": "Am Zaun 3, 38470 Parsau",
    }
    assert telling.alcohol("12,5 % vol") == {"alcohol": Decimal("12.5")}
    assert telling.min_age("ab 18 Jahren") == {"min_age": 18}
    assert telling.rating("FSK 16") == {"rating": "16"}
    assert telling.rating("ohne Kennzeichen") == {"rating": "NONE"}
    assert telling.condition("Mängelexemplar") == {"condition": "DEFECT"}
    assert telling.withdrawal("ausgeschlossen: verderblich") == {"withdrawal": "PERISHABLE"}
    assert telling.pictograms("GHS07, GHS02") == {"pictograms": "GHS02 GHS07"}
    assert telling.phrases("H319, P102")["phrases"] == "H319 P102"
    assert telling.husbandry("Stall+Platz") == {"husbandry": "BARN_PLUS"}
    assert telling.exemptions("Pfand, Energielabel") == {"exemptions": "energy deposit"}
    assert telling.warnings("keine") == {"exemptions": "warnings"}
    assert particulars.is_ufi("A1B2-C3D4-E5F6-G7H8")
    assert particulars.is_isbn("9789999901017")
    assert not particulars.is_isbn("9520071000194")


def test_allergens_in_a_list_of_ingredients_stand_out():
    assert telling.emphasised("*Weizen*, Wasser") == [("Weizen", True), (", Wasser", False)]
    assert telling.emphasised("5 * süß") == [("5 * süß", False)]


@given(st.text(max_size=60))
def test_no_cell_makes_a_reader_stumble(text):
    columns = {field.name for field in Facts._meta.get_fields()}
    for name, read in telling.READERS.items():
        found = read(text)
        assert found is None or set(found) <= columns, name
    telling.emphasised(text)
    fibres.read(text)
