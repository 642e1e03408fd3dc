import pytest
from django.db import OperationalError

from shops import middleware
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def towns():
    return factories.city(), factories.city("Braunschweig", host="braunschweig.localhost")


@pytest.mark.parametrize(
    "host",
    [
        "braunschweig.localhost",
        "BRAUNSCHWEIG.localhost:8000",
        "braunschweig.localhost.",
        "testserver:1",
    ],
)
def test_a_city_answers_on_its_hosts(client, host):
    assert client.get("/gibt/es/nicht/", headers={"Host": host}).status_code == 404


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "testserver.evil.example", "127.0.0.1", "[::1]", "", "a b", "a/b"),
        *("ä.example", "testserver\0", "x" * 300, "testserver@evil.example", "*", ".localhost"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/cms/", "/konto/login/", "/media/x.jpg", "/en/"])
def test_a_host_of_nobody_gets_421(client, host, path):
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert b"<h1>" in answer.content
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_know_no_city(client, path):
    assert client.get(path, headers={"Host": "10.0.0.7"}).status_code in (200, 503)


def test_each_host_shows_its_own_city(client):
    assert b"Wolfsburg" in client.get("/x/").content
    assert b"Braunschweig" in client.get("/x/", headers={"Host": "braunschweig.localhost"}).content


def test_wagtail_is_told_the_site(rf, towns):
    request = rf.get("/", headers={"Host": "braunschweig.localhost"})
    middleware.HostMiddleware(lambda request: None)(request)  # type: ignore[arg-type,return-value]
    assert request.city == towns[1]
    assert request._wagtail_site == towns[1].site
    assert request.base_url == towns[1].base_url


def test_one_query_decides(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/konto/login/")


def test_the_desk_has_a_host_of_its_own_if_wished(client, settings):
    settings.ADMIN_HOST = "desk.example"
    assert client.get("/cms/").status_code == 404
    desk = {"Host": "desk.example"}
    assert client.get("/cms/", headers=desk).status_code == 302
    assert client.get("/konto/login/", headers=desk).status_code == 200
    assert client.get("/", headers=desk).status_code == 404


def test_without_a_database_it_says_come_again(client, monkeypatch):
    class Broken:
        def select_related(self, *args: str) -> None:
            raise OperationalError("connection refused")

    monkeypatch.setattr(middleware.CityHost, "objects", Broken())
    answer = client.get("/")
    assert answer.status_code == 503
    assert client.get("/healthz").status_code == 200
