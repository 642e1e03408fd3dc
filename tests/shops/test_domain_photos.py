"""The photographs of an article."""

import pytest
from django.core.files.storage import default_storage

from marketplace.core import images
from marketplace.core.domain.history import Actor
from marketplace.core.errors import Refused, Stale
from shops import access
from shops.domain import photos
from shops.domain.photos import Upload
from shops.models import ProductPicture
from tests import factories
from tests.core.shots import SECRET, draw, encode, photograph
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BY = Actor.system()


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def shop():
    return factories.shop(factories.city(), "Laufwerk")


@pytest.fixture
def product(shop):
    return factories.product(shop.city, "Vase", shop=shop, brand="Rosenthal")


def add(product, shop, *contents, alt="Eine blaue Vase"):
    uploads = [Upload(f"{number}.jpg", each) for number, each in enumerate(contents)]
    return photos.add(product=product, shop=shop, uploads=uploads, alt=alt, by=BY, now=NOW)


def shown(product):
    rows = ProductPicture.objects.filter(product=product).select_related("picture", "product")
    return list(rows.order_by("position", "pk"))


def test_several_are_added_in_their_order_and_numbered(product, shop):
    done = add(product, shop, photograph(400, 300), photograph(300, 400))

    assert (done.new, done.refused) == (2, [])
    assert [row.picture.alt for row in shown(product)] == ["Eine blaue Vase", "Eine blaue Vase (2)"]
    for row in shown(product):
        assert SECRET.encode() not in default_storage.open(row.picture.master).read()


def test_the_same_again_is_there_once(product, shop):
    add(product, shop, photograph())
    assert add(product, shop, photograph()).new == 0
    assert len(shown(product)) == 1


def test_one_bad_file_does_not_lose_the_others(product, shop):
    done = add(product, shop, b"no picture", photograph())

    assert done.new == 1
    assert [name for name, _why in done.refused] == ["0.jpg"]


def test_heic_is_refused_with_a_way_out(product, shop):
    done = add(product, shop, b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64)

    assert "HEIC" in str(done.refused[0][1])


def test_words_are_needed(product, shop):
    with pytest.raises(Refused) as refused:
        add(product, shop, photograph(), alt="  ")
    assert refused.value.code == "alt_missing"
    assert photos.proposal(product) == "Vase, Rosenthal"


def test_no_more_than_twelve(product, shop):
    contents = [encode(draw(100 + number, 80)) for number in range(photos.MOST + 1)]
    done = add(product, shop, *contents)

    assert (done.new, len(done.refused)) == (12, 1)


def test_a_turn_turns_and_keeps_words_and_place(product, shop):
    add(product, shop, photograph(400, 300), photograph(300, 200))
    first = shown(product)[0]

    photos.turn(shown=first, shop=shop, quarters=1, by=BY, now=NOW)
    now = shown(product)[0]
    assert (now.pk, now.picture.width, now.picture.height) == (first.pk, 300, 400)
    assert now.picture.alt == first.picture.alt
    turned = images.decode(default_storage.open(now.picture.master).read())
    red, blue = turned.getpixel((290, 10)), turned.getpixel((60, 300))
    assert red[0] > 150 > red[2], "the red corner went from left to right"
    assert blue[2] > 180


def test_two_taps_turn_once(product, shop):
    add(product, shop, photograph())
    seen = shown(product)[0]
    photos.turn(shown=seen, shop=shop, quarters=1, by=BY, now=NOW)

    with pytest.raises(Stale):
        photos.turn(shown=seen, shop=shop, quarters=1, by=BY, now=NOW)
    assert shown(product)[0].picture.height == 400


def test_a_cut_leaves_the_part(product, shop):
    add(product, shop, photograph(400, 300))

    photos.cut(shown=shown(product)[0], shop=shop, box=(0.5, 0, 1, 1), by=BY, now=NOW)
    assert (shown(product)[0].picture.width, shown(product)[0].picture.height) == (200, 300)


@pytest.mark.parametrize(
    "box", [(0.5, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.1), (0, 0, 0.01, 1)]
)
def test_cuts_that_leave_nothing_are_refused(product, shop, box):
    add(product, shop, photograph())
    with pytest.raises(Refused):
        photos.cut(shown=shown(product)[0], shop=shop, box=box, by=BY, now=NOW)


def test_order_and_removal(product, shop):
    add(product, shop, photograph(400, 300), photograph(300, 400), photograph(200, 200))
    first, second, third = shown(product)

    photos.move(shown=third, shop=shop, earlier=True, by=BY, now=NOW)
    assert [row.pk for row in shown(product)] == [first.pk, third.pk, second.pk]
    photos.move(shown=first, shop=shop, earlier=True, by=BY, now=NOW)
    photos.remove(shown=first, shop=shop, by=BY, now=NOW)
    assert [row.pk for row in shown(product)] == [third.pk, second.pk]
    photos.remove(shown=first, shop=shop, by=BY, now=NOW)
    with pytest.raises(Stale):
        photos.move(shown=first, shop=shop, earlier=False, by=BY, now=NOW)


def test_new_words_stay_with_this_article(product, shop):
    neighbour = factories.shop(shop.city, "Nebenan")
    theirs = factories.product(shop.city, "Auch eine Vase", shop=neighbour)
    add(product, shop, photograph())
    add(theirs, neighbour, photograph())

    photos.describe(shown=shown(product)[0], shop=shop, alt="Meine Vase", by=BY, now=NOW)
    assert shown(product)[0].picture.alt == "Meine Vase"
    assert shown(theirs)[0].picture.alt == "Eine blaue Vase"
    photos.describe(shown=shown(theirs)[0], shop=neighbour, alt="Ihre Vase", by=BY, now=NOW)
    assert shown(product)[0].picture.alt == "Meine Vase"


def test_who_may_add_and_who_may_arrange(shop):
    city = shop.city
    neighbour = factories.shop(city, "Nebenan")
    shared, own = factories.product(city, "Buch"), factories.product(city, "Vase", shop=shop)
    factories.product(city, "Wurst", shop=neighbour)
    factories.product(city, "Nirgends")
    here = factories.branch(shop, "Mitte")
    factories.offer(here, product=shared)

    def names(rows):
        return sorted(row.title for row in rows)

    assert names(access.offered_products(shop)) == ["Buch", "Vase"]
    assert names(access.arranged_products(shop)) == ["Buch", "Vase"]
    factories.offer(factories.branch(neighbour, "Drüben"), product=shared)
    assert names(access.offered_products(shop)) == ["Buch", "Vase"]
    assert names(access.arranged_products(shop)) == ["Vase"]
    assert own in access.arranged_products(shop)
