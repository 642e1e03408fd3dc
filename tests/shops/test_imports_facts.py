"""Manufacturer, register number and energy class: read at every door, told where they are not."""

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from shops.domain import particulars
from shops.domain.imports import detect
from shops.domain.particulars import Maker
from shops.models import Branch, Manufacturer, Product, Variant
from tests import factories
from tests.shops.imports_help import sheet, sums, take

HEADER = (
    "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;EAN;Hersteller;Hersteller-Anschrift;Hersteller-E-Mail;"
    "WEEE-Reg.-Nr.;Energieklasse"
)
LAMP = Maker("Lichtwerk Nord", "Werkweg 3, 38518 Gifhorn", "post@lichtwerk.example")


def row(
    number: int = 1,
    made: Maker = LAMP,
    weee: str = "DE 00012345",
    energy: str = "E",
    gtin: str = "9520081100198",
) -> str:
    told = f"{made.name};{made.address};{made.email};{weee};{energy}"
    return f"{number};LED-Lampe;9,90;4;19;{gtin};{told}"


TOLD = (LAMP.name, LAMP.address, LAMP.email)


def _maker(product: Product) -> tuple[str, str, str]:
    made = product.manufacturer
    return (made.name, made.address, made.email) if made else ("", "", "")


def facts(product: Product) -> tuple[str, ...]:
    product.refresh_from_db()
    energy = product.variants.get().energy_class
    return (*(_maker(product)), product.weee_number, energy)


@pytest.fixture
def branch(db) -> Branch:
    return factories.branch(factories.shop(factories.city()), "Mitte")


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["DE 12345678", "DE12345678", "de-12345678", "WEEE-Reg.-Nr. DE 12345678", "WEEE: DE 12345678"],
)
def test_a_register_number_is_kept_in_one_spelling(text):
    assert particulars.read_weee_number(text) == "DE 12345678"


@pytest.mark.parametrize("text", ["", "12345678", "DE 1234567", "DE 123456789", "AT 12345678", "?"])
def test_anything_else_is_no_register_number(text):
    assert particulars.read_weee_number(text) == ""


@pytest.mark.parametrize(
    "text",
    ["E", "e", "Klasse E", "E (A–G)", "E (A bis G)", "E (Spektrum A bis G)", "class E (A-G)"],
)
def test_an_energy_class_with_or_without_its_scale(text):
    assert particulars.read_energy_class(text) == "E"


@pytest.mark.parametrize("text", ["", "H", "A+", "A+++", "E (A+++ bis D)", "EE", "keine"])
def test_older_scales_are_no_energy_class(text):
    assert particulars.read_energy_class(text) is None


@given(st.text(max_size=30))
def test_no_cell_makes_it_stumble(text):
    particulars.read_weee_number(text)
    particulars.read_energy_class(text)


def test_names_and_addresses_of_two_manufacturers_never_mix():
    known = Maker("Alt GmbH", "Altweg 1", "")
    other = Maker("Neu GmbH", "", "post@neu.example")
    same = Maker("Alt GmbH", "Altweg 2", "post@alt.example")
    assert known.corrected(other, leads=True) == other
    assert known.corrected(other, leads=False) == known
    assert known.corrected(same, leads=True) == same
    assert known.corrected(same, leads=False) == Maker("Alt GmbH", "Altweg 1", "post@alt.example")
    assert known.corrected(Maker(), leads=True) == known
    assert Maker().corrected(other, leads=False) == other


# --- Doors ----------------------------------------------------------------------------------------


def test_a_till_sheet_brings_them(branch):
    assert sums(take(sheet(row(), header=HEADER), branch)) == (1, 0, 0)
    product = Product.objects.get()
    assert facts(product) == (*TOLD, "DE 00012345", "E")
    assert product.brand == "Lichtwerk Nord"


