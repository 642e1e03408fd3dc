"""A reservation without obligation is never called a purchase (law A1, A2), in the words that
people read: the product's own catalogue, every page and every mail of it, in both languages."""

import re
from html import unescape

import pytest
import time_machine
from django.core import mail as outbox
from django.test import Client

from marketplace.core.domain import notices as core_notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle, links, notices
from marketplace.reservations.enums import EndReason
from marketplace.reservations.models import Reservation
from shops.models import Offer
from tests import factories, tills
from tests.factories import NOW
from tests.words import speak

pytestmark = [pytest.mark.django_db, pytest.mark.law("A1", "A2")]

SHOP = Actor.system()
LATER = NOW + factories.timedelta(days=30)
#: LAW: words that a reservation must not be given. "Kaufvertrag" is what is *not* made yet.
BANNED = {
    "de": r"bestell|(?<!ver)kaufen|zahlungspflichtig|widerruf",
    "en": r"\border(s|ed|ing)?\b|\bbuy(s|ing)?\b|purchas|obligation to pay|withdraw",
}
PREFIX = {"de": "", "en": "/en"}


@pytest.fixture(autouse=True)
def _spoken(settings):
    for name, value in tills.SETTINGS.items():
        setattr(settings, name, value)
    with time_machine.travel(NOW, tick=False):
        yield from speak(settings)


@pytest.fixture
def offer(db) -> Offer:
    """At a shop that can be paid online as well: the harder case."""
    shop = factories.shop(factories.city(), "Laufwerk", email="laden@example.de")
    branch = factories.branch(shop, "Mitte")
    factories.legal(shop)
    tills.open_till(shop)
    return factories.offer(branch, count=5)


def main_of(response) -> str:
    page = response.content.decode()
    page = page[page.index("<main") : page.index("</main>")]
    return unescape(re.sub(r"<[^>]+>", " ", page))


def ready(reservation: Reservation, **more: object) -> None:
    lifecycle.accept(reservation_id=reservation.pk, by=SHOP, now=NOW)
    lifecycle.mark_ready(reservation_id=reservation.pk, by=SHOP, now=NOW, **more)


def partly(reservation: Reservation) -> None:
    ready(reservation, found={reservation.lines.get().pk: 1})


def told_all(reservation: Reservation) -> None:
    ready(reservation, shelf="3")
    notices.remind(reservation_id=reservation.pk, now=NOW)
    moved = {"collect_by": NOW + factories.timedelta(days=9)}
    lifecycle.follow(reservation_id=reservation.pk, moved=lambda _: moved, by=SHOP, now=NOW)


def cancelled(reservation: Reservation) -> None:
    ready(reservation)
    by = Actor.shopper()
    lifecycle.cancel(reservation_id=reservation.pk, reason=EndReason.SHOPPER, by=by, now=NOW)


def expired(reservation: Reservation) -> None:
    ready(reservation)
    lifecycle.expire(reservation_id=reservation.pk, now=LATER)


def declined(reservation: Reservation) -> None:
    who = {"by": SHOP, "now": NOW}
    lifecycle.decline(reservation_id=reservation.pk, reason=EndReason.NOT_THERE, **who)


def collected(reservation: Reservation) -> None:
    ready(reservation)
    lifecycle.hand_over(reservation_id=reservation.pk, by=SHOP, now=NOW)


LIVES = {
    "requested": lambda reservation: None,
    "confirmed": lambda row: lifecycle.accept(reservation_id=row.pk, by=SHOP, now=NOW),
    "ready": told_all,
    "ready in part": partly,
    "collected": collected,
    "cancelled": cancelled,
    "declined": declined,
    "expired": expired,
}


def test_the_words_are_looked_for_in_what_people_read(client: Client, offer):
    """Otherwise nothing would be found in German however it reads."""
    page = main_of(client.get("/korb/"))
    assert "leer" in page
    assert "Your basket is empty" not in page
    assert re.search(BANNED["de"], "zahlungspflichtig bestellen")
    assert re.search(BANNED["en"], "Order with obligation to pay", re.IGNORECASE)


@pytest.mark.parametrize("language", ["de", "en"])
def test_basket_and_the_one_screen(client: Client, offer, language):
    data, here = {"offer": offer.pk, "quantity": 2}, {"sec-fetch-site": "same-origin"}
    client.post("/korb/dazu/", data, headers=here)
    for path in ("/korb/", "/korb/pruefen/"):
        page = main_of(client.get(PREFIX[language] + path))
        assert offer.variant.product.title in page
        assert not re.search(BANNED[language], page, re.IGNORECASE), page


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("life", LIVES)
def test_every_page_and_mail_of_its_life(client: Client, offer, language, life):
    reservation = factories.reservation((offer, 2), language=language)
    LIVES[life](reservation)
    path = f"{PREFIX[language]}/abholung/{links.token(reservation.checkout)}/"
    for each in (path, f"{path}{reservation.pk}/absagen/"):
        answer = client.get(each)
        if answer.status_code == 200:
            page = main_of(answer)
            assert not re.search(BANNED[language], page, re.IGNORECASE), page
    assert client.get(f"{path}vertrag/").status_code == 404
    sent = 0
    for notice in Notice.objects.queued().order_by("pk"):
        sent += core_notices.send_one(notice_id=notice.pk, now=LATER) == "SENT"
    assert sent == len(outbox.outbox) > 0
    for letter in outbox.outbox:
        for text in (letter.subject, letter.body, letter.alternatives[0].content):
            for words in BANNED.values():
                assert not re.search(words, text, re.IGNORECASE), text
