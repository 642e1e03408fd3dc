"""Lists of goods: filters, their counts, order, parts, pages, and input nobody expected."""

import html
import re
from datetime import time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.core.domain.history import Actor
from shops import forms
from shops.domain import catalogue, counts, queries
from shops.domain.facets import Wanted
from shops.domain.queries import Order, Part, results
from shops.models import Offer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _thursday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def city():
    return factories.city()


@pytest.fixture
def middle(city):
    return factories.branch(factories.shop(city, "Laufwerk"), quarter="Stadtmitte")


@pytest.fixture
def outside(city):
    """Closed on Thursdays, so nothing of it can be had today."""
    branch = factories.branch(factories.shop(city, "Bergzeit"), quarter="Vorsfelde")
    factories.week(branch, *[(day, time(9), time(19)) for day in (0, 1, 2, 4, 5)])
    return branch


def sized(city, title: str, **branches_by_size) -> None:
    """A product with sizes: `_43=(branch, count)`."""
    product = catalogue.create_product(city=city, shop=None, title=title)
    for position, (size, places) in enumerate(branches_by_size.items()):
        variant = catalogue.create_variant(
            product=product,
            options=[["Größe", size.strip("_").replace("_", ",")]],
            position=position,
        )
        for branch, count in places:
            offer = catalogue.create_offer(
                branch=branch, variant=variant, price=Decimal("10.00"), now=NOW
            )
            counts.count_by_eye(offer_id=offer.pk, on_shelf=count, by=Actor.system(), now=NOW)
    catalogue.finish_product(product=product, now=factories.NOW)


@pytest.fixture
def town(city, middle, outside):
    """One of everything: there today, there tomorrow, to ask for, gone, two shops, sizes."""
    factories.offer(middle, product=factories.product(city, "Ahle Wurst"), price="5.00")
    factories.offer(outside, product=factories.product(city, "Bergschuh"), price="90.00")
    factories.offer(middle, product=factories.product(city, "Creme"), count=None, price="12.00")
    factories.offer(middle, product=factories.product(city, "Dose"), count=0, price="3.00")
    both = factories.product(city, "Eimer")
    factories.offer(outside, product=both, price="7.00")
    factories.offer(middle, product=both, price="8.00")
    old = factories.offer(middle, product=factories.product(city, "Feder"), price="1.50")
    Offer.objects.filter(pk=old.pk).update(sure_until=None)  # probably there
    sized(city, "Gummistiefel", _43=[(outside, 3)], _44=[(middle, 3), (outside, 3)])
    return city


def titles(found, *parts: Part) -> list[str]:
    return [
        group.product.title
        for shelf in found.shelves
        if not parts or shelf.part in parts
        for group in shelf.groups
    ]


def search(city, **wanted):
    return queries.search(city=city, wanted=Wanted(**wanted), now=NOW)


# --- order and parts ------------------------------------------------------------------------------


def test_earliest_collection_comes_first_then_price_and_name(town):
    found = search(town)
    assert found.order == Order.COLLECTION
    assert titles(found, Part.THERE) == [
        "Ahle Wurst",  # today 14:35, 5 euros
        "Eimer",  # today 14:35 at the dearer shop
        "Gummistiefel",
        "Feder",  # the shop has to answer first
        "Bergschuh",  # tomorrow
    ]


def test_what_one_asks_for_and_what_is_gone_stand_apart(town):
    found = search(town)
    assert [shelf.part for shelf in found.shelves] == [Part.THERE, Part.ASK, Part.GONE]
    assert titles(found, Part.ASK) == ["Creme"]
    assert titles(found, Part.GONE) == ["Dose"]


def test_goods_that_carry_the_word_in_their_name_come_first(town, middle, city):
    late = factories.branch(factories.shop(city, "Spät"), lead_minutes=200)
    factories.offer(late, product=factories.product(city, "Leiter für Eimer"))
    factories.offer(middle, product=factories.product(city, "Aufhänger", text="für jeden Eimer"))
    assert titles(search(town, text="eimer")) == ["Eimer", "Leiter für Eimer", "Aufhänger"]


