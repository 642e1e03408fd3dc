"""Before ordering and after it: what law A4, A8, A11, A12 and A16 want to be on the pages."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as django_settings
from django.test import Client

from marketplace.core.domain.history import Actor
from marketplace.payments.enums import PaymentState
from marketplace.payments.models import Payment
from marketplace.reservations.domain import lifecycle, links
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Checkout, Reservation
from shops.domain import article
from shops.domain.article import Said
from shops.domain.legal import texts
from shops.enums_legal import LegalKind
from tests import factories, tills
from tests.factories import NOW
from tests.tills import say

pytestmark = pytest.mark.django_db

HERE = {"sec-fetch-site": "same-origin"}
BY = Actor.system()


@pytest.fixture(autouse=True)
def _thursday(settings):
    for name, value in tills.SETTINGS.items():
        setattr(settings, name, value)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _nobody_answers(monkeypatch):
    monkeypatch.setattr("marketplace.payments.domain.pages.open_now", lambda **asked: "")


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def shop(city):
    return payable(city, "Laufwerk")


@pytest.fixture
def branch(shop):
    return shop.branches.get()


def payable(city, name):
    made = factories.shop(city, name, email="laden@example.de")
    factories.branch(made, "Mitte")
    factories.legal(made)
    tills.open_till(made)
    return made


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def main_of(response) -> str:
    page = text_of(response)
    return page[page.index("<main") : page.index("</main>")]


def put(client: Client, *offers) -> None:
    for offer in offers:
        data = {"offer": offer.pk, "quantity": 1}
        assert client.post("/en/korb/dazu/", data, headers=HERE).status_code == 303


def path(branch, prefix: str = "/en") -> str:
    return f"{prefix}/korb/bezahlen/?bei={branch.pk}"


def order(client: Client, branch, email: str = "lena@example.de"):
    page = client.get(path(branch)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return client.post(path(branch), {**hidden, "name": "Lena Koch", "email": email})


def told(offer, **facts):
    shop = offer.branch.shop
    article.tell(product=offer.variant.product, shop=shop, said=Said(facts=facts), by=BY, now=NOW)


# Before ordering ------------------------------------------------------------------------------


@pytest.mark.law("A4")
def test_where_and_how_one_pays_is_said_where_ordering_begins(client: Client, branch):
    put(client, factories.offer(branch))
    for each in ("/en/korb/", path(branch)):
        page = main_of(client.get(each))
        assert "Collection in Wolfsburg only, nothing is delivered." in page
        assert "You pay by credit or debit card" in page
        assert "No means of payment costs you more." in page


@pytest.mark.law("A4")
def test_the_languages_of_the_contract_are_those_one_can_order_in(client: Client, shop, branch):
    put(client, factories.offer(branch))
    page = main_of(client.get(path(branch)))
    assert "Languages of the contract: German and English. The German text governs." in page
    codes = [code for code, _name in django_settings.LANGUAGES]
    for code in codes:
        kinds = [text.kind for text in texts.current(shop=shop, language=code, on=NOW)]
        assert kinds == list(LegalKind.values), code
    assert len(codes) == 2
    assert 'aria-current="step"' in page
    assert "Until you click the button you can change everything here." in page
    assert "The text of the contract is kept and sent to you by e-mail" in page


@pytest.mark.law("A4")
def test_a_refusal_keeps_what_was_typed(client: Client, branch):
    put(client, factories.offer(branch))
    page = text_of(order(client, branch, email="lena@"))
    assert 'value="Lena Koch"' in page
    assert 'value="lena@"' in page


@pytest.mark.law("A5", "A16")
def test_the_sellers_texts_can_be_read_in_full_before_ordering(client: Client, shop, branch):
    put(client, factories.offer(branch))
    main = main_of(client.get(path(branch)))
    before = main[: main.index('id="summary"')]
    for text in texts.current(shop=shop, language="en", on=NOW):
        assert text.title in before
    assert "You have the right to withdraw from this contract" in before
    assert "Laufwerk GmbH" in main[main.index('id="summary"') :]


@pytest.mark.law("A16")
def test_texts_that_changed_since_the_review_are_shown_first(client: Client, shop, branch):
    put(client, factories.offer(branch))
    page = client.get(path(branch)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    plain = {"kind": LegalKind.TERMS, "language": "de", "title": "AGB", "body": "Neu."}
    texts.publish(shop=shop, by=BY, now=NOW, **plain)
    data = {**hidden, "name": "Lena Koch", "email": "lena@example.de"}
    assert client.post(path(branch), data).status_code == 409
    assert not Checkout.objects.exists()


@pytest.mark.law("A8")
def test_the_notice_names_only_what_cannot_be_given_back(client: Client, shop, branch):
    cake = factories.offer(branch, product=factories.product(shop.city, "Torte", shop=shop))
    book = factories.offer(branch, product=factories.product(shop.city, "Roman", shop=shop))
    told(cake, withdrawal="PERISHABLE")
    put(client, cake, book)
    rows = re.findall(r'<li class="checkout__row">.*?</li>', main_of(client.get(path(branch))))
    said = {("Torte" in row): "no right of withdrawal" in row for row in rows}
    assert said == {True: True, False: False}
    page = main_of(client.get(path(branch)))
    assert "14 days from the day you collect" in page
    assert "Not for goods of which it says something else above." in page


@pytest.mark.law("A8")
def test_where_there_is_no_right_none_is_promised(client: Client, shop, branch):
    cake = factories.offer(branch, product=factories.product(shop.city, "Torte", shop=shop))
    told(cake, withdrawal="PERISHABLE")
    put(client, cake)
    page = main_of(client.get(path(branch)))
    summary = page[page.index('id="summary"') :]
    assert "There is none for these goods" in summary
    assert "14 days" not in summary


# No surcharge, no tick (law A11) --------------------------------------------------------------


@pytest.mark.law("A11")
def test_nothing_is_ticked_beforehand(client: Client, branch):
    put(client, factories.offer(branch))
    for each in ("/en/korb/", "/en/korb/pruefen/", path(branch)):
        page = main_of(client.get(each))
        ticks = re.findall(r"<input[^>]*type=\"(?:checkbox|radio)\"[^>]*>", page)
        assert not [tick for tick in ticks if "checked" in tick]


@pytest.mark.law("A11")
def test_no_table_has_room_for_what_a_means_of_payment_would_cost():
    odd = re.compile(r"surcharge|extra|shipping|payment_fee|means_fee|service_fee")
    for label in ("reservations", "payments"):
        for model in apps.get_app_config(label).get_models():
            names = [field.name for field in model._meta.get_fields()]
            assert not [name for name in names if odd.search(name)], model


@pytest.mark.law("A11")
@pytest.mark.parametrize("method", ["card", "paypal", "klarna", "sepa_debit"])
def test_the_total_is_the_same_however_one_pays(client, branch, method, monkeypatch):
    put(client, factories.offer(branch))
    order(client, branch)
    reservation = Reservation.objects.get()
    payment = Payment.objects.get()
    assert payment.amount == Decimal("129.95")
    plain = tills.PaymentSnapshot
    monkeypatch.setattr(tills, "PaymentSnapshot", lambda **seen: plain(**seen | {"method": method}))
    say(reservation, PaymentState.CAPTURED)
    payment.refresh_from_db()
    assert (payment.captured, payment.method) == (Decimal("129.95"), method)


# One seller, one contract (law A12) -----------------------------------------------------------


@pytest.mark.law("A12")
def test_two_shops_are_two_orders_each_with_its_own_button(client: Client, city, branch):
    other = payable(city, "Leselaube").branches.get()
    here, there = factories.offer(branch), factories.offer(other)
    put(client, here, there)
    assert text_of(client.get("/en/korb/")).count("Pay online now") == 2
    for at, mine, foreign in ((branch, here, there), (other, there, here)):
        page = main_of(client.get(path(at)))
        assert mine.variant.product.title in page
        assert foreign.variant.product.title not in page
        assert f"{at.shop.name} GmbH" in page
        assert "Stadtregal Wolfsburg only brings you together." in page
        assert order(client, at).status_code == 303
    assert Checkout.objects.count() == 2
    rows = Reservation.objects.filter(mode=Mode.PAY)
    assert sorted(rows.values_list("shop__name", flat=True)) == ["Laufwerk", "Leselaube"]
    assert Payment.objects.count() == 2


# The contract afterwards (law A4, A16) --------------------------------------------------------


@pytest.mark.law("A4", "A16")
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_contract_is_kept_as_it_was_agreed(client: Client, shop, branch, language):
    reservation = tills.authorised(factories.offer(branch), 2, language=language)
    prefix = "" if language == "de" else "/en"
    link = f"{prefix}/abholung/{links.token(reservation.checkout)}/"
    assert f"{link}vertrag/" in client.get(link).content.decode()
    assert "The contract is made when the shop confirms." in main_of(client.get(f"{link}vertrag/"))
    lifecycle.accept(reservation_id=reservation.pk, by=BY, now=NOW)
    tills.confirm(reservation)
    later = NOW + timedelta(minutes=5)
    plain = {"kind": LegalKind.TERMS, "language": language, "title": "X", "body": "Ganz anders."}
    texts.publish(shop=shop, by=BY, now=later, **plain)
    with time_machine.travel(later + timedelta(days=1), tick=False):
        page = main_of(client.get(f"{link}vertrag/"))
    assert "by e-mail" in page
    assert "Ganz anders." not in page
    assert reservation.lines.get().title in page
    assert "Muster-Widerrufsformular" in page
    assert ("The German text governs." in page) == (language == "en")
    assert reservation.spoken_code in page


def test_a_reservation_without_payment_has_no_contract(client: Client, branch):
    reservation = factories.reservation((factories.offer(branch), 1))
    link = f"/abholung/{links.token(reservation.checkout)}/vertrag/"
    assert client.get(link).status_code == 404
