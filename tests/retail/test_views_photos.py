"""The photographs of an article, on the screen."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.retail.forms.photos import middle
from shops.models import ProductPicture
from tests import factories
from tests.core.shots import photograph


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def product(city, shop):
    return factories.product(city, "Blaue Vase", shop=shop)


@pytest.fixture
def room(shop, product):
    return f"/en/haendler/{shop.slug}/waren/{product.pk}/fotos/"


def files(*contents):
    return [
        SimpleUploadedFile(f"{number}.jpg", content, "image/jpeg")
        for number, content in enumerate(contents)
    ]


def add(client, room, *contents, alt="Eine Vase"):
    return client.post(room, {"photos": files(*contents), "alt": alt})


def shown(product):
    rows = ProductPicture.objects.filter(product=product).select_related("picture")
    return list(rows.order_by("position", "pk"))


def test_the_words_are_proposed_and_asked_for(client, room):
    page = client.get(room).content.decode()

    assert 'value="Blaue Vase"' in page
    assert "There is no photo yet." in page
    answer = add(client, room, photograph(), alt="")
    assert answer.status_code == 422
    assert "Please say in a few words what is to be seen." in answer.content.decode()


def test_several_at_once(client, room, product):
    answer = add(client, room, photograph(400, 300), photograph(300, 400))

    page = client.get(answer["Location"]).content.decode()
    assert "2 photos added." in page
    assert page.count('class="photo"') == 2
    assert 'value="Eine Vase (2)"' in page


def test_a_file_that_is_none_is_named_and_the_others_are_kept(client, room, product):
    answer = add(client, room, b"nothing", photograph())
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "<strong>0.jpg</strong>" in page
    assert "1 photo added." in page
    assert len(shown(product)) == 1


def test_no_file_at_all(client, room):
    answer = client.post(room, {"alt": "Eine Vase"})

    assert answer.status_code == 422
    assert "Please choose at least one photo." in answer.content.decode()


def test_turn_cut_move_describe_remove(client, room, product):
    add(client, room, photograph(400, 300), photograph(300, 400))
    first, second = shown(product)

    client.post(f"{room}{first.pk}/drehen/", {"quarters": "3"})
    assert shown(product)[0].picture.height == 400
    client.post(f"{room}{first.pk}/zuschneiden/", {"shape": "square"})
    assert shown(product)[0].picture.height == shown(product)[0].picture.width == 300
    client.post(f"{room}{first.pk}/zuschneiden/", {"shape": "free", "left": "50"})
    assert shown(product)[0].picture.width == 150
    client.post(f"{room}{second.pk}/verschieben/", {"to": "earlier"})
    assert [row.pk for row in shown(product)] == [second.pk, first.pk]
    client.post(f"{room}{first.pk}/text/", {"alt": "Von hinten"})
    assert shown(product)[1].picture.alt == "Von hinten"
    client.post(f"{room}{second.pk}/entfernen/")
    assert [row.pk for row in shown(product)] == [first.pk]


@pytest.mark.parametrize(
    "said",
    [{}, {"shape": "free"}, {"left": "x"}, {"left": "96"}, {"left": "60", "right": "60"},
     {"shape": "nonsense"}],
)  # fmt: skip
def test_cuts_that_cannot_be(client, room, product, said):
    add(client, room, photograph())
    (photo,) = shown(product)
    answer = client.post(f"{room}{photo.pk}/zuschneiden/", said)

    assert answer.status_code == 422
    assert shown(product)[0].picture == photo.picture


def test_shapes_lie_around_the_middle():
    assert middle(400, 300, 1, 1) == pytest.approx((0.125, 0, 0.875, 1))
    assert middle(300, 400, 1, 1) == pytest.approx((0, 0.125, 1, 0.875))
    left, top, right, bottom = middle(400, 300, 3, 4)
    assert (right - left) * 400 / ((bottom - top) * 300) == pytest.approx(0.75)


def test_a_shared_article_of_several_shops_is_only_added_to(client, shop, branch, city):
    shared = factories.product(city, "Buch")
    factories.offer(branch, product=shared)
    room = f"/en/haendler/{shop.slug}/waren/{shared.pk}/fotos/"
    add(client, room, photograph())
    (photo,) = shown(shared)
    assert client.post(f"{room}{photo.pk}/drehen/", {"quarters": "1"}).status_code == 302

    factories.offer(factories.branch(factories.shop(city, "Nebenan"), "Drüben"), product=shared)
    page = client.get(room).content.decode()
    assert "Other shops offer this article, too." in page
    assert not re.search(r"fotos/\d+/", page)
    for act in ("drehen", "zuschneiden", "verschieben", "text", "entfernen"):
        assert client.post(f"{room}{photo.pk}/{act}/", {"quarters": "1"}).status_code == 404
    assert add(client, room, photograph(200, 100)).status_code == 302


def test_goods_lead_to_their_photos(base, client, branch, city):
    offer = factories.offer(branch, product=factories.product(city, "Becher"))

    page = client.get(f"{base}/waren/").content.decode()
    assert f"/waren/{offer.variant.product_id}/fotos/" in page