@pytest.mark.parametrize(
    "header",
    [
        "Herstellername;Hersteller Adresse;E-Mail des Herstellers;WEEE-Nummer;EEK",
        "Hersteller (GPSR);Anschrift des Herstellers;Hersteller-Mail;WEEE;Energieeffizienzklasse",
        "Verlag;Verlagsanschrift;Verlags-E-Mail;WEEE-Reg.-Nr.;Energieklasse (A–G)",
    ],
)
def test_headers_as_tills_write_them(header):
    told = "Nord;Weg 1, 38440 Wolfsburg;a@nord.example;DE12345678;C"
    (group,) = detect.read(f"Bezeichnung;VK;{header}\nLampe;9,90;{told}\n".encode()).groups
    made = Maker("Nord", "Weg 1, 38440 Wolfsburg", "a@nord.example")
    assert (group.manufacturer, group.weee_number) == (made, "DE 12345678")
    assert group.items[0].energy_class == "C"


def test_a_brand_of_its_own_stays_the_brand():
    text = "Bezeichnung;VK;Hersteller;Marke\nLampe;9,90;Lichtwerk GmbH;Kranich\n"
    (group,) = detect.read(text.encode()).groups
    assert (group.brand, group.manufacturer) == ("Kranich", Maker("Lichtwerk GmbH"))


def test_a_name_alone_is_the_brand_and_no_manufacturer():
    (group,) = detect.read(b"Bezeichnung;VK;Hersteller\nLampe;9,90;Nord\n").groups
    assert (group.brand, group.manufacturer) == ("Nord", Maker())


def test_who_supplies_did_not_make_it():
    text = "Bezeichnung;VK;Lieferant;Hersteller-Anschrift\nLampe;9,90;Groß & Handel;Weg 1\n"
    goods = detect.read(text.encode())
    assert goods.groups[0].manufacturer == Maker()
    assert "manufacturer" in {notice.code for notice in goods.notices}


SHOPIFY = (
    "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,"
    "Anschrift (product.metafields.custom.manufacturer_address),"
    "Kontakt (product.metafields.gpsr.manufacturer_email),"
    "WEEE (product.metafields.custom.weee_number),"
    "EEK (variant.metafields.custom.energy_class)\n"
)


def test_shopify_tells_them_by_the_keys_of_its_metafields():
    goods = detect.read(
        (
            SHOPIFY
            + 'lampe,Lampe,Nord,Farbe,Rot,L-1,9.90,"Weg 1\n38440 Wolfsburg",a@nord.example,'
            + "DE12345678,E\nlampe,,,,Blau,L-2,9.90,,,,F\nlampe,,,,Grün,L-3,9.90,,,,\n"
        ).encode()
    )
    (group,) = goods.groups
    # The vendor is the name where the export has none.
    assert group.manufacturer == Maker("Nord", "Weg 1, 38440 Wolfsburg", "a@nord.example")
    assert group.weee_number == "DE 12345678"
    assert [item.energy_class for item in group.items] == ["E", "F", "E"]
    assert [notice.code for notice in goods.notices] == ["tax_assumed"]


def test_what_shopify_says_wrong_is_told_once():
    goods = detect.read(
        (
            SHOPIFY
            + "lampe,Lampe,Nord,Farbe,Rot,L-1,9.90,,keine,unbekannt,A++\n"
            + "lampe,,,,Blau,L-2,9.90,,,,\n"
        ).encode()
    )
    told = [(notice.line, notice.code) for notice in goods.notices if notice.line]
    assert told == [(2, "weee_number"), (2, "manufacturer_email"), (2, "energy_class")]
    assert len(goods.groups[0].items) == 2


def test_spree_tells_them_in_fields_of_the_shop_itself():
    header = (
        "slug,sku,name,price,currency,brand_name,option1_name,option1_value,"
        "custom_field.properties.manufacturer,custom_field.gpsr.manufacturer_address,"
        "custom_field.gpsr.manufacturer_email,custom_field.custom.weee,custom_field.custom.eek\n"
    )
    goods = detect.read(
        (
            header
            + "lampe,L,Lampe,,EUR,Kranich,,,Nord,Weg 1,a@nord.example,DE 12345678,A+\n"
            + "lampe,L-1,,9.90,EUR,,Farbe,Rot,,,,,\nlampe,L-2,,9.90,EUR,,Farbe,Blau,,,,,D\n"
        ).encode()
    )
    (group,) = goods.groups
    assert group.brand == "Kranich"
    assert group.manufacturer == Maker("Nord", "Weg 1", "a@nord.example")
    assert [item.energy_class for item in group.items] == ["", "D"]
    assert [(each.line, each.code) for each in goods.notices] == [(2, "energy_class")]


