"""Living blocks: what is there now, refilled when it goes, and nobody else's."""

import re
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from cms.domain import living, pages, queries
from cms.models import CampaignIndex, CampaignPage, GuidePage
from marketplace.core import qr
from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from shops.domain import cities, counts
from shops.enums import Source
from shops.models import Branch, City, Offer
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


def town(name: str = "Wolfsburg", host: str = "testserver") -> City:
    made = cities.create(
        name=name,
        slug=name.lower(),
        land="NI",
        base_url=f"http://{host}",
        hosts=[],
        by=BY,
        now=NOW,
    )
    pages.plant(city=made, by=BY, now=NOW)
    return made


@pytest.fixture
def city(time_machine) -> City:
    time_machine.move_to(NOW, tick=False)
    return town()


@pytest.fixture
def goods(city) -> SimpleNamespace:
    """Two shops; toys and books; one product of the other city."""
    toys, books = factories.category("Spielzeug"), factories.category("Bücher")
    first = factories.branch(factories.shop(city, "Holzwurm"), "Mitte", quarter="Stadtmitte")
    second = factories.branch(factories.shop(city, "Seitenwind"), "Vorsfelde", quarter="Vorsfelde")

    def make(branch: Branch, title: str, category, **more) -> Offer:
        product = factories.product(branch.shop.city, title, category=category)
        return factories.offer(branch, product=product, **more)

    far = town("Braunschweig", "braunschweig.example")
    return SimpleNamespace(
        toys=toys,
        books=books,
        first=first,
        second=second,
        make=make,
        bear=make(first, "Teddybär", toys, price="19.90"),
        train=make(first, "Holzeisenbahn", toys, price="39.90"),
        ball=make(second, "Fußball", toys, price="24.90"),
        novel=make(second, "Am Fluss", books, price="24.00"),
        far=make(factories.branch(factories.shop(far, "Fernladen")), "Fernbär", toys),
    )


def campaign(city: City, *blocks: tuple[str, dict], **fields) -> CampaignPage:
    """A published campaign with these blocks, written as the desk stores them."""
    home = city.site.root_page.specific
    index = CampaignIndex(title="Aktionen", slug="aktionen")
    home.add_child(instance=index)
    body = [
        {"type": kind, "value": value, "id": f"block-{number}"}
        for number, (kind, value) in enumerate(blocks)
    ]
    page = CampaignPage(title="Advent", slug="advent", intro="Lichter.", **fields)
    page.body = page._meta.get_field("body").to_python(body)
    index.add_child(instance=page)
    page.save_revision().publish()
    return page


def rule(**more) -> tuple[str, dict]:
    plain = {
        "heading": "Für Kinder",
        "category": "",
        "words": "",
        "price": None,
        "shop": None,
        "today": False,
        "number": 3,
        "fallback": "NONE",
    }
    return "goods_by_rule", plain | more


def picked(*offers: Offer, fallback: str = "NONE") -> tuple[str, dict]:
    return "goods_picked", {
        "heading": "Ausgesucht",
        "goods": [
            {"type": "item", "value": each.variant.product_id, "id": str(each.pk)}
            for each in offers
        ],
        "fallback": fallback,
    }


def titles(page: CampaignPage, city: City, block: str = "block-0") -> list[str]:
    found = living.fill(body=page.body, town=queries.town(city=city, now=NOW))
    return [group.product.title for group in found[block].groups] if block in found else []


def sell_out(offer: Offer) -> None:
    counts.count(offer_id=offer.pk, counted=0, as_of=NOW, source=Source.FILE, by=BY, now=NOW)


def read() -> str:
    answer = Client().get("/aktionen/advent/")
    assert answer.status_code == 200
    assert not answer.cookies
    return answer.content.decode()


def test_a_rule_finds_what_fits_of_this_city_alone(city, goods):
    page = campaign(city, rule(category=goods.toys.slug, number=10))
    assert set(titles(page, city)) == {"Teddybär", "Holzeisenbahn", "Fußball"}


def test_a_rule_by_price_shop_and_words(city, goods):
    page = campaign(
        city,
        rule(price="25.00", number=10),
        rule(shop=goods.second.shop_id, number=10),
        rule(words="bar", number=10),
    )
    assert set(titles(page, city)) == {"Teddybär", "Fußball", "Am Fluss"}
    assert set(titles(page, city, "block-1")) == {"Fußball", "Am Fluss"}
    assert titles(page, city, "block-2") == ["Teddybär"]


