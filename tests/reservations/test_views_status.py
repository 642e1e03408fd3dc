"""The page behind the secret link: what it shows in each state, and what a click there does."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.core import qr
from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import codes, lifecycle, links
from marketplace.reservations.enums import Choice, EndReason, State
from marketplace.reservations.models import Checkout, Line, Reservation
from shops.models import Offer
from tests import factories

pytestmark = pytest.mark.django_db

NOW = factories.NOW
SHOP = Actor.system()


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def branch(city):
    return factories.branch(factories.shop(city), latitude=52.42, longitude=10.78)


@pytest.fixture
def checkout(branch) -> Checkout:
    return factories.placed((factories.offer(branch), 2), language="en")


@pytest.fixture
def reservation(checkout) -> Reservation:
    return checkout.reservations.get()


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def path_of(checkout: Checkout, *more: object) -> str:
    tail = "/".join(str(each) for each in more)
    return f"/en/abholung/{links.token(checkout)}/{tail}"


def accept(reservation: Reservation) -> None:
    lifecycle.accept(reservation_id=reservation.pk, by=SHOP, now=NOW)


def ready(reservation: Reservation, found: dict[int, int] | None = None) -> None:
    accept(reservation)
    lifecycle.mark_ready(reservation_id=reservation.pk, found=found, shelf="12", by=SHOP, now=NOW)


def shown(client: Client, reservation: Reservation) -> str:
    return text_of(client.get(path_of(reservation.checkout)))


# What it shows --------------------------------------------------------------------------------


def test_requested_says_until_when_and_hides_the_code(client: Client, reservation):
    page = shown(client, reservation)
    assert "Requested" in page
    assert "answers by <strong>today 15:05</strong>. Please do not set out yet." in page
    assert reservation.code[:4] not in page
    assert "may collect" not in page
    assert "termin.ics" not in page
    assert "Cancel the reservation" in page


def test_confirmed_shows_the_code(client: Client, reservation):
    accept(reservation)
    page = shown(client, reservation)
    assert "Reserved" in page
    assert "by <strong>today 14:35</strong> at the latest" in page
    assert f"{reservation.code[:4]} <small>{reservation.code[4:]}</small>" in page
    assert "Whoever brings the code may collect." in page


def test_a_promise_that_has_passed_is_not_repeated(client: Client, reservation):
    accept(reservation)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        page = shown(client, reservation)
    assert "It was to be ready by today 14:35; the shop is late." in page
    assert "at the latest" not in page


def test_ready_says_until_when_where_and_how_much(client: Client, reservation):
    ready(reservation)
    page = shown(client, reservation)
    for words in (
        "Ready to collect",
        "Compartment 12",
        "Collect by <strong>Saturday 5 December, 19:00</strong>",
        reservation.branch.street,
        "geo:52.42,10.78",
        "until today 19:00",
        "€259.90",
        "set aside",
        "termin.ics",
    ):
        assert words in page


def test_collected_says_when(client: Client, reservation):
    ready(reservation)
    lifecycle.hand_over(reservation_id=reservation.pk, by=SHOP, now=NOW)
    page = shown(client, reservation)
    assert "Collected today 14:05" in page
    assert reservation.code[:4] not in page
    assert "Cancel the reservation" not in page


def test_declined_names_the_reason_and_other_branches(client: Client, city, reservation):
    other = factories.branch(factories.shop(city, "Sport Lindner"))
    product = reservation.lines.get().offer.variant.product
    factories.offer(other, product=product, price="124.90")
    lifecycle.decline(reservation_id=reservation.pk, reason=EndReason.CLOSED, by=SHOP, now=NOW)
    page = shown(client, reservation)
    assert "Sorry, not reserved" in page
    assert "The shop cannot hold goods at the moment." in page
    assert "Sport Lindner" in page
    assert "€124.90" in page


def test_cancelled_and_expired_say_that_nothing_is_open(client: Client, branch):
    for end in ("cancel", "expire"):
        checkout = factories.placed((factories.offer(branch), 1), language="en")
        reservation = checkout.reservations.get()
        ready(reservation)
        if end == "cancel":
            lifecycle.cancel(
                reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=SHOP, now=NOW
            )
        else:
            lifecycle.expire(reservation_id=reservation.pk, now=NOW + timedelta(days=9))
        page = shown(client, reservation)
        assert "You have paid nothing." in page
        assert reservation.code[:4] not in page


def test_it_is_found_by_no_search_engine_and_kept_by_no_cache(client: Client, checkout):
    answer = client.get(path_of(checkout))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert not answer.cookies
    assert '<meta name="robots" content="noindex">' in text_of(answer)


def test_german_by_default(client: Client, checkout):
    token = links.token(checkout)
    answer = client.get(f"/abholung/{token}/")
    assert answer.status_code == 200
    assert answer["Content-Language"] == "de"


# Whose it is ----------------------------------------------------------------------------------


def tokens(checkout: Checkout) -> list[str]:
    token = links.token(checkout)
    return [
        "x",
        token[:-1],
        token + "x",
        token.replace(".", ":"),
        "½" * 40,
        "a" * 1500,
        f"{checkout.pk}.{checkout.link_nonce}.",
        token.upper(),
        f"0{token}",
    ]


@pytest.mark.parametrize("number", range(9))
def test_a_wrong_link_opens_nothing_and_helps_on(client: Client, checkout, number):
    answer = client.get(f"/en/abholung/{tokens(checkout)[number]}/")
    assert answer.status_code == 404
    assert "This link opens no reservation" in text_of(answer)


def test_a_new_nonce_revokes_the_link(client: Client, checkout):
    path = path_of(checkout)
    Checkout.objects.filter(pk=checkout.pk).update(link_nonce="0" * 32)
    assert client.get(path).status_code == 404


def test_a_link_opens_nothing_in_another_city(client: Client, checkout):
    factories.city("Braunschweig", host="braunschweig.localhost")
    answer = client.get(path_of(checkout), headers={"host": "braunschweig.localhost"})
    assert answer.status_code == 404


@pytest.mark.parametrize("tail", ["absagen/", "code.svg", "termin.ics"])
def test_a_link_opens_its_own_reservations_only(client: Client, branch, checkout, tail):
    other = factories.placed((factories.offer(branch), 1), email="paul@example.de")
    theirs = other.reservations.get()
    accept(theirs)
    assert client.get(path_of(checkout, theirs.pk, tail)).status_code == 404
    if tail == "absagen/":
        assert client.post(path_of(checkout, theirs.pk, tail)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == State.CONFIRMED
    assert client.get(path_of(checkout, "9" * 18, tail)).status_code == 404
    assert client.get(path_of(checkout, "9" * 30, tail)).status_code == 404


# The code ---------------------------------------------------------------------------------------


def test_the_code_is_a_picture_only_while_it_is_worth_something(client: Client, reservation):
    path = path_of(reservation.checkout, reservation.pk, "code.svg")
    assert client.get(path).status_code == 404
    accept(reservation)
    answer = client.get(path)
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.decode() == qr.svg(
        codes.PREFIX + reservation.code, f"Collection code {reservation.spoken_code}"
    )
    assert b'xmlns="http://www.w3.org/2000/svg"' in answer.content
    assert b"style" not in answer.content


# Cancelling -----------------------------------------------------------------------------------


def test_looking_at_the_cancel_page_changes_nothing(client: Client, reservation):
    page = client.get(path_of(reservation.checkout, reservation.pk, "absagen/"))
    assert "Yes, cancel" in text_of(page)
    reservation.refresh_from_db()
    assert reservation.state == State.REQUESTED


def test_cancelling_frees_the_goods(client: Client, reservation):
    path = path_of(reservation.checkout, reservation.pk, "absagen/")
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (303, path_of(reservation.checkout))
    assert "Cancelled" in shown(client, reservation)
    assert Offer.objects.get(pk=reservation.lines.get().offer_id).reserved == 0
    assert client.get(path).status_code == 303  # nothing left to ask
    again = client.post(path)
    assert again.status_code == 409
    assert "This reservation was cancelled." in text_of(again)


def test_what_was_handed_over_cannot_be_cancelled(client: Client, reservation):
    ready(reservation)
    lifecycle.hand_over(reservation_id=reservation.pk, by=SHOP, now=NOW)
    answer = client.post(path_of(reservation.checkout, reservation.pk, "absagen/"))
    assert answer.status_code == 409
    assert "This was handed over already." in text_of(answer)


def test_cancelling_needs_the_form_token(reservation):
    client = Client(enforce_csrf_checks=True)
    path = path_of(reservation.checkout, reservation.pk, "absagen/")
    assert client.post(path).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get(path).content.decode())
    assert token
    assert client.post(path, {"csrfmiddlewaretoken": token[1]}).status_code == 303


# Not found ------------------------------------------------------------------------------------


@pytest.fixture
def missing(city, reservation) -> Line:
    """One of two units was not found; another shop has it."""
    line = reservation.lines.get()
    other = factories.branch(factories.shop(city, "Sport Lindner"))
    factories.offer(other, product=line.offer.variant.product, price="124.90")
    ready(reservation, {line.pk: 1})
    line.refresh_from_db()
    return line


def choose(client: Client, checkout: Checkout, **data):
    return client.post(path_of(checkout, "auswahl/"), data)


def test_missing_goods_come_with_three_ways_on(client: Client, checkout, reservation, missing):
    page = shown(client, reservation)
    assert "1 of 2 not found" in page
    assert "What would you like?" in page
    assert "Sport Lindner" in page
    assert "Reserve it there" in page
    assert "Do without it" in page
    assert "Cancel everything at this shop" in page
    assert "€129.95" in page  # the total is for what was found


def test_doing_without(client: Client, checkout, reservation, missing):
    assert choose(client, checkout, line=missing.pk).status_code == 303
    missing.refresh_from_db()
    assert missing.choice == Choice.DROPPED
    assert "What would you like?" not in shown(client, reservation)
    again = choose(client, checkout, line=missing.pk)
    assert again.status_code == 409
    assert "You have decided about these goods already." in text_of(again)


def test_taking_it_at_another_shop(client: Client, checkout, reservation, missing):
    other = Offer.objects.exclude(pk=missing.offer_id).get()
    assert choose(client, checkout, line=missing.pk, offer=other.pk).status_code == 303
    assert checkout.reservations.count() == 2
    assert Offer.objects.get(pk=other.pk).reserved == 1
    assert "Your reservations" in shown(client, reservation)


def test_gone_there_too_leaves_the_choice_open(client: Client, checkout, missing):
    other = Offer.objects.exclude(pk=missing.offer_id).get()
    factories.placed((other, 5), email="paul@example.de")
    answer = choose(client, checkout, line=missing.pk, offer=other.pk)
    assert answer.status_code == 409
    missing.refresh_from_db()
    assert missing.choice == Choice.OPEN


@pytest.mark.parametrize("data", [{}, {"line": "x"}, {"line": "½"}, {"line": "9" * 30}])
def test_odd_choices_get_a_sentence(client: Client, checkout, missing, data):
    answer = choose(client, checkout, **data)
    assert answer.status_code == 422
    assert "This form was not complete." in text_of(answer)


def test_lines_of_others_are_not_decided_here(client: Client, branch, missing):
    other = factories.placed((factories.offer(branch), 1), email="paul@example.de")
    assert choose(client, other, line=missing.pk).status_code == 409
    missing.refresh_from_db()
    assert missing.choice == Choice.OPEN


# Cost -----------------------------------------------------------------------------------------


def test_the_number_of_queries_does_not_grow(client: Client, city):
    def placed(number: int) -> Checkout:
        wanted = []
        for each in range(number):
            shop = factories.shop(city, f"Laden {number} {each}", auto_accept=True)
            wanted.append((factories.offer(factories.branch(shop)), 1))
        return factories.placed(*wanted, email=f"{uuid.uuid4()}@example.de", language="en")

    numbers = []
    for count in (1, 3):
        checkout = placed(count)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path_of(checkout)).status_code == 200
        numbers.append(len(caught))
    assert numbers[0] == numbers[1] <= 12
