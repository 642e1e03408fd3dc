"""Whatever goes wrong: a page in the language of the address, with a way on."""

import pytest
from django.template.loader import get_template

from marketplace.core.errors import Refused, Stale
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.doors")]


@pytest.fixture(autouse=True)
def town():
    return factories.city()


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


CASES = [
    ("d/trouble/refused/", 409),
    ("d/trouble/stale/", 409),
    ("d/trouble/denied/", 403),
    ("d/trouble/locked/", 503),
    ("d/trouble/500/", 500),
    ("gibt/es/nicht/", 404),
    ("?q=%00", 400),
    ("?%00=1", 400),
    ("?q=" + "x" * 2001, 400),
    ("d/trouble/%00/", 400),
    ("?" + "&".join(f"a{n}=1" for n in range(6000)), 400),
]


@pytest.mark.parametrize(("path", "status"), CASES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_error_pages(client, path, status, language):
    prefix = "/en/" if language == "en" else "/"
    answer = client.get(prefix + path)
    assert answer.status_code == status
    html = answer.content.decode()
    assert f'<html lang="{language}">' in html
    assert "<h1>" in html
    assert f'href="{prefix}"' in html, "a way home"
    assert answer["Content-Language"] == language
    assert not answer.cookies


def test_two_thousand_characters_are_read(client):
    assert client.get("/d/plain/?q=" + "x" * 2000).status_code == 200


def test_a_refusal_shows_its_sentence(client):
    for kind in ("refused", "stale"):
        answer = client.post(f"/d/trouble/{kind}/", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 409
        assert "Such" in answer.content.decode(), "translated when it is shown"


def test_a_busy_database_asks_to_come_again(client):
    assert int(client.get("/d/trouble/locked/")["Retry-After"]) > 0


@pytest.mark.parametrize("kind", [Refused, Stale])
def test_errors_are_their_sentence(kind):
    error = kind("Not so.", code="no")
    assert (str(error), error.code, error.message) == ("Not so.", "no", "Not so.")


@pytest.mark.parametrize("status", ["421", "500", "503"])
def test_standalone_pages_need_no_context(status):
    assert "<h1>" in get_template(f"{status}.html").render({})


@pytest.mark.parametrize("name", ["410", "429"])
def test_the_other_pages_render(name, rf):
    assert "<h1>" in get_template(f"{name}.html").render({}, rf.get("/"))


def test_without_its_template_the_500_page_says_one_line(client, settings, monkeypatch):
    from marketplace.core.views import errors  # noqa: PLC0415

    def broken(*args: object, **kwargs: object) -> None:
        raise OSError

    monkeypatch.setattr(errors, "answer", broken)
    answer = client.get("/d/trouble/500/", headers={"X-Request-ID": "abcdefgh-1"})
    assert answer.status_code == 500
    assert b"abcdefgh-1" in answer.content
