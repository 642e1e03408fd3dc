"""The list of a branch's own goods, and what a member says about its numbers."""

import re
import uuid

import pytest

from marketplace.reservations.domain import lifecycle
from shops.models import Movement
from tests import factories
from tests.factories import NOW


@pytest.fixture
def offer(branch, city):
    return factories.offer(branch, product=factories.product(city, "Blauer Becher"), count=5)


def page_of(client, base, query=""):
    answer = client.get(f"{base}/waren/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def titles(page):
    return re.findall(r'<h2 class="goods__title"><a [^>]*>(.*?)</a></h2>', page)


def post(client, base, offer, act, **fields):
    return client.post(f"{base}/waren/{offer.pk}/{act}/", fields)


def step(client, base, offer, units, client_id=None):
    return post(client, base, offer, "anpassen", units=units, client_id=client_id or uuid.uuid4())


def on_hand(offer):
    offer.refresh_from_db()
    return offer.on_hand


def test_each_article_shows_its_numbers(branch, base, client, clerk, offer):
    row = factories.reservation((offer, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=clerk, now=NOW)
    factories.reservation((offer, 1))

    page = page_of(client, base)

    assert titles(page) == ["Blauer Becher"]
    assert re.findall(r"<dd>(\d+)</dd>", page) == ["5", "3", "2"]
    assert "€129.95" in page
    assert "In stock, 2 left" in page
    assert "counted 30 minutes ago" in page
    assert "plus 2 set aside" in page


def test_only_goods_of_this_branch_are_listed(shop, base, client, offer, city):
    factories.offer(
        factories.branch(shop, "Vorsfelde"), product=factories.product(city, "Roter Hut")
    )

    assert titles(page_of(client, base)) == ["Blauer Becher"]


def test_an_empty_branch_says_so(base, branch, client):
    assert "This branch has no goods yet" in page_of(client, base)


@pytest.mark.parametrize("text", ["becher", "BLAU", "A-77", "becher blauer"])
def test_search_finds_title_and_number(branch, base, client, offer, city, text):
    type(offer).objects.filter(pk=offer.pk).update(sku="A-77")
    factories.offer(branch, product=factories.product(city, "Roter Hut"))

    assert titles(page_of(client, base, f"?q={text}")) == ["Blauer Becher"]


@pytest.mark.parametrize("text", ["%22", "%25", "_", "x" * 1999, "%20", "ß&show=nonsense&page=x"])
def test_search_for_nonsense_is_no_error(base, client, offer, text):
    page_of(client, base, f"?q={text}")


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "9" * 50, "½"])
def test_a_page_that_is_not_there_is_the_nearest(base, client, offer, page):
    assert titles(page_of(client, base, f"?page={page}")) == ["Blauer Becher"]


def test_filters_show_what_wants_attention(branch, base, client, clerk, city):
    def made(title, **fields):
        return factories.offer(branch, product=factories.product(city, title), **fields)

    made("Gut", count=5)
    made("Weg", count=0)
    made("Ungezählt", count=None)
    short = made("Zu wenig", count=3)
    row = factories.reservation((short, 3))
    type(short).objects.filter(pk=short.pk).update(on_hand=1)
    doubt = made("Zweifel", count=3)
    line = factories.reservation((doubt, 2), email="b@example.de").lines.get()
    lifecycle.mark_ready(reservation_id=line.reservation_id, found={line.pk: 1}, by=clerk, now=NOW)

    assert titles(page_of(client, base, "?show=sold-out")) == ["Weg", "Zu wenig"]
    assert titles(page_of(client, base, "?show=unknown")) == ["Ungezählt"]
    assert titles(page_of(client, base, "?show=short")) == ["Zu wenig"]
    assert titles(page_of(client, base, "?show=recount")) == ["Zweifel"]
    assert len(titles(page_of(client, base))) == 5
    assert row.pk


