import pytest
from django.test import Client

from marketplace.core import http
from marketplace.core.models import User
from marketplace.core.roles import Access
from tests import factories
from tests.core import doors

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.doors")]

HERE = "http://testserver"


@pytest.fixture(autouse=True)
def town():
    return factories.city()


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, False),
        ({"Origin": HERE}, True),
        ({"Origin": "http://TESTSERVER"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": f"{HERE}:81"}, False),
        ({"Origin": f"{HERE}.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "null", "Referer": f"{HERE}/korb/"}, False),
        ({"Referer": f"{HERE}/korb/"}, True),
        ({"Referer": "http://evil.example/?http://testserver"}, False),
        ({"Referer": "http://[::1"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_post(headers, passes):
    answer = Client(enforce_csrf_checks=True).post("/d/guarded/", headers=headers)
    assert answer.status_code == (200 if passes else 403)
    if not passes:
        assert b"<h1>" in answer.content


def test_everybody_may_look_at_a_guarded_page(client):
    assert client.get("/d/guarded/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_guarded_views_are_listed():
    assert "tests.core.doors.guarded" in http.GUARDED
    assert doors.guarded.same_origin  # type: ignore[attr-defined]
    assert doors.guarded.access == Access("public", ("GET", "POST"), None)


def test_forms_behind_a_session_use_djangos_token():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/d/with-token/", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert b"<ol>" in answer.content, "it says what to do"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "trace"])
def test_methods_are_enforced(client, method):
    answer = getattr(client, method)("/d/plain/")
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert b"<h1>" in answer.content


def test_head_comes_with_get_and_post_alone_has_none(client):
    assert client.head("/d/plain/").status_code == 200
    answer = client.get("/d/with-token/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/", "/cms/", "/gibt/es/nicht/", "/konto/login/"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_no_other_method_reaches_anything(client, path, method):
    answer = client.generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


def test_static_files_are_only_read(client):
    answer = client.post("/static/css/site.css")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_members_sign_in_first_and_come_back(client):
    answer = client.get("/d/members/?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/konto/login/?next=/d/members/%3Fpage%3D2"
    client.force_login(factories.user())
    assert client.get("/d/members/").content == b"members"


def test_after_a_refused_post_they_come_back_to_the_form(client):
    answer = client.post("/d/members/post/", headers={"Referer": f"{HERE}/haendler/x/?a=1"})
    assert answer["Location"] == "/konto/login/?next=/haendler/x/"
    for stranger in ("http://evil.example/x", "http://[::1", ""):
        answer = client.post("/d/members/post/", headers={"Referer": stranger})
        assert answer["Location"] == "/konto/login/?next=/haendler/"


def test_editors_pages_do_not_exist_for_others(client):
    client.force_login(factories.user())
    assert client.get("/d/editors/").status_code == 404
    client.force_login(User.objects.create_superuser("chief@example.de", "nur-fuer-tests"))
    assert client.get("/d/editors/").status_code == 200


def test_unknown_roles_and_methods_are_slips_of_the_keyboard():
    with pytest.raises(ValueError, match="superhero"):
        http.access("superhero")
    with pytest.raises(ValueError, match="methods"):
        http.access("public", methods=("DELETE",))
    with pytest.raises(ValueError, match="methods"):
        http.access("public", methods=())


def test_a_public_page_may_be_kept_and_knows_nobody(client):
    client.force_login(factories.user())
    answer = client.get("/d/public/")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


@pytest.mark.parametrize("how", ["", "?token=1", "?user=1"])
def test_a_public_page_that_looks_at_somebody_is_a_fault(client, how, settings):
    with pytest.raises(AssertionError, match="public page"):
        client.get(f"/d/leaky/{how}")
    settings.STRICT_PAGES = False
    assert client.get(f"/d/leaky/{how}")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "127.0.0.1"),
        (1, "rubbish", ""),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_callers_address_is_what_the_last_trusted_proxy_saw(
    client, settings, count, forwarded, address
):
    settings.TRUSTED_PROXY_COUNT = count
    answer = client.get("/d/address/", headers={"X-Forwarded-For": forwarded})
    assert answer.content.decode() == address


@pytest.mark.parametrize(
    ("path", "language", "other"),
    [
        ("/suche/?q=schuh&q=x", "en", "/en/suche/?q=schuh&q=x"),
        ("/en/suche/?q=%22", "de", "/suche/?q=%22"),
        ("/en/", "de", "/"),
        ("/", "en", "/en/"),
        ("/ende/", "en", "/en/ende/"),
        ("/en/suche/", "en", "/en/suche/"),
    ],
)
def test_this_page_in_the_other_language(rf, path, language, other):
    assert http.page_url(rf.get(path), language) == other


def test_addresses_in_mails_come_from_the_city(rf, settings):
    request = rf.get("/", headers={"Host": "evil.example"})
    settings.BASE_URL = "https://fallback.example"
    assert http.absolute(request, "/korb/") == "https://fallback.example/korb/"
    request.base_url = "https://wolfsburg.example/"
    assert http.absolute(request, "/korb/") == "https://wolfsburg.example/korb/"
