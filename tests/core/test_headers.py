import pytest

from cms.domain import pages
from marketplace.core.domain.history import Actor
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.doors")]

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
}
EVERYWHERE = [
    "/",
    "/en/",
    "/d/plain/",
    "/d/plain",  # a redirect
    "/gibt/es/nicht/",
    "/konto/login/",
    "/healthz",
    "/readyz",
    "/static/css/site.css",
    "/d/trouble/denied/",
    "/d/trouble/refused/",
    "/d/trouble/locked/",
    "/d/trouble/500/",
    "/d/with-token/",  # 405
    "/?q=%00",  # 400
]


@pytest.fixture(autouse=True)
def town():
    city = factories.city()
    pages.plant(city=city, by=Actor.system(), now=factories.NOW)
    return city


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


def policy(answer) -> set[str]:
    return {part.strip() for part in answer["Content-Security-Policy"].split(";")}


def check_headers(answer) -> None:
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cache-Control"]
    assert answer["X-Request-ID"]
    assert "Access-Control-Allow-Origin" not in answer
    assert "Accept-Language" not in answer.get("Vary", "")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_wears_them(client, path):
    answer = client.get(path)
    check_headers(answer)
    assert answer["X-Frame-Options"] == "DENY"
    assert policy(answer) == POLICY


def test_so_does_the_answer_to_an_unknown_host(client):
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    check_headers(answer)
    assert policy(answer) == POLICY


@pytest.mark.parametrize("path", ["/cms/", "/cms/pages/", "/cms/gibt/es/nicht/"])
def test_the_desk_may_frame_itself_and_nothing_is_inline(client, path):
    answer = client.get(path)
    check_headers(answer)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    found = policy(answer)
    assert found - POLICY == {
        "img-src 'self' data: blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
    }
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_hsts_in_production(client, settings):
    assert "Strict-Transport-Security" not in client.get("/d/plain/")
    settings.SECURE_HSTS_SECONDS = 31_536_000
    for path in ("/d/plain/", "/gibt/es/nicht/", "/static/css/site.css"):
        assert "max-age=31536000" in client.get(path)["Strict-Transport-Security"]


def test_a_view_may_ask_for_the_camera(client):
    assert "camera=(self)" in client.get("/d/camera/")["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/d/plain/", "/gibt/es/nicht/", "/d/plain-page/", "/healthz"])
@pytest.mark.law("G1")
def test_no_cookie_before_it_is_needed(client, path):
    answer = client.get(path)
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-store"


def test_a_form_behind_a_session_brings_one_cookie(client):
    cookies = client.get("/konto/login/").cookies
    assert list(cookies) == ["form"]
    assert cookies["form"]["httponly"]
    assert cookies["form"]["samesite"] == "Lax"


def test_what_was_said_is_shown_on_the_next_page_once(client):
    answer = client.get("/d/told/", follow=True)
    assert b"Done as you wished" in answer.content
    assert b"Done as you wished" not in client.get("/d/plain-page/").content
