"""The scanner: from a barcode to an article on the shelf."""

import re
import uuid

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shops.domain import catalogue
from shops.enums import TaxClass
from shops.models import Movement, Offer, Product, Variant
from tests import factories
from tests.core.shots import draw, encode
from tests.factories import NOW

GTIN, IN_STORE = "4006381333931", "2412345678901"
KINDS = {
    "EAN13": GTIN,
    "EAN8": "96385074",
    "UPCA": "036000291452",
    "Code128": "LH-BECHER 7",
}


def shot(text: str, kind: str = "EAN13", *, angle: float = 4) -> bytes:
    """A photograph of a barcode: askew on a coloured ground, as JPEG."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.__members__[kind])
    bars = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=3)).convert("RGB")
    ground = Image.new("RGB", (900, 500), "lightsteelblue")
    ground.paste(bars, (120, 120))
    return encode(ground.rotate(angle, fillcolor="lightsteelblue"), quality=80)


def photo(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("foto.jpg", content, "image/jpeg")


def ask(client, base, query=""):
    return client.get(f"{base}/waren/scannen/{query}")


def put(client, base, **fields):
    said = {"client_id": uuid.uuid4(), "code": GTIN, "price": "4,99", "on_shelf": "3"} | fields
    return client.post(f"{base}/waren/scannen/ins-regal/", said)


def fields(page: str) -> list[str]:
    """What one has to fill in."""
    form = page[page.index('action="') :]
    asked = re.findall(r'<(?:input|select)[^>]*id="shelf-\w+"[^>]*>', form)
    names = (re.search(r'name="(\w+)"', each)[1] for each in asked if 'type="hidden"' not in each)
    return list(names)


@pytest.fixture
def stift(branch, city):
    """Known in town: another shop sells it."""
    made = catalogue.create_product(city=city, shop=None, title="Textmarker gelb")
    variant = catalogue.create_variant(product=made, gtin=GTIN.zfill(14), barcode=GTIN)
    catalogue.finish_product(product=made, now=NOW)
    return variant


@pytest.mark.parametrize(("kind", "text"), KINDS.items())
def test_a_photo_leads_to_the_number(base, client, kind, text):
    answer = client.post(f"{base}/waren/scannen/", {"photo": photo(shot(text, kind))})

    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "New article" in page
    assert text.replace(" ", "").replace("-", "").lstrip("0") in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (encode(draw()), "There is no barcode to be seen in this photo."),
        (b"no picture", "This file is not a picture that we can read."),
        (b"two of them", "several barcodes"),
        (b"", "This photo is empty."),
    ],
)
def test_photos_that_tell_no_number(base, client, content, sentence, monkeypatch):
    if sentence == "several barcodes":
        both = Image.new("RGB", (900, 1000), "white")
        for place, text in enumerate((GTIN, "96385074")):
            kind = "EAN13" if place == 0 else "EAN8"
            made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.__members__[kind])
            bars = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=3))
            both.paste(bars.convert("RGB"), (100, 100 + 450 * place))
        content = encode(both)
    answer = client.post(f"{base}/waren/scannen/", {"photo": photo(content)})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_only_here_may_a_page_ask_for_the_camera(base, client):
    assert "camera=(self)" in ask(client, base)["Permissions-Policy"]
    assert "camera=()" in client.get(f"{base}/waren/")["Permissions-Policy"]


def test_known_goods_ask_price_and_quantity_only(base, client, stift):
    page = ask(client, base, f"?code={GTIN}").content.decode()

    assert "Textmarker gelb" in page
    assert fields(page) == ["price", "on_shelf"]


def test_barcode_price_quantity_and_it_is_on_the_shelf(base, client, stift, branch):
    answer = put(client, base, variant=stift.pk)

    assert answer.status_code == 302
    offer = Offer.objects.get(branch=branch)
    assert (str(offer.price), offer.on_hand, offer.variant) == ("4.99", 3, stift)
    page = client.get(answer["Location"]).content.decode()
    assert "On the shelf: Textmarker gelb, €4.99, 3 in the shop." in page
    assert f"/waren/{stift.product_id}/fotos/" in page


def test_goods_on_the_shelf_show_what_is_there(base, client, stift, branch):
    put(client, base, variant=stift.pk)

    page = ask(client, base, f"?code=0{GTIN}").content.decode()
    assert "It is on your shelf already." in page
    assert 'value="4.99"' in page
    assert 'value="3"' in page
    assert (
        'value="4,99"'
        in client.get(f"{base.removeprefix('/en')}/waren/scannen/?code={GTIN}").content.decode()
    )


def test_goods_nobody_knows_ask_what_they_are(base, client):
    page = ask(client, base, f"?code={GTIN}").content.decode()

    assert fields(page) == ["title", "category", "tax_class", "price", "on_shelf"]
    assert "You describe the article for the whole town" in page


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (IN_STORE, "shops print themselves"),
        ("4006381333932", "this number is wrong"),
    ],
)
def test_numbers_that_mean_nothing_elsewhere_say_so(base, client, code, sentence):
    assert sentence in ask(client, base, f"?code={code}").content.decode()


def test_describing_makes_the_article(base, client, city, branch):
    books = factories.category("Bücher")
    answer = put(client, base, title="Das Buch", category=books.pk, tax_class="REDUCED")

    assert answer.status_code == 302
    product = Product.objects.get()
    assert (product.title, product.shop, product.category) == ("Das Buch", None, books)
    assert Variant.objects.get().tax_class == TaxClass.REDUCED
    # The next one begins with the same category and rate.
    page = ask(client, base, f"?code={IN_STORE}").content.decode()
    assert re.search(rf'<option value="{books.pk}" selected', page)
    assert re.search(r'<option value="REDUCED" selected', page)


def test_goods_without_a_number(base, client, shop):
    page = client.get(f"{base}/waren/scannen/neu/").content.decode()
    assert "New article without barcode" in page
    books = factories.category("Kunst")

    put(client, base, code="", title="Unikat", category=books.pk, tax_class="STANDARD")
    assert Product.objects.get().shop == shop


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Please write what it is called."),
        ({"category": ""}, "Please choose a category."),
        ({"category": "999"}, "999 is not one of the available choices"),
        ({"price": ""}, "Please enter a price."),
        ({"price": "zwölf"}, "This is not a price."),
        ({"price": "0"}, "Please enter a price above 0 €."),
        ({"on_shelf": "-1"}, "Please enter a whole number from 0 to 1,000,000."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(base, client, wrong, sentence):
    whole = {"title": "Das Buch", "category": factories.category("Bücher").pk}
    answer = put(client, base, **(whole | {"tax_class": "STANDARD", "price": "7,77"} | wrong))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert ("Das Buch" in page) == ("title" not in wrong)
    assert not Offer.objects.exists()


def test_a_double_tap_shelves_once(base, client, stift, branch):
    same = uuid.uuid4()
    for _tap in range(2):
        assert put(client, base, variant=stift.pk, client_id=same).status_code == 302

    assert Movement.objects.count() == 1


def test_several_of_the_same_number_are_asked_about(base, client, shop, city):
    for title in ("Vase blau", "Vase rot"):
        made = catalogue.create_product(city=city, shop=shop, title=title)
        catalogue.create_variant(product=made, barcode=IN_STORE)

    page = ask(client, base, f"?code={IN_STORE}").content.decode()
    links = re.findall(r'<li><a href="([^"]*variant=[^"]*)">(.*?)</a>', page)
    assert [title for _link, title in links] == ["Vase blau", "Vase rot"]
    chosen = client.get(links[1][0].replace("&amp;", "&")).content.decode()
    assert "Vase rot" in chosen
    assert fields(chosen) == ["price", "on_shelf"]


@pytest.mark.parametrize(
    "query", ["?code=", "?code=" + "9" * 99, "?variant=x", "?variant=0", "?line=9",
              "?done=9", "?variant=99999999999999999999", "?code=4,00638E%2B12"],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(base, client, query):
    assert ask(client, base, query).status_code in (200, 422)


def test_goods_of_another_shop_are_not_to_be_had(base, client, city):
    other = factories.shop(city, "Nebenan")
    made = catalogue.create_product(city=city, shop=other, title="Wurst")
    foreign = catalogue.create_variant(product=made, barcode=IN_STORE)

    assert "Wurst" not in ask(client, base, f"?variant={foreign.pk}").content.decode()
    assert put(client, base, code=IN_STORE, variant=foreign.pk).status_code == 422
    assert not Offer.objects.exists()