def test_a_price_rule_shows_only_offers_within_it(city, goods):
    product = goods.bear.variant.product
    factories.offer(goods.second, product=product, price="99.00")
    page = campaign(city, rule(price="20.00", number=2))
    found = living.fill(body=page.body, town=queries.town(city=city, now=NOW))["block-0"]
    assert [row.offer.price for group in found.groups for row in group.rows] == [Decimal("19.90")]


def test_shops_take_turns(city, goods):
    page = campaign(city, rule(number=2))
    found = living.fill(body=page.body, town=queries.town(city=city, now=NOW))["block-0"]
    assert {group.best.shop.name for group in found.groups} == {"Holzwurm", "Seitenwind"}


def test_sold_out_goods_vanish_at_once_and_the_block_refills(city, goods):
    campaign(city, picked(goods.bear, goods.novel, fallback="CATEGORY"))
    before = read()
    assert "Teddybär" in before
    assert "Am Fluss" in before
    assert "Holzeisenbahn" not in before

    sell_out(goods.bear)

    after = read()
    assert "Teddybär" not in after
    assert "Am Fluss" in after
    assert "Holzeisenbahn" in after or "Fußball" in after


@pytest.mark.parametrize(
    ("fallback", "expected"),
    [("NONE", set()), ("CATEGORY", {"Fußball", "Holzeisenbahn"}), ("ANY", None)],
)
def test_what_refills_is_what_the_editor_said(city, goods, fallback, expected):
    sell_out(goods.bear)
    page = campaign(city, picked(goods.bear, fallback=fallback))
    found = set(titles(page, city))
    if expected is None:
        assert len(found) == 1
        assert "Teddybär" not in found
    else:
        assert found <= expected
        assert bool(found) == bool(expected)


def test_a_block_with_nothing_shows_no_heading(city, goods):
    for each in (goods.bear, goods.train, goods.ball, goods.novel):
        sell_out(each)
    campaign(city, rule(fallback="ANY"))
    assert "Für Kinder" not in read()


def test_goods_of_the_other_city_are_shown_to_nobody(city, goods):
    page = campaign(city, picked(goods.far, goods.bear))
    assert titles(page, city) == ["Teddybär"]
    assert "Fernbär" not in read()


def test_what_is_not_live_is_not_shown(city, goods):
    page = campaign(city, picked(goods.bear, goods.train))
    Offer.objects.filter(pk=goods.bear.pk).update(is_live=False)
    assert titles(page, city) == ["Holzeisenbahn"]


def test_online_offers_name_the_host_and_vanish_with_the_shop(city, goods):
    Offer.objects.filter(pk=goods.bear.pk).update(online_url="https://www.holzwurm.example/b")
    campaign(
        city,
        ("online_offers", {"heading": "Im Netz", "shop": goods.first.shop_id, "number": 4}),
    )
    body = read()
    assert "Teddybär" in body
    assert "Holzeisenbahn" not in body
    assert "(holzwurm.example)" in body
    # Sold out here is not sold out there.
    sell_out(goods.bear)
    assert "Teddybär" in read()
    goods.first.shop.is_live = False
    goods.first.shop.save(update_fields=["is_live"])
    assert "Im Netz" not in read()


def test_shops_by_rule_picked_and_on_the_map(city, goods):
    campaign(
        city,
        (
            "shops_by_rule",
            {"heading": "Im Osten", "quarter": "vorsfelde", "trade": "", "open": True, "number": 4},
        ),
        (
            "shops_picked",
            {
                "heading": "Diese",
                "shops": [{"type": "item", "value": goods.first.shop_id, "id": "a"}],
            },
        ),
        ("locator", {"heading": "Der Weg", "shop": goods.first.shop_id}),
    )
    found = living.fill(body=CampaignPage.objects.get().body, town=queries.town(city=city, now=NOW))
    assert [view.shop.name for view in found["block-0"].shops] == ["Seitenwind"]
    assert [view.shop.name for view in found["block-1"].shops] == ["Holzwurm"]
    assert found["block-2"].branch.branch == goods.first
    body = read()
    assert "Im Osten" in body
    assert "Der Weg" in body


