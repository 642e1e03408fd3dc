"""The table of prices and counts, what to count next, and what stays on the shop floor."""

import re
from datetime import timedelta

import pytest

from marketplace.core.domain.history import Actor
from shops.domain import counts
from shops.models import Branch, Offer
from tests import factories
from tests.factories import NOW


@pytest.fixture
def offer(branch, city):
    made = factories.product(city, "Blauer Becher")
    return factories.offer(branch, product=made, price="5.00", count=7, counted=timedelta(hours=2))


def cells(offer, price="5.00", shelf="7", seen_price="5.00", seen_shelf="7"):
    return {
        f"price_{offer.pk}": price, f"seen_price_{offer.pk}": seen_price,
        f"shelf_{offer.pk}": shelf, f"seen_shelf_{offer.pk}": seen_shelf,
    }  # fmt: skip


def numbers(offer):
    offer.refresh_from_db()
    return str(offer.price), offer.on_hand


def values(page):
    return dict(re.findall(r'name="((?:price|shelf)_\d+)" value="([^"]*)"', page))


def test_what_stands_there(base, client, offer):
    page = client.get(f"{base}/waren/tabelle/").content.decode()

    assert values(page) == {f"price_{offer.pk}": "5.00", f"shelf_{offer.pk}": "7"}
    german = client.get(f"{base.removeprefix('/en')}/waren/tabelle/").content.decode()
    assert values(german)[f"price_{offer.pk}"] == "5,00"


def test_one_submit_writes_what_changed(base, branch, client, offer):
    other = factories.offer(branch, count=4)
    said = cells(offer, price="6,50") | cells(other, price="129.95", seen_price="129.95",
                                               shelf="3", seen_shelf="4")  # fmt: skip
    answer = client.post(f"{base}/waren/tabelle/", said | {"q": "becher", "page": "2"})

    assert answer["Location"] == f"{base}/waren/tabelle/?q=becher&page=2"
    page = client.get(answer["Location"]).content.decode()
    assert "1 price saved. 1 article counted." in page
    assert numbers(offer) == ("6.50", 7)
    assert numbers(other) == ("129.95", 3)


def test_what_somebody_changed_meanwhile_is_told_beside_the_cell(base, client, offer):
    counts.count_by_eye(offer_id=offer.pk, on_shelf=9, by=Actor.system(), now=NOW)

    answer = client.post(f"{base}/waren/tabelle/", cells(offer, price="6.00", shelf="5"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Changed meanwhile: now 9, you wrote 5." in page
    assert "1 price saved." in page
    assert values(page) == {f"price_{offer.pk}": "6.00", f"shelf_{offer.pk}": "5"}
    assert numbers(offer) == ("6.00", 9)
    # The page sends what stands there now, so saving again keeps mine.
    seen = re.search(rf'name="seen_shelf_{offer.pk}" value="(\d+)"', page)
    again = cells(offer, price="6.00", seen_price="6.00", shelf="5", seen_shelf=seen[1])
    assert client.post(f"{base}/waren/tabelle/", again).status_code == 302
    assert numbers(offer) == ("6.00", 5)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"price": "zwölf"}, "This is not a price."),
        ({"price": ""}, "This is not a price."),
        ({"price": "0"}, "Please enter a price above 0 €."),
        ({"shelf": "-3"}, "Please enter a whole number from 0 to 1,000,000."),
        ({"shelf": "1,5"}, "Please enter a whole number from 0 to 1,000,000."),
        ({"shelf": "9999999"}, "Please enter a whole number from 0 to 1,000,000."),
    ],
)
def test_errors_stand_beside_their_cell_and_nothing_is_lost(base, client, offer, wrong, sentence):
    (column, value) = next(iter(wrong.items()))
    answer = client.post(f"{base}/waren/tabelle/", cells(offer, **wrong))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert sentence in page
    assert values(page)[f"{column}_{offer.pk}"] == value
    assert f'aria-describedby="{column}_{offer.pk}_told"' in page
    assert numbers(offer) == ("5.00", 7)


