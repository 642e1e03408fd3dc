"""What a shop says of itself by law: what is missing, the VAT id, who is a trader."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused
from marketplace.payments.domain import accounts
from shops import access
from shops.domain.legal import facts
from shops.enums_legal import Arbitration, LegalForm, ReturnCosts
from shops.models import Offer, Product, Shop, ShopLegal, VatCheck
from tests import factories
from tests.factories import NOW
from tests.tills import open_till

pytestmark = pytest.mark.django_db

BY = Actor.system()
MONTH = timedelta(days=30)
WILLING = {
    "arbitration": Arbitration.WILLING,
    "body_name": "Schlichtung",
    "body_address": "Weg 1, 30159 Hannover",
    "body_url": "https://schlichtung.example/",
}


@pytest.fixture
def shop(db) -> Shop:
    made = factories.shop(factories.city())
    factories.branch(made)
    return made


def say(shop: Shop, *, now=NOW, **said: object) -> ShopLegal:
    return facts.save(shop=shop, said=said, is_trader=True, by=BY, now=now)


def words(shop: Shop) -> list[str]:
    shop.refresh_from_db()
    return [str(each) for each in facts.missing(shop)]


@pytest.mark.law("A6", "D13")
def test_nothing_is_missing_once_everything_is_said(shop):
    assert words(shop) == ["all details of your business"]
    factories.legal(shop)
    assert words(shop) == []


@pytest.mark.law("A6", "D13")
@pytest.mark.parametrize(
    ("name", "lack"),
    [
        ("legal_name", "the full name of the business in law"),
        ("legal_form", "the legal form"),
        ("representative", "who represents it"),
        ("street", "an address"),
        ("postcode", "an address"),
        ("town", "an address"),
        ("phone", "a telephone number"),
        ("email", "an e-mail address"),
        ("register_court", "court and number of the register"),
        ("register_number", "court and number of the register"),
        ("vat_id", "a valid German VAT ID"),
        ("arbitration", "your choice about consumer arbitration"),
    ],
)
def test_a_shop_cannot_be_paid_with_any_required_field_empty(shop, name, lack):
    account = open_till(shop)
    say(shop, **{name: ""})
    assert lack in words(shop)
    assert accounts.sweep(now=NOW) == 1
    shop.refresh_from_db()
    assert shop.pay_open_since is None
    assert account.shop_id == shop.pk


@pytest.mark.parametrize("form", [LegalForm.SOLE, LegalForm.EK])
def test_who_acts_alone_names_no_representative(shop, form):
    factories.legal(shop, legal_form=form, representative="")
    assert words(shop) == []


def test_a_sole_trader_needs_no_register(shop):
    factories.legal(shop, legal_form=LegalForm.SOLE, register_court="", register_number="")
    assert words(shop) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"vat_id": "DE123456789"}, "vat_id"),
        ({"vat_id": "ATU99999999"}, "vat_id"),
        ({"w_idnr": "123456789"}, "w_idnr"),
        ({"postcode": "3844"}, "postcode"),
        ({"arbitration": Arbitration.SILENT}, "silent"),
        (WILLING | {"body_url": ""}, "body"),
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_is_kept(shop, said, code):
    with pytest.raises(Refused) as refused:
        factories.legal(shop, **said)
    assert refused.value.code == code
    assert facts.of(shop) is None


@pytest.mark.law("A16")
@pytest.mark.parametrize(
    ("words", "there"),
    [
        ("Plattform: https://ec.europa.eu/consumers/odr/", "this platform is closed"),
        ("Siehe http://www.ec.europa.eu/odr.", "this platform is closed"),
        ("Wir erfüllen das VerpackG.", "it is VerpackDG now"),
        ("nach dem Batteriegesetz", "it is BattDG now"),
    ],
)
@pytest.mark.parametrize("name", facts.OWN_WORDS)
def test_own_words_name_no_dead_platform_and_no_repealed_act(shop, name, words, there):
    with pytest.raises(Refused) as refused:
        factories.legal(shop, **{name: words})
    assert refused.value.code == f"stale_{name}"
    assert there in str(refused.value)
    factories.legal(shop, **{name: "Wir erfüllen das VerpackDG und das BattDG."})


def test_what_follows_from_a_choice_is_brought_in_line(shop):
    kept = factories.legal(
        shop,
        vat_id="de 136 695 976",
        fetches_returns=True,
        return_costs=ReturnCosts.BUYER,
        return_address="Lager",
        body_name="niemand",
    )
    assert kept.vat_id == "DE136695976"
    assert (kept.return_costs, kept.return_address, kept.body_name) == (ReturnCosts.SHOP, "", "")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"arbitration": "SILENT", "few_staff": False}, "shops_shoplegal_silent_is_small"),
        ({"arbitration": "OBLIGED"}, "shops_shoplegal_body_named"),
        ({"fetches_returns": True, "return_costs": "BUYER"}, "shops_shoplegal_fetching_is_free"),
        ({"return_most": 10, "return_costs": "SHOP"}, "shops_shoplegal_most_is_the_buyers"),
    ],
)
def test_the_database_keeps_contradictions_out(shop, change, name):
    factories.legal(shop)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ShopLegal.objects.filter(shop=shop).update(**change)


# D12 ----------------------------------------------------------------------------------------------


@pytest.mark.law("D12")
def test_a_vat_id_is_checked_with_time_and_evidence(shop):
    factories.legal(shop)
    check = VatCheck.objects.get(shop=shop)
    assert (check.vat_id, check.at, check.method, check.is_valid) == (
        "DE136695976",
        NOW,
        "checksum",
        True,
    )
    assert check.evidence.startswith("python-stdnum 2.")
    say(shop, phone="05361 2")
    assert VatCheck.objects.count() == 1, "the id is the same"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        VatCheck.objects.update(is_valid=False)


@pytest.mark.law("D12")
def test_a_month_later_it_is_looked_at_again(shop):
    factories.legal(shop)
    assert facts.recheck(now=NOW + MONTH - timedelta(minutes=1)) == 0
    assert facts.recheck(now=NOW + MONTH) == 1
    assert facts.recheck(now=NOW + MONTH) == 0
    assert facts.recheck(now=NOW + 2 * MONTH) == 1


@pytest.mark.law("D12")
def test_an_invalid_id_at_the_recheck_closes_paying_and_leaves_reserving(shop):
    open_till(shop)
    offer = factories.offer(shop.branches.get())
    said = {"office": facts.OFFICE, "reference": "202", "by": BY}
    facts.confirm_vat(shop=shop, is_valid=False, now=NOW, **said)
    assert words(shop) == ["a VAT ID that was found valid at the last check"]
    accounts.sweep(now=NOW)
    shop.refresh_from_db()
    assert shop.pay_open_since is None
    assert factories.reservation((offer, 1)).mode == "RESERVE"
    assert facts.recheck(now=NOW + 2 * MONTH) == 0, "our digits do not outweigh the office"
    facts.confirm_vat(shop=shop, is_valid=True, now=NOW + MONTH, **said)
    accounts.sweep(now=NOW + MONTH)
    shop.refresh_from_db()
    assert shop.pay_open_since == NOW + MONTH


# D3 -----------------------------------------------------------------------------------------------


@pytest.mark.law("D3")
def test_goods_of_a_shop_without_declaration_are_not_publishable(shop):
    city = shop.city
    offer = factories.offer(shop.branches.get())
    assert access.public_offers(city).count() == 1
    with pytest.raises(IntegrityError, match="shops_shop_live_is_trader"), transaction.atomic():
        Shop.objects.filter(pk=shop.pk).update(trader_declared_at=None)
    Shop.objects.filter(pk=shop.pk).update(trader_declared_at=None, is_live=False)
    with pytest.raises(IntegrityError, match="shops_shop_live_is_trader"), transaction.atomic():
        Shop.objects.filter(pk=shop.pk).update(is_live=True)
    assert not access.public_offers(city).exists()
    assert Offer.objects.filter(pk=offer.pk).exists()
    assert Product.objects.exists()


@pytest.mark.law("D3")
def test_the_declaration_is_kept_with_its_moment_and_said_on_every_page(shop):
    Shop.objects.filter(pk=shop.pk).update(trader_declared_at=None, is_live=False)
    shop.refresh_from_db()
    said = {"legal_name": "Laufwerk GmbH"}
    facts.save(shop=shop, said=said, is_trader=False, by=BY, now=NOW)
    assert "the declaration that you are a trader" in words(shop)
    facts.save(shop=shop, said=said, is_trader=True, by=BY, now=NOW + MONTH)
    shop.refresh_from_db()
    assert shop.trader_declared_at == NOW + MONTH
    facts.save(shop=shop, said=said, is_trader=True, by=BY, now=NOW + 2 * MONTH)
    shop.refresh_from_db()
    assert shop.trader_declared_at == NOW + MONTH
    Shop.objects.filter(pk=shop.pk).update(is_live=True)
    product = factories.offer(shop.branches.get()).variant.product
    for path in (f"/produkt/{product.slug}-{product.pk}/", "/laden/laufwerk/"):
        page = Client().get("/en" + path).content.decode()
        assert "Trader" in page
        assert "/en/laden/laufwerk/impressum/" in page
