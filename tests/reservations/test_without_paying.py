"""No provider, no word of paying online: the marketplace reserves, and says nothing else."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from cms.domain import pages
from marketplace.core.domain import notices
from marketplace.core.domain.history import Actor
from marketplace.core.models import Notice
from marketplace.reservations.domain import lifecycle, links
from marketplace.reservations.enums import Mode
from marketplace.reservations.models import Checkout, Reservation
from shops.enums import Role
from shops.models import City, Offer
from tests import factories, tills
from tests.cms.calendar_help import BY, enter
from tests.factories import NOW

pytestmark = pytest.mark.django_db

#: In both languages, wherever people read.
WORDS = re.compile(
    r"online[ -](?:be)?zahl|online-zahlung|zahlungspflichtig|stripe|pay(?:ing)? online"
    r"|online payment|obligation to pay",
    re.IGNORECASE,
)
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def _thursday(settings) -> Iterator[None]:
    settings.STRIPE_SECRET_KEY = settings.STRIPE_API_BASE = ""
    settings.STRIPE_WEBHOOK_SECRETS = []
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city() -> City:
    made = factories.city()
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def offer(city: City) -> Offer:
    return factories.offer(factories.branch(factories.shop(city, auto_accept=True)), count=5)


def silent(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    body = answer.content.decode()
    found = WORDS.search(body)
    assert not found, f"{path}: …{body[max(0, found.start() - 120) : found.end() + 40]}…"
    return body


def reserve(client: Client, offer: Offer, prefix: str) -> Reservation:
    client.post(f"{prefix}/korb/dazu/", {"offer": offer.pk, "quantity": 1}, headers=HERE)
    silent(client, f"{prefix}/korb/")
    form = silent(client, f"{prefix}/korb/pruefen/")
    hidden = dict(re.findall(r'name="(nonce|seen)" value="([^"]+)"', form))
    client.post(
        f"{prefix}/korb/pruefen/", {**hidden, "name": "Lena Hoffmann", "email": "l@example.de"}
    )
    return Reservation.objects.get(checkout=Checkout.objects.latest("pk"))


def test_a_key_taken_away_later_silences_what_was_told_before(client, offer: Offer) -> None:
    tills.open_till(offer.branch.shop)
    product = offer.variant.product

    silent(client, f"/en/produkt/{product.slug}-{product.pk}/")
    reserve(client, offer, "/en")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_shopper_reads_nothing_of_paying_online(client, offer: Offer, prefix: str) -> None:
    shop = offer.branch.shop
    product = offer.variant.product
    for path in ("/", "/suche/", "/laeden/", f"/laden/{shop.slug}/", "/suche/so-sortieren-wir/"):
        silent(client, prefix + path)
    silent(client, f"{prefix}/produkt/{product.slug}-{product.pk}/")
    placed = reserve(client, offer, prefix)
    assert placed.mode == Mode.RESERVE
    link = f"{prefix}/abholung/{links.token(placed.checkout)}/"
    silent(client, link)
    silent(client, f"{link}{placed.pk}/absagen/")
    lifecycle.mark_ready(reservation_id=placed.pk, by=Actor.system(), now=NOW)
    silent(client, link)
    lifecycle.hand_over(reservation_id=placed.pk, by=Actor.system(), now=NOW)
    silent(client, link)
    # Who types the address of the other way is told that there is nothing to be paid.
    again = client.get(f"{prefix}/korb/bezahlen/?bei={offer.branch_id}")
    assert "order__form" not in again.content.decode()


def test_its_mails_do_neither(client, offer: Offer) -> None:
    placed = reserve(client, offer, "")
    lifecycle.mark_ready(reservation_id=placed.pk, by=Actor.system(), now=NOW)
    due = NOW + timedelta(hours=1)
    for pk in list(Notice.objects.due(due).values_list("pk", flat=True)):
        notices.send_one(notice_id=pk, now=due)
    assert len(mail.outbox) >= 2
    for letter in mail.outbox:
        whole = letter.subject + letter.body + "".join(str(part) for part, _ in letter.alternatives)
        assert not WORDS.search(whole), letter.subject


def test_neither_do_rooms_and_desk(client, city: City, offer: Offer) -> None:
    shop, branch = offer.branch.shop, offer.branch
    placed = reserve(client, offer, "")
    owner = Client()
    owner.force_login(factories.member(shop, role=Role.OWNER))
    theke = f"/haendler/{shop.slug}/{branch.slug}/theke/"
    for path in (
        "/haendler/",
        f"/haendler/{shop.slug}/",
        theke,
        f"{theke}{placed.pk}/",
        f"/haendler/{shop.slug}/{branch.slug}/waren/",
        f"/haendler/{shop.slug}/{branch.slug}/zeiten/",
    ):
        silent(owner, path)
        silent(owner, f"/en{path}")
    for room in ("zahlungen", "online-zahlung"):
        assert owner.get(f"/haendler/{shop.slug}/{room}/").status_code == 404
    editor = enter(Client(), city)
    body = silent(editor, "/cms/")
    assert "/cms/zahlungen/" not in body
