"""Prices a file names beside the one that is asked (law B4): none becomes a former price."""

from decimal import Decimal

import pytest

from shops.models import Offer
from tests import factories
from tests.shops.imports_help import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


@pytest.mark.law("B4")
def test_b4_a_recommendation_of_a_till_sheet_keeps_its_column_as_source(branch):
    sheet = (
        "Artikelnummer;Bezeichnung;VK;UVP;Streichpreis\n1;Topf;39,90;49,90;59,90\n2;Deckel;9,90;;\n"
    )
    take(sheet.encode(), branch)
    pot, lid = Offer.objects.order_by("sku")
    assert (pot.recommended_price, pot.recommended_source) == (Decimal("49.90"), "UVP")
    assert pot.claimed_price == Decimal("59.90")
    assert pot.reference_price is None
    assert (lid.recommended_price, lid.recommended_source, lid.claimed_price) == (None, "", None)
    # A later file without the columns leaves what is known.
    take(b"Artikelnummer;Bezeichnung;VK\n1;Topf;38,90\n", branch)
    pot.refresh_from_db()
    assert (pot.price, pot.recommended_price) == (Decimal("38.90"), Decimal("49.90"))


@pytest.mark.parametrize("cell", ["abc", "0", "-1", "12 USD", "9999999999"])
@pytest.mark.law("B4")
def test_b4_what_is_no_price_is_no_recommendation_and_turns_nothing_away(branch, cell):
    take(f"Artikelnummer;Bezeichnung;VK;UVP\n1;Topf;39,90;{cell}\n".encode(), branch)
    assert Offer.objects.get().recommended_price is None


@pytest.mark.law("B4")
def test_b4_compare_at_of_a_shopify_file_is_told_to_the_shop_only(branch, client):
    head = "Handle,Title,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price"
    take(f"{head},Variant Compare At Price\ntopf,Topf,1,shopify,3,39.90,59.90\n".encode(), branch)
    offer = Offer.objects.get()
    assert (offer.claimed_price, offer.recommended_price) == (Decimal("59.90"), None)
    product = offer.variant.product
    page = client.get(f"/en/produkt/{product.slug}-{product.pk}/").content.decode()
    assert "39.90" in page
    assert "59.90" not in page
