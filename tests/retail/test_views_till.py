"""The till's room: keys shown once, lists by hand, rows that somebody decides."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shops.domain.deliveries import tokens
from shops.enums import HeldState
from shops.models import Delivery, HeldRow, Offer, StockToken
from tests import factories
from tests.factories import NOW
from tests.shops.deliveries_help import push


@pytest.fixture
def room(base):
    return f"{base}/kasse/"


def offers(branch, number=3):
    return [
        factories.offer(branch, sku=f"L-{each}", count=5, price="10.00") for each in range(number)
    ]


def file(text, name="bestand.csv"):
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def page_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.text


def test_an_owner_makes_a_key_that_is_shown_once(owner_client, room, branch):
    answer = owner_client.post(f"{room}schluessel/", {"name": "Kasse 1"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    secret = re.search(r'<code class="deliveries__key">(srk_[^<]+)</code>', answer.text)[1]
    assert tokens.of_secret(whole=secret, now=NOW).branch == branch
    page = page_of(owner_client, room)
    assert secret not in page
    assert f"srk_{StockToken.objects.get().prefix}_" in page
    assert "Last used: just now" in page
    assert secret not in str(StockToken.objects.values().get())


def test_a_revoked_key_opens_nothing(owner_client, room, branch, clerk):
    token, secret = tokens.create(branch=branch, name="Kasse 1", by=clerk, now=NOW)
    answer = owner_client.post(f"{room}schluessel/{token.pk}/sperren/")
    assert answer.status_code == 302
    assert tokens.of_secret(whole=secret, now=NOW) is None
    assert "Revoked: today" in page_of(owner_client, room)
    assert "sperren/" not in page_of(owner_client, room)


def test_staff_sees_keys_and_makes_none(client, room, branch, clerk):
    token, _secret = tokens.create(branch=branch, name="Kasse 1", by=clerk, now=NOW)
    page = page_of(client, room)
    assert "Kasse 1" in page
    assert "schluessel/" not in page
    assert client.post(f"{room}schluessel/", {"name": "x"}).status_code == 404
    assert client.post(f"{room}schluessel/{token.pk}/sperren/").status_code == 404


def test_ten_keys_are_enough(owner_client, room, branch, clerk):
    for each in range(10):
        tokens.create(branch=branch, name=f"Kasse {each}", by=clerk, now=NOW)
    answer = owner_client.post(f"{room}schluessel/", {"name": "Kasse 11"})
    assert answer.status_code == 409
    assert "ten keys already" in answer.text
    answer = owner_client.post(f"{room}schluessel/", {"name": " "})
    assert answer.status_code == 422
    assert "Please give the till a name." in answer.text


def test_a_list_by_hand(client, room, branch, user):
    offers(branch)
    table = "Artikelnummer;Bestand;VK\nL-0;7;10,00\nL-1;5;10,00\nX;1;1\nL-2;viele;1\n"
    answer = client.post(f"{room}hochladen/", {"file": file(table)})
    found = Delivery.objects.get()
    assert answer["Location"] == f"{room}lieferung/{found.pk}/"
    assert (found.accepted, found.unchanged, found.unknown, found.refused) == (1, 1, 1, 1)
    assert found.by == user
    page = page_of(client, answer["Location"])
    assert "The quantity cannot be read as a whole number." in page
    assert "<code>X</code>" in page
    client.post(f"{room}hochladen/", {"file": file(table)})
    assert Delivery.objects.count() == 1
    when = {"as_of": "2026-12-03T14:00"}
    client.post(f"{room}hochladen/", {"file": file(table.replace("7", "8"))} | when)
    assert Delivery.objects.latest("pk").as_of == NOW - timedelta(minutes=5)


def test_files_that_are_none(client, room, branch):
    for sent, sentence in (
        ({}, "Please choose a file."),
        ({"file": file("")}, "This file is empty."),
        ({"file": file("Name;Ort\na;b\n")}, "No header was found."),
        ({"file": file("SKU;Bestand\n")}, "This list holds no rows."),
        ({"file": file("SKU;Bestand\nL-1;1\n"), "as_of": "gestern"}, "Please enter a day"),
        ({"file": file("SKU;Bestand\nL-1;1\n"), "as_of": "2027-01-01T10:00"}, "in the future"),
    ):
        answer = client.post(f"{room}hochladen/", sent)
        assert answer.status_code == 422, sentence
        assert sentence in answer.text
    assert not Delivery.objects.exists()


def held(branch):
    rows = offers(branch)
    found = push(branch, *({"sku": f"L-{each}", "price": 1000 + each} for each in range(3)))
    return rows, found


def test_rows_held_back_are_decided_in_one_go(client, room, branch):
    rows, found = held(branch)
    here = f"{room}lieferung/{found.pk}/"
    assert "3 articles wait for your word." in page_of(client, room)
    page = page_of(client, here)
    assert page.count('class="item held"') == 3
    assert "€10.00 → €1,000.00" in page
    first, second, third = (HeldRow.objects.get(offer=row).pk for row in rows)
    answer = client.post(
        f"{here}entscheiden/", {"decision": "take", "row": [first, second]}, follow=True
    )
    assert "2 articles taken over." in answer.text
    assert Offer.objects.get(pk=rows[1].pk).price == 1001
    answer = client.post(f"{here}entscheiden/", {"decision": "leave", "every": "1"}, follow=True)
    assert "1 article stays as it was." in answer.text
    assert HeldRow.objects.get(pk=third).state == HeldState.LEFT
    assert Offer.objects.get(pk=rows[2].pk).price == 10
    assert "3 articles were held back; that is decided." in answer.text
    answer = client.post(f"{here}entscheiden/", {"decision": "take", "row": [third]}, follow=True)
    assert Offer.objects.get(pk=rows[2].pk).price == 10


def test_a_decision_needs_rows_of_this_delivery(client, room, branch, shop):
    _rows, found = held(branch)
    other = factories.branch(shop)
    _theirs, foreign = held(other)
    here = f"{room}lieferung/{found.pk}/entscheiden/"
    for sent in (
        {"decision": "take"},
        {"row": [1]},
        {"decision": "burn", "every": "1"},
        {"decision": "take", "row": [foreign.held_rows.first().pk]},
        {"decision": "take", "row": ["x"]},
    ):
        assert client.post(here, sent).status_code == 422, sent
    assert client.get(f"{room}lieferung/{foreign.pk}/").status_code == 404
    assert set(HeldRow.objects.values_list("state", flat=True)) == {HeldState.OPEN}


def test_freshness_and_the_line_to_try_out(client, room, branch, base):
    factories.offer(branch, count=5)
    factories.offer(branch, count=5, counted=timedelta(days=2))
    factories.offer(branch, count=None)
    page = page_of(client, room)
    assert "1 of 3 articles were counted within 24 hours." in page
    assert "curl http://testserver/api/v1/stock" in page
    assert room in page_of(client, f"{base}/waren/")