def test_a_campaign_costs_the_same_for_few_goods_and_for_many(city, goods):
    campaign(
        city,
        rule(number=10),
        picked(goods.bear, goods.novel, fallback="CATEGORY"),
        ("online_offers", {"heading": "Netz", "shop": goods.first.shop_id, "number": 4}),
    )
    costs = []
    for number in range(2):
        read()
        with CaptureQueriesContext(connection) as asked:
            read()
        costs.append([each["sql"] for each in asked])
        for more in range(8):
            goods.make(goods.second, f"Mehr {number} {more}", goods.toys)
    assert len(costs[0]) == len(costs[1]), "\n".join(costs[1])
    assert len(costs[0]) <= 15, "\n".join(costs[0])


def test_the_desk_opens_a_campaign_whose_goods_were_deleted(city, goods, client):
    lonely = factories.product(city, "Teddybär allein", category=goods.toys)
    kind, value = picked(goods.bear, goods.novel)
    value["goods"].append({"type": "item", "value": lonely.pk, "id": "lonely"})
    page = campaign(city, (kind, value))
    client.force_login(User.objects.create_superuser("chief@example.de", "nur-fuer-tests"))
    lonely.variants.all().delete()
    lonely.delete()
    answer = client.get(f"/cms/pages/{page.pk}/edit/")
    assert answer.status_code == 200
    assert "Am Fluss" in answer.content.decode()
    assert "Teddybär allein" not in answer.content.decode()
    assert "Teddybär" in read()


def test_a_guide_lists_its_quarter_and_says_so(city, goods):
    home = city.site.root_page.specific
    page = GuidePage(
        title="Vorsfelde", slug="vorsfelde", quarter="Vorsfelde", intro="An der Aller."
    )
    home.add_child(instance=page)
    page.save_revision().publish()
    body = Client().get("/vorsfelde/").content.decode()
    assert "Seitenwind" in body
    assert "Holzwurm" not in body
    assert "Nobody can buy a place" in body
    assert "Published by the city." in body


def test_an_advertisement_is_named(city, goods):
    campaign(city, rule(), basis="PAID")
    assert "Advertisement" in read()


def test_campaigns_stand_in_three_parts(city, goods):
    today = NOW.date()
    page = campaign(city, first_day=today - timedelta(9), last_day=today - timedelta(1))
    index = page.get_parent().specific
    for slug, first, last in (("jetzt", -1, 5), ("bald", 3, 9)):
        index.add_child(
            instance=CampaignPage(
                title=slug,
                slug=slug,
                intro="x",
                first_day=today + timedelta(first),
                last_day=today + timedelta(last),
            )
        )
    found = queries.campaigns(page=index, today=today)
    assert [
        [each.slug for each in part] for part in (found.running, found.to_come, found.over)
    ] == [
        ["jetzt"],
        ["bald"],
        ["advent"],
    ]
    assert "This campaign is over." in read()


@pytest.mark.parametrize(
    ("day", "burning"),
    [((11, 21), 0), ((11, 26), 0), ((11, 29), 1), ((12, 5), 1), ((12, 6), 2), ((12, 20), 4),
     ((12, 24), 4)],
)  # fmt: skip
def test_candles_burn_as_sundays_have_passed(day, burning):
    last_day = NOW.date().replace(month=12, day=24)
    today = last_day.replace(month=day[0], day=day[1])
    assert queries.candles(today=today, last_day=last_day) == burning


def test_a_preview_shows_living_goods(city, goods):
    page = campaign(city, rule())
    answer = page.make_preview_request()
    assert answer.status_code == 200
    assert "Teddybär" in answer.rendered_content


def test_the_english_page_is_the_same_shelf(city, goods):
    page = campaign(city, rule())
    english = page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    english.save_revision().publish()
    body = Client().get(english.get_url()).content.decode()
    assert 'lang="en"' in body
    assert "Teddybär" in body


def test_on_paper_a_campaign_shows_the_way_back_as_a_code(city):
    campaign(city, rule(number=1))
    drawing = qr.svg(f"{city.base_url}/aktionen/advent/", "Diese Seite online")
    modules = re.compile(r' d="M4[^"]+"')
    assert modules.search(drawing).group() in read()