def test_shops_of_one_product_stand_by_collection(town):
    (group,) = [g for s in search(town).shelves for g in s.groups if g.product.title == "Eimer"]
    assert [row.shop.name for row in group.rows] == ["Laufwerk", "Bergzeit"]


def test_three_shops_are_shown_and_the_rest_is_counted(client: Client, city):
    product = factories.product(city, "Überall")
    for number, price in enumerate(("10.00", "11.00", "12.00", "14.00", "13.00")):
        branch = factories.branch(factories.shop(city, f"Laden {number}"))
        factories.offer(branch, product=product, price=price)
    page = text_of(client.get("/en/suche/"))
    assert page.count('class="result"') == 3
    assert "2 more shops, from €13.00" in page


# --- filters --------------------------------------------------------------------------------------

FILTERS = [
    ({"today": True}, {"Ahle Wurst", "Eimer", "Gummistiefel", "Feder"}),
    ({"open": True}, {"Ahle Wurst", "Creme", "Eimer", "Gummistiefel", "Feder"}),
    ({"sure": True}, {"Ahle Wurst", "Bergschuh", "Eimer", "Gummistiefel"}),
    ({"quarter": "Vorsfelde"}, {"Bergschuh", "Eimer", "Gummistiefel"}),
    ({"least": Decimal("8.00")}, {"Bergschuh", "Creme", "Eimer", "Gummistiefel"}),
    ({"most": Decimal("5.00")}, {"Ahle Wurst", "Dose", "Feder"}),
    ({"least": Decimal(5), "most": Decimal("7.00")}, {"Ahle Wurst", "Eimer"}),
    ({"options": frozenset({("Größe", "43")})}, {"Gummistiefel"}),
    ({"options": frozenset({("Größe", "4")})}, set()),
    # One and the same offer has to fit: 43 is only where nothing can be collected today.
    ({"options": frozenset({("Größe", "43")}), "today": True}, set()),
    ({"options": frozenset({("Größe", "44")}), "today": True}, {"Gummistiefel"}),
    ({"options": frozenset({("Größe", "43"), ("Größe", "44")}), "today": True}, {"Gummistiefel"}),
    ({"quarter": "Vorsfelde", "today": True}, set()),
    ({"quarter": "Nirgends"}, set()),
    ({"today": True, "least": Decimal("7.50"), "most": Decimal("7.90")}, set()),
]


def _id(value) -> str:
    return "-".join(map(str, value)) if isinstance(value, dict) else ""


@pytest.mark.parametrize(("wanted", "expected"), FILTERS, ids=_id)
def test_filters_leave_what_fits(town, wanted, expected):
    found = search(town, **wanted)
    besides = set(titles(found, Part.ASK)) if wanted.get("today") else set()
    assert set(titles(found)) - besides == expected
    assert found.found == len(expected)


@pytest.mark.parametrize(("wanted", "expected"), FILTERS, ids=_id)
def test_long_lists_are_filtered_alike(town, monkeypatch, wanted, expected):
    monkeypatch.setattr(results, "COUNTED", 0)
    found = search(town, **wanted)
    assert found.order == Order.NAME
    assert titles(found) == sorted(expected)
    assert found.found == len(expected)
    assert found.facets.today.count is None


def test_todays_goods_are_followed_by_those_one_may_ask_for(town):
    found = search(town, today=True)
    assert titles(found, Part.ASK) == ["Creme"]
    assert "Creme" not in titles(found, Part.THERE)
    assert titles(search(town, today=True, sure=True), Part.ASK) == []


def test_only_fitting_shops_stand_below_a_product(town):
    found = search(town, quarter="Vorsfelde")
    rows = [row for shelf in found.shelves for group in shelf.groups for row in group.rows]
    assert {row.branch.quarter for row in rows} == {"Vorsfelde"}


