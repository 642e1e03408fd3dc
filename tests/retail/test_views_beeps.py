"""Many scans in a row, on the screen."""

import re
import uuid

import pytest
from django.test import Client

from shops.domain import catalogue
from shops.models import Offer, ScanLine, ScanSession
from tests import factories
from tests.retail.test_views_scan import photo, shot

CUP, PEN = "2000000000015", "4006381333931"


@pytest.fixture
def cup(branch, city, shop):
    made = catalogue.create_product(city=city, shop=shop, title="Blauer Becher")
    catalogue.create_variant(product=made, barcode=CUP)
    return factories.offer(branch, product=made, count=5)


@pytest.fixture
def room(base):
    return f"{base}/waren/scannen"


def begin(client, room, mode="COUNT"):
    return client.post(f"{room}/runde/beginnen/", {"mode": mode})


def beep(client, room, code=CUP, client_id=None):
    said = {"code": code, "client_id": client_id or uuid.uuid4()}
    return client.post(f"{room}/runde/", said)


def page_of(client, room, path="runde/"):
    return client.get(f"{room}/{path}").content.decode()


def lines(page):
    return [
        (title.strip(), int(number))
        for title, number in re.findall(
            r'beep__title">(.*?)</p>.*?name="quantity" value="(\d+)"', page, re.DOTALL
        )
    ]


def on_hand(offer):
    offer.refresh_from_db()
    return offer.on_hand


def test_thirty_in_a_row_then_all_are_counted(client, room, cup, branch):
    begin(client, room)
    for number in range(30):
        assert beep(client, room, CUP if number % 3 else PEN).status_code == 302

    page = page_of(client, room)
    assert lines(page) == [("Blauer Becher", 20), ("Not known here", 10)]
    assert "<strong>30</strong> pieces" in page
    done = client.post(f"{room}/runde/fertig/")
    assert on_hand(cup) == 20
    page = client.get(done["Location"]).content.decode()
    assert "5 → <strong>20</strong>" in page
    assert "Describe 1 article" in page


def test_none_before_is_a_number_too(client, room, cup, base):
    client.post(f"{base}/waren/{cup.pk}/ausverkauft/")
    begin(client, room, "ADD")
    beep(client, room)
    done = client.post(f"{room}/runde/fertig/")

    assert "0 → <strong>1</strong>" in client.get(done["Location"]).content.decode()


def test_a_photo_is_a_beep_as_well(client, room, cup):
    begin(client, room)
    client.post(f"{room}/runde/", {"client_id": uuid.uuid4(), "photo": photo(shot(PEN))})

    assert lines(page_of(client, room)) == [("Not known here", 1)]


def test_nothing_is_lost_with_the_phone(client, room, cup, user):
    begin(client, room)
    beep(client, room)
    other = Client()
    other.force_login(user)

    assert lines(page_of(other, room)) == [("Blauer Becher", 1)]


def test_a_colleagues_list_is_theirs(client, owner_client, room, cup):
    begin(client, room)
    beep(client, room)

    assert "Blauer Becher" not in page_of(owner_client, room)
    assert beep(owner_client, room).status_code == 409
    begin(owner_client, room, "ADD")
    beep(owner_client, room)
    assert lines(page_of(owner_client, room)) == [("Blauer Becher", 1)]
    assert ScanSession.objects.count() == 2


def test_quantity_and_undo(client, room, cup):
    begin(client, room)
    beep(client, room)
    line = ScanLine.objects.get()
    said = {"client_id": uuid.uuid4(), "quantity": "12"}
    client.post(f"{room}/runde/menge/{line.pk}/", said)
    assert lines(page_of(client, room)) == [("Blauer Becher", 12)]
    client.post(f"{room}/runde/zurueck/")
    assert lines(page_of(client, room)) == [("Blauer Becher", 1)]
    client.post(f"{room}/runde/zurueck/")
    assert "Nothing scanned yet." in page_of(client, room)


@pytest.mark.parametrize("bad", ["", "-1", "x", "1000001", "9" * 5000])
def test_quantities_that_cannot_be(client, room, cup, bad):
    begin(client, room)
    beep(client, room)
    said = {"client_id": uuid.uuid4(), "quantity": bad}
    answer = client.post(f"{room}/runde/menge/{ScanLine.objects.get().pk}/", said)

    assert answer.status_code == 422
    assert "Please enter a whole number from 0 to 1,000,000." in answer.content.decode()
    assert lines(answer.content.decode()) == [("Blauer Becher", 1)]


def test_a_double_tap_on_the_end_shows_the_same(client, room, cup):
    begin(client, room, "ADD")
    beep(client, room)
    first, second = (client.post(f"{room}/runde/fertig/") for _tap in range(2))

    assert first["Location"] == second["Location"]
    assert on_hand(cup) == 6
    late = beep(client, room)
    assert late.status_code == 409
    assert "This list is finished already." in late.content.decode()


def test_an_empty_beep_is_said(client, room):
    begin(client, room)
    answer = beep(client, room, "")

    assert answer.status_code == 422
    assert "Please scan a barcode, type its number" in answer.content.decode()


def test_what_nobody_knew_is_worked_off(client, owner_client, room, cup, base):
    begin(client, room)
    for _beep in range(4):
        beep(client, room, PEN)
    client.post(f"{room}/runde/fertig/")

    assert "1 to describe" in owner_client.get(f"{base}/waren/").content.decode()
    # Somebody else has a minute.
    page = page_of(owner_client, room, "offen/")
    assert "4 pieces" in page
    (link,) = re.findall(rf'href="([^"]*scannen/\?code={PEN}[^"]*)"', page)
    form = owner_client.get(link.replace("&amp;", "&")).content.decode()
    assert re.search(r'name="on_shelf"[^>]*value="4"|value="4"[^>]*name="on_shelf"', form)
    line = ScanLine.objects.get()
    said = {
        "client_id": uuid.uuid4(), "code": PEN, "line": line.pk, "title": "Stift",
        "category": factories.category("Papier").pk, "tax_class": "STANDARD", "price": "1,99",
        "on_shelf": "4",
    }  # fmt: skip
    done = owner_client.post(f"{room}/ins-regal/", said)
    assert done["Location"].endswith("/waren/scannen/offen/")
    assert Offer.objects.get(variant__product__title="Stift").on_hand == 4
    assert "Everything is described" in page_of(owner_client, room, "offen/")


def test_some_are_left_out(client, room):
    begin(client, room)
    beep(client, room, PEN)
    client.post(f"{room}/runde/fertig/")
    path = f"{room}/offen/{ScanLine.objects.get().pk}/weglassen/"

    assert client.post(path).status_code == client.post(path).status_code == 302
    assert "Everything is described" in page_of(client, room, "offen/")
