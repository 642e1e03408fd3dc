"""A city's editors: their own pages, pictures and documents, and nobody else's."""

from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.documents.models import Document
from wagtail.models import GroupCollectionPermission

from cms.domain import editors
from cms.enums import Consent
from cms.models import CityImage
from shops.models import City
from tests import factories
from tests.cms.test_duties import BY, city
from tests.factories import NOW

__all__ = ["city"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def far(city: City) -> City:
    """Made by the command, as new cities are."""
    options = ["--name=Braunschweig", "--slug=braunschweig", "--land=NI"]
    call_command("new_city", *options, "--base-url=http://braunschweig.example")
    return City.objects.get(slug="braunschweig")


def desk(city: City) -> Client:
    person = factories.user(f"Wer schreibt in {city.name}")
    editors.let_in(user=person, city=city, by=BY, now=NOW)
    client = Client()
    client.force_login(person)
    return client


def document(city: City) -> Document:
    made = Document(title=f"Plan von {city.name}", collection=editors.collection(city))
    made.file.save("plan.pdf", ContentFile(b"%PDF-1.7"))
    return made


def picture(city: City) -> CityImage:
    buffer = BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "PNG")
    return CityImage.objects.create(
        title=f"Bild von {city.name}",
        file=ImageFile(buffer, name="bild.png"),
        collection=editors.collection(city),
        alt="Ein Bild",
        consent=Consent.NOBODY,
    )


@pytest.mark.parametrize(("app", "make"), [("wagtaildocs", document), ("wagtailimages", picture)])
def test_an_editor_touches_only_what_belongs_to_their_city(city, far, app, make) -> None:
    ours, theirs = make(city), make(far)
    client = desk(city)
    assert client.get(reverse(f"{app}:edit", args=[ours.pk])).status_code == 200
    edit = reverse(f"{app}:edit", args=[theirs.pk])
    assert client.get(edit).status_code == 302
    client.post(edit, {"title": "Gekapert", "alt": "Gekapert"})
    client.post(reverse(f"{app}:delete", args=[theirs.pk]))
    theirs.refresh_from_db()
    assert theirs.title.endswith("Braunschweig")
    for name in (f"{app}:index", f"{app}_chooser:choose"):
        shown = client.get(reverse(name)).content.decode()
        assert ours.title in shown
        assert theirs.title not in shown
    # It is not that the form was wrong: the same one works for their own.
    client.post(reverse(f"{app}:delete", args=[ours.pk]))
    assert list(type(ours).objects.all()) == [theirs]


def test_an_editor_uploads_a_document_into_their_city_only(city, far) -> None:
    client = desk(far)
    for of in (far, city):
        file = ContentFile(b"%PDF-1.7", name=f"{of.slug}.pdf")
        fields = {"title": of.slug, "file": file, "collection": editors.collection(of).pk}
        client.post("/cms/documents/add/", fields)
    # With a single collection the desk asks for none and takes it, whatever the form says.
    made = Document.objects.all()
    assert [each.collection for each in made] == [editors.collection(far)] * 2


@pytest.mark.parametrize("again", ["let in", "new_city"])
def test_a_group_from_before_gets_the_rights_it_lacks_once(city, far, again) -> None:
    desk(far)
    group = Group.objects.get(name="editors-braunschweig")
    rights = GroupCollectionPermission.objects.filter(group=group)
    complete = rights.count()
    rights.filter(permission__content_type__app_label="wagtaildocs").delete()
    assert rights.count() < complete
    for _ in range(2):
        if again == "let in":
            desk(far)
        else:
            options = ["--name=Braunschweig", "--slug=braunschweig", "--land=NI"]
            call_command("new_city", *options, "--base-url=http://braunschweig.example")
    assert rights.count() == complete


def test_a_city_without_editors_gets_no_group(far) -> None:
    assert not Group.objects.filter(name="editors-braunschweig").exists()
