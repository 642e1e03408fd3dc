"""Logs help to find a fault and hold nobody's name."""

import io
import json
import logging

import pytest
import structlog

from marketplace.core import logs
from tests import factories
from tests.core.doors import ADDRESS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.doors")]


@pytest.fixture
def written():
    """Everything written during a test, through the formatter of production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    factories.city()
    return client


def test_no_address_ever_lands_in_a_log(client, written):
    factories.user(email=ADDRESS)
    client.get(f"/suche/?q={ADDRESS}")
    client.get(f"/{ADDRESS}/")
    client.get("/canary.person%40example.org/")
    client.post("/konto/login/", {"login": ADDRESS, "password": "falsch"})
    client.post("/konto/login/code/", {"email": ADDRESS})
    client.post("/konto/password/reset/", {"email": ADDRESS})
    client.get("/d/trouble/500/")
    client.get("/d/trouble/locked/")
    logging.getLogger("elsewhere").warning("mail to %s bounced", ADDRESS)
    structlog.get_logger("ours").info("sent", to=[{"address": ADDRESS}], note=ADDRESS.upper())
    lines = written()
    assert len(lines) >= 10
    text = json.dumps(lines).lower()
    assert "canary" not in text
    assert "falsch" not in text
    assert "detail" not in text


def test_tokens_are_masked_and_queries_left_out(client, written):
    client.get("/abholung/12.k3jd.Qm9xyz/?mail=x")
    client.get("/en/abholung/12.k3jd.Qm9xyz/")
    client.get("/konto/password/reset/key/3-d4e5f6-secret/")
    paths = [line["path"] for line in written() if line["event"] == "request"]
    assert paths == ["/abholung/…/", "/en/abholung/…/", "/konto/password/reset/key/…/"]


def test_a_request_has_one_id_in_all_its_lines(client, written):
    answer = client.get("/d/trouble/500/", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    lines = written()
    assert {line["request_id"] for line in lines} == {"from-the-proxy-1"}
    (failure,) = [line for line in lines if "exception" in line]
    assert failure["exception"] == "builtins.RuntimeError"
    assert any("tests/core/doors.py" in place for place in failure["places"])
    (access,) = [line for line in lines if line["event"] == "request"]
    assert (access["method"], access["status"]) == ("GET", 500)
    assert access["ms"] >= 0


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "a b c d e f", "abc\x1b[31mdef", "ümlaut-id", ""]
)
def test_ids_that_do_not_look_like_one_are_replaced(client, given):
    found = client.get("/d/plain/", headers={"X-Request-ID": given})["X-Request-ID"]
    assert found != given
    assert len(found) == 32


def test_nobody_writes_lines_of_their_own(client, written):
    logging.getLogger("x").warning("one\nfake: %s", "\x1b[2Jtwo\u2028three")
    (line,) = written()
    assert "\n" not in line["event"]
    assert "\x1b" not in line["event"]


def test_probes_write_nothing_while_all_is_well(client, written):
    client.get("/healthz")
    assert written() == []
