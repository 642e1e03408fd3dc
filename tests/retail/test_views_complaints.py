"""Complaints in the shop's rooms, from the counter's note to the end."""

import uuid

import pytest

from marketplace.core.domain.history import Actor
from marketplace.core.models import LogEntry
from marketplace.reservations.domain.complaints import curing
from marketplace.reservations.enums import Cure
from marketplace.reservations.models import Complaint
from tests import factories, tills
from tests.factories import NOW
from tests.reservations.complaints_help import collected, post, report


@pytest.fixture
def shoes(branch):
    tills.open_till(branch.shop)
    return factories.offer(branch, count=9)


@pytest.fixture
def rooms(shop):
    return f"/en/haendler/{shop.slug}/reklamationen/"


def read(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_morning_and_the_list_tell_what_waits(client, shop, shoes, rooms):
    assert "No complaint is open" in read(client, rooms)
    made = report(collected(shoes))
    home = read(client, f"/en/haendler/{shop.slug}/")
    assert "1 complaint waits for you" in home
    assert f"{rooms}{made.pk}/" in home
    page = read(client, rooms)
    assert "The sole comes off." in page
    assert "not informed yet" in page
    post()
    assert "not informed yet" not in read(client, rooms)


@pytest.mark.law("A15")
def test_a15_no_button_for_the_cure_before_the_information(client, shoes, rooms, clerk):
    made = report(collected(shoes))
    one = f"{rooms}{made.pk}/"
    page = read(client, one)
    assert "Hand it over on paper" in page
    assert "Begin, the shopper is told" not in page
    answer = client.post(f"{one}nacherfuellung/", {"cure": "REPAIR"})
    assert answer.status_code == 409
    assert "has to be informed first" in answer.content.decode()

    paper = read(client, f"{one}information/")
    assert "You choose: the goods are repaired" in paper
    assert "by 12 months" in paper
    assert client.post(f"{one}information/").status_code == 302
    assert "Begin, the shopper is told" in read(client, one)
    assert client.post(f"{one}nacherfuellung/", {"cure": "REPAIR"}).status_code == 302
    assert Complaint.objects.get().informed_at == NOW
    assert client.post(f"{one}fertig/").status_code == 302
    page = read(client, one)
    assert "3 Dec 2029" in page
    assert "repair or replacement begun" in page


def test_another_cure_than_the_chosen_asks_for_the_reason(client, shoes, rooms):
    made = report(collected(shoes), wish=Cure.REPLACEMENT)
    post()
    one = f"{rooms}{made.pk}/"
    assert "Why not what the shopper has chosen?" in read(client, one)
    answer = client.post(f"{one}nacherfuellung/", {"cure": "REPAIR", "reason": ""})
    assert answer.status_code == 409
    assert "has chosen otherwise" in answer.content.decode()
    done = {"cure": "REPAIR", "reason": "None are left.", "spare_parts": "Soles, two weeks."}
    assert client.post(f"{one}nacherfuellung/", done).status_code == 302
    page = read(client, one)
    assert "None are left." in page
    assert "Soles, two weeks." in page


def test_refusing_needs_words(client, shoes, rooms):
    one = f"{rooms}{report(collected(shoes)).pk}/"
    assert client.post(f"{one}beenden/", {}).status_code == 422
    assert client.post(f"{one}beenden/", {"outcome": "REFUSED"}).status_code == 409
    said = {"outcome": "REFUSED", "answer": "Cut with a knife."}
    assert client.post(f"{one}beenden/", said).status_code == 302
    assert "Cut with a knife." in read(client, one)
    assert "Closed" in read(client, f"{rooms}?show=closed")
    assert client.post(f"{one}beenden/", said).status_code == 409


def test_only_the_owner_is_led_to_the_money(client, owner_client, shoes, rooms):
    one = f"{rooms}{report(collected(shoes)).pk}/"
    link = "/zahlungen/"
    assert f'{link}{tills.payment_of(Complaint.objects.get().reservation).pk}/"' in read(
        owner_client, one
    )
    assert "given back by the owner, under payments" in read(client, one)


@pytest.mark.law("A15")
def test_a15_the_counter_notes_what_was_sold_in_the_shop(client, user, base, shoes, rooms):
    row = collected(shoes, 2, pay=False)
    sheet = f"{base}/theke/{row.pk}/"
    assert f"{sheet}reklamation/" in read(client, sheet)
    page = read(client, f"{sheet}reklamation/")
    assert 'name="words"' in page
    line = row.lines.get()
    form = {"nonce": uuid.uuid4(), "line": line.pk, "units": 1, "words": "Does not switch on."}
    answer = client.post(f"{sheet}reklamation/", form)
    made = Complaint.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{rooms}{made.pk}/")
    assert client.post(f"{sheet}reklamation/", form)["Location"] == f"{rooms}{made.pk}/"
    assert made.noted_by_id == user.pk
    assert "noted in the shop" in read(client, f"{rooms}{made.pk}/")
    assert "is open already" in read(client, f"{sheet}reklamation/")
    again = client.post(f"{sheet}reklamation/", form | {"nonce": uuid.uuid4()})
    assert again.status_code == 409
    entry = LogEntry.objects.get(subject=f"complaint:{made.pk}")
    assert (entry.actor_kind, entry.actor_id) == ("MEMBER", user.pk)


def test_nothing_to_note_before_the_hand_over(client, base, shoes):
    row = factories.reservation((shoes, 1))
    assert "Only goods that were handed over" in read(client, f"{base}/theke/{row.pk}/reklamation/")
    assert "reklamation" not in read(client, f"{base}/theke/{row.pk}/")


def test_what_takes_long_comes_back_to_the_morning(client, user, shop, shoes, rooms, clock):
    made = report(collected(shoes))
    post()
    curing.begin_cure(complaint_id=made.pk, cure=Cure.REPAIR, by=Actor.member(user), now=NOW)
    home = f"/en/haendler/{shop.slug}/"
    assert "complaint waits for you" not in read(client, home)
    clock.shift(15 * 24 * 3600)
    client.force_login(user)
    assert "1 complaint waits for you" in read(client, home)
    assert "open for more than two weeks" in read(client, rooms)


def test_another_shops_complaint_does_not_exist(client, city, rooms):
    other = factories.branch(factories.shop(city, "Nebenan", auto_accept=True))
    row = collected(factories.offer(other), pay=False)
    made = report(row, by=Actor.member(factories.member(other.shop)))
    assert client.get(f"{rooms}{made.pk}/").status_code == 404
    assert client.post(f"{rooms}{made.pk}/beenden/", {"outcome": "DROPPED"}).status_code == 404
