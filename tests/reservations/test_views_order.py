"""Paying online as a shopper meets it: the choice, the review, and what may come in between."""

import re

import pytest
import time_machine
from django.test import Client

from marketplace.payments.models import Payment
from marketplace.reservations.enums import Mode, State
from marketplace.reservations.models import BasketLine, Checkout, Reservation
from shops.domain import paying
from shops.domain.prices import amounts
from tests import factories, tills
from tests.factories import NOW
from tests.words import speak

pytestmark = pytest.mark.django_db

HERE = {"sec-fetch-site": "same-origin"}
LABEL = "Order with obligation to pay"


@pytest.fixture(autouse=True)
def _thursday(settings):
    for name, value in tills.SETTINGS.items():
        setattr(settings, name, value)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    """Nobody answers; the domain's own tests talk to one."""
    asked = []

    def open_now(*, payment_id, now, gateway):
        asked.append((payment_id, gateway is not None))
        return ""

    monkeypatch.setattr("marketplace.payments.domain.pages.open_now", open_now)
    return asked


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def shop(city):
    return factories.shop(city, email="laden@example.de")


@pytest.fixture
def offer(shop):
    branch = factories.branch(shop, "Mitte")
    tills.open_till(shop)
    return factories.offer(branch, count=5)


@pytest.fixture
def spoken(settings):
    """The product's own words in each language; other tests read the source's sentences."""
    yield from speak(settings)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def put(client: Client, offer, quantity: int = 1, on: str = "bezahlen") -> str:
    data = {"offer": offer.pk, "quantity": quantity, "next": on}
    answer = client.post("/en/korb/dazu/", data, headers=HERE)
    assert answer.status_code == 303
    return answer["Location"]


def path(offer) -> str:
    return f"/en/korb/bezahlen/?bei={offer.branch_id}"


def fill(client: Client, offer, **fields) -> dict[str, object]:
    page = client.get(path(offer)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return {**hidden, "name": "Lena Koch", "email": "lena@example.de", **fields}


# The choice -----------------------------------------------------------------------------------


def test_the_product_page_offers_both_and_says_what_they_are(client: Client, offer):
    product = offer.variant.product
    page = text_of(client.get(f"/en/produkt/{product.slug}-{product.pk}/"))
    assert "Reserve without obligation" in page
    assert "Pay online now" in page
    assert "The contract of sale is only made in the shop." in page
    assert "You buy now and collect in the shop." in page
    assert put(client, offer) == path(offer)


def test_the_basket_offers_to_pay_per_branch_and_to_reserve_all(client: Client, city, offer):
    other = factories.offer(factories.branch(factories.shop(city, "Nur Reserve")))
    put(client, offer)
    put(client, other)
    page = text_of(client.get("/en/korb/"))
    assert page.count("Pay online now") == 1
    assert f"/en/korb/bezahlen/?bei={offer.branch_id}" in page
    assert f"?bei={other.branch_id}" not in page
    assert "Or reserve everything" in page
    assert "Go on to reserve" in page


@pytest.mark.parametrize("closed", ["provider", "shop", "city"])
def test_where_nobody_can_be_paid_nothing_is_said_of_it(client: Client, offer, settings, closed):
    shop = offer.branch.shop
    put(client, offer)
    if closed == "provider":
        settings.STRIPE_SECRET_KEY = ""
    elif closed == "shop":
        paying.tell(shop_id=shop.pk, can_charge=False, now=NOW)
    else:
        type(shop.city).objects.filter(pk=shop.city_id).update(pay_open=False)
    for each in ("/en/korb/", "/en/korb/pruefen/"):
        page = text_of(client.get(each))
        assert "Pay online" not in page
        assert "obligation to pay" not in page
    page = text_of(client.get(path(offer)))
    assert "There is nothing to be paid online here" in page
    assert LABEL not in page
    data = {"name": "Lena", "email": "l@example.de", "nonce": "0" * 32, "seen": "x"}
    assert client.post(path(offer), data).status_code in (400, 409, 422)
    assert Checkout.objects.count() == 0


# The review (law A3, A4) ----------------------------------------------------------------------


@pytest.mark.law("A3", "A11", "A12")
def test_what_matters_stands_directly_above_the_one_button(client: Client, offer):
    put(client, offer, 2)
    page = text_of(client.get(path(offer)))
    main = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r"<button[^>]*>([^<]*)</button>", main) == [LABEL]
    summary = main[main.index('id="summary"') : main.index("<button")]
    for control in ("<a ", "<input", "<select", "<button", "<details"):
        assert control not in summary
    branch = offer.branch
    for words in (
        offer.variant.product.title,
        "2 × €129.95",
        "€259.90",
        "incl. VAT",
        branch.shop.name,
        branch.street,
        "05361 12345",
        "from today 14:35",
        "taken when the goods are ready",
        "14 days from the day you collect",
    ):
        assert words in summary, words
    visible = re.findall(r'<input type="(?!hidden)(\w+)" name="(\w+)"', main)
    assert visible == [("text", "name"), ("email", "email")]
    assert "checked" not in main
    assert 'aria-current="step"' in main
    assert "Languages of the contract: German and English. The German text governs." in main
    assert "Collection in Wolfsburg only" in main