def test_fifty_a_page(branch, base, client, city):
    product = factories.product(city, "Sammelbild")
    for _each in range(51):
        factories.offer(branch, product=factories.product(city, "Sammelbild"), count=None)
    assert product.pk

    assert len(titles(page_of(client, base))) == 50
    assert len(titles(page_of(client, base, "?page=2"))) == 1


def test_one_more_and_one_less(base, client, offer):
    step(client, base, offer, 1)
    assert on_hand(offer) == 6
    step(client, base, offer, -1)
    step(client, base, offer, -1)
    assert on_hand(offer) == 4


def test_a_double_tap_counts_once(base, client, offer):
    same = uuid.uuid4()
    for _tap in range(3):
        assert step(client, base, offer, -1, same).status_code == 302

    assert on_hand(offer) == 4
    assert Movement.objects.filter(offer=offer, reason="ADJUST").count() == 1


def test_below_none_is_refused_and_may_be_tried_again(base, client, clerk, offer):
    same = uuid.uuid4()
    post(client, base, offer, "ausverkauft")

    refused = step(client, base, offer, -1, same)
    assert refused.status_code == 409
    assert "Blauer Becher: There cannot be fewer than none." in refused.content.decode()

    step(client, base, offer, 1)
    assert step(client, base, offer, -1, same).status_code == 302
    assert on_hand(offer) == 0


@pytest.mark.parametrize("units", ["0", "2", "1e9", "½", "", "\0"])
def test_other_steps_do_not_exist(base, client, offer, units):
    answer = step(client, base, offer, units)

    assert answer.status_code == 422
    assert on_hand(offer) == 5


def test_steps_on_unknown_stock_ask_for_a_count(base, client, offer):
    post(client, base, offer, "ungezaehlt")
    assert on_hand(offer) is None

    answer = step(client, base, offer, 1)
    assert answer.status_code == 409
    assert "Please count these goods first." in answer.content.decode()


def test_counting_the_shelf_adds_what_is_set_aside(base, client, clerk, offer):
    row = factories.reservation((offer, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=clerk, now=NOW)

    answer = post(client, base, offer, "zaehlen", on_shelf="7")

    assert answer.status_code == 302
    assert on_hand(offer) == 9


def test_an_empty_shelf_leaves_what_is_set_aside(base, client, clerk, offer):
    row = factories.reservation((offer, 2))
    lifecycle.mark_ready(reservation_id=row.pk, shelf="1", by=clerk, now=NOW)

    post(client, base, offer, "ausverkauft")

    assert on_hand(offer) == 2


@pytest.mark.parametrize("bad", ["", "-1", "1e9", "1000001", "½", "1,5", "9" * 5000, "\0"])
def test_counts_that_cannot_be_are_asked_for_again(base, client, offer, bad):
    answer = post(client, base, offer, "zaehlen", on_shelf=bad)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Please enter a whole number from 0 to 1,000,000." in page
    assert re.search(r'<details class="more" open>', page)
    assert on_hand(offer) == 5


def test_one_comes_back_to_the_same_place_of_the_list(base, client, offer):
    place = {"q": "becher", "show": "sold-out", "page": "2"}

    answer = post(client, base, offer, "ausverkauft", **place)

    assert answer["Location"] == (f"{base}/waren/?q=becher&show=sold-out&page=2#offer-{offer.pk}")
    page = client.get(answer["Location"]).content.decode()
    assert "Blauer Becher: 0 in the shop." in page


def test_the_place_is_not_a_way_out(base, client, offer):
    place = {"q": "https://example.org/", "show": "//example.org", "page": "x"}

    answer = post(client, base, offer, "ausverkauft", **place)

    assert answer["Location"].startswith(f"{base}/waren/?q=https%3A")
    assert "show" not in answer["Location"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_constantly_often(number, branch, base, client, django_assert_num_queries):
    for _each in range(number):
        factories.offer(branch)
    with django_assert_num_queries(12):
        client.get(f"{base}/waren/")
