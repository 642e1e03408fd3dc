"""What a member says about prices, and what the law lets through."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import article
from shops.domain.prices import amounts
from shops.models import Offer, Reduction, Sale, Variant
from tests import factories
from tests.factories import NOW


@pytest.fixture
def offer(branch, city):
    long_ago = NOW - timedelta(days=90)
    return factories.offer(
        branch, product=factories.product(city, "Blauer Becher"), price="39.99", now=long_ago
    )


def page_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def ask(client, base, offer, price, how="", **more):
    fields = {"price": price, "how": how, **more}
    answer = client.post(f"{base}/waren/{offer.pk}/preis/", fields)
    offer.refresh_from_db()
    return answer


def test_a_price_is_changed_and_its_history_shown(base, client, offer):
    assert ask(client, base, offer, "34,50").status_code == 302
    assert offer.price == Decimal("34.50")
    page = page_of(client, f"{base}/waren/{offer.pk}/preis/")
    assert "€34.50" in page
    assert "€39.99" in page
    assert "34.50" in re.search(r'name="price" value="([^"]*)"', page)[1].replace(",", ".")


@pytest.mark.parametrize("price", ["", "abc", "1.234", "0", "-3", "9" * 30])
def test_what_is_no_price_is_said_and_kept(base, client, offer, price):
    answer = ask(client, base, offer, price)
    assert answer.status_code in (409, 422)
    assert offer.price == Decimal("39.99")
    page = answer.content.decode()
    assert f'value="{price}"' in page or not price
    assert "field__error" in page


def test_a_reduction_is_refused_because_of_the_30_day_price(base, client, offer):
    for price, days in (("29.99", 17), ("39.99", 15)):
        amounts.set_price(offer=offer, price=Decimal(price), now=NOW - timedelta(days=days))

    answer = ask(client, base, offer, "34,99", how="SALE")

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "In the last 30 days it cost €29.99." in page
    assert 'value="34,99"' in page
    assert (offer.price, offer.reference_price) == (Decimal("39.99"), None)


def test_a_reduction_is_announced_shown_and_ended(base, client, offer, city):
    answer = ask(client, base, offer, "29,99", how="SALE", last_day="2026-12-24")
    assert answer.status_code == 302
    assert (offer.price, offer.reference_price) == (Decimal("29.99"), Decimal("39.99"))
    room = page_of(client, f"{base}/waren/{offer.pk}/preis/")
    assert "Reduced until the end of" in room
    assert "Blauer Becher" in page_of(client, f"{base}/preise/")
    product = offer.variant.product
    seen = page_of(client, f"/en/produkt/{product.slug}-{product.pk}/")
    assert "−25 %" in seen
    assert "Lowest price of the last 30 days: €39.99" in seen
    assert client.post(f"{base}/waren/{offer.pk}/preis/ende/").status_code == 302
    offer.refresh_from_db()
    assert (offer.price, offer.reference_price) == (Decimal("39.99"), None)
    # Once more does nothing.
    assert client.post(f"{base}/waren/{offer.pk}/preis/ende/").status_code == 302
    assert "Lowest price" not in page_of(client, f"/en/produkt/{product.slug}-{product.pk}/")


def test_a_day_that_has_passed_is_said(base, client, offer):
    answer = ask(client, base, offer, "29,99", how="SALE", last_day="2026-12-01")
    assert answer.status_code == 409
    assert "has passed already" in answer.content.decode()
    assert ask(client, base, offer, "29,99", how="SALE", last_day="gestern").status_code == 422
    assert ask(client, base, offer, "29,99", how="BOGUS").status_code == 422
    assert offer.reference_price is None


def test_a_recommended_price_wants_its_source(base, client, offer):
    path = f"{base}/waren/{offer.pk}/preis/empfehlung/"
    refused = client.post(path, {"recommended": "49,99", "source": ""})
    assert refused.status_code == 409
    assert "where the manufacturer recommends" in refused.content.decode()
    assert client.post(path, {"recommended": "viel", "source": "Katalog"}).status_code == 422
    assert client.post(path, {"recommended": "49,99", "source": "Katalog"}).status_code == 302
    product = offer.variant.product
    seen = page_of(client, f"/en/produkt/{product.slug}-{product.pk}/")
    assert "Recommended by the manufacturer: €49.99" in seen
    assert "−" not in re.search(r'class="product__price">(.*?)</p>', seen, re.S)[1]
    assert client.post(path, {"recommended": "", "source": ""}).status_code == 302
    offer.refresh_from_db()
    assert (offer.recommended_price, offer.recommended_source) == (None, "")


def test_ten_percent_leaves_books_alone_and_shows_it_first(base, owner_client, branch, city, offer):
    book = factories.offer(branch, product=factories.product(city, "Roman"), price="24.00")
    Variant.objects.filter(pk=book.variant_id).update(gtin="09783161484100")
    said = {"percent": "10", "category": "", "last_day": "", "nonce": str(uuid.uuid4())}

    seen = owner_client.post(f"{base}/preise/aktion/", said)

    page = seen.content.decode()
    assert seen.status_code == 200
    assert "1 article is reduced" in page
    assert "1 book stays: its price is bound" in page
    assert not Sale.objects.exists()
    sure = said | {"sure": "1"}
    assert owner_client.post(f"{base}/preise/aktion/", sure).status_code == 302
    assert owner_client.post(f"{base}/preise/aktion/", sure).status_code == 302
    prices = dict(Offer.objects.values_list("variant__product__title", "price"))
    assert prices == {"Roman": Decimal("24.00"), "Blauer Becher": Decimal("35.99")}
    sale = Sale.objects.get()
    assert Reduction.objects.count() == 1
    assert "10 % off" in page_of(owner_client, f"{base}/preise/")
    assert owner_client.post(f"{base}/preise/aktion/{sale.pk}/beenden/").status_code == 302
    offer.refresh_from_db()
    assert offer.price == Decimal("39.99")


@pytest.mark.parametrize("percent", ["", "0", "91", "zehn"])
def test_percentages_that_cannot_be(base, owner_client, percent, offer):
    said = {"percent": percent, "nonce": str(uuid.uuid4())}
    answer = owner_client.post(f"{base}/preise/aktion/", said)
    assert answer.status_code == 422
    assert "whole number from 1 to 90" in answer.content.decode()


def test_staff_see_reductions_and_start_none(base, client, offer):
    assert "Percent off many goods" not in page_of(client, f"{base}/preise/")
    assert client.post(f"{base}/preise/aktion/", {"percent": "10"}).status_code == 404


def tell(client, base, offer, **fields):
    return client.post(f"{base}/waren/{offer.pk}/preis/art/", fields)


@pytest.mark.law("B2")
def test_b2_drained_weight_loose_goods_and_their_refusals(base, client, branch, city, offer):
    Variant.objects.filter(pk=offer.variant_id).update(
        content_amount=Decimal("0.4"), content_unit="KG"
    )
    assert tell(client, base, offer, drained="viel").status_code == 422
    assert tell(client, base, offer, drained="500 g").status_code == 409
    assert tell(client, base, offer, is_loose="on").status_code == 409
    assert tell(client, base, offer, drained="240 g").status_code == 302
    page = page_of(client, f"{base}/waren/{offer.pk}/preis/")
    assert "€166.63 per kg" in page
    assert 'value="240 g"' in page
    other = factories.branch(factories.shop(city, "Nebenan"))
    factories.offer(other, product=offer.variant.product)
    answer = tell(client, base, offer, drained="")
    assert answer.status_code == 409
    assert "Other shops sell these goods too" in answer.content.decode()


@pytest.mark.law("E5")
def test_e5_a_lifted_binding_frees_the_price_and_used_books_have_none(base, client, offer):
    Variant.objects.filter(pk=offer.variant_id).update(gtin="09783161484100")
    assert ask(client, base, offer, "20,00", how="SALE").status_code == 409
    assert tell(client, base, offer, unbound="LIFTED").status_code == 302
    assert ask(client, base, offer, "20,00", how="SALE").status_code == 302
    product = offer.variant.product
    by = Actor.system()
    article.tell(
        product=product,
        shop=offer.branch.shop,
        said=article.Said(facts={"condition": "USED"}),
        by=by,
        now=NOW,
    )
    assert Variant.objects.get(pk=offer.variant_id).unbound == "USED"
    # The shop's own word does not take back what the condition says.
    assert tell(client, base, offer, unbound="").status_code == 302
    assert Variant.objects.get(pk=offer.variant_id).unbound == "USED"
