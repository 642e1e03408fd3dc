"""Base prices and deposits: the examples of PAngV §§ 2, 4, 5, 7 as the law's rows tell them."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shops.domain import contents
from shops.domain.contents import BasePrice, Content, Pawn
from shops.enums import Deposit, Unit
from shops.models import Variant
from tests import factories
from tests.shops.imports_help import take


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("250 g", Content(Decimal("0.25"), Unit.KG)),
        ("0,75 l", Content(Decimal("0.75"), Unit.L)),
        ("6 × 0,33 l", Content(Decimal("1.98"), Unit.L)),
        ("6x0.33L", Content(Decimal("1.98"), Unit.L)),
        ("75 ml", Content(Decimal("0.075"), Unit.L)),
        ("2,5 m", Content(Decimal("2.5"), Unit.M)),
        ("1 m²", Content(Decimal(1), Unit.M2)),
        ("2 Stück", None),
        ("14 cm", None),
        ("groß", None),
        ("", None),
        ("0 g", None),
    ],
)
def test_contents(text: str, content: Content | None) -> None:
    assert contents.read(text) == content


@pytest.mark.parametrize(
    ("price", "text", "base"),
    [
        ("8.99", "0,75 l", BasePrice(Decimal("11.99"), Unit.L)),
        ("6.49", "250 g", BasePrice(Decimal("25.96"), Unit.KG)),
        ("1.99", "240 g", BasePrice(Decimal("8.29"), Unit.KG)),
        # Deposit is no part of it.
        ("5.94", "6 × 0,33 l", BasePrice(Decimal("3.00"), Unit.L)),
        ("2.50", "1 kg", None),
        ("12.00", "5 ml", None),
        ("12.00", "10 ml", BasePrice(Decimal("1200.00"), Unit.L)),
        ("3.00", "3 Stück", None),
    ],
)
@pytest.mark.law("B2")
def test_base_prices(price: str, text: str, base: BasePrice | None) -> None:
    content = contents.read(text)
    amount, unit = (content.amount, content.unit) if content else (None, "")
    assert contents.base_price(Decimal(price), amount, unit) == base


@pytest.mark.parametrize(
    ("text", "pawn"),
    [
        ("0,25 EINWEG", Pawn(Decimal("0.25"), Deposit.EINWEG)),
        ("0,15", Pawn(Decimal("0.15"), Deposit.MEHRWEG)),
        ("1,50 € Mehrweg", Pawn(Decimal("1.50"), Deposit.MEHRWEG)),
        ("", None),
        ("0", None),
        ("ja", None),
    ],
)
@pytest.mark.law("B5")
def test_deposits(text: str, pawn: Pawn | None) -> None:
    assert contents.read_deposit(text) == pawn


@given(st.text(max_size=30))
def test_no_cell_makes_it_stumble(text: str) -> None:
    contents.read(text)
    contents.read_deposit(text)


@pytest.mark.django_db
def test_a_till_sheet_brings_them_and_every_list_shows_them(client: Client) -> None:
    city = factories.city()
    branch = factories.branch(factories.shop(city), "Mitte")
    juice = (
        "Art.-Nr.;Bezeichnung;VK;Bestand;MwSt;Inhalt;Pfand\n"
        "1;Apfelschorle;5,94;4;19;6 × 0,33 l;0,90 MEHRWEG\n"
    )
    take(juice, branch)
    variant = Variant.objects.get()
    assert (variant.content_amount, variant.content_unit) == (Decimal("1.98"), Unit.L)
    assert (variant.deposit_amount, variant.deposit_kind) == (Decimal("0.90"), Deposit.MEHRWEG)
    pages = (
        "/en/suche/?q=Apfelschorle",
        f"/en/produkt/apfelschorle-{variant.product_id}/",
        f"/en/laden/{branch.shop.slug}/",
    )
    for path in pages:
        shown = " ".join(client.get(path).content.decode().replace("\xa0", " ").split())
        assert "€3.00 per l" in shown, path
        assert "plus €0.90 deposit" in shown, path
        assert "MEHRWEG" in shown, path


@pytest.mark.django_db
@pytest.mark.parametrize(
    "half",
    [
        {"content_amount": Decimal(1), "content_unit": ""},
        {"content_amount": None, "content_unit": "KG"},
        {"content_amount": Decimal(0), "content_unit": "KG"},
        {"deposit_amount": Decimal("0.25"), "deposit_kind": ""},
    ],
)
def test_half_a_fact_is_none(half: dict[str, object]) -> None:
    variant = factories.product(factories.city(), "Saft").variants.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.filter(pk=variant.pk).update(**half)
