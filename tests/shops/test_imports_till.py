"""The German till sheet: headers as they come, bad rows by line, models with variants."""

from decimal import Decimal

import pytest

from marketplace.core.errors import Refused
from shops.domain.imports import detect
from shops.domain.imports.goods import Goods


def read(text: str) -> Goods:
    goods = detect.read(text.encode())
    taken = sum(len(group.items) for group in goods.groups)
    assert goods.variants == taken + len(goods.rejected) + goods.left_out.total() == goods.rows
    return goods


@pytest.mark.parametrize(
    "header",
    [
        "Artikelnummer;Bezeichnung;EAN;VK;Bestand;MwSt;Warengruppe;Hersteller",
        "Art.-Nr.;Artikelname;GTIN;VK-Preis;Lagerbestand;USt;Kategorie;Marke",
        "ArtNr;Name;Barcode;VK brutto;Menge;Steuersatz;WGR;Lieferant",
        "NUMMER;TITEL;STRICHCODE;PREIS;VERFÜGBAR;MWST. %;KATEGORIE;HERSTELLER",
        "Nummer;Artikelbezeichnung;EAN-Code;Bruttopreis;Lager;MwSt.;Warengruppe;Marke",
    ],
)
def test_headers_as_tills_write_them(header):
    goods = read(header + "\n17;Becher;9521234500018;16,90;4;19 %;Küche;Tonfeld\n")
    (group,) = goods.groups
    (item,) = group.items
    assert (item.sku, item.gtin, item.price) == ("17", "09521234500018", Decimal("16.90"))
    assert (item.quantity, item.tax_class) == (4, "STANDARD")
    assert (group.title, group.category, group.brand) == ("Becher", "Küche", "Tonfeld")
    assert group.language == "de"


def test_the_purchase_price_is_never_shown():
    goods = read("Bezeichnung;EK;VK\nBecher;4,10;16,90\n")
    assert goods.groups[0].items[0].price == Decimal("16.90")


def test_titles_above_the_header():
    goods = read("Artikelliste;;\nStand 22.11.2026;;\n\nBezeichnung;VK;Bestand\nBecher;16,90;4\n")
    assert (goods.rows, goods.groups[0].items[0].line) == (1, 5)


def test_bad_rows_are_rejected_by_line():
    goods = read(
        "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt\n"
        "1;Becher;16,90;4;19\n"
        "2;;16,90;4;19\n"
        "3;Teller;gratis;4;19\n"
        "4;Kanne;0,00;4;19\n"
        "5;Topf;16,90;4006381333931;19\n"
        "6;Pfanne;16,90;4;16\n"
        "7;Tee; Kamille;4,20;3;7\n"
        '8;Kessel 3/4";16,90;4;19\n'
        '"9;Löffel;1,90;4;19\n'
        "1;Becher blau;16,90;4;19\n"
        "10;Gabel;1,90;4\n"
    )
    assert [(entry.line, entry.code) for entry in goods.rejected] == [
        (3, "title"),
        (4, "price"),
        (5, "price_zero"),
        (6, "quantity_too_high"),
        (7, "tax"),
        (8, "too_wide"),
        (10, "quote"),
        (11, "repeated"),
    ]
    assert [group.title for group in goods.groups] == ["Becher", 'Kessel 3/4"', "Gabel"]
    assert all(str(entry.message) for entry in goods.rejected)


def test_notices_leave_the_goods_in():
    goods = read(
        "Bezeichnung;VK;Bestand;EAN\nBecher;16,90;-3;4,01E+12\nTeller;9,90;ein paar;9521234500019\n"
    )
    told = sorted((notice.line, notice.code) for notice in goods.notices)
    assert told == [
        (0, "stock_unknown"),
        (0, "tax_assumed"),
        (2, "gtin"),
        (2, "quantity_negative"),
        (3, "gtin"),
    ]
    assert [group.items[0].quantity for group in goods.groups] == [None, None]
    assert {group.items[0].gtin for group in goods.groups} == {""}


def test_prices_in_other_currencies_are_left_out():
    goods = read("Bezeichnung;VK;Währung\nBecher;16,90;EUR\nTeller;9,90;CHF\nKanne;$ 5;\n")
    assert goods.left_out == {"no_eur_price": 2}


def test_a_model_with_variants():
    goods = read(
        "Art.-Nr.;Bezeichnung;VK;Modell;Farbe;Größe;Bild;Inhalt;Einheit\n"
        "1;Schal;44,90;Schal;Rot;;schal.webp;;\n2;Schal;44,90;Schal;Blau;;schal.webp;;\n"
        "3;Tee;3,90;;;;tee.webp;100;g\n4;Mütze;24,90;;;S/M;;1;Stk\n"
    )
    scarf, tea, hat = goods.groups
    assert [item.label for item in scarf.items] == ["Farbe: Rot", "Farbe: Blau"]
    assert (scarf.pictures, scarf.items[0].pictures) == (["schal.webp"], [])
    assert (tea.items[0].label, tea.items[0].content) == ("Inhalt: 100 g", "100 g")
    assert hat.items[0].label == "Größe: S/M"
    assert goods.products == 3


def test_pictures_of_each_variant():
    goods = read("Bezeichnung;VK;Modell;Farbe;Bild\nA;1,00;M;Rot;r.webp\nA;1,00;M;Blau;b.webp\n")
    (group,) = goods.groups
    assert group.pictures == ["r.webp"]
    assert [item.pictures for item in group.items] == [["r.webp"], ["b.webp"]]


def test_links_to_the_own_online_shop():
    goods = read(
        "Bezeichnung;VK;Link\nA;1,00;https://laden.example/a\nB;1,00;javascript:alert(1)\n"
    )
    assert [group.items[0].online_url for group in goods.groups] == ["https://laden.example/a", ""]


def test_long_names_are_cut_and_told():
    goods = read(f"Bezeichnung;VK\n{'Becher ' * 40};1,00\n")
    assert len(goods.groups[0].title) <= 200
    assert "title_cut" in [notice.code for notice in goods.notices]


def test_a_header_alone():
    with pytest.raises(Refused) as refusal:
        detect.read(b"Bezeichnung;VK\n")
    assert refusal.value.code == "empty"
