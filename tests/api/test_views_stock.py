"""The stock contract over HTTP: who may, what is taken, what each refusal says."""

import json
from datetime import timedelta

import pytest
import time_machine
from openapi_schema_validator import OAS31Validator

from marketplace.core.domain.history import Actor
from shops.domain.deliveries import reading, tokens
from shops.models import Delivery, Offer, StockToken
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
STOCK, ONE = "/api/v1/stock", "/api/v1/stock/deliveries/{}"
JSON, CSV = "application/json", "text/csv"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def branch():
    return factories.branch(factories.shop(factories.city()))


@pytest.fixture
def offer(branch):
    return factories.offer(branch, count=5, price="2.95", sku="L-1")


@pytest.fixture
def key(branch):
    return tokens.create(branch=branch, name="Till 1", by=Actor.system(), now=NOW)[1]


def rows(*found, **more):
    return json.dumps({"rows": list(found)} | more).encode()


def push(client, key, content, *, name="d-1", kind=JSON, language="en", query="", **headers):
    given = {"accept-language": language} | headers
    if key:
        given["authorization"] = f"Bearer {key}"
    if name:
        given["idempotency-key"] = name
    return client.generic("POST", STOCK + query, content, content_type=kind, headers=given)


def problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["detail"]
    return found["detail"]


def test_a_till_sends_what_it_has(client, key, offer):
    answer = push(client, key, rows({"sku": "L-1", "quantity": 9, "price": 3.25}))
    assert answer.status_code == 200
    found = answer.json()
    assert (found["state"], found["rows"], found["accepted"]) == ("done", 1, 1)
    offer.refresh_from_db()
    assert (offer.on_hand, str(offer.price), offer.source) == (9, "3.25", "TILL")
    assert offer.counted_at == NOW
    assert answer.cookies == {}
    assert answer["Cache-Control"] == "private, no-store"
    assert StockToken.objects.get().last_used_at == NOW


def test_a_table_says_the_same(client, key, offer):
    table = "Artikelnummer;Bestand;VK\nL-1;9;3,25\nL-2;1;1,00\n".encode("cp1252")
    answer = push(client, key, table, kind="text/csv; charset=windows-1252",
                  query="?as_of=2026-12-03T14:00:00%2B01:00")  # fmt: skip
    found = answer.json()
    assert (found["accepted"], found["unknown"]) == (1, 1)
    assert found["unknown_rows"] == [{"line": 3, "number": "L-2"}]
    offer.refresh_from_db()
    assert offer.counted_at == NOW - timedelta(minutes=5)


def test_the_same_again_gives_the_same_receipt_and_changes_nothing(client, key, offer):
    content = rows({"sku": "L-1", "quantity": 9})
    first = push(client, key, content)
    Offer.objects.update(on_hand=3)
    assert push(client, key, content).json() == first.json()
    assert Offer.objects.get().on_hand == 3
    text = problem(push(client, key, rows({"sku": "L-1", "quantity": 8})), 409, "delivery_differs")
    assert text == "A delivery of this name has arrived before, with other content."
    assert client.get(ONE.format("d-1"), headers=_bearer(key)).json() == first.json()


def _bearer(key):
    return {"authorization": f"Bearer {key}", "accept-language": "en"}


def test_the_name_may_stand_inside(client, key, offer):
    inside = rows({"sku": "L-1", "quantity": 9}, delivery="d-7")
    assert push(client, key, inside, name="").json()["delivery"] == "d-7"
    problem(push(client, key, inside, name="d-8"), 422, "two_names")
    problem(push(client, key, rows({"sku": "L-1", "quantity": 1}), name=""), 422, "no_delivery")
    problem(push(client, key, rows({"sku": "L-1", "quantity": 1}), name="a/b"), 422, "no_delivery")


def test_a_key_that_opens_nothing(client, key, branch):
    content = rows({"sku": "L-1", "quantity": 9})
    for wrong in ("", "nonsense", key[:-1] + "x", key.replace("srk", "srx"), "srk__", "srk_ä_b"):
        answer = push(client, wrong, content)
        assert problem(answer, 401, "key")
        assert answer["WWW-Authenticate"] == "Bearer"
    tokens.revoke(token=StockToken.objects.get(), by=Actor.system(), now=NOW)
    problem(push(client, key, content), 401, "key")
    assert not Delivery.objects.exists()


def test_a_key_of_another_city(client):
    factories.city()
    far = factories.branch(factories.shop(factories.city("Gifhorn", host="gifhorn.example")))
    _token, key = tokens.create(branch=far, name="Till", by=Actor.system(), now=NOW)
    problem(push(client, key, rows({"sku": "L-1", "quantity": 1})), 403, "other_city")