# --- What is not taken ----------------------------------------------------------------------------


def test_what_cannot_be_read_is_told_and_the_goods_are_taken(branch):
    broken = Maker("Nord", "Weg 1", "nord.example")
    receipt = take(
        sheet(
            row(1, broken, "12345678", "A++", ""),
            row(2, Maker("", "Weg 1"), "–", "-", ""),
            header=HEADER,
        ),
        branch,
    )
    assert sums(receipt) == (2, 0, 0)
    assert [(notice.line, notice.code) for notice in receipt.notices] == [
        (2, "weee_number"),
        (2, "manufacturer_email"),
        (2, "energy_class"),
        (3, "manufacturer"),
    ]
    assert "“12345678”" in str(receipt.notices[0].message)
    first, second = Product.objects.order_by("pk")
    assert facts(first) == ("Nord", "Weg 1", "", "", "")
    assert facts(second) == ("", "", "", "", "")


# --- A second word --------------------------------------------------------------------------------


def test_a_shop_corrects_its_own_word(branch):
    take(sheet(row(energy="F"), header=HEADER), branch)
    product = Product.objects.get()
    moved = Maker("Südlicht", "", "")
    receipt = take(sheet(row(made=moved, weee="", energy="E"), header=HEADER), branch)
    # A name alone is the brand; what the file does not say stays.
    assert facts(product) == (*TOLD, "DE 00012345", "E")
    assert sums(receipt) == (0, 1, 0)
    moved = Maker("Südlicht", "Südweg 1", "")
    take(sheet(row(made=moved, weee="", energy=""), header=HEADER), branch)
    assert facts(product) == ("Südlicht", "Südweg 1", "", "DE 00012345", "E")


def test_another_shop_fills_gaps_of_shared_goods_and_overrules_nobody(branch):
    elsewhere = factories.branch(factories.shop(branch.shop.city, "Ampere"), "Nord")
    nothing = Maker(LAMP.name)
    take(sheet(row(made=nothing, weee="", energy=""), header=HEADER), branch)
    product = Product.objects.get()
    assert facts(product) == ("", "", "", "", "")
    assert sums(take(sheet(row(), header=HEADER), elsewhere)) == (1, 0, 0)
    assert facts(product) == (*TOLD, "DE 00012345", "E")
    other = Maker("Südlicht", "Südweg 1", "post@sued.example")
    receipt = take(sheet(row(7, other, "DE 99999999", "A"), header=HEADER), branch)
    assert facts(product) == (*TOLD, "DE 00012345", "E")
    assert "energy_differs" in {notice.code for notice in receipt.notices}


def test_what_one_shop_corrects_is_told_with_the_goods_of_all(branch):
    """Law E9: one registry for all shops; who uses a maker alone corrects it for everybody."""
    take(sheet(row(1, gtin="9520081100198"), row(2, gtin="9520081100204"), header=HEADER), branch)
    moved = Maker(LAMP.name, "Neuer Weg 9, 38518 Gifhorn", LAMP.email)
    take(sheet(row(1, moved, gtin="9520081100198"), header=HEADER), branch)
    assert {product.manufacturer.address for product in Product.objects.all()} == {moved.address}
    made = Manufacturer.objects.get()
    assert made.version == 2
    assert [each.said["address"] for each in made.versions.order_by("version")] == [
        LAMP.address,
        moved.address,
    ]


# --- What the database keeps ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "half",
    [
        {"weee_number": "12345678"},
    ],
)
def test_a_product_keeps_no_half_facts(branch, half):
    product = factories.product(branch.shop.city, "Lampe")
    with pytest.raises(IntegrityError):
        Product.objects.filter(pk=product.pk).update(**half)


def test_a_variant_keeps_no_class_of_another_scale(branch):
    product = factories.product(branch.shop.city, "Lampe")
    with pytest.raises(IntegrityError):
        Variant.objects.filter(product=product).update(energy_class="H")
