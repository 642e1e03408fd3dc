"""How pages of the city are answered: what stands on them, to whom, how long, at what cost."""

from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from wagtail.blocks import RawHTMLBlock
from wagtail.models import Locale, Page, PageViewRestriction

from cms.domain import queries
from cms.enums import Consent
from cms.models import CityImage, ContentPage, HomePage
from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from shops.domain import catalogue
from shops.models import City
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()


@pytest.fixture
def city(founded) -> City:
    return founded


def image(colour: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return buffer.getvalue()


def stock(city: City, number: int):
    """A shop with one pictured product that is there."""
    shop = factories.shop(city, f"Laden {number}")
    offer = factories.offer(
        factories.branch(shop), product=factories.product(city, f"Ware {number}", shop=shop)
    )
    picture = pictures.store(content=image(f"#0000{number:02x}"), name="a.png", by=BY, now=NOW)
    catalogue.attach_picture(product=offer.variant.product, picture=picture)
    return offer


def content_page(city: City, **fields) -> ContentPage:
    page = ContentPage(title="So geht Abholen", slug="abholen", **fields)
    city.site.root_page.specific.add_child(instance=page)
    return page


# --- the front page -------------------------------------------------------------------------------


def test_the_front_page_shows_shops_and_goods(city: City) -> None:
    stock(city, 1)
    answer = Client().get("/")
    text = answer.content.decode()
    assert "Laden 1" in text
    assert "Ware 1" in text
    assert 'action="/suche/"' in text


def test_the_front_page_is_public_and_young(city: City) -> None:
    stock(city, 1)
    answer = Client().get("/")
    assert answer["Cache-Control"] == "public, max-age=2"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_an_empty_town_says_so(city: City) -> None:
    answer = Client().get("/en/")
    assert answer.status_code == 200
    assert "No shop has opened here yet." in answer.content.decode()


def test_what_is_gone_or_unknown_is_not_shown_off(city: City) -> None:
    shop = factories.shop(city)
    branch = factories.branch(shop)
    for count in (0, None):
        offer = factories.offer(branch, count=count)
        picture = pictures.store(content=image("red"), name="a.png", by=BY, now=NOW)
        catalogue.attach_picture(product=offer.variant.product, picture=picture)
    assert queries.front(town=queries.town(city=city, now=NOW)).goods == []


def test_goods_come_from_every_shop(city: City) -> None:
    offers = [stock(city, number) for number in range(3)]
    for number in range(3, 15):
        made = factories.product(city, f"Mehr {number}", shop=offers[0].branch.shop)
        factories.offer(offers[0].branch, product=made)
        picture = pictures.store(content=image(f"#0000{number:02x}"), name="a.png", by=BY, now=NOW)
        catalogue.attach_picture(product=made, picture=picture)
    goods = queries.front(town=queries.town(city=city, now=NOW)).goods
    assert len(goods) == queries.GOODS
    assert {offer.variant.product_id for offer in offers} <= {group.product.pk for group in goods}


def test_the_front_page_costs_the_same_for_one_shop_and_for_three(city: City) -> None:
    costs = []
    for number in range(1, 4):
        stock(city, number)
        Client().get("/")
        with CaptureQueriesContext(connection) as asked:
            assert Client().get("/").status_code == 200
        costs.append(len(asked))
    assert len(set(costs)) == 1, costs
    assert costs[0] <= 13


def test_another_citys_goods_are_not_shown(city: City) -> None:
    stock(factories.city("Braunschweig", host="braunschweig.localhost"), 1)
    found = queries.front(town=queries.town(city=city, now=NOW))
    assert (found.shops, found.goods) == ([], [])


def test_the_front_page_can_be_previewed_in_the_desk(city: City) -> None:
    home = city.site.root_page.specific
    request_made = home.make_preview_request()
    assert request_made.status_code == 200


# --- pages of text --------------------------------------------------------------------------------


def test_a_page_of_text_shows_its_blocks(city: City) -> None:
    content_page(
        city,
        body=[
            ("heading", "Zuerst <b>suchen</b>"),
            ("paragraph", "<p>Dann <b>reservieren</b>.</p>"),
        ],
    )
    answer = Client().get("/abholen/")
    text = answer.content.decode()
    assert "<h2>Zuerst &lt;b&gt;suchen&lt;/b&gt;</h2>" in text
    assert "Dann <b>reservieren</b>." in text
    assert answer["Cache-Control"] == "public, max-age=60"


def test_a_picture_without_consent_is_not_shown(city: City, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    shown, hidden = (
        CityImage.objects.create(
            title=consent,
            alt=f"Bild {consent}",
            consent=consent,
            file=ImageFile(BytesIO(image("green")), name=f"{consent}.png"),
        )
        for consent in (Consent.NOBODY, Consent.MISSING)
    )
    content_page(city, body=[("image", shown), ("image", hidden)])
    text = Client().get("/abholen/").content.decode()
    assert "Bild NOBODY" in text
    assert "Bild MISSING" not in text


def test_a_page_behind_a_password_is_never_cached(city: City) -> None:
    page = content_page(city, body=[("paragraph", "<p>Geheim</p>")])
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="sesam")
    answer = Client().get("/abholen/")
    assert "Geheim" not in answer.content.decode()
    assert "public" not in answer["Cache-Control"]


def test_a_front_page_behind_a_password_is_never_cached(city: City) -> None:
    stock(city, 1)
    home = HomePage.objects.get(pk=city.site.root_page_id)
    PageViewRestriction.objects.create(page=home, restriction_type="password", password="sesam")
    answer = Client().get("/")
    assert "Ware 1" not in answer.content.decode()
    assert "public" not in answer["Cache-Control"]


def test_what_guards_a_page_guards_those_below_it_and_its_aliases(city: City) -> None:
    page = content_page(city, body=[("paragraph", "<p>Geheim</p>")])
    below = ContentPage(title="Tiefer", slug="tiefer", body=[("paragraph", "<p>Tief</p>")])
    page.add_child(instance=below)
    alias = below.create_alias(parent=city.site.root_page, update_slug="anders")
    PageViewRestriction.objects.create(page=below, restriction_type="password", password="sesam")
    assert "Geheim" in Client().get("/abholen/").content.decode()
    assert "Tief</p>" not in Client().get("/abholen/tiefer/").content.decode()
    assert "Tief</p>" not in Client().get("/anders/").content.decode()
    for each in (page, below, alias):
        mine = ContentPage.objects.get(pk=each.pk).get_view_restrictions()
        wagtails = Page.get_view_restrictions(each)
        assert [row.pk for row in mine] == [row.pk for row in wagtails]


def test_a_page_is_found_at_its_own_address_in_its_own_language(city: City) -> None:
    page = content_page(city, body=[("paragraph", "<p>Erst suchen</p>")])
    english = page.copy_for_translation(Locale.objects.get(language_code="en"))
    assert Client().get("/en/abholen/").status_code == 404, "a draft"
    english.save_revision().publish()
    address = english.get_url()
    assert Client().get(address)["Content-Language"] == "en"
    assert Client().get(address.removeprefix("/en")).status_code in (200, 404)
    assert Client().get("/abholen/abholen/").status_code == 404
    page.unpublish()
    assert Client().get("/abholen/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_pages_are_only_read(city: City, path: str) -> None:
    answer = Client().post(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_no_block_takes_html() -> None:
    blocks = ContentPage._meta.get_field("body").stream_block.child_blocks.values()
    assert not [block for block in blocks if isinstance(block, RawHTMLBlock)]