def test_a_delivery_of_another_branch_is_not_there(client, key, offer):
    push(client, key, rows({"sku": "L-1", "quantity": 9}))
    other = factories.branch(offer.branch.shop)
    _token, theirs = tokens.create(branch=other, name="Till", by=Actor.system(), now=NOW)
    problem(client.get(ONE.format("d-1"), headers=_bearer(theirs)), 404, "no_such_delivery")


def test_too_much(client, key, monkeypatch):
    row = {"sku": "L-1", "quantity": 1}
    text = problem(push(client, key, rows(*[row] * 50_001)), 413, "too_many_rows")
    assert text == "This list has more than 50,000 rows. Please split it."
    table = b"SKU;Bestand\n" + b"L-1;1\n" * 50_001
    problem(push(client, key, table, kind=CSV), 413, "too_many_rows")
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    problem(push(client, key, rows(*[row] * 9)), 413, "too_large")


def test_what_is_no_list(client, key):
    problem(push(client, key, b"<xml/>", kind="application/xml"), 415, "media_type")
    problem(push(client, key, b"{"), 422, "not_json")
    problem(push(client, key, b"[" * 100_000), 422, "not_json")
    problem(push(client, key, b'{"rows": [{"sku": "a", "quantity": NaN}]}'), 422, "not_json")
    problem(push(client, key, b"[]"), 422, "no_rows")
    problem(push(client, key, rows()), 422, "empty")
    problem(push(client, key, rows({}, as_of="yesterday")), 422, "as_of")
    problem(push(client, key, rows({}, as_of="2027-01-01T00:00:00Z")), 422, "as_of")
    problem(push(client, key, rows({}, delivery=[1])), 422, "delivery")
    problem(push(client, key, b"Name;Ort\nx;y\n", kind=CSV), 422, "no_header")
    problem(push(client, key, b"\x00\x01", kind=CSV), 422, "binary")
    assert not Delivery.objects.exists()


def test_sentences_in_the_language_asked_for(client, key):
    for asked, spoken in (
        ("en", "en"), ("de-AT,en;q=0.5", "de"), ("fr", "de"), ("", "de"), ("fr,en-GB;q=0.3", "en"),
    ):  # fmt: skip
        answer = push(client, "", b"{}", language=asked)
        assert answer["Content-Language"] == spoken, asked
        assert "Accept-Language" in answer["Vary"]


def test_too_often(client, key, offer):
    content = rows({"sku": "L-1", "quantity": 9})
    for _ in range(20):
        assert push(client, key, content).status_code == 200
    answer = push(client, key, content)
    problem(answer, 429, "too_many")
    assert answer["Retry-After"] == "60"
    for _ in range(20):
        problem(push(client, "wrong", content), 401, "key")
    problem(push(client, "wrong", content), 429, "too_many")


def test_head_comes_with_get(client, key, offer):
    push(client, key, rows({"sku": "L-1", "quantity": 9}))
    assert client.head(ONE.format("d-1"), headers=_bearer(key)).status_code == 200


def test_other_methods(client, key):
    assert client.get(STOCK, headers=_bearer(key)).status_code == 405
    assert client.post(ONE.format("d-1"), headers=_bearer(key)).status_code == 405


def test_the_contract_names_what_is_answered(client, key, offer):
    contract = client.get("/api/v1/openapi.json").json()
    said = contract["paths"]["/api/v1/stock"]["post"]
    assert set(said["responses"]) >= {"200", "401", "403", "409", "413", "415", "422", "429"}
    assert set(said["requestBody"]["content"]) == {JSON, CSV}
    shapes = {"components": contract["components"]}
    found = push(
        client, key, rows({"sku": "L-1", "quantity": 9}, {"sku": "L-2", "quantity": 1}, {})
    ).json()
    OAS31Validator({"$ref": "#/components/schemas/Receipt"} | shapes).validate(found)
    sent = {"rows": [{"sku": "L-1", "quantity": 9, "price": 2.95}]}
    OAS31Validator({"$ref": "#/components/schemas/Push"} | shapes).validate(sent)


def test_the_manual_is_a_page_like_any_other(client, branch):
    for path, word in (("/api/", "Stock from the till"), ("/en/api/", "Stock from the till")):
        page = client.get(path)
        assert page.status_code == 200
        assert word in page.text
        assert "http://testserver/api/v1/stock" in page.text
        assert "older_count" in page.text
