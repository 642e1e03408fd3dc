"""The way in, and what must happen now."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from marketplace.core.errors import Stale
from marketplace.reservations.domain import lifecycle
from shops.domain import counts
from shops.models import Member
from tests import factories
from tests.factories import NOW


def test_a_single_branch_leads_straight_to_its_counter(branch, base, client):
    answer = client.get("/en/haendler/")

    assert answer.status_code == 302
    assert answer["Location"] == f"{base}/theke/"


def test_several_branches_are_listed_and_only_mine(shop, branch, client, city):
    factories.branch(shop, "Vorsfelde")
    factories.branch(factories.shop(city, "Fremdes"), "Nirgends")

    page = client.get("/en/haendler/").content.decode()

    assert "Mitte" in page
    assert "Vorsfelde" in page
    assert "Fremdes" not in page


def test_who_works_nowhere_is_told_so(city):
    client = Client()
    client.force_login(factories.user("Ohne Laden"))

    answer = client.get("/en/haendler/")

    assert answer.status_code == 200
    assert "You do not work in any shop here yet" in answer.content.decode()


def test_shops_of_another_city_do_not_show(shop, branch, user, client):
    elsewhere = factories.shop(factories.city("Braunschweig", host="bs.example"), "Anderswo")
    factories.branch(elsewhere)
    Member.objects.create(user=user, shop=elsewhere, role="OWNER")

    assert client.get("/en/haendler/").status_code == 302


def home_of(client, shop):
    answer = client.get(f"/en/haendler/{shop.slug}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_home_says_what_must_happen(shop, branch, client, clerk, asking):
    request = factories.reservation((factories.offer(branch, **asking), 1), name="Paul Albrecht")
    sure = factories.offer(branch, count=3)
    factories.reservation((sure, 2))
    counts.count_by_eye(offer_id=sure.pk, on_shelf=1, by=clerk, now=NOW)

    page = home_of(client, shop)

    assert "Good day, Jana Brandt" in page
    assert "Paul Albrecht" in page
    assert "answer by today 15:05" in page
    assert f"/theke/{request.pk}/" in page
    assert "1 reservation to find" in page
    assert "1 article: reserved more than there is" in page
    assert "Today 09:00–19:00" in page
    assert "open now" in page
    # One filled button in the list: what comes first.
    tasks = re.search(r'<ul class="tasks">.*?</ul>', page, re.S).group()
    assert re.findall(r'class="(button[\w -]*)"', tasks).count("button") == 1
    assert tasks.index('class="button"') < tasks.index("1 reservation to find")


@pytest.mark.parametrize(
    ("hour", "greeting"), [(8, "Good morning"), (14, "Good day"), (19, "Good evening")]
)
def test_it_greets_by_the_towns_clock(shop, branch, client, clock, hour, greeting):
    clock.move_to(NOW.replace(hour=hour - 1))

    assert f"{greeting}, Jana Brandt" in home_of(client, shop)


def test_before_opening_it_says_when_the_door_opens(shop, branch, client, clock):
    clock.move_to(NOW.replace(hour=7))

    page = home_of(client, shop)

    assert "Before opening" in page
    assert "opens today 09:00" in page


def test_several_branches_stand_below_their_names(shop, branch, client):
    factories.branch(shop, "Vorsfelde")
    factories.reservation((factories.offer(branch), 1))

    page = home_of(client, shop)

    assert re.findall(r'<h2 id="branch-\d+">(.*?)</h2>', page) == ["Mitte", "Vorsfelde"]
    assert page.count("1 reservation to find") == 2  # the row, and its button for readers


# What is worth counting ---------------------------------------------------------------------------


def worth(page):
    return re.findall(r'<label for="count-shelf_(\d+)">', page)


def test_counting_is_asked_for_where_people_want_what_is_in_doubt(shop, branch, client, asking):
    wanted = factories.offer(branch, **asking)
    factories.reservation((wanted, 1))
    factories.offer(branch, **asking)  # in doubt, and nobody wants it
    sure = factories.offer(branch, count=9)
    factories.reservation((sure, 1))

    page = home_of(client, shop)

    assert worth(page) == [str(wanted.pk)]
    assert "counted 20 days ago" in page
    assert "reserved 1 time in four weeks" in page


def test_what_is_short_is_counted_first(shop, branch, client, clerk, asking):
    wanted = factories.offer(branch, **asking)
    for number in range(2):
        factories.reservation((wanted, 1), email=f"{number}@example.de")
    short = factories.offer(branch, count=3)
    factories.reservation((short, 2))
    counts.count_by_eye(offer_id=short.pk, on_shelf=1, by=clerk, now=NOW)

    assert worth(home_of(client, shop)) == [str(short.pk), str(wanted.pk)]


def test_without_doubts_it_says_so(shop, branch, client):
    factories.offer(branch)

    assert "Nothing is in doubt." in home_of(client, shop)


def shelves(client, shop, **fields):
    return client.post(f"/en/haendler/{shop.slug}/zaehlen/", fields, follow=True)


def test_several_shelves_are_counted_at_once(shop, branch, client):
    one, two, untouched = (factories.offer(branch, count=5) for _each in range(3))

    fields = {f"shelf_{one.pk}": "3", f"shelf_{two.pk}": "0", f"shelf_{untouched.pk}": ""}
    answer = shelves(client, shop, **fields)

    assert "2 articles counted." in answer.content.decode()
    for offer, number in ((one, 3), (two, 0), (untouched, 5)):
        offer.refresh_from_db()
        assert offer.on_hand == number


def test_a_number_that_cannot_be_counts_nothing(shop, branch, client):
    one, two = (factories.offer(branch, count=5) for _each in range(2))

    answer = shelves(client, shop, **{f"shelf_{one.pk}": "3", f"shelf_{two.pk}": "-1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Please enter a whole number from 0 to 1,000,000." in page
    assert 'value="3"' in page
    one.refresh_from_db()
    assert one.on_hand == 5


def test_a_count_that_is_refused_counts_nothing(shop, branch, client, monkeypatch):
    one, two = (factories.offer(branch, count=5) for _each in range(2))
    count = counts.count_by_eye

    def refusing(*, offer_id, **facts):
        if offer_id == two.pk:
            raise Stale("Somebody counted this just now.", code="stale")
        return count(offer_id=offer_id, **facts)

    monkeypatch.setattr(counts, "count_by_eye", refusing)
    answer = shelves(client, shop, **{f"shelf_{one.pk}": "3", f"shelf_{two.pk}": "4"})

    assert answer.status_code == 409
    assert "Somebody counted this just now." in answer.content.decode()
    one.refresh_from_db()
    assert one.on_hand == 5


@pytest.mark.parametrize(
    "fields", [{}, {"shelf_": "1"}, {"shelf_x": "1"}, {"shelf_" + "9" * 40: "1"}]
)
def test_nothing_counted_is_asked_for_again(shop, branch, client, fields):
    answer = shelves(client, shop, **fields)

    assert answer.status_code == 422
    assert "Please write down at least one number." in answer.content.decode()


def test_shelves_of_others_are_not_listened_to(shop, branch, client, city):
    foreign = factories.offer(factories.branch(factories.shop(city, "Fremdes")), count=5)

    assert shelves(client, shop, **{f"shelf_{foreign.pk}": "1"}).status_code == 422
    foreign.refresh_from_db()
    assert foreign.on_hand == 5


# The last days ------------------------------------------------------------------------------------


def test_the_last_opening_days_are_drawn_and_told(shop, branch, client, clerk):
    offer = factories.offer(branch, count=20)
    monday, sunday = NOW - timedelta(days=3), NOW - timedelta(days=4)
    rows = [
        factories.reservation((offer, 1), now=monday, email=f"{number}@example.de")
        for number in range(3)
    ]
    lifecycle.hand_over(reservation_id=rows[0].pk, by=clerk, now=monday)
    factories.reservation((offer, 1), now=sunday, email="s@example.de")
    factories.reservation((offer, 1), email="today@example.de")

    page = home_of(client, shop)

    told = re.findall(r'<th scope="row">(\w+)</th><td>(\d+)</td><td>(\d+)</td>', page)
    assert told == [
        ("Friday", "0", "0"), ("Saturday", "0", "0"), ("Monday", "3", "1"),
        ("Tuesday", "0", "0"), ("Wednesday", "0", "0"),
    ]  # fmt: skip
    assert "1 of 3" in page
    heights = re.findall(r'class="chart__(outline|filling)"[^>]*height="(\d+)"', page)
    assert heights[4:6] == [("outline", "112"), ("filling", "37")]


def test_days_without_reservations_say_so(shop, branch, client):
    assert "Nothing was reserved on these days." in home_of(client, shop)


def test_a_quiet_branch_says_so(shop, branch, client):
    assert (
        "Nothing waits for you here." in client.get(f"/en/haendler/{shop.slug}/").content.decode()
    )


@pytest.mark.parametrize("number", [1, 3])
def test_the_home_asks_constantly_often(
    number, shop, branch, client, asking, django_assert_num_queries
):
    for each in range(number):
        here = branch if each == 0 else factories.branch(shop, f"Filiale {each}")
        for _more in range(number):
            factories.reservation(
                (factories.offer(here, **asking), 1), email=f"{each}.{_more}@example.de"
            )
    with django_assert_num_queries(14):
        client.get(f"/en/haendler/{shop.slug}/")


@pytest.mark.parametrize("number", [2, 4])
def test_the_list_of_shops_asks_constantly_often(number, shop, client, django_assert_num_queries):
    for each in range(number):
        factories.branch(shop, f"Filiale {each}")
    with django_assert_num_queries(5):
        client.get("/en/haendler/")
