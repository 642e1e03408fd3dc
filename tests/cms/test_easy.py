"""Leichte Sprache and sign language: rules while one writes, lines, films with parts."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document

from cms.domain import pages
from cms.models import EasyPage, SignPage
from cms.models.easy import check, hints
from marketplace.core.domain.history import Actor
from marketplace.workbench import town
from shops.models import City
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(settings, tmp_path) -> City:
    settings.MEDIA_ROOT = tmp_path
    city = factories.city()
    pages.plant(city=city, by=Actor.system(), now=NOW)
    city.refresh_from_db()
    return city


# --- Leichte Sprache ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("Sie finden z. B. Bücher.", "abbreviation"),
        ("Das kostet nichts. Das ist gut.", "line of its own"),
        ("Der Laden (in der Stadt) ist offen.", "brackets"),
        ("Das steht in § 4.", "signs"),
        (
            "Sie können die Sache in dem Laden in der Stadt sehr gut und gern holen.",
            "two sentences",
        ),
        ("Die Ware wird zurückgelegt.", "who does it"),
        ("Die Ware wird geliefert.", "who does it"),
        ("Lesen Sie die Widerrufsbelehrung.", "hyphens"),
    ],
)
@pytest.mark.law("H4")
def test_what_breaks_a_rule_is_named(line: str, part: str) -> None:
    assert part in " ".join(hints(line))
    with pytest.raises(ValidationError, match=line[:8]):
        check(f"Das ist gut.\n{line}")


def test_what_keeps_them_passes() -> None:
    check("Die Internet-Seite heißt: Stadtregal.\nHier finden Sie Sachen.\n\nWas suchen Sie?")


@pytest.mark.parametrize("language", ["de", "en"])
def test_our_own_text_keeps_them(language: str) -> None:
    rows = next(row for row in town.pages("help") if row["kind"] == "easy")["body"]
    assert len(rows) > 20
    for row in rows:
        value = row["value"]
        if row["type"] == "word":
            check(value["meaning"][language])
        elif row["type"] == "sentences":
            check(value[language].replace("{city}", "Wolfsburg"))
        elif row["type"] == "points":
            for line in value[language]:
                check(line)


@pytest.mark.law("H4")
def test_each_sentence_stands_on_a_line_of_its_own(city: City) -> None:
    page = EasyPage(title="Leichte Sprache", slug="leichte-sprache")
    page.body = [
        ("sentences", "Das ist ein Laden.\nDer Laden ist offen."),
        ("word", {"word": "Code", "meaning": "Der Code hat 6 Zeichen."}),
        ("points", ["Bücher", "Schuhe"]),
        ("address", "Musterplatz 1\n38440 Musterstadt"),
    ]
    city.site.root_page.specific.add_child(instance=page)
    page.save_revision().publish()
    text = Client().get("/leichte-sprache/").content.decode()
    assert "<span>Das ist ein Laden. </span><span>Der Laden ist offen. </span>" in text
    assert "Was heißt" in text or "What does" in text
    assert "<li>Bücher</li>" in text
    assert "Musterplatz 1<br>" in text
    # One finds it from everywhere: at the top, and at the foot.
    assert Client().get("/laeden/").content.decode().count('href="/leichte-sprache/"') == 2
    assert Client().get("/").content.decode().count('href="/leichte-sprache/"') == 3


# --- sign language --------------------------------------------------------------------------------


def document(name: str = "film.mp4", size: int = 1000) -> Document:
    content = bytes(number % 251 for number in range(size))
    return Document.objects.create(title=name, file=ContentFile(content, name=name))


def sign_page(city: City, **fields: object) -> SignPage:
    page = SignPage(title="Gebärdensprache", slug="gebaerdensprache", **fields)
    city.site.root_page.specific.add_child(instance=page)
    return page


@pytest.mark.law("H4")
def test_a_film_says_how_long_it_is() -> None:
    page = SignPage(title="Gebärdensprache", film=document())
    with pytest.raises(ValidationError, match="how long"):
        page.clean()
    page.seconds = 65
    page.clean()
    assert page.length == "1:05"
    page.film = document("text.pdf")
    with pytest.raises(ValidationError, match="MP4"):
        page.clean()


def test_without_a_film_the_page_says_so(city: City) -> None:
    sign_page(city).save_revision().publish()
    text = Client().get("/en/").content.decode()
    assert "<video" not in Client().get("/gebaerdensprache/").content.decode()
    assert "gebaerdensprache" not in text  # not translated yet


def test_the_film_comes_from_us_whole_and_in_parts(city: City) -> None:
    film = document()
    page = sign_page(city, film=film, seconds=65)
    at = f"/filme/{film.pk}/"
    page.save_revision()
    page.unpublish()
    assert Client().get(at).status_code == 404  # a draft's film is nobody's
    page.save_revision().publish()
    text = Client().get("/gebaerdensprache/").content.decode()
    assert f'src="{at}" type="video/mp4"' in text
    assert "1:05" in text
    whole = Client().get(at)
    assert (whole.status_code, whole["Content-Type"]) == (200, "video/mp4")
    body = b"".join(whole.streaming_content)
    assert len(body) == 1000
    for asked, told, part in [
        ("bytes=0-99", "bytes 0-99/1000", body[:100]),
        ("bytes=900-", "bytes 900-999/1000", body[900:]),
        ("bytes=-50", "bytes 950-999/1000", body[950:]),
        ("bytes=990-5000", "bytes 990-999/1000", body[990:]),
    ]:
        answer = Client().get(at, headers={"range": asked})
        assert (answer.status_code, answer["Content-Range"]) == (206, told)
        got = b"".join(answer.streaming_content)
        assert got == part
        assert answer["Content-Length"] == str(len(part))
    assert Client().get(at, headers={"range": "bytes=1000-"}).status_code == 416
    odd = Client().get(at, headers={"range": "bytes=9-3"})
    assert odd.status_code == 200
    odd.close()


def test_no_other_document_is_a_film(city: City) -> None:
    assert Client().get(f"/filme/{document().pk}/").status_code == 404
    far = factories.city("Gifhorn", host="gifhorn.localhost")
    pages.plant(city=far, by=Actor.system(), now=NOW)
    far.refresh_from_db()
    film = document("fern.mp4")
    sign_page(far, film=film, seconds=5).save_revision().publish()
    assert Client().get(f"/filme/{film.pk}/").status_code == 404
    answer = Client().get(f"/filme/{film.pk}/", headers={"host": "gifhorn.localhost"})
    assert answer.status_code == 200
    assert io.BytesIO(b"".join(answer.streaming_content)).getbuffer().nbytes == 1000
