"""The city's desk stands: who gets in, whom they may add, which pictures they may show."""

import io
import re

import pytest
from django.contrib.auth.models import Group
from PIL import Image
from wagtail.models import Collection

from cms.domain import pages
from cms.enums import Consent, Licence
from cms.models import CampaignIndex, CampaignPage, CityImage, HomePage
from cms.models.living import LivingBody
from marketplace.core.domain.history import Actor
from marketplace.core.models import User
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town():
    return factories.city()


@pytest.fixture
def chief(client):
    person = User.objects.create_superuser("chief@example.de", "nur-fuer-tests", name="Chef")
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    "path",
    ["", "pages/", "images/", "images/add/", "documents/", "users/", "users/new/", "account/"],
)
def test_pages_of_the_desk(client, chief, path):
    answer = client.get(f"/cms/{path}")
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "gravatar" not in answer.content.decode()


def test_shop_people_never_enter(client):
    shop = factories.shop(factories.city("Gifhorn", host="gifhorn.localhost"))
    client.force_login(factories.member(shop))
    assert client.get("/cms/", follow=False).status_code == 302
    assert b"wagtailadmin" not in client.get("/cms/").content


def test_people_have_one_name_and_one_address(client, chief):
    group = Group.objects.get(name="Editors")
    form = {"email": "Eva@Example.de", "name": "Eva Stein", "groups": [group.pk]}
    answer = client.post("/cms/users/new/", form | {"password1": "", "password2": ""})
    assert answer.status_code == 302
    eva = User.objects.get(email="eva@example.de")
    assert (eva.name, list(eva.groups.all()), eva.is_superuser) == ("Eva Stein", [group], False)

    again = client.post("/cms/users/new/", form | {"email": "EVA@example.de"})
    assert again.status_code == 200
    assert User.objects.filter(email__iexact="eva@example.de").count() == 1

    edit = f"/cms/users/edit/{eva.pk}/"
    assert b"Eva Stein" in client.get(edit).content
    client.post(edit, form | {"name": "Eva Stone", "is_active": ""})
    eva.refresh_from_db()
    assert (eva.name, eva.is_active) == ("Eva Stone", False)


def test_ones_own_name(client, chief):
    form = {
        "name_email-name": "Die Chefin",
        "locale-preferred_language": "de",
        "locale-current_time_zone": "Europe/Berlin",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    answer = client.post("/cms/account/", form)
    assert answer.status_code == 302
    chief.refresh_from_db()
    assert chief.name == "Die Chefin"


def test_a_picture_says_whose_it_is(client, chief):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    form = {
        "title": "Rathaus",
        "collection": Collection.get_first_root_node().pk,
        "alt": "Das Rathaus bei Nacht",
        "licence": Licence.CC_BY,
        "consent": Consent.NOBODY,
        "credit": "",
        "tags": "",
    }

    def add(**changes):
        file.seek(0)
        file.name = "rathaus.png"
        return client.post("/cms/images/add/", form | {"file": file} | changes)

    assert add().status_code == 200, "CC BY without a name is refused"
    assert not CityImage.objects.exists()
    assert add(credit="Jana Brandt").status_code == 302
    image = CityImage.objects.get()
    assert image.default_alt_text == "Das Rathaus bei Nacht"
    assert image.get_rendition("fill-10x10|format-webp").url.endswith(".webp")


# --- help while one writes ------------------------------------------------------------------------


def rule(**more):
    return {"category": "", "words": "", "price": "", "shop": "", **more}


def test_a_rule_says_how_much_fits(client, chief, town):
    toys = factories.category("Spielzeug")
    shop = factories.shop(town, "Holzwurm")
    branch = factories.branch(shop)
    for number in range(3):
        product = factories.product(town, f"Bär {number}", category=toys)
        factories.offer(branch, product=product, price=f"{10 + number}.50")
    far = factories.shop(factories.city("Gifhorn", host="gifhorn.localhost"))
    asked = {
        3: rule(),
        2: rule(price="11,50"),
        1: rule(price="11.00", category=toys.slug, shop=shop.pk),
        0: rule(words="Fahrrad"),
        None: rule(shop=far.pk),
    }
    for number, form in asked.items():
        answer = client.get("/cms/regel/", form)
        assert answer.json()["number"] == number, form
        assert bool(answer.json()["text"]) == (number is not None)


def test_counting_is_for_the_desk_alone(client):
    assert client.get("/cms/regel/").status_code == 302


def test_help_leads_to_the_form(client, chief, town):
    pages.plant(city=town, by=Actor.system(), now=factories.NOW)
    home = HomePage.objects.get(pk=town.site.root_page_id)
    home.add_child(instance=CampaignIndex(title="Aktionen", slug="aktionen"))
    text = client.get("/cms/hilfe/kampagne/").content.decode()
    add = f"/cms/pages/add/cms/campaignpage/{CampaignIndex.objects.get().pk}/"
    assert add in text
    form = client.get(add)
    assert form.status_code == 200
    text = form.content.decode()
    assert "data-goods-rule" in text
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert [each for each in scripts if "src=" not in each and "json" not in each] == []
    starts = re.findall(r'"name": "(init\w+Chooser)"', text)
    assert starts.count("initDateChooser") == 2
    assert starts.count("initDateTimeChooser") == 2


def test_a_page_saved_before_its_address_was_typed_takes_it_from_the_title(client, chief, town):
    pages.plant(city=town, by=Actor.system(), now=factories.NOW)
    home = HomePage.objects.get(pk=town.site.root_page_id)
    index = home.add_child(instance=CampaignIndex(title="Aktionen", slug="aktionen"))
    said = {
        "title": "Nacht der Lichter",
        "intro": "Es brennt Licht.",
        "slug": "",
        "body-count": "0",
        "publisher": "CITY",
        "basis": "EDITORIAL",
    }

    answer = client.post(f"/cms/pages/add/cms/campaignpage/{index.pk}/", said)

    assert answer.status_code == 302, answer.context["form"].errors
    index.refresh_from_db()
    assert [page.slug for page in index.get_children()] == ["nacht-der-lichter"]


def test_a_preview_may_stand_in_the_desks_frame(client, chief, town):
    pages.plant(city=town, by=Actor.system(), now=factories.NOW)
    home = town.site.root_page
    preview = f"/cms/pages/{home.pk}/edit/preview/"
    answer = client.get(preview)
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert answer.get("X-Frame-Options", "SAMEORIGIN") == "SAMEORIGIN"
    assert "frame-ancestors 'none'" in client.get("/")["Content-Security-Policy"]


@pytest.mark.parametrize("name", LivingBody().child_blocks)
def test_every_block_says_what_it_is_and_shows_itself(client, chief, town, name):
    shop = factories.shop(town, "Holzwurm", online_shop="https://www.holzwurm.example")
    factories.offer(factories.branch(shop), product=factories.product(town, "Teddybär"))
    block = LivingBody().child_blocks[name]
    assert block.get_description()
    assert block.is_previewable
    kind = CampaignPage._meta.get_field("body").stream_block.child_blocks[name]
    answer = client.get("/cms/block-preview/", {"id": kind.definition_prefix})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "css/site.css" in text
    assert "<style" not in text
    shown = {"goods_by_rule": "Teddybär", "goods_picked": "Teddybär", "visit": "Holzwurm"}
    if name.startswith(("goods", "shops", "online", "locator")):
        assert shown.get(name, "Holzwurm") in text