@pytest.mark.parametrize(
    "chosen", [{}, {"today": True}, {"quarter": "Stadtmitte"}, {"sure": True, "open": True}]
)
def test_each_filter_says_how_many_it_leaves(town, chosen):
    """The number beside a box is what one finds after ticking it."""
    shown = search(town, text="e", **chosen)  # words: only then are options offered
    facets = shown.facets
    expected = {
        ("today", True): facets.today.count,
        ("open", True): facets.open.count,
        ("sure", True): facets.sure.count,
    }
    expected |= {("quarter", tick.value): tick.count for tick in facets.quarters}
    expected[("quarter", "")] = facets.anywhere.count
    for (name, value), count in expected.items():
        assert search(town, text="e", **(chosen | {name: value})).found == count, name


def test_options_are_offered_in_the_order_of_sizes(city, middle):
    sized(city, "Stiefel", _44=[(middle, 1)], _9=[(middle, 1)], _43_5=[(middle, 1)])
    sized(city, "Stiefel lang", _44=[(middle, 1)], _43=[(middle, 0)])
    (option,) = search(city, text="stiefel").facets.options
    assert option.name == "Größe"
    assert [(tick.label, tick.count) for tick in option.ticks] == [
        ("9", 1), ("43", 1), ("43,5", 1), ("44", 2),
    ]  # fmt: skip
    assert search(city).facets.options == []  # all goods of a town have no size in common


def test_nothing_of_another_city(town):
    far = factories.city("Braunschweig", host="braunschweig.localhost")
    there = factories.branch(factories.shop(far, "Fern"), quarter="Dom")
    factories.offer(there, product=factories.product(far, "Fremdes"))
    found = search(town, today=True)
    assert "Fremdes" not in titles(found)
    assert "Dom" not in [tick.value for tick in found.facets.quarters]
    assert titles(search(far, today=True)) == ["Fremdes"]


# --- the page -------------------------------------------------------------------------------------


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_filters_come_from_the_address_and_go_again(client: Client, town):
    page = text_of(client.get("/en/suche/", {"heute": "1", "wo": "Stadtmitte", "q": "eimer"}))
    assert "1 product for “eimer”, collectable today" in page
    assert re.search(r'name="heute" value="1" checked', page)
    assert re.search(r'name="wo" value="Stadtmitte" checked', page)
    assert "Filter (2)" in page
    back = html.unescape(re.search(r'chip--chosen" href="([^"]+)"', page)[1])
    assert "heute" not in back
    assert "wo=Stadtmitte" in back
    assert "q=eimer" in back


def test_ranking_is_one_click_from_every_list(client: Client, town):
    for path in ("/en/suche/", "/en/suche/?q=eimer", "/en/laeden/", "/en/laden/laufwerk/"):
        assert 'href="/en/suche/so-sortieren-wir/"' in text_of(client.get(path)), path
    assert "more than 400 products" in text_of(client.get("/en/suche/so-sortieren-wir/"))


def test_filters_that_leave_nothing_can_be_taken_back(client: Client, town):
    page = text_of(client.get("/en/suche/", {"q": "bergschuh", "heute": "1"}))
    assert "With these filters there is nothing" in page
    assert "Without filters there is 1 product." in page
    assert 'href="?q=bergschuh"' in page


