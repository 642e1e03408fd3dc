"""The counter's lists and the page of one reservation."""

import re
from datetime import timedelta

import pytest

from marketplace.core.domain.history import Actor
from marketplace.reservations.domain import counter, lifecycle, tick
from marketplace.reservations.enums import EndReason
from shops.domain import counts
from tests import factories
from tests.factories import NOW


def page_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def ready(reservation, clerk, shelf="7", now=NOW):
    return lifecycle.mark_ready(reservation_id=reservation.pk, shelf=shelf, by=clerk, now=now)


def test_an_idle_counter_says_all_done(base, client):
    assert "All done" in page_of(client, f"{base}/theke/")


def test_each_reservation_stands_in_its_list(branch, base, client, clerk, asking):
    offer = factories.offer(branch, count=9)
    asked = factories.reservation((factories.offer(branch, **asking), 1), name="Paul Albrecht")
    found = factories.reservation((offer, 2), name="Lena Koch")
    waiting = ready(factories.reservation((offer, 1), name="Tim Yilmaz"), clerk)
    back = ready(factories.reservation((offer, 1), name="Ada Wolf"), clerk, shelf="9")
    lifecycle.cancel(reservation_id=back.pk, reason=EndReason.CLOSED, by=clerk, now=NOW)

    page = page_of(client, f"{base}/theke/")

    lists = dict(
        re.findall(r'<section class="desk__list" id="([\w-]+)"(.*?)</section>', page, re.S)
    )
    assert {name: len(re.findall("<article", body)) for name, body in lists.items()} == {
        "find": 2,
        "ready": 1,
        "overdue": 1,
    }
    stands = [("find", asked), ("find", found), ("ready", waiting), ("overdue", back)]
    for name, row in stands:
        assert row.checkout.contact.name in lists[name]
        assert row.code[:4] in lists[name]
        assert row.checkout.contact.email not in page
    assert "2 ×" in lists["find"]
    assert "answer by today 15:05" in lists["find"]
    assert "promised for today 14:35" in lists["find"]
    assert "held until" in lists["ready"]
    assert "cancelled, today 14:05" in lists["overdue"]
    tabs = re.findall(r'href="#([\w-]+)"><strong>(\d+)</strong>', page)
    assert tabs == [("find", "2"), ("ready", "1"), ("overdue", "1")]


def test_the_most_urgent_stands_first(branch, base, client, asking):
    factories.reservation((factories.offer(branch, **asking), 1), name="Paul Albrecht")
    factories.reservation((factories.offer(branch), 1), name="Lena Koch")

    page = page_of(client, f"{base}/theke/")

    # Ready by 14:35 goes before an answer by 15:05.
    assert page.index("Lena Koch") < page.index("Paul Albrecht")


def test_goods_not_collected_are_overdue_since_their_time(branch, base, client, clerk, clock):
    row = ready(factories.reservation((factories.offer(branch), 1)), clerk)
    later = NOW + timedelta(days=9)
    lifecycle.expire(reservation_id=row.pk, now=later)
    clock.move_to(later)

    page = page_of(client, f"{base}/theke/")

    overdue = re.search(r'id="overdue".*?</section>', page, re.S).group()
    assert "slip--late" in overdue
    assert "overdue since Sat" in overdue
    assert "zurueckgelegt" in overdue


def test_the_day_sheet_is_a_table_to_tick_off(branch, base, client, clerk):
    found = factories.reservation((factories.offer(branch, count=9), 2), name="Lena Koch")
    back = ready(factories.reservation((factories.offer(branch), 1), name="Ada Wolf"), clerk, "9")
    lifecycle.cancel(reservation_id=back.pk, reason=EndReason.CLOSED, by=clerk, now=NOW)

    page = page_of(client, f"{base}/theke/")

    to_find, put_back = re.findall(r'<table class="day-table">.*?</table>', page, re.S)
    assert found.spoken_code in to_find
    assert "2 × " in to_find
    assert to_find.count("day-table__tick") == 1
    assert "Ada Wolf" in put_back
    assert "<td>9</td>" in put_back


def test_what_is_late_says_so(branch, base, client, clerk, clock, asking):
    factories.reservation((factories.offer(branch, **asking), 1))
    offer = factories.offer(branch)
    factories.reservation((offer, 1))
    ready(factories.reservation((offer, 1)), clerk)
    clock.shift(timedelta(days=9))

    page = page_of(client, f"{base}/theke/")

    assert "answer overdue since" in page
    assert "late, was promised for" in page
    assert "overdue since" in page
    assert page.count("slip--late") == 3


def test_free_compartments_are_offered_in_order(branch, base, client, clerk):
    offer = factories.offer(branch, count=9)
    for shelf in ("1", "3", "Kühlung"):
        ready(factories.reservation((offer, 1)), clerk, shelf=shelf)
    for _each in range(2):
        factories.reservation((offer, 1))

    page = page_of(client, f"{base}/theke/")

    assert re.findall(r'name="shelf" value="(\w+)"', page) == ["2", "4"]


