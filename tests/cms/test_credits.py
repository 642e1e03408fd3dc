"""Credits are read from what is published: pictures with author and licence, fonts, programs."""

from io import BytesIO

import pytest
from django.contrib.staticfiles import finders
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cms.domain import credits as credited
from cms.domain import editors, pages
from cms.enums import Consent, Licence
from cms.models import CityImage, ContentPage, GuidePage
from marketplace.core.domain import pictures
from marketplace.core.domain.history import Actor
from shops.domain import catalogue
from shops.models import City
from tests import factories
from tests.databases import ROOT
from tests.factories import NOW

pytestmark = pytest.mark.django_db

BY = Actor.system()
STATIC = ROOT / "marketplace" / "static"


@pytest.fixture
def city(settings, tmp_path) -> City:
    settings.MEDIA_ROOT = tmp_path
    city = factories.city()
    pages.plant(city=city, by=BY, now=NOW)
    city.refresh_from_db()
    return city


def drawn(colour: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, "PNG")
    return buffer.getvalue()


def picture(city: City, name: str, **fields: object) -> CityImage:
    content = BytesIO(drawn("#123456"))
    defaults = {"licence": Licence.CC_BY, "consent": Consent.NOBODY, "credit": f"Foto {name}"}
    return CityImage.objects.create(
        title=name,
        file=ImageFile(content, name=f"{name}.png"),
        collection=editors.collection(city),
        alt=f"Bild {name}",
        **(defaults | fields),
    )


def page_with(city: City, slug: str, **blocks: object) -> ContentPage:
    page = ContentPage(title=slug.capitalize(), slug=slug, body=list(blocks.items()))
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    return page


@pytest.mark.law("K6")
def test_pictures_in_use_are_named_with_licence_and_page(city: City) -> None:
    used = [picture(city, name) for name in ("Alle", "Markt", "Platz", "Kopf")]
    unused = picture(city, "Unbenutzt")
    asked = picture(city, "Gesicht", consent=Consent.MISSING)
    page_with(city, "markt", image=used[0], gallery=[used[1], used[2]])
    page_with(city, "zweite", image=used[0], gallery=[asked, used[1]])
    guide = GuidePage(title="Viertel", slug="viertel", quarter="Fallersleben", picture=used[3])
    city.site.root_page.specific.add_child(instance=guide)
    guide.save_revision().publish()
    shown = credited.shown(city=city, language="de")
    assert {row.image.pk for row in shown} == {image.pk for image in used}
    first = next(row for row in shown if row.image == used[0])
    assert [page.slug for page in first.pages] == ["markt", "zweite"]
    text = Client().get("/bildnachweis/").content.decode()
    assert "Foto Alle" in text
    assert "CC BY" in text
    assert 'href="/markt/"' in text
    assert unused.alt not in text
    assert asked.alt not in text
    assert Client().get("/en/bildnachweis/").status_code == 200


def test_what_is_taken_back_is_not_credited(city: City) -> None:
    page = page_with(city, "markt", image=picture(city, "Alle"))
    assert credited.shown(city=city, language="de")
    page.unpublish()
    assert credited.shown(city=city, language="de") == []


def test_another_citys_pictures_are_not_ours(city: City) -> None:
    far = factories.city("Gifhorn", host="gifhorn.localhost")
    pages.plant(city=far, by=BY, now=NOW)
    far.refresh_from_db()
    page_with(far, "markt", image=picture(far, "Fern"))
    assert credited.shown(city=city, language="de") == []


def test_goods_are_credited_by_author_or_shop(city: City) -> None:
    shop = factories.shop(city, "Laufwerk")
    for number, credit in enumerate(("Jana Brandt", "Jana Brandt", "")):
        product = factories.product(city, f"Ware {number}", shop=shop)
        factories.offer(factories.branch(shop, f"Zweig {number}"), product=product)
        made = pictures.store(
            content=drawn(f"#0000{number:02x}"), name="a.png", credit=credit, by=BY, now=NOW
        )
        catalogue.attach_picture(product=product, picture=made)
    rows = {row.name: row for row in credited.shares(city=city)}
    assert rows["Jana Brandt"].goods == 2
    assert (rows["Laufwerk"].goods, rows["Laufwerk"].slug) == (1, shop.slug)


def test_the_list_costs_the_same_for_one_picture_and_for_five(city: City) -> None:
    costs = []
    for number in range(5):
        page_with(city, f"seite-{number}", image=picture(city, f"Bild{number}"))
        Client().get("/bildnachweis/")
        with CaptureQueriesContext(connection) as asked:
            Client().get("/bildnachweis/")
        costs.append(len(asked))
    assert costs[0] == costs[-1] <= 13


def test_every_font_is_credited_with_its_licence() -> None:
    families = {path.name.rsplit("-", 1)[0] for path in (STATIC / "fonts").glob("*.woff2")}
    families = {name.removesuffix("-400").removesuffix("-600") for name in families}
    assert families == {font.name.lower().replace(" ", "-") for font in credited.FONTS}
    for font in credited.FONTS:
        assert finders.find(font.text)


def test_no_script_of_others_is_unnamed() -> None:
    """Ours only, so the page says so. A library that comes in is to be named in `PROGRAMS`."""
    theirs = [path.name for path in (STATIC / "js").rglob("*.js") if "@license" in path.read_text()]
    theirs += [path.name for path in (STATIC / "js").rglob("*.min.js")]
    assert theirs == []