def test_what_is_on_no_shelf_has_near_words(client: Client, town):
    page = text_of(client.get("/en/suche/", {"q": "Gumistifel"}))
    assert "“Gumistifel” is on no shelf today" in page
    assert 'href="?q=gummistiefel"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize(
    "query",
    [
        {"q": '"'},
        {"q": "%"},
        {"q": "_"},
        {"q": "\0"},
        {"q": "a\0b"},
        {"q": "x" * 10_000},
        {"q": "eimer " * 2_000},
        {"q": "'; DROP TABLE shops_offer; --"},
        {"q": "<script>alert(1)</script>"},
        {"q": "\ud83e\udd16".encode("utf-16", "surrogatepass").decode("utf-16")},
        {"heute": "ja", "offen": "\0", "sicher": ["1", "1"]},
        {"wo": "\0"},
        {"wo": "x" * 10_000},
        {"von": "abc", "bis": "-3"},
        {"von": "9" * 400, "bis": "NaN"},
        {"von": "1e9", "bis": "Infinity"},
        {"von": "\0"},
        {"wahl": ["", ":", "Größe", "Größe:", ":43", "Größe:\0"]},
        {"wahl": ["Größe:" + "4" * 10_000] * 200},
        {"kategorie": "\0"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "9" * 40},
        {"page": "\0"},
    ],
)
@pytest.mark.parametrize("counted", [0, 400])
def test_strange_input_is_answered_kindly(client: Client, town, monkeypatch, query, counted):
    monkeypatch.setattr(results, "COUNTED", counted)
    answer = client.get("/en/suche/", query)
    is_refused = any("\0" in text or len(text) > 2_000 for text in _texts(query))
    assert answer.status_code == (400 if is_refused else 200)  # the guard at the door
    page = answer.content.decode()
    assert page.count("<h1") == 1
    assert "<script>alert" not in page


@pytest.mark.parametrize("name", ["q", "wo", "von", "bis", "wahl", "kategorie", "page", "heute"])
def test_nothing_unprintable_and_nothing_endless_reaches_the_database(town, name):
    """Also where no guard stands before the form."""
    for text in ("\0", "Größe:4\0", "\ud800x", "x" * 10_000, "Größe:" + "x" * 10_000):
        data = QueryDict(mutable=True)
        data.setlist(name, [text] * 30)
        wanted = forms.query(data)
        for value in (wanted.text, wanted.quarter, wanted.category, *sum(wanted.options, ())):
            assert value.isprintable()
            assert len(value) <= 160
        assert len(wanted.options) <= 20
        assert queries.search(city=town, wanted=wanted, now=NOW).page.number == 1


def _texts(query: dict) -> list[str]:
    return [t for each in query.values() for t in (each if isinstance(each, list) else [each])]


def test_a_percent_sign_is_not_a_joker(client: Client, town):
    assert "is on no shelf today" in text_of(client.get("/en/suche/", {"q": "%"}))


def test_pages_are_cut_after_the_order_and_hold_everything_once(city, middle):
    for number in range(30):
        factories.offer(
            middle, product=factories.product(city, f"Ware {number:02}"), price=f"{90 - number}.00"
        )
    first, second = search(city), search(city, page=2)
    assert len(titles(first)) == queries.PER_PAGE
    assert titles(first)[0] == "Ware 29"  # the cheapest of those collected at the same time
    assert len({*titles(first), *titles(second)}) == 30
    assert titles(search(city, page=99)) == titles(second)


@pytest.mark.parametrize("counted", [0, 400])
@pytest.mark.parametrize("query", ["", "?q=ware&heute=1", "?heute=1&wo=A&von=1&wahl=Größe:43"])
def test_a_page_costs_at_most_twelve_queries(client: Client, city, monkeypatch, counted, query):
    monkeypatch.setattr(results, "COUNTED", counted)
    costs = []
    for number in range(3):
        branch = factories.branch(factories.shop(city, f"Laden {number}"), quarter="AB"[number % 2])
        factories.offer(branch, product=factories.product(city, f"Ware {number}"))
        sized(city, f"Ware mit Größe {number}", _43=[(branch, 3)])
        client.get(f"/suche/{query}")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/suche/{query}").status_code == 200
        costs.append(len(asked))
    assert costs[-1] == costs[-2], costs
    assert max(costs) <= 12, costs


def test_a_branch_that_opens_again_is_found_at_once(town, outside):
    assert "Bergschuh" not in titles(search(town, today=True))
    tomorrow = NOW + timedelta(days=1)
    found = queries.search(city=town, wanted=Wanted(today=True), now=tomorrow)
    assert "Bergschuh" in titles(found, Part.THERE)
