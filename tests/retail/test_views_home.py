"""The way in, and what must happen now."""

import pytest
from django.test import Client

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


def test_the_home_says_what_must_happen(shop, branch, client, clerk, asking):
    request = factories.reservation((factories.offer(branch, **asking), 1), name="Paul Albrecht")
    sure = factories.offer(branch, count=3)
    factories.reservation((sure, 2))
    counts.count_by_eye(offer_id=sure.pk, on_shelf=1, by=clerk, now=NOW)

    page = client.get(f"/en/haendler/{shop.slug}/").content.decode()

    assert "Paul Albrecht" in page
    assert "answer by today 15:05" in page
    assert f"/theke/{request.pk}/" in page
    assert "1 reservation to find" in page
    assert "1 article: reserved more than there is" in page
    assert "Open until 19:00" in page


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
