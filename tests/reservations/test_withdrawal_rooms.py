"""The shop's withdrawals: what waits on the morning page, and what a person says about one.

Here and not with the other rooms, because the money behind it needs real commits.
"""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from marketplace.reservations.enums import Seal, WithdrawalState
from marketplace.reservations.models import Withdrawal, WithdrawalLine
from shops.models import Facts, Offer
from tests import factories, money
from tests.factories import NOW
from tests.reservations import withdrawing

pytestmark = pytest.mark.law("A10")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(desk):
    made = Client()
    made.force_login(factories.member(desk.shop, name="Jana Brandt"))
    return made


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def room(desk: money.Desk, *more: object) -> str:
    return f"/en/haendler/{desk.shop.slug}/" + "".join(f"{each}/" for each in ("widerrufe", *more))


def test_what_waits_stands_on_the_morning_page_with_its_day(desk, client):
    home = f"/en/haendler/{desk.shop.slug}/"
    assert "withdrawal to answer" not in text_of(client.get(home))
    withdrawing.declared(withdrawing.collected(desk))

    page = text_of(client.get(home))

    assert "1 withdrawal to answer" in page
    assert "first refund due by 17 December 2026" in page
    assert room(desk) in page


def test_the_list_says_what_waits_first_and_what_is_overdue(desk, client):
    done = withdrawing.declared(withdrawing.ready(desk, 1))
    desk.work()
    waits = withdrawing.declared(withdrawing.collected(desk, 1), name="Anna Adler")

    page = text_of(client.get(room(desk)))

    assert page.index(room(desk, waits.pk)) < page.index(room(desk, done.pk))
    assert "waits for the goods" in page
    assert "overdue" not in page
    with time_machine.travel(NOW + 15 * DAY, tick=False):
        client.force_login(factories.member(desk.shop))  # the session has ended meanwhile
        assert "overdue" in text_of(client.get(room(desk)))


def test_an_empty_room_is_kind(desk, client):
    assert "Nobody has withdrawn from an order yet" in text_of(client.get(room(desk)))


def test_half_of_it_is_taken_back_and_refunded_and_stands_on_the_shelf_again(desk, client):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1})
    line = money.line(pk).pk
    page = text_of(client.get(room(desk, withdrawal.pk)))
    assert "I hereby withdraw from the contract" in page
    assert "Goods back by" in page

    answer = client.post(
        room(desk, withdrawal.pk, "zurueck"), {f"back_{line}": "1", f"shelf_{line}": "1"}
    )

    assert answer.status_code == 302
    desk.work()
    page = text_of(client.get(room(desk, withdrawal.pk)))
    assert "refunded" in page
    assert "Jana Brandt" in page
    assert "Take back and refund" not in page
    assert Offer.objects.get(pk=desk.offer.pk).on_hand == 4
    money.in_order()


@pytest.mark.law("A8")
def test_sealed_goods_are_asked_for_their_seal_and_nothing_is_chosen(desk, client):
    product = desk.offer.variant.product
    Facts.objects.update_or_create(product=product, defaults={"withdrawal": "HYGIENE"})
    pk = withdrawing.collected(desk, 1)
    withdrawal, line = withdrawing.declared(pk), money.line(pk).pk
    page = client.get(room(desk, withdrawal.pk)).content.decode()
    assert "How does the seal look?" in page
    assert "checked" not in page

    fields = {f"back_{line}": "1", f"shelf_{line}": "0"}
    refused = client.post(room(desk, withdrawal.pk, "zurueck"), fields)
    assert refused.status_code == 422
    done = client.post(room(desk, withdrawal.pk, "zurueck"), fields | {f"seal_{line}": Seal.INTACT})

    assert done.status_code == 302
    assert WithdrawalLine.objects.get().seal == Seal.INTACT


@pytest.mark.law("A9")
def test_a_person_rejects_with_reasons(desk, client):
    withdrawal = withdrawing.declared(withdrawing.collected(desk))
    path = room(desk, withdrawal.pk, "ablehnen")
    assert client.post(path, {"reason": ""}).status_code == 422

    assert client.post(path, {"reason": "The seal is broken."}).status_code == 302

    page = text_of(client.get(room(desk, withdrawal.pk)))
    assert "rejected, with reasons" in page
    assert "The seal is broken." in page
    assert client.post(path, {"reason": "Again."}).status_code == 409


def test_less_than_declared_without_reasons_is_told(desk, client):
    pk = withdrawing.collected(desk)
    withdrawal, line = withdrawing.declared(pk), money.line(pk).pk

    answer = client.post(
        room(desk, withdrawal.pk, "zurueck"), {f"back_{line}": "1", f"shelf_{line}": "1"}
    )

    assert answer.status_code == 409
    assert "Please give your reasons" in text_of(answer)
    assert Withdrawal.objects.get().state == WithdrawalState.MATCHED


def test_a_part_in_the_compartment_is_taken_out_here(desk, client):
    pk = withdrawing.ready(desk)
    withdrawal = withdrawing.declared(pk, goods={money.line(pk).pk: 1})
    assert "Back on the shelf" in text_of(client.get(room(desk, withdrawal.pk)))
    counter = f"/en/haendler/{desk.shop.slug}/{desk.offer.branch.slug}/theke/{pk}/"
    sheet = client.get(counter).content.decode()
    assert 'max="1"' in sheet
    assert 'max="2"' not in sheet

    path = room(desk, withdrawal.pk, "herausgenommen")
    assert client.post(path).status_code == 302
    assert client.post(path).status_code == 409

    assert money.line(pk).held == 1
    assert "Back on the shelf" not in text_of(client.get(room(desk, withdrawal.pk)))


def test_goods_in_words_are_entered_by_the_shop(desk, client):
    pk = withdrawing.collected(desk)
    withdrawal = withdrawing.declared(pk, goods={}, items="the left shoe")
    line = money.line(pk).pk
    page = text_of(client.get(room(desk, withdrawal.pk)))
    assert "the left shoe" in page

    done = client.post(
        room(desk, withdrawal.pk, "zurueck"), {f"back_{line}": "1", f"shelf_{line}": "0"}
    )

    assert done.status_code == 302
    assert money.line(pk).withdrawn == 1


def test_whoever_works_elsewhere_does_not_see_it(desk):
    withdrawal = withdrawing.declared(withdrawing.collected(desk))
    stranger = Client()
    other = factories.shop(desk.shop.city, "Nebenan")
    factories.branch(other)
    stranger.force_login(factories.member(other))

    assert stranger.get(room(desk, withdrawal.pk)).status_code == 404
    assert stranger.get(f"/en/haendler/{other.slug}/widerrufe/{withdrawal.pk}/").status_code == 404


def test_late_is_flagged_and_still_the_persons_word(desk, client):
    pk = withdrawing.collected(desk)
    ends_at = desk.see(pk).withdrawal_ends_at
    withdrawal = withdrawing.declared(pk, now=ends_at)

    page = text_of(client.get(room(desk, withdrawal.pk)))

    assert "after the deadline" in page
    assert "nothing is rejected by itself" in page
    assert "Take back and refund" in page