@pytest.mark.law("A3")
@pytest.mark.parametrize(
    ("prefix", "label"), [("", "zahlungspflichtig bestellen"), ("/en", LABEL)], ids=["de", "en"]
)
def test_the_button_says_exactly_what_the_law_wants(client: Client, offer, spoken, prefix, label):
    put(client, offer)
    page = client.get(path(offer).replace("/en", prefix, 1))
    assert page["Content-Language"] == (prefix.strip("/") or "de")
    main = text_of(page).split("<main")[1].split("</main>")[0]
    [button] = re.findall(r"<button[^>]*>.*?</button>", main)
    assert re.sub(r"<[^>]+>", "", button).strip() == label
    assert "aria-label" not in button
    assert 'type="submit"' in button
    assert 'type="submit"' not in main.replace(button, "")


def test_one_branch_is_ordered_and_the_rest_stays(client: Client, city, offer, provider):
    other = factories.offer(factories.branch(factories.shop(city, "Nur Reserve")))
    put(client, offer, 2)
    put(client, other)
    page = text_of(client.get(path(offer)))
    assert other.variant.product.title not in page
    answer = client.post(path(offer), fill(client, offer))
    assert answer.status_code == 303
    assert re.fullmatch(r"/en/abholung/[^/]+/zahlen/", answer["Location"])
    reservation = Reservation.objects.get()
    assert (reservation.mode, reservation.state) == (Mode.PAY, State.PENDING)
    assert BasketLine.objects.get().offer == other
    payment = Payment.objects.get()
    assert payment.amount == factories.Decimal("259.90")
    assert provider == [(payment.pk, True)]
    go = text_of(client.get(answer["Location"]))
    assert "The payment page is not there yet" in go


def test_the_operators_fee_goes_with_it(client: Client, offer):
    city = offer.branch.shop.city
    type(city).objects.filter(pk=city.pk).update(pay_fee_percent=2, pay_fee_fixed="0.20")
    put(client, offer)
    client.post(path(offer), fill(client, offer))
    assert Payment.objects.get().fee == factories.Decimal("2.80")


def test_a_changed_price_is_shown_and_asked_again(client: Client, offer):
    put(client, offer)
    data = fill(client, offer)
    amounts.set_price(offer=offer, price=factories.Decimal("139.95"), now=NOW)
    answer = client.post(path(offer), data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Something has changed since you last looked." in page
    assert "€139.95" in page
    assert 'value="Lena Koch"' in page
    assert Payment.objects.count() == 0


@pytest.mark.law("A3")
def test_whoever_has_not_seen_the_review_orders_nothing(client: Client, offer):
    put(client, offer)
    reserving = client.get("/en/korb/pruefen/").content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', reserving)
    assert seen
    for odd in (seen[1], "", "PAY.0.forged"):
        answer = client.post(path(offer), fill(client, offer, seen=odd))
        assert answer.status_code == 400
    assert Checkout.objects.count() == 0
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("fields", [{"name": ""}, {"email": "lena@"}, {"nonce": "x"}])
def test_odd_input_keeps_what_was_typed(client: Client, offer, fields):
    put(client, offer)
    answer = client.post(path(offer), fill(client, offer, **fields))
    assert answer.status_code == 422
    kept = "lena@example.de" if "name" in fields else "Lena Koch"
    assert f'value="{kept}"' in text_of(answer)
    assert Checkout.objects.count() == 0


def test_sending_the_same_form_twice_orders_once(client: Client, offer):
    put(client, offer)
    data = fill(client, offer)
    first, second = client.post(path(offer), data), client.post(path(offer), data)
    assert first["Location"] == second["Location"]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("bei", ["", "x", "½", "9" * 30, "0", "-1"])
def test_an_odd_branch_has_nothing_to_pay(client: Client, offer, bei):
    put(client, offer)
    answer = client.get(f"/en/korb/bezahlen/?bei={bei}")
    assert answer.status_code == 200
    assert "There is nothing to be paid online here" in text_of(answer)


def test_the_form_needs_its_token(offer):
    client = Client(enforce_csrf_checks=True)
    put(client, offer)
    data = fill(client, offer)
    del data["csrfmiddlewaretoken"]
    assert client.post(path(offer), data).status_code == 403