def test_what_cannot_be_filled_stands_on_top(branch, base, client, clerk):
    offer = factories.offer(branch, count=5)
    factories.reservation((offer, 2), name="Ada Wolf")
    young = factories.reservation((offer, 2), name="Tim Yilmaz", now=NOW + timedelta(minutes=1))
    counts.count(
        offer_id=offer.pk, counted=3, as_of=NOW + timedelta(minutes=2), source="EYE",
        by=clerk, now=NOW + timedelta(minutes=2),
    )  # fmt: skip

    page = page_of(client, f"{base}/theke/")

    short = re.search(r'id="short".*?</section>', page, re.S).group()
    assert young.spoken_code in short
    assert "Ada Wolf" not in short


def test_today_ended_tells_who_and_when(branch, base, client, clerk, clock):
    offer = factories.offer(branch)
    done = factories.reservation((offer, 1), name="Ada Wolf")
    counter.hand_over(
        reservation_id=done.pk, client_id="8d4f2b1e-63a5-4f5d-9d0c-0a4f6a1c1a11", by=clerk, now=NOW
    )

    page = page_of(client, f"{base}/theke/")
    assert "Collected, 14:05 · Jana Brandt" in page

    clock.shift(timedelta(days=1))
    assert "Ada Wolf" not in page_of(client, f"{base}/theke/")


def test_the_hand_over_page_shows_all_and_asks_for_no_money(branch, base, client, clerk):
    offer = factories.offer(branch, price="129.95", count=5)
    row = ready(factories.reservation((offer, 2), name="Lena Koch"), clerk, shelf="12")

    page = page_of(client, f"{base}/theke/{row.pk}/")

    assert "Lena Koch" in page
    assert f"{row.code[:4]} <small>{row.code[4:]}" in page
    assert "<strong>12</strong>" in page
    assert "Take it from compartment 12" in page
    assert "Ring up at your till<small>Nothing is recorded here." in page
    assert re.search(r'class="act-bar">.*type="submit" form="hand-over"', page, re.S)
    assert "€259.90" in page
    assert "lena.koch@example.de" not in page
    names = set(re.findall(r'name="(\w+)"', page))
    line = row.lines.get()
    assert names <= {
        "viewport", "robots", "csrfmiddlewaretoken", "client_id", f"taken_{line.pk}", "reason",
        "theme",
    }  # fmt: skip


def test_a_not_ready_one_can_be_made_ready_or_handed_over(branch, base, client):
    row = factories.reservation((factories.offer(branch), 1))

    page = page_of(client, f"{base}/theke/{row.pk}/")

    assert "Not ready yet." in page
    assert f"/{row.pk}/bereit/" in page
    assert f"/{row.pk}/uebergeben/" in page


def test_a_collected_one_says_when_and_by_whom(branch, base, client, clerk):
    row = factories.reservation((factories.offer(branch), 1))
    lifecycle.hand_over(reservation_id=row.pk, by=clerk, now=NOW)

    page = page_of(client, f"{base}/theke/{row.pk}/")

    assert "Already handed over" in page
    assert "today 14:05, by Jana Brandt." in page
    assert "uebergeben" not in page


def test_an_expired_one_can_be_made_ready_again_while_set_aside(branch, base, client, clerk, clock):
    row = ready(factories.reservation((factories.offer(branch), 1)), clerk)
    clock.shift(timedelta(days=9))
    tick.run(now=NOW + timedelta(days=9))

    page = page_of(client, f"{base}/theke/{row.pk}/")
    assert "The goods are still set aside." in page
    assert "wieder-bereit" in page

    lifecycle.shelve(reservation_id=row.pk, by=clerk, now=NOW + timedelta(days=9))
    page = page_of(client, f"{base}/theke/{row.pk}/")
    assert "wieder-bereit" not in page
    assert "a new reservation is needed" in page


def test_history_is_told_in_plain_words(branch, base, client, clerk):
    row = ready(factories.reservation((factories.offer(branch), 1)), clerk)
    lifecycle.cancel(reservation_id=row.pk, reason=EndReason.SHOPPER, by=Actor.shopper(), now=NOW)

    page = page_of(client, f"{base}/theke/{row.pk}/")

    for words in ("reserved · shopper", "confirmed · automatically", "set aside · Jana Brandt",
                  "cancelled · shopper", "The shopper cancelled."):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_counter_asks_constantly_often(
    number, branch, base, client, clerk, asking, django_assert_num_queries
):
    for each in range(number):
        offer = factories.offer(branch, count=9)
        mail = {"email": f"{each}@example.de"}
        factories.reservation((factories.offer(branch, **asking), 1), **mail)
        factories.reservation((offer, 1), **mail)
        ready(factories.reservation((offer, 1), **mail), clerk)
        back = ready(factories.reservation((offer, 1), **mail), clerk)
        lifecycle.cancel(reservation_id=back.pk, reason=EndReason.CLOSED, by=clerk, now=NOW)
        short = factories.offer(branch, count=2)
        factories.reservation((short, 1), **mail)
        counts.count_by_eye(offer_id=short.pk, on_shelf=0, by=clerk, now=NOW)
    with django_assert_num_queries(13):
        client.get(f"{base}/theke/")


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_one_asks_constantly_often(
    number, branch, base, client, clerk, django_assert_num_queries
):
    offers = [(factories.offer(branch), 1) for _each in range(number)]
    row = ready(factories.reservation(*offers), clerk)
    with django_assert_num_queries(11):
        client.get(f"{base}/theke/{row.pk}/")
