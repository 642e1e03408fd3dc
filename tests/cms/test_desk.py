"""The city's desk stands: who gets in, whom they may add, which pictures they may show."""

import io

import pytest
from django.contrib.auth.models import Group
from PIL import Image
from wagtail.models import Collection

from cms.enums import Consent, Licence
from cms.models import CityImage
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