def test_cells_of_others_are_nobodys(base, shop, client, offer):
    foreign = factories.offer(factories.branch(shop, "Vorsfelde"), price="5.00", count=7)

    client.post(f"{base}/waren/tabelle/", cells(foreign, price="1.00", shelf="1"))
    assert numbers(foreign) == ("5.00", 7)


@pytest.mark.parametrize("name", ["price_", "price_x", f"price_{2**80}", "shelf_0", "price_7\0"])
def test_names_that_cannot_be(base, client, offer, name):
    said = {name: "1", f"seen_{name}": ""}
    assert client.post(f"{base}/waren/tabelle/", said).status_code == 302


# --- what to count next ---------------------------------------------------------------------------


def titles(page):
    return re.findall(r'<h2 class="goods__title"><a [^>]*>(.*?)</a></h2>', page)


def test_short_goods_come_first_with_those_who_wait(base, branch, client, city):
    made = {
        title: factories.offer(
            branch,
            product=factories.product(city, title),
            price=price,
            count=3,
            counted=timedelta(days=age),
        )
        for title, price, age in (("Alt", "9", 90), ("Teuer", "90", 90), ("Zu wenig", "1", 0))
    }
    factories.offer(branch, product=factories.product(city, "Frisch"), count=3)
    row = factories.reservation((made["Zu wenig"], 3), name="Lena Koch")
    Offer.objects.filter(pk=made["Zu wenig"].pk).update(on_hand=1)

    page = client.get(f"{base}/waren/nachzaehlen/").content.decode()
    assert titles(page) == ["Zu wenig", "Teuer", "Alt"]
    assert f"/theke/{row.pk}/" in page
    assert "Lena Koch" in page
    # One has come to count: the field is open, and leads back here.
    said = {"on_shelf": "4", "back": "recount"}
    done = client.post(f"{base}/waren/{made['Teuer'].pk}/zaehlen/", said)
    assert done["Location"].startswith(f"{base}/waren/nachzaehlen/")
    assert titles(client.get(done["Location"]).content.decode()) == ["Zu wenig", "Alt"]


def test_nothing_to_count_says_so(base, client, branch):
    factories.offer(branch, count=3)

    page = client.get(f"{base}/waren/nachzaehlen/").content.decode()
    assert "Every count is fresh" in page


# --- kept for the shop floor ----------------------------------------------------------------------


def test_so_many_stay_on_the_shop_floor(base, client, offer):
    answer = client.post(f"{base}/waren/{offer.pk}/behalten/", {"buffer": "2"})

    page = client.get(answer["Location"]).content.decode()
    assert "Blauer Becher: 2 stay on the shop floor." in page
    assert "Kept for the shop floor" in page
    offer.refresh_from_db()
    assert offer.free == 5


@pytest.mark.parametrize("bad", ["", "-1", "1001", "x"])
def test_that_many_cannot_be_kept(base, client, offer, bad):
    for path in (f"{offer.pk}/behalten/", "behalten/"):
        answer = client.post(f"{base}/waren/{path}", {"buffer": bad})
        assert answer.status_code == 422
        assert "Please enter a whole number from 0 to 1,000." in answer.content.decode()


def test_the_branchs_default(base, client, offer, branch):
    answer = client.post(f"{base}/waren/behalten/", {"buffer": "1", "follow": "on"})

    page = client.get(answer["Location"]).content.decode()
    assert "Saved. 1 article on the shelf has changed." in page
    assert Branch.objects.get(pk=branch.pk).buffer == 1
    offer.refresh_from_db()
    assert offer.buffer == 1


def test_low_stock_is_said_and_can_be_listed(base, client, branch, city):
    bread = factories.category("Brot", turnover=2.0)
    made = factories.product(city, "Roggenbrot", category=bread)
    factories.offer(branch, product=made, count=20)
    factories.offer(branch, count=500)

    page = client.get(f"{base}/waren/?show=low").content.decode()
    assert titles(page) == ["Roggenbrot"]
    assert "the rest lasts no week" in page
